//! `GET /deliveries/{id}` and its body.

use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer::json as json_answer;
use crate::api::request::{Parameters, Reference};
use crate::api::schemas::{DeliveryWithHeaders, IdPath};
use crate::lookup::{NotFound, delivery_id};
use crate::operator::Operator;
use crate::query::Times;
use crate::rendering::notes;
use crate::store::{Action, DeliveryDetail, Dismissed, StoreError};

/// Show one delivery
///
/// An auditor also sees its headers and the whole path, which the audit notes.
#[utoipa::path(
    get, path = "/deliveries/{id}", tag = "deliveries", operation_id = "showDelivery",
    params(IdPath),
    responses(
        (status = 200, description = "The delivery", body = DeliveryWithHeaders),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn show(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    Reference(id): Reference,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.finish()?;
    let delivery = find(&operator, &id).await?;
    let path = delivery.path_and_query.split('?').next().unwrap_or_default();
    let mut columns = delivery.summary.0.clone();
    columns.insert("client_address".to_owned(), json!(delivery.client_address));
    columns.insert("signature_form".to_owned(), json!(delivery.signature_form));
    columns.insert("emptied_at".to_owned(), json!(delivery.emptied_at.map(Times::utc)));
    let dismissed = delivery.dismissed.as_ref().map(|Dismissed { dismissed_at, who, note }| {
        json!({ "dismissed_at": Times::utc(*dismissed_at), "who": who, "note": note })
    });
    columns.insert("dismissed".to_owned(), json!(dismissed));
    columns.insert("locked".to_owned(), json!(delivery.locked));
    let id = delivery.summary.text("delivery_id").parse();
    let noted = operator.readers.notes_about(id.map_err(|_| StoreError::without_an_id())?).await?;
    columns.insert("notes".to_owned(), notes(&noted).into());
    if caller.may(Permission::SeeBodies) {
        note(&operator, &caller, &delivery, "headers").await?;
        columns.insert("path".to_owned(), json!(delivery.path_and_query));
        columns.insert("headers".to_owned(), delivery.headers.clone());
    } else {
        // A query may hold what only a header should.
        columns.insert("path".to_owned(), json!(path));
    }
    json_answer(&Value::Object(columns))
}

/// Show the body of a delivery
///
/// The bytes as they were received. The role `auditor` is needed, and the audit notes who saw them.
#[utoipa::path(
    get, path = "/deliveries/{id}/body", tag = "deliveries", operation_id = "showBody",
    params(IdPath),
    responses(
        (status = 200, description = "The body", body = Vec<u8>, content_type = "application/octet-stream"),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn body(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    Reference(id): Reference,
    parameters: Parameters,
) -> Result<Response, Problem> {
    caller.require(Permission::SeeBodies)?;
    parameters.finish()?;
    let delivery = find(&operator, &id).await?;
    note(&operator, &caller, &delivery, "body").await?;
    let name = delivery.summary.text("delivery_id");
    let file = format!("attachment; filename=\"{name}\"").parse().map_err(|_| Problem::bug())?;
    let headers: [_; 2] = [
        // Never the type that the sender gave: a browser would believe it.
        (CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (CONTENT_DISPOSITION, file),
    ];
    Ok((headers, delivery.body).into_response())
}

/// Returns the delivery with this id, or whose id begins like this.
pub(crate) async fn find(operator: &Operator, id: &str) -> Result<DeliveryDetail, Problem> {
    let found = delivery_id(&operator.readers, id).await?;
    let delivery = operator.readers.delivery(found).await?;
    delivery.ok_or_else(|| NotFound::NoDelivery(id.to_owned()).into())
}

/// Notes that the caller sees what only an auditor may see.
pub(crate) async fn note(
    operator: &Operator,
    caller: &Caller,
    delivery: &DeliveryDetail,
    what: &str,
) -> Result<(), Problem> {
    let subject = format!("delivery {}", delivery.summary.text("delivery_id"));
    Ok(operator.note(caller, Action::ShowBody, &subject, what).await.map(drop)?)
}
