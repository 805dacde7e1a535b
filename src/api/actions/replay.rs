//! `POST /replays`

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::filters::conditions;
use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer;
use crate::api::request::{Parameters, json_body};
use crate::api::schemas::{ReplayBody, Replayed as ReplayedBody};
use crate::operator::Operator;
use crate::query::PageWords;
use crate::replay::{Ending, Mode, Replay, Replayed, reason_now};
use crate::store::{Action, Condition, KeptFilter, ListQuery, Listed, ListedTime, StoreError};

/// The most deliveries whose results are listed. All are counted.
const MOST_ITEMS: usize = 500;

/// The most deliveries that a filter may select which only the list knows.
const MOST_SELECTED: usize = 10_000;

/// Replay deliveries
///
/// Judge the kept deliveries that match `filters` again, with today's keys, as of their receipt. With
/// `dry_run`, nothing is written. Each delivery is replayed at most once, so it is safe to ask again.
#[utoipa::path(
    post, path = "/replays", tag = "actions", operation_id = "replayDeliveries",
    request_body = ReplayBody,
    responses(
        (status = 200, description = "What became of them", body = ReplayedBody),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn replay(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    parameters.finish()?;
    let ReplayBody { filters, dry_run } = json_body(&body)?;
    let filters = filters.unwrap_or_default();
    let filter = selected(&operator, conditions(&operator, &filters).await?).await?;
    let mode = if dry_run { Mode::DryRun } else { Mode::Apply };
    if mode == Mode::Apply {
        let subject = "deliveries that matched a filter";
        let detail = Value::Object(filters).to_string();
        operator.note(&caller, Action::Replay, subject, &detail).await?;
    }
    let accounts = operator.accounts.borrow().clone();
    let run = Replay {
        accounts: &accounts,
        store: &operator.actions,
        recording: &operator.recording,
        began: operator.clock.now(),
        mode,
    };
    let (mut examined, mut results, mut items) = (0_u64, BTreeMap::new(), Vec::new());
    run.run(&filter, None, |replayed| {
        let ending = Ending::of(&replayed);
        examined += 1;
        *results.entry(ending.as_str()).or_insert(0_u64) += 1;
        if items.len() < MOST_ITEMS {
            items.push(item(&replayed, ending));
        }
        Ok::<(), StoreError>(())
    })
    .await?;
    answer::json(&json!({
        "dry_run": dry_run, "examined": examined, "results": results, "items": items,
    }))
}

/// Returns the filter of the kept deliveries for which these conditions hold.
async fn selected(operator: &Operator, conditions: Vec<Condition>) -> Result<KeptFilter, Problem> {
    let mut filter = KeptFilter::default();
    let mut is_known = true;
    for condition in &conditions {
        match condition {
            Condition::Account(account) => filter.account = Some(account.clone()),
            Condition::Reason(reason) => filter.reason = Some(reason.clone()),
            Condition::Since(ListedTime::Received, at) => filter.since = Some(*at),
            Condition::Until(ListedTime::Received, at) => filter.until = Some(*at),
            Condition::Verdict(verdicts) => match verdicts.as_slice() {
                [one] => filter.verdict = Some(*one),
                _ => is_known = false,
            },
            Condition::Since(..)
            | Condition::Until(..)
            | Condition::Provider(_)
            | Condition::Status(_)
            | Condition::Open
            | Condition::Attention
            | Condition::Conflicting
            | Condition::Flag(_)
            | Condition::Currency(_)
            | Condition::Amount(_)
            | Condition::Order(_)
            | Condition::Payment(_)
            | Condition::Key(_)
            | Condition::Client(_)
            | Condition::Refunds(_)
            | Condition::Replayed
            | Condition::Waiting => is_known = false,
        }
    }
    if is_known {
        return Ok(filter);
    }
    // Only the list knows the other conditions.
    let mut query =
        ListQuery { conditions, ..ListQuery::newest(Listed::Deliveries, PageWords::MOST) };
    let mut ids: Vec<Uuid> = Vec::new();
    loop {
        let page = operator.readers.list(&query).await?;
        for row in &page.rows {
            let id = row.text("delivery_id").parse();
            ids.push(id.map_err(|_| StoreError::without_an_id())?);
        }
        if ids.len() > MOST_SELECTED {
            let message = format!("expected filters that at most {MOST_SELECTED} deliveries match");
            return Err(Problem::bad_request(message));
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(KeptFilter { delivery_ids: Some(ids), ..KeptFilter::default() });
        }
    }
}

fn item(replayed: &Replayed, ending: Ending) -> Value {
    let kept = &replayed.kept;
    let new = replayed.fate.new_delivery();
    let refunds = new.map(|new| new.refunds.iter()).into_iter().flatten();
    let refunds: Vec<Value> = refunds
        .map(|(id, status)| json!({ "merchant_refund_id": id, "status": status.as_str() }))
        .collect();
    json!({
        "delivery_id": kept.delivery_id,
        "account": kept.account,
        "verdict": kept.verdict.as_str(),
        "reason": kept.reason,
        "result": ending.as_str(),
        "result_reason": reason_now(replayed),
        "replayed_by": new.and_then(|new| new.delivery_id),
        "refunds": refunds,
    })
}
