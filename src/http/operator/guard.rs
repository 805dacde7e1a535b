//! The guard of the API and the console: refuses writes from other sites, identifies the caller, and
//! limits what a request may send.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderValue, WWW_AUTHENTICATE};
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::access::{Interface, Refusal};
use crate::api::{self, Problem};
use crate::console;
use crate::http::limits::connections::Connected;
use crate::operator::Operator;

/// The path below which the API is.
const API: &str = "/api/v1";

/// The largest body of a request.
const LARGEST_BODY: usize = 64 * 1024;

/// How long a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Returns the API and the console, guarded.
pub(super) fn router(operator: Operator) -> Router {
    let guarded = |router: Router, via: Interface| {
        let identify = from_fn_with_state((operator.clone(), via), identify);
        let refuse = move |_: ProtectionError| refuse_other_site(via);
        let panic = CatchPanicLayer::custom(move |_| answer(via, panicked()));
        // The last layer is the first to see a request.
        router
            .layer(from_fn(receive))
            .layer(identify)
            .layer(CsrfLayer::new().with_rejection_response(refuse))
            .layer(panic)
    };
    let api = guarded(api::router(operator.clone()), Interface::Api);
    let console = guarded(console::router(operator.clone()), Interface::Console);
    console.layer(from_fn(console::present)).nest(API, api)
}

/// Refuses a write that a page of another site sent.
fn refuse_other_site(via: Interface) -> Response {
    let detail = "this write comes from a page of another site: Origin or Sec-Fetch-Site says so";
    answer(via, Problem::new(StatusCode::FORBIDDEN, detail))
}

fn panicked() -> Problem {
    let detail = "this is a bug in refund-inbox: its log has a line about it";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
}

/// Adds the caller to the request, or refuses it.
async fn identify(
    State((operator, via)): State<(Operator, Interface)>,
    Extension(connected): Extension<Connected>,
    mut request: Request,
    next: Next,
) -> Response {
    match operator.access.identify(request.headers(), connected.remote.ip(), via) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => refused(via, refusal),
    }
}

fn refused(via: Interface, refusal: Refusal) -> Response {
    let mut answer = answer(via, Problem::from(refusal));
    if refusal.wants_credentials() {
        let scheme = HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    }
    answer
}

/// Reads the body within its limits. From then on, the connection cannot be evicted as one that is
/// still sending: a long poll may wait.
async fn receive(
    Extension(connected): Extension<Connected>,
    Extension(caller): Extension<crate::access::Caller>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let problem = match timeout(BODY_TIMEOUT, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(bytes)) => {
            connected.slot.received(1);
            return next.run(Request::from_parts(parts, Body::from(bytes))).await;
        }
        Ok(Err(_)) => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "expected a body of at most 64 KiB, and all of it",
        ),
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "expected the body within 10 seconds"),
    };
    answer(caller.via, problem)
}

/// Says a problem to a program as JSON, and to a person as a page.
fn answer(via: Interface, problem: Problem) -> Response {
    match via {
        Interface::Api => problem.into_response(),
        Interface::Console => console::Failed::from(problem).into_response(),
    }
}
