//! What an answer says when it cannot give what was asked for: `application/problem+json`.
//! <https://www.rfc-editor.org/rfc/rfc9457>

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::json;

use crate::access::Refusal;
use crate::lookup::NotFound;
use crate::query::Mistake;
use crate::store::{ListError, StoreError, StoreErrorKind};

/// A problem: its status, and a sentence that says what was expected and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    /// Creates a problem. The sentence contains no secret and no personal data.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into() }
    }

    /// Creates the problem of a request that has a mistake.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Creates the problem of something that does not exist.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Creates the problem of a caller who asks to wait while too many wait.
    pub(super) fn too_many_wait() -> Self {
        let detail = "too many callers wait at once: ask again, or follow /events";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// Creates the problem of an answer that we cannot write.
    pub fn bug() -> Self {
        let detail = "this is a bug in refund-inbox";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.wants_credentials() {
            true => StatusCode::UNAUTHORIZED,
            false => StatusCode::FORBIDDEN,
        };
        Self::new(status, refusal.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Unreachable
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::Repeated
            | StoreErrorKind::Contention
            | StoreErrorKind::Exhausted
            | StoreErrorKind::Timeout => {
                let detail = format!("the database cannot answer now: {error}");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            }
            StoreErrorKind::Superseded => Self::new(StatusCode::CONFLICT, error.to_string()),
            StoreErrorKind::Content => {
                Self::bad_request("the database cannot take a value of this request")
            }
            StoreErrorKind::Corrupt | StoreErrorKind::Rejected => {
                tracing::error!(%error, "a request at the operator listener failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the database refused our statement")
            }
        }
    }
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        match error {
            ListError::TooManyToSort(error) => Mistake::from(error).into(),
            ListError::Store(error) => error.into(),
        }
    }
}

impl From<NotFound> for Problem {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::NoId(_) => Self::bad_request(error.to_string()),
            NotFound::NoRefund(_) | NotFound::NoDelivery(_) => Self::not_found(error.to_string()),
            NotFound::SeveralRefunds { .. } | NotFound::SeveralDeliveries { .. } => {
                Self::new(StatusCode::CONFLICT, error.to_string())
            }
            NotFound::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let content_type = HeaderValue::from_static("application/problem+json");
        (self.status, [(CONTENT_TYPE, content_type)], body.to_string()).into_response()
    }
}
