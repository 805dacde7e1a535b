//! `GET /refunds/{ref}` and its story.

use axum::extract::State;
use axum::response::Response;

use super::wait::until_final;
use crate::api::Problem;
use crate::api::answer::json;
use crate::api::request::{Parameters, Reference, require_known};
use crate::api::schemas::{
    OfAccount, Reference as ReferencePath, Refund, RefundWithStory, Waiting,
};
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::query::Mistake;
use crate::rendering::{Ordered, all_columns, with_story};
use crate::store::Listed;

/// Show one refund
///
/// With `wait=final`, the answer comes when the refund is final, or with the refund as it is when
/// the timeout has passed. A refund of which nothing was received yet is waited for, too.
#[utoipa::path(
    get, path = "/refunds/{ref}", tag = "refunds", operation_id = "showRefund",
    params(ReferencePath, OfAccount, Waiting),
    responses(
        (status = 200, description = "The refund", body = Refund),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn show(
    State(operator): State<Operator>,
    Reference(reference): Reference,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let account = parameters.0.text("account")?;
    let wait = parameters.0.text("wait")?;
    let timeout = parameters.0.number("timeout", 0..=MOST_SECONDS)?;
    parameters.finish()?;
    require_known(&operator, account.as_deref())?;
    let account = account.as_deref();
    let refund = match wait.as_deref() {
        None if timeout.is_some() => {
            return Err(Mistake::new("timeout", "expected wait=final beside it").into());
        }
        None => one_refund(&operator.readers, &reference, account).await?,
        Some("final") => {
            let timeout = timeout.unwrap_or(USUAL_SECONDS);
            until_final(&operator, &reference, account, timeout).await?
        }
        Some(other) => return Err(Mistake::expected("wait", "final", other).into()),
    };
    let columns = all_columns(Listed::Refunds, false);
    json(&Ordered { row: &refund, columns: &columns })
}

/// Tell the story of a refund
///
/// Its events, its deliveries with our answers, and what people noted, in the order of time.
#[utoipa::path(
    get, path = "/refunds/{ref}/story", tag = "refunds", operation_id = "tellStory",
    params(ReferencePath, OfAccount),
    responses(
        (status = 200, description = "The refund with its story", body = RefundWithStory),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn story(
    State(operator): State<Operator>,
    Reference(reference): Reference,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let account = parameters.0.text("account")?;
    parameters.finish()?;
    require_known(&operator, account.as_deref())?;
    let refund = one_refund(&operator.readers, &reference, account.as_deref()).await?;
    let story = operator.readers.story(&refund).await?;
    json(&with_story(&refund, &story))
}

/// The usual and the longest time to wait for a final status, in seconds.
const USUAL_SECONDS: u32 = 30;
const MOST_SECONDS: u32 = 60;
