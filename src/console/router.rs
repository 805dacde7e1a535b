//! The paths of the console.

use axum::Router;
use http::StatusCode;

use crate::operator::Operator;

/// Returns the console, without the guard.
pub fn router(operator: Operator) -> Router {
    Router::new().fallback(async || (StatusCode::NOT_FOUND, "not found\n")).with_state(operator)
}
