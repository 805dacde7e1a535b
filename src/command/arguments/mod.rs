//! The command line.

mod deliveries;
mod lists;
mod refunds;
mod reports;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use deliveries::{
    DeliveriesCommand, DeliveriesFilter, DeliveriesListOptions, DeliveryOptions, DismissOptions,
    NoteOnDeliveryOptions, ReplayOptions, WhyOptions,
};
pub(super) use lists::{ListOptions, ZoneOption};
pub(super) use refunds::{
    EraseOptions, NoteOnRefundOptions, RefundOptions, RefundsCommand, RefundsListOptions,
    ResolveOptions, ShowOptions,
};
pub(super) use reports::{ReportOptions, ReportsCommand};

/// Receives payment providers' refund callbacks: verifies, normalizes, commits and answers them
#[derive(Debug, Parser)]
#[command(name = "refund-inbox", version, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// Configuration file in TOML; default: the file that REFUND_INBOX_CONFIG names
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the receiver
    #[command(after_help = "Example:\n  refund-inbox --config /etc/refund-inbox.toml serve")]
    Serve(ServeOptions),
    /// Run a demonstration: a private Postgres, demo accounts, real signed notifications
    #[command(after_help = "Example:\n  refund-inbox demo --once")]
    Demo(DemoOptions),
    /// Create, sign and send a notification as a provider does
    #[command(after_help = "Examples:
  refund-inbox simulate eftpay succeeded --account hk-store --send http://127.0.0.1:8080
  refund-inbox simulate paycools failed --account ph-main --print
  refund-inbox simulate eftpay --story reversal --account hk-store --send http://127.0.0.1:8080
  refund-inbox simulate eftpay failed --account hk-store --send http://127.0.0.1:8080 \\
      --refund R-1001 --order O-77 --amount 12.34 --currency HKD --at 2h
  refund-inbox simulate eftpay succeeded --account hk-store --send http://127.0.0.1:8080 \\
      --count 1000 --rate 200")]
    Simulate(SimulateOptions),
    /// Validate the configuration, and print the accounts with their URLs and keys
    #[command(after_help = "Example:\n  refund-inbox --config refund-inbox.toml check-config")]
    CheckConfig(CheckConfigOptions),
    /// Print the answer that each provider gets for each outcome
    #[command(after_help = "Example:\n  refund-inbox acks eftpay")]
    Acks(AcksOptions),
    /// Migrate the database schema to the newest version
    #[command(after_help = "Examples:
  refund-inbox --config refund-inbox.toml migrate
  refund-inbox --config refund-inbox.toml migrate --dry-run
  refund-inbox migrate --print publication | psql \"$administrator\"")]
    Migrate(MigrateOptions),
    /// List, show and explain refunds
    #[command(subcommand)]
    Refunds(RefundsCommand),
    /// List and show deliveries, and replay kept ones
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// Show what waits for a person, and the command to run next
    #[command(after_help = "Exit status: 0 nothing waits, 3 something does.

Example:
  refund-inbox status || refund-inbox status --json | mail -s refunds oncall@example.com")]
    Status(StatusOptions),
    /// Add up money and refunds, for the month's end
    #[command(subcommand)]
    Reports(ReportsCommand),
    /// Show what people did: who, when, and through what
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print refund events as JSON in commit order, one line for each event
    #[command(after_help = FEED_HELP)]
    Feed(FeedOptions),
    /// Exit with status 0 if the running service is ready
    #[command(after_help = "Example:\n  refund-inbox healthcheck")]
    Healthcheck,
    /// Print completions for a shell
    #[command(after_help = "Example:
  refund-inbox completions bash > /etc/bash_completion.d/refund-inbox")]
    Completions(CompletionsOptions),
    /// Print the manual page, or write a page for each command
    #[command(after_help = "Examples:
  refund-inbox man | man -l -
  refund-inbox man --directory /usr/local/share/man/man1")]
    Man(ManOptions),
}

#[derive(Debug, Args)]
pub(super) struct StatusOptions {
    /// Print JSON, one line for each row
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}

#[derive(Debug, Args)]
pub(super) struct MigrateOptions {
    /// Print what would be done, and do nothing
    #[arg(long, conflicts_with = "print")]
    pub dry_run: bool,
    /// Print the statements for a database user who may run them, and do nothing. `role`: the role
    /// through which other services read. `publication`: what change data capture needs
    #[arg(long, value_name = "WHAT")]
    pub print: Option<Printed>,
}

/// Statements for an administrator of the database.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Printed {
    Role,
    Publication,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// List what people did, newest first
    #[command(after_help = "Example:\n  refund-inbox audit list --since 7d")]
    List(AuditListOptions),
}

#[derive(Debug, Args)]
pub(super) struct AuditListOptions {
    /// Only at this time or later
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Maximum number of rows
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Print JSON, one line for each row
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsOptions {
    /// The shell: bash, zsh or fish
    pub shell: String,
}

#[derive(Debug, Args)]
pub(super) struct ManOptions {
    /// Write a page for each command into this directory
    #[arg(long, value_name = "DIRECTORY")]
    pub directory: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CheckConfigOptions {
    /// Print every setting
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ServeOptions {
    /// Do not migrate the schema at the start
    #[arg(long)]
    pub no_migrate: bool,
}

#[derive(Debug, Args)]
pub(super) struct DemoOptions {
    /// Exit after the notifications instead of continuing to serve
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Args)]
pub(super) struct SimulateOptions {
    /// Provider to simulate
    pub provider: String,
    /// Scenario: succeeded, failed, pending, canceled, requires_action, duplicate, tampered,
    /// stale, wrong-key, not-a-refund, unknown-status or malformed. Some providers have more; any
    /// other word lists them
    #[arg(required_unless_present = "story", conflicts_with = "story")]
    pub scenario: Option<String>,
    /// Send several notifications about one refund or order: lifecycle, reversal, late-success,
    /// partial, out-of-order or storm
    #[arg(long, value_name = "NAME", requires = "send", conflicts_with_all = ["count", "rate", "print"])]
    pub story: Option<String>,
    /// Number that identifies the refund: the merchant's, or the provider's if it carries no other
    #[arg(long, value_name = "ID")]
    pub refund: Option<String>,
    /// Merchant's number of the order
    #[arg(long, value_name = "ID")]
    pub order: Option<String>,
    /// Provider's number of the payment
    #[arg(long, value_name = "ID")]
    pub payment: Option<String>,
    /// Amount of the refund in major units, such as 12.34
    #[arg(long, value_name = "AMOUNT")]
    pub amount: Option<String>,
    /// Currency of the amounts, such as HKD
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// Make the notification at this time of the provider's clock
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Configured account that the notification is for
    #[arg(long, value_name = "NAME")]
    pub account: String,
    /// Send the notification to this address of a receiver, or to this URL of an account's route
    #[arg(long, value_name = "URL")]
    pub send: Option<String>,
    /// Print the notification as a curl command (default without --send)
    #[arg(long)]
    pub print: bool,
    /// Number of different notifications
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub count: u32,
    /// Notifications per second; default: as fast as the receiver answers
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: Option<u32>,
    /// Private key that signs in place of the provider's, for accounts with public keys
    #[arg(long, value_name = "FILE")]
    pub signing_key: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct AcksOptions {
    /// Only this provider
    pub provider: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

const FEED_HELP: &str = "\
Each line has all columns of refunds_v1.refund_events, `seq` first. The command skips no event and
repeats none, even if it loses its connection or the database restarts. It exits with status 0 at
SIGTERM, at SIGINT, and when the reader closes the pipe. The role refunds_reader is sufficient.

To process each event exactly once, store its `seq` in the transaction that processes the event, and
start after the stored `seq`. Ignore a last line without a line break: it is incomplete, and the
event comes again.

Examples:
  refund-inbox feed --after 0 --limit 10
  refund-inbox feed --last 10 --follow
  refund-inbox feed --after \"$(psql -At -c 'select seq from shop.refund_cursor')\" --follow | shop";

#[derive(Debug, Args)]
pub(super) struct FeedOptions {
    /// Start after this `seq`, the last one that you have processed; 0 prints all events, and
    /// `now` only new ones
    #[arg(long, value_name = "SEQ", required_unless_present = "last")]
    pub after: Option<String>,
    /// Start with the last N events
    #[arg(long, value_name = "N", conflicts_with = "after", value_parser = clap::value_parser!(i64).range(0..))]
    pub last: Option<i64>,
    /// Wait for new events instead of exiting at the end
    #[arg(long)]
    pub follow: bool,
    /// Poll for new events instead of using LISTEN, for poolers that share sessions
    #[arg(long, requires = "follow")]
    pub no_listen: bool,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Exit after this number of events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}
