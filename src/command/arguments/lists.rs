//! The options of every list.

use clap::Args;

pub(super) const LIST_HELP_OF_REFUNDS: &str = "\
Times are RFC 3339, dates, today, yesterday, or ages such as 2h or 3d. If more rows follow, the last
line on standard error says how to continue.

Examples:
  refund-inbox refunds list --account hk-store --attention
  refund-inbox refunds list --open --older-than 3d --sort -amount_minor
  refund-inbox refunds list --since 2026-10-01 --until 2026-11-01 --zone Asia/Hong_Kong --csv";

pub(super) const LIST_HELP_OF_DELIVERIES: &str = "\
Times are RFC 3339, dates, today, yesterday, or ages such as 2h or 3d. If more rows follow, the last
line on standard error says how to continue.

Examples:
  refund-inbox deliveries list --verdict refused --since 2h
  refund-inbox deliveries list --refund R_rrn_1686280005985";

#[derive(Debug, Args)]
pub(in crate::command) struct ListOptions {
    /// Sort by this column, with - in front for the greatest value first; default: newest first.
    /// Ids, numbers of refunds and most times have an index; by another column, at most about 10,000
    /// rows are sorted, so add filters
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Maximum number of rows
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Continue after this position, which the previous page gave
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
    /// Only these columns, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Print JSON, one line for each row
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    pub zone: ZoneOption,
}

#[derive(Debug, Args)]
pub(in crate::command) struct ZoneOption {
    /// Read dates and show times in this time zone, such as Asia/Hong_Kong
    #[arg(long = "zone", value_name = "ZONE", default_value = "UTC")]
    pub name: String,
}

impl AsRef<str> for ZoneOption {
    fn as_ref(&self) -> &str {
        &self.name
    }
}
