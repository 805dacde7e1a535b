//! The schemas of the OpenAPI document: rows with the columns of their lists, and parameters.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};

use crate::query::AMOUNT;
use crate::store::{Column, ColumnKind, Listed};

/// Returns the schema of a column.
fn column(column: &Column) -> Schema {
    let kind = match column.kind() {
        ColumnKind::Integer => Type::Integer,
        ColumnKind::Boolean => Type::Boolean,
        ColumnKind::Text | ColumnKind::Time | ColumnKind::Id => Type::String,
        ColumnKind::Texts => {
            let text = ObjectBuilder::new().schema_type(Type::String);
            return ArrayBuilder::new().items(text).build().into();
        }
    };
    let format = match column.kind() {
        ColumnKind::Time => Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)),
        ColumnKind::Id => Some(SchemaFormat::Custom("uuid".to_owned())),
        ColumnKind::Integer => Some(SchemaFormat::KnownFormat(KnownFormat::Int64)),
        ColumnKind::Text | ColumnKind::Boolean | ColumnKind::Texts => None,
    };
    let schema_type = match column.is_nullable() {
        true => SchemaType::from_iter([kind, Type::Null]),
        false => SchemaType::new(kind),
    };
    ObjectBuilder::new().schema_type(schema_type).format(format).build().into()
}

/// Returns the schema of a row of a list.
fn row(listed: Listed) -> ObjectBuilder {
    let columns = listed.columns().iter();
    let mut object = columns
        .fold(ObjectBuilder::new(), |object, one| object.property(one.name, RefOr::T(column(one))));
    if listed == Listed::Refunds {
        let amount = SchemaType::from_iter([Type::String, Type::Null]);
        object = object.property(AMOUNT, ObjectBuilder::new().schema_type(amount));
    }
    object
}

/// A refund, in the columns of the list.
pub(super) struct Refund;

impl PartialSchema for Refund {
    fn schema() -> RefOr<Schema> {
        RefOr::T(row(Listed::Refunds).description(Some("A refund")).into())
    }
}

impl ToSchema for Refund {}

/// A delivery, in the columns of the list.
pub(super) struct Delivery;

impl PartialSchema for Delivery {
    fn schema() -> RefOr<Schema> {
        RefOr::T(row(Listed::Deliveries).description(Some("A delivery")).into())
    }
}

impl ToSchema for Delivery {}

/// A page of refunds.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct RefundPage {
    items: Vec<Refund>,
    /// The position of the next page; null if there are no more rows.
    next: Option<String>,
}

/// A page of deliveries.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct DeliveryPage {
    items: Vec<Delivery>,
    /// The position of the next page; null if there are no more rows.
    next: Option<String>,
}

/// A page of events, in the columns of `refunds_v1.refund_events`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct EventPage {
    items: Vec<FeedEvent>,
    /// The position after which more events are there already; null if there are none.
    next: Option<String>,
}

/// An event of the feed: the columns of `refunds_v1.refund_events`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct FeedEvent {
    /// The position in the feed.
    seq: i64,
    /// When it was recorded. It never decreases as `seq` grows.
    recorded_at: String,
    /// The refund.
    refund_id: String,
    /// The delivery that brought it.
    delivery_id: String,
    /// The provider.
    provider: String,
    /// The account.
    account: String,
    /// The status that it reports.
    status: String,
}

/// The rows of a report, in the columns of the command.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct ReportPage {
    #[schema(value_type = Vec<Object>)]
    items: Vec<()>,
    /// Always null: a report has one page.
    next: Option<String>,
}

/// What waits for a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct StatusPage {
    items: Vec<WaitingRow>,
    /// Always null: there is one page.
    next: Option<String>,
}

/// Something that waits for a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct WaitingRow {
    /// What waits.
    kind: String,
    /// The account, if it is of one.
    account: Option<String>,
    /// How many wait.
    count: i64,
    /// When the oldest of them was received.
    oldest: Option<String>,
    /// When the newest of them was received.
    newest: Option<String>,
    /// The sum of the refunds, in minor units.
    amount_minor: Option<i64>,
    /// The currency of the refunds.
    currency: Option<String>,
    /// The decimals of its minor unit.
    currency_exponent: Option<i16>,
    /// The reason of refused deliveries.
    reason: Option<String>,
    /// What is known about them.
    note: Option<String>,
    /// The command to run next.
    next: String,
}

/// A refund with its story.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct RefundWithStory {
    #[schema(inline)]
    #[serde(flatten)]
    refund: Refund,
    story: Story,
}

/// Everything that happened to a refund, in the order of time.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct Story {
    #[schema(value_type = Vec<Object>)]
    events: Vec<()>,
    deliveries: Vec<Delivery>,
    #[schema(value_type = Vec<Object>)]
    resolutions: Vec<()>,
}

/// A delivery with what was kept beside its columns.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct DeliveryWithHeaders {
    /// The id of the delivery.
    delivery_id: String,
    /// The address of the client that sent it.
    client_address: Option<String>,
    /// The form of the signed text that matched.
    signature_form: Option<String>,
    /// When retention or an erasure emptied the headers and the body.
    emptied_at: Option<String>,
    /// Why headers and body cannot be opened, if they are sealed.
    locked: Option<String>,
    /// The path of the request; with its query, if the caller is an auditor.
    path: String,
    /// The headers, each as its name and its value, if the caller is an auditor.
    #[schema(value_type = Option<Vec<Vec<Option<String>>>>, required = false)]
    headers: (),
}

/// A problem, as RFC 9457 describes it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct ProblemBody {
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
pub(super) enum Problems {
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
pub(super) enum NotOne {
    /// Nothing has this number or id.
    #[response(status = 404, content_type = "application/problem+json")]
    None(#[to_schema] ProblemBody),
    /// Several have it: the sentence names their ids.
    #[response(status = 409, content_type = "application/problem+json")]
    Several(#[to_schema] ProblemBody),
}

/// The zone.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(super) struct Zone {
    /// The zone in which dates are read and CSV shows times, such as `Asia/Hong_Kong`. Default: UTC.
    zone: Option<String>,
}

/// A refund in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters")]
pub(super) struct Reference {
    /// Our id of the refund or its beginning, or the merchant's or the provider's number of the
    /// refund, of its order or of its payment.
    r#ref: String,
}

/// The account of a refund.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(super) struct OfAccount {
    /// Only refunds of this account.
    account: Option<String>,
}

/// Waiting for a final status.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(super) struct Waiting {
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
pub(super) struct IdPath {
    /// The id of the delivery, or at least its first 6 digits.
    id: String,
}

/// A place in the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters")]
pub(super) struct FeedPath {
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
pub(super) struct StreamPath {
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
pub(super) struct LastEventId {
    /// The id of the last event that the client has. It outweighs `after`.
    #[param(rename = "Last-Event-ID", minimum = 0)]
    last_event_id: Option<i64>,
}

/// A note to a refund.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveBody {
    /// Why all is well, or what was done.
    pub note: String,
}

/// Which deliveries to dismiss, and why.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DismissBody {
    /// The ids of the deliveries.
    pub ids: Option<Vec<String>>,
    /// The filters of the list of deliveries, by name.
    #[schema(value_type = Option<Object>)]
    pub filters: Option<serde_json::Map<String, serde_json::Value>>,
    /// Why they need no repair.
    pub note: String,
}

/// Which deliveries to replay.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayBody {
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
pub(super) struct Replayed {
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
pub(super) struct Dismissed {
    /// How many were not dismissed before.
    dismissed: u64,
}
