//! `POST /replays`

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::filters::conditions;
use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer;
use crate::api::request::{Parameters, json_body};
use crate::api::schemas::{ReplayBody, Replayed as ReplayedBody};
use crate::operator::Operator;
use crate::replay::{Ending, Mode, Replay, Replayed, reason_now};
use crate::store::{Action, KeptFilter, StoreError};

/// The most deliveries whose results are listed. All are counted.
const MOST_ITEMS: usize = 500;

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
    let filter = KeptFilter::of(&conditions(&operator, &filters).await?)?;
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
