//! The command line of `reports`.

use clap::{Args, Subcommand};

use super::lists::ZoneOption;

#[derive(Debug, Subcommand)]
pub(in crate::command) enum ReportsCommand {
    /// Add up refunds by provider, account, currency and status
    #[command(after_help = "Example:
  refund-inbox reports totals --since 2026-10-01 --until 2026-11-01 --zone Asia/Hong_Kong --csv")]
    Totals(ReportOptions),
    /// Add up open refunds by age
    #[command(after_help = "Example:\n  refund-inbox reports ageing --account hk-store")]
    Ageing(ReportOptions),
    /// List the refunds of a period that are now otherwise than they were known at --as-of
    #[command(after_help = "Example:
  refund-inbox reports changed --since 2026-10-01 --until 2026-11-01 --as-of 2026-11-02")]
    Changed(ReportOptions),
}

#[derive(Debug, Args)]
pub(in crate::command) struct ReportOptions {
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only this provider
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only refunds that were received first at this time or later
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only refunds that were received first before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Report refunds as they were known at this time
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Print JSON, one line for each row
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}
