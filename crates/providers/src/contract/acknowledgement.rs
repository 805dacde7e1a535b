//! The acknowledgement contract: outcome by outcome, exactly what a provider is answered.
//!
//! It is not written down a second time: it is what [`Provider::reply`] says, asked for each
//! outcome.

use http::HeaderMap;
use time::OffsetDateTime;

use super::{Delivery, Outcome, Provider, Reply};

/// Asks `provider` for its answer to every outcome, as at `at`, for a delivery with this body.
pub fn contract(
    provider: &dyn Provider,
    sample_body: &str,
    at: OffsetDateTime,
) -> Vec<(Outcome, Reply)> {
    let headers = HeaderMap::new();
    let delivery = Delivery {
        path_and_query: "/",
        headers: &headers,
        body: sample_body.as_bytes(),
        received_at: at,
    };
    let reply = |outcome: Outcome| (outcome, provider.reply(&delivery, outcome.answer()));
    Outcome::ALL.into_iter().map(reply).collect()
}
