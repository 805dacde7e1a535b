//! The parameters in paths, queries and headers.

use utoipa::IntoParams;

/// The zone.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct Zone {
    /// The zone in which dates are read and CSV shows times, such as `Asia/Hong_Kong`. Default: UTC.
    zone: Option<String>,
}

/// A refund in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct Reference {
    /// Our id of the refund or its beginning, or the merchant's or the provider's number of the
    /// refund, of its order or of its payment.
    r#ref: String,
}

/// The account of a refund.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct OfAccount {
    /// Only refunds of this account.
    account: Option<String>,
}

/// Waiting for a final status.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct Waiting {
    /// `final`: answer when the refund is final.
    #[param(pattern = "^final$")]
    wait: Option<String>,
    /// How long to wait, in seconds. Default: 30.
    #[param(minimum = 0, maximum = 60)]
    timeout: Option<u32>,
}

/// A delivery in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct IdPath {
    /// The id of the delivery, or at least its first 6 digits.
    id: String,
}

/// A place in the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct FeedPath {
    /// Only events after this `seq`, the last one that the caller has processed. Default: 0.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Only events of this account.
    account: Option<String>,
    /// The most events. Default: 200.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// How long to wait for an event, in seconds. Default: 0.
    #[param(minimum = 0, maximum = 60)]
    wait: Option<u32>,
}

/// A place in the feed, for a stream.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct StreamPath {
    /// Only events after this `seq`. Default: 0.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Only events of this account.
    account: Option<String>,
}

/// Where a client of a stream continues.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes parameters")]
pub(in crate::api) struct LastEventId {
    /// The id of the last event that the client has. It outweighs `after`.
    #[param(rename = "Last-Event-ID", minimum = 0)]
    last_event_id: Option<i64>,
}
