//! `POST /deliveries/dismiss`

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

use super::filters::conditions;
use super::subject::delivery_id;
use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer;
use crate::api::request::{Parameters, json_body};
use crate::api::schemas::{DismissBody, Dismissed};
use crate::operator::Operator;
use crate::query::require_note;
use crate::store::Dismissal;

/// Dismiss deliveries
///
/// Note that a person has looked: the deliveries wait no longer. Name them by `ids`, or all that wait
/// and match `filters`.
#[utoipa::path(
    post, path = "/deliveries/dismiss", tag = "actions", operation_id = "dismissDeliveries",
    request_body = DismissBody,
    responses(
        (status = 200, description = "How many were dismissed", body = Dismissed),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn dismiss(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    parameters.finish()?;
    let DismissBody { ids, filters, note } = json_body(&body)?;
    require_note(&note)?;
    let (who, via, at) = (caller.name.as_str(), caller.via.as_str(), operator.clock.now());
    let dismissal = |subject| Dismissal { subject, who, via, note: &note, at };
    let dismissed = match (ids, filters) {
        (Some(ids), None) => {
            let found = found(&operator, &ids).await?;
            let subject = found.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
            let subject = format!("deliveries {subject}");
            operator.actions.dismiss_deliveries(&found, &dismissal(&subject)).await?
        }
        (None, Some(filters)) => {
            let conditions = conditions(&operator, &filters).await?;
            // A filter that leaves everything would dismiss everything.
            if conditions.is_empty() {
                return Err(neither());
            }
            let dismissal = dismissal("deliveries that matched a filter");
            operator.actions.dismiss_matching(conditions, &dismissal).await?
        }
        (None, None) => return Err(neither()),
        (Some(_), Some(_)) => {
            return Err(Problem::bad_request("expected ids or filters, found both"));
        }
    };
    answer::json(&json!({ "dismissed": dismissed }))
}

fn neither() -> Problem {
    Problem::bad_request("expected ids, or filters such as {\"account\": …}: found neither")
}

/// Returns the ids of the deliveries that these texts name.
async fn found(operator: &Operator, ids: &[String]) -> Result<Vec<Uuid>, Problem> {
    let mut found = Vec::new();
    for id in ids {
        found.push(delivery_id(operator, id).await?);
    }
    Ok(found)
}
