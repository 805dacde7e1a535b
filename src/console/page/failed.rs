//! What went wrong, as a page.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::header::{HeaderValue, LOCATION};
use http::{Method, StatusCode};
use maud::html;

use super::frame::Frame;
use super::query;
use crate::api::Problem;

/// Why there is no page.
#[derive(Clone, Debug)]
pub struct Failed(Problem);

impl<E: Into<Problem>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failed {
    /// Leaves the problem to [`present`], which knows the page.
    fn into_response(self) -> Response {
        let mut answer = self.0.status().into_response();
        answer.extensions_mut().insert(self.0);
        answer
    }
}

/// Shows problems as pages, and leads from a form's URL to the one without its empty fields.
pub async fn present(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let clean = request.uri().query().and_then(query::without_empty);
    if let Some(clean) = clean.filter(|_| request.method() == Method::GET) {
        return see(&format!("{}{clean}", own_name(&path)));
    }
    let mut answer = next.run(request).await;
    let Some(problem) = answer.extensions_mut().remove::<Problem>() else { return answer };
    let mut page = page(&problem, &path);
    // Those of the guard, such as the scheme of credentials.
    for (name, value) in answer.headers() {
        page.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    page
}

/// Returns the reference of a page to itself.
fn own_name(path: &str) -> &str {
    match path.rsplit('/').next() {
        None | Some("") => "./",
        Some(name) => name,
    }
}

/// Answers that the page is at another place: a reference, relative to this one.
pub(in crate::console) fn see(place: &str) -> Response {
    match HeaderValue::from_str(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response(),
        Err(_) => Failed(Problem::bug()).into_response(),
    }
}

fn page(problem: &Problem, path: &str) -> Response {
    let status = problem.status();
    let title = match status {
        StatusCode::BAD_REQUEST => "This cannot be asked",
        StatusCode::UNAUTHORIZED => "Who are you?",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::NOT_FOUND => "Nothing is here",
        StatusCode::CONFLICT => "There are several",
        StatusCode::SERVICE_UNAVAILABLE => "Not now",
        _ => "This did not work",
    };
    let content = html! {
        h1 { (title) }
        p.problem { (problem.detail()) }
    };
    (status, Html(Frame::new(path, None, None).page(None, title, &content).into_string()))
        .into_response()
}
