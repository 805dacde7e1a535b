//! The plain model of a list: a filter and a sort over rows in memory.

use std::cmp::Ordering;

use refund_inbox::store::{Condition, Listed, ListedTime, Row};
use refund_providers::contract::Verdict;
use refund_providers::refund::RefundStatus;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns conditions whose values mostly come from the rows, so that they select something.
pub(super) fn conditions(listed: Listed, rows: &[Row], choices: &[(usize, u32)]) -> Vec<Condition> {
    choices.iter().filter_map(|(kind, choice)| condition(listed, rows, *kind, *choice)).collect()
}

fn condition(listed: Listed, rows: &[Row], kind: usize, choice: u32) -> Option<Condition> {
    let row = &rows[usize::try_from(choice).unwrap() % rows.len()];
    let text = |column: &str| row.plain(column).unwrap_or_else(|| "absent".to_owned());
    let by = ListedTime::ALL[usize::try_from(choice / 7 % 3).unwrap()];
    Some(match (listed, kind) {
        (_, 0) => Condition::Account(text("account")),
        (_, 1) => Condition::Provider(text("provider")),
        (Listed::Refunds, 2) => Condition::Since(by, time_of(row, by)?),
        (Listed::Refunds, 3) => Condition::Until(by, time_of(row, by)?),
        (Listed::Refunds, 4) => {
            let first = RefundStatus::from_word(row.text("status")).unwrap();
            let more = (choice.is_multiple_of(2)).then_some(RefundStatus::Failed);
            Condition::Status([first].into_iter().chain(more).collect())
        }
        (Listed::Refunds, 5) => Condition::Open,
        (Listed::Refunds, 6) => Condition::Attention,
        (Listed::Refunds, 7) => Condition::Conflicting,
        (Listed::Refunds, 8) => {
            Condition::Flag(row.texts("flags").first().map_or("reopened", |flag| *flag).to_owned())
        }
        (Listed::Refunds, 9) => Condition::Currency(text("currency")),
        (Listed::Refunds, 10) => {
            let minor = row.integer("amount_minor").unwrap_or_default();
            let whole = minor / 100;
            let range = match choice % 4 {
                0 => format!("{whole}.{:02}", minor % 100),
                1 => format!("{}..{}", whole / 2, whole),
                2 => format!("{whole}.."),
                _ => format!("..{whole}"),
            };
            Condition::Amount(range.parse().unwrap())
        }
        (Listed::Refunds, 11) => Condition::Order(text("merchant_order_id")),
        (Listed::Refunds, 12) => Condition::Payment(text("provider_payment_id")),
        (Listed::Refunds, _) => return None,
        (Listed::Deliveries, 2 | 3) => {
            Condition::Since(ListedTime::Received, time(row.text("received_at")))
        }
        (Listed::Deliveries, 4 | 5) => {
            Condition::Until(ListedTime::Received, time(row.text("received_at")))
        }
        (Listed::Deliveries, 6 | 7) => {
            let first = Verdict::from_word(row.text("verdict")).unwrap();
            let more = (choice.is_multiple_of(2)).then_some(Verdict::Refused);
            Condition::Verdict([first].into_iter().chain(more).collect())
        }
        (Listed::Deliveries, 8) => {
            let reason = text("reason");
            let part = reason.split(':').next().unwrap().to_owned();
            Condition::Reason(if choice.is_multiple_of(2) { reason } else { part })
        }
        (Listed::Deliveries, 9) => Condition::Key(text("key_id")),
        (Listed::Deliveries, 10) => Condition::Client(text("peer")),
        (Listed::Deliveries, 11) => Condition::Replayed,
        (Listed::Deliveries, 12) => Condition::Waiting,
        (Listed::Deliveries, _) => return None,
    })
}

/// Returns whether a list with the condition has the row.
pub(super) fn is_listed(row: &Row, condition: &Condition, _rows: &[Row]) -> bool {
    let is = |column: &str, value: &String| row.plain(column).as_ref() == Some(value);
    match condition {
        Condition::Account(account) => is("account", account),
        Condition::Provider(provider) => is("provider", provider),
        Condition::Since(by, at) => time_of(row, *by).is_some_and(|time| time >= *at),
        Condition::Until(by, at) => time_of(row, *by).is_some_and(|time| time < *at),
        Condition::Status(statuses) => {
            statuses.iter().any(|status| row.text("status") == status.as_str())
        }
        Condition::Open => !RefundStatus::from_word(row.text("status")).unwrap().is_final(),
        Condition::Attention => row.is("needs_attention"),
        Condition::Conflicting => row.is("conflicting"),
        Condition::Flag(flag) => row.texts("flags").contains(&flag.as_str()),
        Condition::Currency(currency) => is("currency", currency),
        Condition::Amount(range) => {
            let (Some(minor), Some(exponent)) =
                (row.integer("amount_minor"), row.integer("currency_exponent"))
            else {
                return false;
            };
            let bounds = range.in_minor_units(exponent.try_into().unwrap());
            bounds.is_some_and(|(least, greatest)| least <= minor && minor <= greatest)
        }
        Condition::Order(order) => is("merchant_order_id", order),
        Condition::Payment(payment) => is("provider_payment_id", payment),
        Condition::Verdict(verdicts) => {
            verdicts.iter().any(|verdict| row.text("verdict") == verdict.as_str())
        }
        Condition::Reason(reason) => row.plain("reason").is_some_and(|found| {
            found == *reason || found.split(':').next() == Some(reason.as_str())
        }),
        Condition::Key(key) => is("key_id", key),
        Condition::Client(client) => is("peer", client),
        Condition::Refunds(_) => panic!("the rows do not say which refunds they are of"),
        Condition::Waiting => {
            ["unreadable", "refused"].contains(&row.text("verdict")) && !row.has("replayed_by")
        }
        Condition::Replayed => row.has("replayed_by") || row.has("replayed_from"),
    }
}

/// Compares two rows as `--sort` says: nulls last, ties by the id in the same direction.
pub(super) fn value_order(listed: Listed, word: &str, a: &Row, b: &Row) -> Ordering {
    let (name, descending) = match word.strip_prefix('-') {
        Some(name) => (name, true),
        None => (word, false),
    };
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    let nulls = b.has(name).cmp(&a.has(name));
    let values = turned(compare(&a.0[name], &b.0[name]));
    let ids = turned(a.text(listed.id()).cmp(b.text(listed.id())));
    nulls.then(values).then(ids)
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => {
            let times = OffsetDateTime::parse(a, &Rfc3339)
                .ok()
                .zip(OffsetDateTime::parse(b, &Rfc3339).ok());
            times.map_or_else(|| a.cmp(b), |(a, b)| a.cmp(&b))
        }
        _ => Ordering::Equal,
    }
}

fn time_of(row: &Row, by: ListedTime) -> Option<OffsetDateTime> {
    let column = match by {
        ListedTime::Received if row.has("received_at") => "received_at",
        ListedTime::Received => "first_received_at",
        ListedTime::Updated => "updated_at",
        ListedTime::Completed => "completed_at",
    };
    row.plain(column).map(|text| time(&text))
}

fn time(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}
