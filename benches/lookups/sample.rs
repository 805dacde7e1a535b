//! Numbers of rows to look up.

use serde_json::{Map, Value};
use testing::postgres::Postgres;
use testing::program::{command, run_command};

/// Numbers of one refund and of some deliveries, and positions in the middle of the lists.
pub(crate) struct Sample {
    pub(crate) refund_id: String,
    pub(crate) merchant_refund_id: String,
    pub(crate) provider_refund_id: String,
    pub(crate) order: String,
    pub(crate) payment: String,
    pub(crate) recorded: String,
    pub(crate) refused: String,
    pub(crate) client: String,
    pub(crate) rare_key: String,
    /// The `seq` of an event in the middle of the feed.
    pub(crate) seq: String,
    /// A day in the middle, and the day after the month that begins with it.
    pub(crate) middle: String,
    pub(crate) month_later: String,
}

impl Sample {
    /// Chooses the rows of the middle.
    pub(crate) async fn of(postgres: &Postgres) -> Self {
        let content = postgres.content();
        let middle = "select date(percentile_disc(0.5) within group (order by at))::text as day,
                (date(percentile_disc(0.5) within group (order by at)) + 30)::text as later
            from (select first_received_at as at from refund_inbox.refunds
                  tablesample system (1)) as sampled";
        let days = content.row(middle).await;
        let refund = content
            .row(&format!(
                "select * from refunds_v1.refunds where first_received_at >= '{}'
                     and provider_refund_id is not null and merchant_order_id is not null
                     and provider_payment_id is not null
                 order by first_received_at limit 1",
                text(&days, "day"),
            ))
            .await;
        let recorded = content
            .row(&format!(
                "select kept.delivery_id, kept.peer, event.seq
                 from refund_inbox.refund_events as event
                 join refund_inbox.deliveries as kept using (delivery_id)
                 where event.refund_id = '{}' order by event.seq limit 1",
                text(&refund, "refund_id"),
            ))
            .await;
        let refused = "select delivery_id from refund_inbox.refused_deliveries
            order by received_at offset 5000 limit 1";
        let rare = "select key_id from refund_inbox.deliveries
            where key_id ~ 'key-[0-9]' order by received_at desc limit 1";
        Self {
            refund_id: text(&refund, "refund_id"),
            merchant_refund_id: text(&refund, "merchant_refund_id"),
            provider_refund_id: text(&refund, "provider_refund_id"),
            order: text(&refund, "merchant_order_id"),
            payment: text(&refund, "provider_payment_id"),
            recorded: text(&recorded, "delivery_id"),
            refused: text(&content.row(refused).await, "delivery_id"),
            client: text(&recorded, "peer"),
            rare_key: text(&content.row(rare).await, "key_id"),
            seq: recorded["seq"].to_string(),
            middle: text(&days, "day"),
            month_later: text(&days, "later"),
        }
    }
}

/// Returns the position in a list, so sorted, that its page up to a time ends at.
pub(crate) async fn position(directory: &std::path::Path, list: &str, until: &str) -> String {
    let mut command = command(directory);
    command.args(["--config", "c.toml"]).args(list.split(' '));
    command.args(["--until", until, "--limit", "1", "--json"]);
    let ran = run_command(command).await;
    let next = ran.err.lines().last().and_then(|line| line.strip_prefix("next: --after "));
    next.unwrap_or_else(|| panic!("{list}: {}", ran.err)).to_owned()
}

fn text(row: &Map<String, Value>, name: &str) -> String {
    row[name].as_str().unwrap_or_else(|| panic!("no {name}: {row:?}")).to_owned()
}
