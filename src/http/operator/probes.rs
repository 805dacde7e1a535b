//! Liveness, readiness and metrics.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::http::readiness::Readiness;
use crate::telemetry::Exporter;

#[derive(Clone, Debug)]
struct Probes {
    readiness: Readiness,
    exporter: Exporter,
}

/// Returns the paths that monitoring calls.
pub(super) fn router(readiness: Readiness, exporter: Exporter) -> Router {
    Router::new()
        // Liveness does not depend on the database: a restart would not bring the database back.
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(Probes { readiness, exporter })
}

async fn readyz(State(probes): State<Probes>) -> Response {
    match probes.readiness.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response()
        }
    }
}

async fn metrics(State(probes): State<Probes>) -> Response {
    // Updates the gauge: nothing else may ask.
    let _ = probes.readiness.check().await;
    let content_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (content_type, probes.exporter.render()).into_response()
}
