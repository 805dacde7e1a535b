//! What goes wrong.

use utoipa::{IntoResponses, ToSchema};

/// A problem, as RFC 9457 describes it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct ProblemBody {
    /// Always `about:blank`: the status says which kind of problem it is.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What was expected and found.
    detail: String,
}

/// The problems that every path has.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(in crate::api) enum Problems {
    /// A parameter or the body has a mistake.
    #[response(status = 400, content_type = "application/problem+json")]
    Mistake(#[to_schema] ProblemBody),
    /// The token is missing or unknown.
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(#[to_schema] ProblemBody),
    /// The caller may not do this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] ProblemBody),
    /// The database cannot answer now, or too many callers wait.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] ProblemBody),
}

/// The problems of a path that names something.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(in crate::api) enum NotOne {
    /// Nothing has this number or id.
    #[response(status = 404, content_type = "application/problem+json")]
    None(#[to_schema] ProblemBody),
    /// Several have it: the sentence names their ids.
    #[response(status = 409, content_type = "application/problem+json")]
    Several(#[to_schema] ProblemBody),
}
