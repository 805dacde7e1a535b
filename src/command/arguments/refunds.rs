//! The command line of `refunds`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::lists::{ListOptions, ZoneOption};

#[derive(Debug, Subcommand)]
pub(in crate::command) enum RefundsCommand {
    /// List refunds, newest first
    #[command(after_help = super::lists::LIST_HELP_OF_REFUNDS)]
    List(Box<RefundsListOptions>),
    /// Show the whole story of a refund: events and deliveries with our answers, in time order
    #[command(after_help = "Examples:\n  refund-inbox refunds show R_rrn_1686280005985
  refund-inbox refunds show order-1 --evidence order-1.zip")]
    Show(ShowOptions),
    /// Show each event of a refund, what the fold did with it, and why
    #[command(after_help = "Example:\n  refund-inbox refunds explain R_rrn_1686280005985")]
    Explain(RefundOptions),
    /// Note something about a refund. Its state stays as it is; its story tells the note
    #[command(after_help = "Example:
  refund-inbox refunds note R_rrn_1686280005985 --note 'asked the bank, ticket 4711'")]
    Note(NoteOnRefundOptions),
    /// Note that a person has looked: the refund needs no attention until the provider reports
    /// something new
    #[command(after_help = "Example:
  refund-inbox refunds resolve R_rrn_1686280005985 --note 'the bank confirms the payment'")]
    Resolve(ResolveOptions),
    /// Erase the personal data of a refund and of its deliveries; ids, amounts and digests stay
    #[command(after_help = "Example:
  refund-inbox refunds erase R_rrn_1686280005985 --reason 'request 4711'")]
    Erase(EraseOptions),
}

#[derive(Debug, Args)]
pub(in crate::command) struct ShowOptions {
    #[command(flatten)]
    pub refund: RefundOptions,
    /// Write raw bodies, headers and answers into this ZIP file, with a manifest of digests
    #[arg(long, value_name = "FILE")]
    pub evidence: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::command) struct NoteOnRefundOptions {
    /// Our id of the refund or its beginning, or one of its numbers
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// What to note: no personal data, because notes stay
    #[arg(long, value_name = "TEXT")]
    pub note: String,
}

#[derive(Debug, Args)]
pub(in crate::command) struct ResolveOptions {
    /// Our id of the refund or its beginning, or one of its numbers
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Why all is well, or what was done
    #[arg(long, value_name = "TEXT")]
    pub note: String,
}

#[derive(Debug, Args)]
pub(in crate::command) struct EraseOptions {
    /// Our id of the refund or its beginning, or one of its numbers
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Why, for the audit: no personal data, because the audit stays
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub(in crate::command) struct RefundsListOptions {
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only this provider
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only these statuses, separated by commas
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only refunds without a final status
    #[arg(long)]
    pub open: bool,
    /// Only refunds that need attention
    #[arg(long)]
    pub attention: bool,
    /// Only refunds for which the provider reported different final statuses
    #[arg(long)]
    pub conflicting: bool,
    /// Only refunds with this flag
    #[arg(long)]
    pub flag: Option<String>,
    /// Only this currency, such as HKD
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// Only this amount in major units, such as 88.50, or amounts in a range, such as 50..100
    #[arg(long, allow_hyphen_values = true)]
    pub amount: Option<String>,
    /// Only refunds of this order
    #[arg(long, value_name = "NUMBER")]
    pub order: Option<String>,
    /// Only refunds of this payment
    #[arg(long, value_name = "NUMBER")]
    pub payment: Option<String>,
    /// Only refunds with a time (see --by) at this time or later
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only refunds with a time (see --by) before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// The time that --since, --until and --older-than mean: received (first), updated or completed
    #[arg(long, value_name = "TIME", default_value = "received")]
    pub by: String,
    /// Only refunds with a time (see --by) longer ago than this, such as 3d
    #[arg(long, value_name = "AGE")]
    pub older_than: Option<String>,
    /// List refunds as they were known at this time
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    #[command(flatten)]
    pub list: ListOptions,
}

#[derive(Debug, Args)]
pub(in crate::command) struct RefundOptions {
    /// Our id of the refund or its beginning, or the merchant's or the provider's number of the
    /// refund, of its order or of its payment
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}
