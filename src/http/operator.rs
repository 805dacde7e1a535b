//! The operator listener: liveness, readiness and metrics.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::readiness::Readiness;
use crate::telemetry::Exporter;

#[derive(Clone, Debug)]
struct Operator {
    readiness: Readiness,
    exporter: Exporter,
}

/// Returns the router that people and monitoring call.
pub fn router(readiness: Readiness, exporter: Exporter) -> Router {
    Router::new()
        // Liveness does not depend on the database: a restart would not bring the database back.
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
    // Updates the gauge: nothing else may ask.
    let _ = operator.readiness.check().await;
    let content_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (content_type, operator.exporter.render()).into_response()
}
