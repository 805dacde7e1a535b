//! The command line of `deliveries`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::lists::{ListOptions, ZoneOption};

#[derive(Debug, Subcommand)]
pub(in crate::command) enum DeliveriesCommand {
    /// List deliveries, newest first
    #[command(after_help = super::lists::LIST_HELP_OF_DELIVERIES)]
    List(Box<DeliveriesListOptions>),
    /// Show one delivery with its headers and body
    #[command(after_help = "Example:
  refund-inbox deliveries show 019ab0de-7f4c-7a51-9d6e-6f0d6c1c2f10")]
    Show(DeliveryOptions),
    /// Judge refused and unreadable deliveries again, with today's keys, as of their receipt
    #[command(
        after_help = "The command sends no answers. It replays each delivery at most once, so it is \
safe to run it again.
It takes the filters of `deliveries list`, of which the verdicts refused, unreadable, undecryptable
and recorded (those with unread fields or an unknown status word) can be replayed.
Exit status: 0 if done, even if some deliveries remain refused; 1 if a delivery could not be stored
or a given id was not found.

Examples:
  refund-inbox deliveries replay --account hk-store --since 2026-11-22T00:00:00Z --dry-run
  refund-inbox deliveries replay --verdict unreadable --reason undecryptable
  refund-inbox deliveries replay 019ab0de-7f4c-7a51-9d6e-6f0d6c1c2f10"
    )]
    Replay(Box<ReplayOptions>),
    /// Judge one kept delivery again, and explain its verdict
    #[command(after_help = "Example:
  refund-inbox deliveries why 01a21e71-8831 --try-secret-file old-secret.txt")]
    Why(WhyOptions),
    /// Note something about a delivery. Its state stays as it is
    #[command(after_help = "Example:
  refund-inbox deliveries note 01a21e71-8831 --note 'asked the provider, ticket 4711'")]
    Note(NoteOnDeliveryOptions),
    /// Note that a person has looked at refused or unreadable deliveries: they wait no longer
    #[command(after_help = "Examples:
  refund-inbox deliveries dismiss 01a21e71-8831 --note 'a scanner'
  refund-inbox deliveries dismiss --account hk-store --reason signature_mismatch --until today \\
      --note 'the old secret; replayed what mattered'")]
    Dismiss(Box<DismissOptions>),
}

#[derive(Debug, Args)]
pub(in crate::command) struct ReplayOptions {
    /// Only the deliveries with these ids, or with ids that begin like this
    #[arg(value_name = "ID", conflicts_with_all = ["account", "provider", "verdict", "reason", "key", "client", "refund", "replayed", "waiting", "since", "until", "limit"])]
    pub delivery_ids: Vec<String>,
    #[command(flatten)]
    pub filter: DeliveriesFilter,
    /// Maximum number of deliveries, oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub limit: Option<i64>,
    /// Only show what a replay would do; write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON, one line for each delivery
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}

#[derive(Debug, Args)]
pub(in crate::command) struct DeliveriesListOptions {
    #[command(flatten)]
    pub filter: DeliveriesFilter,
    #[command(flatten)]
    pub list: ListOptions,
}

#[derive(Debug, Args)]
pub(in crate::command) struct NoteOnDeliveryOptions {
    /// Id of the delivery, or its beginning
    #[arg(value_name = "ID")]
    pub delivery_id: String,
    /// What to note: no personal data, because notes stay
    #[arg(long, value_name = "TEXT")]
    pub note: String,
}

#[derive(Debug, Args)]
pub(in crate::command) struct DismissOptions {
    /// Only the deliveries with these ids, or with ids that begin like this
    #[arg(value_name = "ID")]
    pub delivery_ids: Vec<String>,
    #[command(flatten)]
    pub filter: DeliveriesFilter,
    /// Why they need no repair
    #[arg(long, value_name = "TEXT")]
    pub note: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}

#[derive(Debug, Args)]
pub(in crate::command) struct WhyOptions {
    /// Id of the delivery, or its beginning
    #[arg(value_name = "ID")]
    pub delivery_id: String,
    /// Also try the secret in this file, in place of the account's
    #[arg(long, value_name = "FILE")]
    pub try_secret_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}

#[derive(Debug, Args)]
pub(in crate::command) struct DeliveriesFilter {
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only this provider
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only these verdicts, separated by commas: recorded, duplicate, ignored, unreadable,
    /// undecryptable or refused
    #[arg(long, value_delimiter = ',')]
    pub verdict: Vec<String>,
    /// Only with this reason, for example signature_mismatch or missing_field
    #[arg(long, value_name = "WORD")]
    pub reason: Option<String>,
    /// Only deliveries that this key verified
    #[arg(long, value_name = "ID")]
    pub key: Option<String>,
    /// Only deliveries from this client address
    #[arg(long, value_name = "ADDRESS")]
    pub client: Option<String>,
    /// Only deliveries of this refund: any of its numbers
    #[arg(long, value_name = "REF")]
    pub refund: Option<String>,
    /// Only deliveries that were replayed or are replays
    #[arg(long)]
    pub replayed: bool,
    /// Only deliveries that wait for a person: refused or unreadable, not replayed, not dismissed
    #[arg(long)]
    pub waiting: bool,
    /// Only received at this time or later
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only received before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::command) struct DeliveryOptions {
    /// Id of the delivery, or its beginning
    #[arg(value_name = "ID")]
    pub delivery_id: String,
    #[command(flatten)]
    pub zone: ZoneOption,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
