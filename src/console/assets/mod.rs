//! The style sheet, the script and the icon, which are part of the binary.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue};

/// Answers with the style sheet.
pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("style.css"))
}

/// Answers with the script.
pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("console.js"))
}

/// Answers with the icon.
pub(super) async fn icon() -> Response {
    file("image/svg+xml", include_str!("icon.svg"))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(content_type))], text).into_response()
}
