//! What actions take, and what they answer.

use utoipa::ToSchema;

/// What a person found or did.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NoteBody {
    /// No personal data, because notes stay.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// Which deliveries to dismiss, and why.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DismissBody {
    /// The ids of the deliveries.
    pub ids: Option<Vec<String>>,
    /// The filters of the list of deliveries, by name.
    #[schema(value_type = Option<Object>)]
    pub filters: Option<serde_json::Map<String, serde_json::Value>>,
    /// Why they need no repair.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// Which deliveries to replay.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ReplayBody {
    /// The filters of the list of deliveries, by name. All that wait for repair, if it is empty.
    #[schema(value_type = Option<Object>)]
    pub filters: Option<serde_json::Map<String, serde_json::Value>>,
    /// Whether nothing is written. Default: false.
    #[schema(required = false)]
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of a number of deliveries.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct Replayed {
    /// Whether nothing was written.
    dry_run: bool,
    /// How many deliveries were judged again.
    examined: u64,
    /// How many had each result.
    #[schema(value_type = Object)]
    results: (),
    /// The result of each of the first deliveries.
    #[schema(value_type = Vec<Object>)]
    items: Vec<()>,
}

/// How many deliveries were dismissed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct Dismissed {
    /// How many were not dismissed before.
    dismissed: u64,
}
