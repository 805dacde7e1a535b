//! The public listener: `POST /notify/{provider}/{account}` and nothing else.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument, error_span};

use super::client_address::TrustedProxies;
use super::limits::body::{self, BodyError, BodyLimits};
use super::limits::connections::Connected;
use super::limits::eviction::Slot;
use super::limits::verification::VerificationLimiter;
use crate::config::{ConfiguredAccount, HttpSettings};
use crate::id::{new_id, new_salt};
use crate::receive::{Receiver, receive};
use crate::request::Request;
use crate::store::TurnedAway;
use crate::telemetry;
use refund_providers::contract::{Answer, Delivery, Reply};
use refund_providers::kit::rules::is_encoded;

#[derive(Clone, Debug)]
struct Public {
    receiver: Arc<Receiver>,
    limits: Arc<BodyLimits>,
    verification: Arc<VerificationLimiter>,
    proxies: Arc<TrustedProxies>,
}

/// Returns the router that providers call.
pub fn router(receiver: Arc<Receiver>, settings: &HttpSettings) -> Router {
    let public = Public {
        receiver,
        limits: Arc::new(BodyLimits::new(settings)),
        verification: Arc::new(VerificationLimiter::new()),
        proxies: Arc::new(TrustedProxies::new(settings)),
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
        public.receiver.accounts.borrow().find(provider, account)
    });
    let Some(account) = found else { return no_such_account() };
    if parts.method != Method::POST {
        telemetry::request_rejected("method", account.name.as_str());
        let allow = [(ALLOW, HeaderValue::from_static("POST"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let outcome = body::read(&parts.headers, body, &public.limits).await;
    let (body, turned_away) = match outcome {
        Ok(body) if is_encoded(&parts.headers) => (body, Some(TurnedAway::ContentEncoding)),
        Ok(body) => (body, None),
        Err(BodyError::TurnedAway(why, body)) => (body, Some(why)),
        Err(BodyError::Unavailable(why)) => {
            telemetry::request_rejected(why.as_str(), account.name.as_str());
            return unavailable(&public, &account, &parts.headers, &path_and_query);
        }
    };
    let received_at = public.receiver.clock.now();
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    let began = Instant::now();
    let request = Request {
        delivery_id: new_id(received_at),
        salt: new_salt(),
        received_at,
        began,
        client_address: Some(
            public.proxies.client_address(connected.remote.ip(), &parts.headers).to_string(),
        ),
        path_and_query,
        headers: parts.headers,
        body: body.bytes,
    };
    match turned_away {
        Some(why) => turn_away(&public, &account, &request, why),
        None => {
            connected.slot.received(1);
            run_detached(public, account, request, (body.slot, connected.slot)).await
        }
    }
}

/// Answers a request that cannot be judged, and keeps what has arrived of it in the quarantine. The
/// caller holds the memory of the body meanwhile.
fn turn_away(
    public: &Public,
    account: &ConfiguredAccount,
    request: &Request,
    why: TurnedAway,
) -> Response {
    telemetry::request_rejected(why.as_str(), account.name.as_str());
    public.receiver.refusals.turned_away(account, why);
    let status = match why {
        TurnedAway::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        TurnedAway::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        TurnedAway::TooSlow => StatusCode::REQUEST_TIMEOUT,
        TurnedAway::BrokenBody => StatusCode::BAD_REQUEST,
    };
    let reply = Reply {
        status: status.as_u16(),
        content_type: "text/plain; charset=utf-8",
        body: status.canonical_reason().unwrap_or_default().to_owned(),
    };
    let refused = || request.turned_away(account, why, reply.clone());
    public.receiver.quarantine.keep(request.weight(), refused);
    into_response(reply)
}

/// Receives the delivery in a task of its own. The task goes on until its deadline, even if the
/// client disconnects. If the task panics, the answer asks the provider to send the delivery again.
/// The task holds its slots until it ends, so an abandoned delivery still counts against the
/// limits.
async fn run_detached(
    public: Public,
    account: Arc<ConfiguredAccount>,
    request: Request,
    slots: (Option<Slot>, Arc<Slot>),
) -> Response {
    let span = error_span!("delivery", delivery_id = %request.delivery_id);
    let request = Arc::new(request);
    let task = {
        let (account, request) = (Arc::clone(&account), Arc::clone(&request));
        let work = async move {
            let permit = public.verification.acquire(request.body.len()).await;
            let reply = receive(&public.receiver, &account, &request, permit).await;
            drop(slots);
            reply
        };
        tokio::spawn(work.instrument(span))
    };
    match task.await {
        Ok(reply) => into_response(reply),
        Err(_) => into_response(account.provider.reply(&request.delivery(), Answer::TryLater)),
    }
}

/// Returns the provider's "try later", for a body for which there is no memory.
fn unavailable(
    public: &Public,
    account: &ConfiguredAccount,
    headers: &HeaderMap,
    path: &str,
) -> Response {
    let received_at = public.receiver.clock.now();
    let delivery =
        Delivery { path_and_query: path, headers, redacted: &[], body: &[], received_at };
    into_response(account.provider.reply(&delivery, Answer::TryLater))
}

fn into_response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    response
}

fn no_such_account() -> Response {
    telemetry::request_rejected("no_such_account", "");
    plain(StatusCode::NOT_FOUND)
}

fn plain(status: StatusCode) -> Response {
    (status, status.canonical_reason().unwrap_or_default()).into_response()
}
