//! The paths of the API.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::{Method, StatusCode};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::description::{Document, complete};
use super::request::Parameters;
use super::{Problem, actions, answer, deliveries, events, refunds, reports, status};
use crate::operator::Operator;

/// Returns the API, without the guard.
pub fn router(operator: Operator) -> Router {
    let (paths, _) = paths().split_for_parts();
    paths
        .route("/openapi.json", get(describe))
        .fallback(no_such_path)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(operator)
}

/// Returns the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, document) = paths().split_for_parts();
    complete(document)
}

/// Returns the paths with their handlers and their descriptions.
fn paths() -> OpenApiRouter<Operator> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(refunds::list))
        .routes(routes!(refunds::show))
        .routes(routes!(refunds::story))
        .routes(routes!(actions::resolve))
        .routes(routes!(actions::on_refund))
        .routes(routes!(actions::replay))
        .routes(routes!(actions::dismiss))
        .routes(routes!(actions::on_delivery))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::body))
        .routes(routes!(deliveries::why))
        .routes(routes!(events::page))
        .routes(routes!(events::stream))
        .routes(routes!(reports::totals))
        .routes(routes!(reports::ageing))
        .routes(routes!(reports::changed))
        .routes(routes!(status::status))
}

async fn describe(parameters: Parameters) -> Result<Response, Problem> {
    parameters.finish()?;
    answer::json(&openapi())
}

async fn no_such_path() -> Problem {
    Problem::not_found("the API has no such path: /api/v1/openapi.json describes it")
}

async fn method_not_allowed(method: Method) -> Problem {
    let detail = format!("this path does not take {method}: /api/v1/openapi.json describes it");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
