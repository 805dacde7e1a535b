//! The public listener: `POST /notify/{provider}/{account}` and nothing else.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument, error_span};

use super::body::{self, BodyError, BodyLimits};
use super::connections::Connected;
use super::peer::Proxies;
use super::room::Share;
use crate::clock::new_id;
use crate::config::HttpSettings;
use crate::inbox::{Account, Inbox, Request};
use crate::receive::receive;
use crate::telemetry;
use refund_providers::contract::{Answer, Delivery, Reply};

#[derive(Clone, Debug)]
struct Public {
    inbox: Arc<Inbox>,
    limits: Arc<BodyLimits>,
    proxies: Arc<Proxies>,
}

/// The router that providers call.
pub fn router(inbox: Arc<Inbox>, settings: &HttpSettings) -> Router {
    let public = Public {
        inbox,
        limits: Arc::new(BodyLimits::new(settings)),
        proxies: Arc::new(Proxies::new(settings)),
    };
    Router::new()
        .route("/notify/{provider}/{account}", any(notify))
        .fallback(async || no_such_account())
        .with_state(public)
        .layer(CatchPanicLayer::custom(|_| plain(StatusCode::SERVICE_UNAVAILABLE)))
}

async fn notify(
    State(public): State<Public>,
    Extension(connected): Extension<Connected>,
    route: Result<Path<(String, String)>, PathRejection>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let found = route.ok().and_then(|Path((provider, account))| {
        public.inbox.accounts.borrow().find(provider, account)
    });
    let Some(account) = found else { return no_such_account() };
    if parts.method != Method::POST {
        telemetry::request_rejected("method", account.name());
        let allow = [(ALLOW, HeaderValue::from_static("POST"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    if is_encoded(&parts.headers) {
        telemetry::request_rejected("content_encoding", account.name());
        return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let whole = match body::read(&parts.headers, body, &public.limits).await {
        Ok(whole) => whole,
        Err(error) => {
            telemetry::request_rejected(error.as_str(), account.name());
            return match error {
                BodyError::TooLarge => plain(StatusCode::PAYLOAD_TOO_LARGE),
                BodyError::TooSlow => plain(StatusCode::REQUEST_TIMEOUT),
                BodyError::Broken => plain(StatusCode::BAD_REQUEST),
                BodyError::NoRoom | BodyError::MadeRoom => {
                    not_now(&public, &account, &parts.headers, &path_and_query)
                }
            };
        }
    };
    connected.share.turn().end(1);
    let received_at = public.inbox.clock.now();
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    let began = Instant::now();
    let request = Request {
        delivery_id: new_id(received_at),
        received_at,
        began,
        peer: Some(public.proxies.peer(connected.peer.ip(), &parts.headers).to_string()),
        path_and_query,
        headers: parts.headers,
        body: whole.bytes,
    };
    see_through(public.inbox, account, request, (whole.share, connected.share)).await
}

/// Runs the delivery's way as a task of its own: when the client goes away it is finished all the
/// same, and when it panics the provider is asked to send again. What it takes up, its place among
/// connections included, is given back when it is finished.
async fn see_through(
    inbox: Arc<Inbox>,
    account: Arc<Account>,
    request: Request,
    shares: (Option<Share>, Arc<Share>),
) -> Response {
    let span = error_span!("delivery", delivery_id = %request.delivery_id);
    let request = Arc::new(request);
    let task = {
        let (account, request) = (Arc::clone(&account), Arc::clone(&request));
        let way = async move {
            let reply = receive(&inbox, &account, &request).await;
            drop(shares);
            reply
        };
        tokio::spawn(way.instrument(span))
    };
    match task.await {
        Ok(reply) => worded(reply),
        Err(_) => worded(account.reader().reply(&request.delivery(), Answer::TryLater)),
    }
}

/// There is no memory for the body now: the provider is asked, in its words, to send again.
fn not_now(public: &Public, account: &Account, headers: &HeaderMap, path: &str) -> Response {
    let received_at = public.inbox.clock.now();
    let delivery = Delivery { path_and_query: path, headers, body: &[], received_at };
    worded(account.reader().reply(&delivery, Answer::TryLater))
}

fn worded(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    response
}

/// Signatures are made over the bytes that were sent, and a compressed body expands.
fn is_encoded(headers: &HeaderMap) -> bool {
    let is_identity = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    !headers.get_all(CONTENT_ENCODING).iter().all(is_identity)
}

fn no_such_account() -> Response {
    telemetry::request_rejected("no_such_account", "");
    plain(StatusCode::NOT_FOUND)
}

fn plain(status: StatusCode) -> Response {
    (status, status.canonical_reason().unwrap_or_default()).into_response()
}
