//! The operator listener: the console at `/`, the API below `/api/v1`, and probes.
//!
//! - `probes` answer `/livez`, `/readyz` and `/metrics`, without credentials.
//! - `guard` identifies the caller of everything else.
//! - `headers` are on every answer.

mod guard;
mod headers;
mod probes;

use axum::Router;

use super::readiness::Readiness;
use crate::operator::Operator;
use crate::telemetry::Exporter;

/// Returns the router that people and monitoring call.
pub fn router(readiness: Readiness, exporter: Exporter, operator: Operator) -> Router {
    headers::on_every_answer(probes::router(readiness, exporter).merge(guard::router(operator)))
}
