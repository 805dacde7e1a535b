//! The paths of the console.

use axum::Router;
use axum::routing::{get, post};
use http::{Method, StatusCode};

use super::page::Failed;
use super::{accounts, actions, assets, attention, deliveries, feed, find, refunds, reports};
use crate::api::Problem;
use crate::operator::Operator;

/// Returns the console, without the guard.
pub fn router(operator: Operator) -> Router {
    Router::new()
        .route("/", get(attention::page))
        .route("/refunds", get(refunds::list))
        .route("/refunds.csv", get(refunds::csv))
        .route("/refunds/{ref}", get(refunds::one))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries.csv", get(deliveries::csv))
        .route("/refunds/{ref}/resolve", post(actions::resolve))
        .route("/refunds/{ref}/note", post(actions::note_on_refund))
        .route("/deliveries/note", post(actions::note_on_delivery))
        .route("/deliveries/replay", post(actions::replay))
        .route("/deliveries/dismiss", post(actions::dismiss))
        .route("/deliveries/{id}", get(deliveries::one))
        .route("/deliveries/{id}/body", get(deliveries::body))
        .route("/accounts", get(accounts::list))
        .route("/accounts/{name}", get(accounts::one))
        .route("/feed", get(feed::page))
        .route("/reports", get(reports::page))
        .route("/reports/{name}", get(reports::csv))
        .route("/find", get(find::find))
        .route("/style.css", get(assets::style))
        .route("/console.js", get(assets::script))
        .route("/icon.svg", get(assets::icon))
        .fallback(no_such_page)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(operator)
}

async fn no_such_page() -> Failed {
    Problem::not_found("the console has no such page").into()
}

async fn method_not_allowed(method: Method) -> Failed {
    let detail = format!("this page does not take {method}");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into()
}
