//! The HTTP client of `simulate`, `demo` and `healthcheck`.

use std::time::Duration;

use super::Failure;
use refund_providers::contract::simulation::Simulated;

/// The timeout of an answer to a notification: longer than any provider waits.
pub(super) const PROVIDER_TIMEOUT: Duration = Duration::from_secs(15);

/// Creates an HTTP client that waits for an answer at most for `timeout`.
pub(super) fn http_client(timeout: Duration) -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder()
        .timeout(timeout)
        .no_proxy()
        .build()
        .map_err(|error| Failure::Other(format!("cannot create an HTTP client: {error}")))
}

/// The answer to a simulated notification.
#[derive(Clone, Debug)]
pub(super) struct HttpAnswer {
    pub status: u16,
    pub body: String,
}

/// Sends a notification once and returns the answer.
pub(super) async fn send(
    client: &reqwest::Client,
    url: &str,
    simulated: &Simulated,
) -> Result<HttpAnswer, Failure> {
    let mut request = client.post(url).body(simulated.body.clone());
    for (name, value) in &simulated.headers {
        request = request.header(*name, value);
    }
    let unanswered = |error: reqwest::Error| {
        Failure::Other(format!("no answer from {url}: {}", root_cause(&error)))
    };
    let response = request.send().await.map_err(unanswered)?;
    let status = response.status().as_u16();
    Ok(HttpAnswer { status, body: response.text().await.map_err(unanswered)? })
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
