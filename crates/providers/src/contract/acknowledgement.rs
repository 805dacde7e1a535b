//! The acknowledgement table: for each outcome, the exact answer to the provider.
//!
//! The table is not written a second time. It asks [`Provider::reply`] for each outcome.

use http::HeaderMap;
use time::OffsetDateTime;

use super::{Delivery, Outcome, Provider, Reply};

/// Returns the answer of `provider` to every outcome of a delivery with this body at the time `at`.
pub fn contract(
    provider: &dyn Provider,
    sample_body: &str,
    at: OffsetDateTime,
) -> Vec<(Outcome, Reply)> {
    let headers = HeaderMap::new();
    let delivery = Delivery {
        path_and_query: "/",
        headers: &headers,
        redacted: &[],
        body: sample_body.as_bytes(),
        received_at: at,
    };
    let reply = |outcome: Outcome| (outcome, provider.reply(&delivery, outcome.answer()));
    Outcome::ALL.into_iter().map(reply).collect()
}
