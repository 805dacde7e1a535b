//! What a caller asks: parameters, the reference in the path, the accepted type, a JSON body.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path};
use http::HeaderMap;
use http::header::ACCEPT;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::Problem;
use crate::operator::Operator;
use crate::query::{Mistake, Times, Words, require_account};

impl From<Mistake> for Problem {
    fn from(mistake: Mistake) -> Self {
        Self::bad_request(mistake.to_string())
    }
}

/// The parameters of a URL.
pub(super) struct Parameters(pub Words);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(Words::read(parts.uri.query().unwrap_or_default())?))
    }
}

impl Parameters {
    /// Takes the zone in which dates are read, and returns the times of this request.
    pub(super) fn times(&mut self, operator: &Operator) -> Result<Times, Problem> {
        let zone = self.0.text("zone")?;
        Ok(Times::at(operator.clock.now(), zone.as_deref().unwrap_or("UTC"))?)
    }

    /// Requires that every parameter was taken.
    pub(super) fn finish(self) -> Result<(), Problem> {
        Ok(self.0.finish()?)
    }
}

/// The number or id in the path.
pub(crate) struct Reference(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Reference {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(reference) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request("expected a path in UTF-8"))?;
        Ok(Self(reference))
    }
}

/// Requires that the account of a filter is configured.
pub(crate) fn require_known(operator: &Operator, account: Option<&str>) -> Result<(), Problem> {
    Ok(require_account(operator.accounts.borrow().configured(), account)?)
}

/// Returns whether the caller would rather have CSV than JSON.
/// <https://www.rfc-editor.org/rfc/rfc9110#name-accept>
pub(super) fn wants_csv(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let (mut csv, mut json) = (0, 0);
    for range in lines.flat_map(|line| line.split(',')) {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = weight(parameters);
        match name.trim().to_ascii_lowercase().as_str() {
            "text/csv" | "text/*" => csv = csv.max(weight),
            "application/json" | "application/*" => json = json.max(weight),
            _ => {}
        }
    }
    csv > json
}

/// Returns the weight among the parameters of a media range, in thousandths.
fn weight(parameters: &str) -> u16 {
    let q = parameters.split(';').find_map(|one| one.trim().strip_prefix("q="));
    let Some(q) = q else { return 1000 };
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    match whole {
        "1" => 1000,
        _ => format!("{fraction:0<3}").get(..3).and_then(|it| it.parse().ok()).unwrap_or(0),
    }
}

/// Reads a JSON body.
pub(super) fn json_body<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        // The message names a field or a place, and may repeat a value that the caller sent.
        Problem::bad_request(format!("expected another JSON body: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::wants_csv;

    #[test]
    fn csv_is_the_answer_only_if_it_is_preferred() {
        for (accept, expected) in [
            ("text/csv", true),
            ("text/CSV; charset=utf-8", true),
            ("application/json, text/csv;q=0.5", false),
            ("application/json;q=0.4, text/csv;q=0.5", true),
            ("text/csv;q=0", false),
            ("*/*", false),
            ("", false),
            ("text/html, */*;q=0.8", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("accept", HeaderValue::from_static(accept));
            assert_eq!(wants_csv(&headers), expected, "{accept}");
        }
        assert!(!wants_csv(&HeaderMap::new()));
    }
}
