//! The headers of every answer at the operator listener.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

/// The headers, with their values.
///
/// - Answers hold other people's money matters, so nothing stores them.
/// - A page loads only what this service sends, runs no script and no style that stands in its text,
///   posts its forms only here, and is in nobody's frame.
/// - The address of a page, which may name a refund, goes to no other site. It still goes to this
///   one: without it, browsers send the origin `null` with a form, and the guard refuses that.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Adds the headers to every answer of `router`, refusals included.
pub(super) fn on_every_answer(router: Router) -> Router {
    router.layer(from_fn(add))
}

async fn add(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, value);
    }
    answer
}
