//! The operator listener: is it alive, is it ready, what has it measured.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::Readiness;
use crate::telemetry::Exporter;

#[derive(Clone, Debug)]
struct Operator {
    readiness: Readiness,
    exporter: Exporter,
}

/// The router that people and monitoring call.
pub fn router(readiness: Readiness, exporter: Exporter) -> Router {
    Router::new()
        // A database that is down is no reason to restart a healthy process.
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(Operator { readiness, exporter })
}

async fn readyz(State(operator): State<Operator>) -> Response {
    match operator.readiness.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response()
        }
    }
}

async fn metrics(State(operator): State<Operator>) -> Response {
    let content_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (content_type, operator.exporter.render()).into_response()
}
