//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

/// Receives payment providers' refund callbacks: verified, normalized, committed, answered.
#[derive(Debug, Parser)]
#[command(name = "refund-inbox", version, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// A configuration file in TOML; also REFUND_INBOX_CONFIG
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
    /// Show the whole thing at work: own Postgres, own accounts, real notifications
    #[command(after_help = "Example:\n  refund-inbox demo --once")]
    Demo(DemoOptions),
    /// Make, sign and send a notification as a provider would
    #[command(after_help = "Examples:
  refund-inbox simulate eftpay succeeded --account hk-store --send http://127.0.0.1:8080
  refund-inbox simulate paycools failed --account ph-main --print
  refund-inbox simulate eftpay succeeded --account hk-store --send http://127.0.0.1:8080 \\
      --count 1000 --rate 200")]
    Simulate(SimulateOptions),
    /// Check the configuration and show what it comes to, secrets as fingerprints
    #[command(after_help = "Example:\n  refund-inbox --config refund-inbox.toml check-config")]
    CheckConfig(JsonOption),
    /// Show what each provider is answered, outcome by outcome
    #[command(after_help = "Example:\n  refund-inbox acks eftpay")]
    Acks(AcksOptions),
    /// Bring the database's schema up to date
    #[command(after_help = "Example:\n  refund-inbox --config refund-inbox.toml migrate")]
    Migrate,
    /// Look refunds up
    #[command(subcommand)]
    Refunds(RefundsCommand),
    /// Look deliveries up, and judge kept ones again
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// Print refund events as JSON, a line an event, in the order of their commits
    #[command(after_help = FEED_HELP)]
    Feed(FeedOptions),
    /// Exit 0 when the running service is ready
    #[command(after_help = "Example:\n  refund-inbox healthcheck")]
    Healthcheck,
}

#[derive(Debug, Args)]
pub(super) struct ServeOptions {
    /// Do not bring the schema up to date first
    #[arg(long)]
    pub no_migrate: bool,
}

#[derive(Debug, Args)]
pub(super) struct DemoOptions {
    /// End after the notifications instead of going on to serve
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Args)]
pub(super) struct JsonOption {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SimulateOptions {
    /// Which provider to play
    pub provider: String,
    /// What to say: succeeded, failed, pending, canceled, requires_action, duplicate, tampered,
    /// stale, wrong-key, not-a-refund, unknown-status or malformed
    pub scenario: String,
    /// For which configured account
    #[arg(long, value_name = "NAME")]
    pub account: String,
    /// Deliver it: the receiver's address, or the whole URL of the account's route
    #[arg(long, value_name = "URL")]
    pub send: Option<String>,
    /// Show it as a curl command (the default without --send)
    #[arg(long)]
    pub print: bool,
    /// How many different notifications
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub count: u32,
    /// How many a second; absent: as fast as they are answered
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: Option<u32>,
    /// The private key that plays the provider's, for accounts with public keys
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

#[derive(Debug, Subcommand)]
pub(super) enum RefundsCommand {
    /// List refunds, newest first
    #[command(
        after_help = "Example:\n  refund-inbox refunds list --account hk-store --conflicting"
    )]
    List(RefundsListOptions),
    /// Show one refund
    #[command(after_help = "Example:\n  refund-inbox refunds show R_rrn_1686280005985")]
    Show(RefundOptions),
    /// Tell each event of a refund, what the fold did with it, and why
    #[command(after_help = "Example:\n  refund-inbox refunds explain R_rrn_1686280005985")]
    Explain(RefundOptions),
}

#[derive(Debug, Args)]
pub(super) struct RefundsListOptions {
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only in this status
    #[arg(long)]
    pub status: Option<String>,
    /// Only those of which different final states were told
    #[arg(long)]
    pub conflicting: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    pub limit: i64,
    /// Print JSON, a line a refund
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct RefundOptions {
    /// Our number, the merchant's or the provider's
    pub number: String,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum DeliveriesCommand {
    /// List deliveries, newest first
    #[command(after_help = "Example:\n  refund-inbox deliveries list --verdict refused \\
      --since 2026-11-22T00:00:00Z")]
    List(DeliveriesListOptions),
    /// Show one delivery with its headers and body
    #[command(after_help = "Example:
  refund-inbox deliveries show 019ab0de-7f4c-7a51-9d6e-6f0d6c1c2f10")]
    Show(DeliveryOptions),
    /// Judge refused and unreadable deliveries again, with today's keys, as of their receipt
    #[command(
        after_help = "Nobody is answered. A delivery is replayed once: run it again as often \
as you like.
Exit status: 0 done, also where some remain refused; 1 where something could not be stored.

Examples:
  refund-inbox deliveries replay --account hk-store --since 2026-11-22T00:00:00Z --dry-run
  refund-inbox deliveries replay --verdict unreadable --reason undecryptable
  refund-inbox deliveries replay 019ab0de-7f4c-7a51-9d6e-6f0d6c1c2f10"
    )]
    Replay(ReplayOptions),
}

#[derive(Debug, Args)]
pub(super) struct ReplayOptions {
    /// Only these, by their numbers
    #[arg(value_name = "DELIVERY_ID", conflicts_with_all = ["account", "verdict", "reason", "since", "until", "limit"])]
    pub delivery_ids: Vec<Uuid>,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only with this verdict: refused or unreadable
    #[arg(long)]
    pub verdict: Option<String>,
    /// Only with this reason, such as signature_mismatch, invalid_amount or undecryptable
    #[arg(long, value_name = "WORD")]
    pub reason: Option<String>,
    /// Only received at this time or later (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only received before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// At most so many, the oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub limit: Option<i64>,
    /// Only show what would come of it; write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON, a line a delivery
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct DeliveriesListOptions {
    /// Only with this verdict: recorded, duplicate, ignored, unreadable or refused
    #[arg(long)]
    pub verdict: Option<String>,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only received at this time or later (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only received before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    pub limit: i64,
    /// Print JSON, a line a delivery
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct DeliveryOptions {
    /// The number of the delivery
    pub delivery_id: Uuid,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

const FEED_HELP: &str = "\
A line has every column of refunds_v1.refund_events, `seq` first. No event is skipped and none comes
twice, over lost connections and restarts of the database too. Ends with 0 at SIGTERM, at SIGINT and
when nobody reads any more. The role refunds_reader is enough.

To take each event in exactly once, store its `seq` in the transaction that takes it in, and begin
after the stored one. A last line without a line break is not whole: it comes again.

Examples:
  refund-inbox feed --after 0 --limit 10
  refund-inbox feed --after \"$(psql -At -c 'select seq from shop.refund_cursor')\" --follow | shop";

#[derive(Debug, Args)]
pub(super) struct FeedOptions {
    /// Those after this `seq`: of the last event that was taken in; 0 for all
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(i64).range(0..))]
    pub after: i64,
    /// Wait at the end for more instead of ending
    #[arg(long)]
    pub follow: bool,
    /// Find new events by looking alone: for a pooler that shares sessions, where LISTEN would stay
    #[arg(long, requires = "follow")]
    pub no_listen: bool,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// At most so many, then end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}
