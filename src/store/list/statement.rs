//! Writes the statement of a list. Names of columns come from [`Listed`], and every value is a
//! parameter.

use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

use super::columns::Listed;
use super::condition::{Condition, ListedTime};
use super::query::ListQuery;
use super::sorting::{Part, Sorting};
use super::tables;
use crate::store::StoreError;
use crate::store::as_of::recorded_since;
use refund_providers::refund::{Currency, RefundStatus};

type Statement = QueryBuilder<Postgres>;

/// Returns the statement of a list. It selects one row more than the page has, as JSON objects.
pub(super) fn statement(query: &ListQuery) -> Result<Statement, StoreError> {
    let mut statement = QueryBuilder::new("");
    write(&mut statement, query)?;
    Ok(statement)
}

/// Writes the statement of a list at the end of another one.
pub(super) fn write(statement: &mut Statement, query: &ListQuery) -> Result<(), StoreError> {
    // Only the rows of the page become JSON.
    statement.push(match query.listed {
        Listed::Refunds => "select to_jsonb(listed) from (",
        Listed::Deliveries => {
            "select to_jsonb(listed) - '{peer,emptied_at}'::text[] || jsonb_build_object(
                 'body_sha256', encode(body_sha256, 'hex'),
                 'replayed_by', (
                     select replay.delivery_id from refund_inbox.replays as replay
                     where replay.replayed_from = listed.delivery_id
                 )
             ) from ("
        }
    });
    let sorting = Sorting::of(query);
    // The server reads the second part only if the first one does not fill the page.
    let parts = sorting.parts(query.after.as_ref());
    for (place, part) in parts.iter().enumerate() {
        statement.push(if place == 0 { "(" } else { " union all (" });
        write_part(statement, query, &sorting, *part)?;
        statement.push(")");
    }
    if parts.len() > 1 {
        limit(statement, query);
    }
    statement.push(") as listed");
    sorting.order(statement, Part::All);
    Ok(())
}

/// Writes the select of a part of the rows.
fn write_part(
    statement: &mut Statement,
    query: &ListQuery,
    sorting: &Sorting,
    part: Part,
) -> Result<(), StoreError> {
    let sources = sources(query)?;
    let [source] = &sources[..] else {
        // Each is read by itself and has a limit of its own, so that the planner chooses the best index
        // for each: what is rare in one may be frequent in the other.
        for (place, source) in sources.iter().enumerate() {
            let begin = if place == 0 { "with" } else { ")," };
            statement.push(format!("{begin} table_{place} as materialized ("));
            write_source(statement, query, sorting, part, source)?;
        }
        let selects = (0..sources.len()).map(|place| format!("(select * from table_{place})"));
        let all = selects.collect::<Vec<_>>().join(" union all ");
        statement.push(format!(") select * from ({all}) as all_tables"));
        sorting.order(statement, part);
        limit(statement, query);
        return Ok(());
    };
    write_source(statement, query, sorting, part, source)
}

/// Writes the select of a part of the rows of one source.
fn write_source(
    statement: &mut Statement,
    query: &ListQuery,
    sorting: &Sorting,
    part: Part,
    source: &Source,
) -> Result<(), StoreError> {
    write_matching(statement, query, source)?;
    sorting.of_part(statement, part, query.after.as_ref());
    sorting.order(statement, part);
    limit(statement, query);
    Ok(())
}

/// Writes the select of all rows for which the conditions hold, at the end of another statement.
pub(super) fn write_all(statement: &mut Statement, query: &ListQuery) -> Result<(), StoreError> {
    for (place, source) in sources(query)?.iter().enumerate() {
        statement.push(if place == 0 { "" } else { " union all" });
        write_matching(statement, query, source)?;
    }
    Ok(())
}

/// Writes the select of the rows of one source for which the conditions hold.
fn write_matching(
    statement: &mut Statement,
    query: &ListQuery,
    source: &Source,
) -> Result<(), StoreError> {
    statement.push(" select * from ");
    match source {
        Source::Refunds => statement.push("refunds_v1.refunds"),
        Source::RefundsAsOf(at) => {
            statement.push("refunds_v1.refunds_as_of(").push_bind(*at).push(")")
        }
        Source::Deliveries(rows) => statement.push(format!("(select {rows})")),
    };
    statement.push(" as candidate where true");
    for condition in &query.conditions {
        statement.push(" and (");
        self::condition(statement, query.listed, condition)?;
        statement.push(")");
        if let (Some(_), Condition::Since(ListedTime::Received, since)) = (query.as_of, condition) {
            recorded_since(statement, "candidate", *since);
        }
    }
    Ok(())
}

/// Where rows of a list come from.
enum Source {
    Refunds,
    /// The refunds as they were known at a time.
    RefundsAsOf(OffsetDateTime),
    /// Deliveries of one of their tables: what follows `select`.
    Deliveries(String),
}

/// Returns where the rows of a list come from.
fn sources(query: &ListQuery) -> Result<Vec<Source>, StoreError> {
    match (query.listed, query.as_of) {
        (Listed::Refunds, None) => Ok(vec![Source::Refunds]),
        (Listed::Refunds, Some(at)) => Ok(vec![Source::RefundsAsOf(at)]),
        (Listed::Deliveries, None) => {
            Ok(tables::selects(&query.conditions).into_iter().map(Source::Deliveries).collect())
        }
        (Listed::Deliveries, Some(_)) => {
            Err(StoreError::rejected("deliveries never change: they have no as-of"))
        }
    }
}

/// Writes the limit: one row more than the page has.
fn limit(statement: &mut Statement, query: &ListQuery) {
    statement.push(" limit ").push_bind(i64::from(query.limit) + 1);
}

/// Writes one condition.
fn condition(
    statement: &mut Statement,
    listed: Listed,
    condition: &Condition,
) -> Result<(), StoreError> {
    use Listed::{Deliveries, Refunds};
    match (listed, condition) {
        (_, Condition::Account(account)) => equal(statement, "account", account),
        (_, Condition::Provider(provider)) => equal(statement, "provider", provider),
        (_, Condition::Since(by, at)) => {
            let column = by.column(listed).ok_or_else(not_of_this_list)?;
            statement.push(column).push(" >= ").push_bind(*at);
        }
        (_, Condition::Until(by, at)) => {
            let column = by.column(listed).ok_or_else(not_of_this_list)?;
            statement.push(column).push(" < ").push_bind(*at);
        }
        (Refunds, Condition::Status(statuses)) => {
            any_status(statement, statuses.iter().copied());
        }
        (Refunds, Condition::Open) => {
            any_status(
                statement,
                RefundStatus::ALL.into_iter().filter(|status| !status.is_final()),
            );
        }
        (Refunds, Condition::Attention) => {
            statement.push("needs_attention");
        }
        (Refunds, Condition::Conflicting) => {
            statement.push("conflicting");
        }
        // The second condition lets the index of flagged refunds be used.
        (Refunds, Condition::Flag(flag)) => {
            statement.push("flags @> array[").push_bind(flag.clone());
            statement.push("]::text[] and cardinality(flags) > 0");
        }
        (Refunds, Condition::Currency(currency)) => equal(statement, "currency", currency),
        (Refunds, Condition::Amount(range)) => {
            statement.push("false");
            for exponent in 0..=Currency::MOST_DECIMALS {
                let Some((least, greatest)) = range.in_minor_units(exponent) else { continue };
                statement.push(" or currency_exponent = ").push_bind(i16::from(exponent));
                statement.push(" and amount_minor >= ").push_bind(least);
                statement.push(" and amount_minor <= ").push_bind(greatest);
            }
        }
        (Refunds, Condition::Order(order)) => equal(statement, "merchant_order_id", order),
        (Refunds, Condition::Payment(payment)) => equal(statement, "provider_payment_id", payment),
        (Refunds, Condition::Refunds(refunds)) => {
            statement.push("refund_id = any (").push_bind(refunds.clone()).push(")");
        }
        // What is selected from the tables has these conditions. A second time, they would mislead the
        // planner: it would multiply their shares of the rows.
        (Deliveries, Condition::Verdict(_) | Condition::Replayed) => {
            statement.push("true");
        }
        (Deliveries, Condition::Reason(reason)) => {
            let whole = reason.split(':').next().unwrap_or_default();
            equal(statement, "split_part(reason, ':', 1)", whole);
            statement.push(" and reason is not null");
            if reason.contains(':') {
                statement.push(" and ");
                equal(statement, "reason", reason);
            }
        }
        (Deliveries, Condition::Key(key)) => equal(statement, "key_id", key),
        (Deliveries, Condition::Client(client)) => equal(statement, "peer", client),
        (Deliveries, Condition::Refunds(refunds)) => {
            const EVENTS: &str = "array(select event_id from refund_inbox.refund_events \
                 where refund_id = any (";
            // An event names the delivery that contained it first. The indexes of deliveries are
            // only for those that repeat an event or have several.
            statement.push(
                "delivery_id = any (array(select delivery_id from refund_inbox.refund_events \
                 where source = 'notification' and refund_id = any (",
            );
            statement.push_bind(refunds.clone());
            statement
                .push(") union all select delivery_id from refund_inbox.deliveries")
                .push(" where event_ids <> '{}' and verdict <> 'recorded' and event_ids[1] = any (")
                .push(EVENTS);
            statement
                .push_bind(refunds.clone())
                .push("))) union all select delivery_id from refund_inbox.deliveries");
            statement.push(" where cardinality(event_ids) > 1 and event_ids && ").push(EVENTS);
            statement.push_bind(refunds.clone()).push("))))");
        }
        (Deliveries, Condition::Waiting) => {
            statement.push(
                "emptied_at is null
                 and not exists (
                     select from refund_inbox.replays as replay
                     where replay.replayed_from = candidate.delivery_id
                 )
                 and not exists (
                     select from refund_inbox.dismissals as dismissal
                     where dismissal.delivery_id = candidate.delivery_id
                 )",
            );
        }
        (
            Deliveries,
            Condition::Status(_)
            | Condition::Open
            | Condition::Attention
            | Condition::Conflicting
            | Condition::Flag(_)
            | Condition::Currency(_)
            | Condition::Amount(_)
            | Condition::Order(_)
            | Condition::Payment(_),
        )
        | (
            Refunds,
            Condition::Verdict(_)
            | Condition::Reason(_)
            | Condition::Key(_)
            | Condition::Client(_)
            | Condition::Replayed
            | Condition::Waiting,
        ) => return Err(not_of_this_list()),
    }
    Ok(())
}

fn not_of_this_list() -> StoreError {
    StoreError::rejected("a list of refunds or deliveries was filtered by what only the other has")
}

fn equal(statement: &mut Statement, column: &str, value: &str) {
    statement.push(column).push(" = ").push_bind(value.to_owned());
}

fn any_status(statement: &mut Statement, statuses: impl Iterator<Item = RefundStatus>) {
    let words: Vec<&str> = statuses.map(RefundStatus::as_str).collect();
    any(statement, "status", &words);
}

fn any(statement: &mut Statement, column: &str, words: &[&str]) {
    // One value of an index leaves its rows in the order of the list; several do not.
    if let [word] = words {
        return equal(statement, column, word);
    }
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    statement.push(column).push(" = any (").push_bind(words).push(")");
}
