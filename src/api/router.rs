//! The paths of the API.

use axum::Router;
use http::{Method, StatusCode};

use super::Problem;
use crate::operator::Operator;

/// Returns the API, without the guard.
pub fn router(operator: Operator) -> Router {
    Router::new()
        .fallback(no_such_path)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(operator)
}

async fn no_such_path() -> Problem {
    Problem::not_found("the API has no such path: /api/v1/openapi.json describes it")
}

async fn method_not_allowed(method: Method) -> Problem {
    let detail = format!("this path does not take {method}: /api/v1/openapi.json describes it");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
