//! What is answered: rows with the columns of their lists, and pages of them.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

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
pub(in crate::api) struct Refund;

impl PartialSchema for Refund {
    fn schema() -> RefOr<Schema> {
        RefOr::T(row(Listed::Refunds).description(Some("A refund")).into())
    }
}

impl ToSchema for Refund {}

/// A delivery, in the columns of the list.
pub(in crate::api) struct Delivery;

impl PartialSchema for Delivery {
    fn schema() -> RefOr<Schema> {
        RefOr::T(row(Listed::Deliveries).description(Some("A delivery")).into())
    }
}

impl ToSchema for Delivery {}

/// A page of refunds.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct RefundPage {
    items: Vec<Refund>,
    /// The position of the next page; null if there are no more rows.
    next: Option<String>,
}

/// A page of deliveries.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct DeliveryPage {
    items: Vec<Delivery>,
    /// The position of the next page; null if there are no more rows.
    next: Option<String>,
}

/// A page of events, in the columns of `refunds_v1.refund_events`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct EventPage {
    items: Vec<FeedEvent>,
    /// The position after which more events are there already; null if there are none.
    next: Option<String>,
}

/// An event of the feed: the columns of `refunds_v1.refund_events`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct FeedEvent {
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
pub(in crate::api) struct ReportPage {
    #[schema(value_type = Vec<Object>)]
    items: Vec<()>,
    /// Always null: a report has one page.
    next: Option<String>,
}

/// What waits for a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct StatusPage {
    items: Vec<WaitingRow>,
    /// Always null: there is one page.
    next: Option<String>,
}

/// Something that waits for a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct WaitingRow {
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
pub(in crate::api) struct RefundWithStory {
    #[schema(inline)]
    #[serde(flatten)]
    refund: Refund,
    story: Story,
}

/// Everything that happened to a refund, in the order of time.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct Story {
    #[schema(value_type = Vec<Object>)]
    events: Vec<()>,
    deliveries: Vec<Delivery>,
    #[schema(value_type = Vec<Object>)]
    resolutions: Vec<()>,
    notes: Vec<NoteMade>,
}

/// A delivery with what was kept beside its columns.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct DeliveryWithHeaders {
    /// The id of the delivery.
    delivery_id: String,
    /// The address of the client that sent it.
    client_address: Option<String>,
    /// The form of the signed text that matched.
    signature_form: Option<String>,
    /// When retention or an erasure emptied the headers and the body.
    emptied_at: Option<String>,
    /// That a person dismissed it, so that it waits no longer.
    dismissed: Option<Dismissal>,
    /// Why headers and body cannot be opened, if they are sealed.
    locked: Option<String>,
    /// The path of the request; with its query, if the caller is an auditor.
    path: String,
    /// The headers, each as its name and its value, if the caller is an auditor.
    #[schema(value_type = Option<Vec<Vec<Option<String>>>>, required = false)]
    headers: (),
    /// What people noted about it.
    notes: Vec<NoteMade>,
}

/// That a person looked at a delivery and dismissed it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct Dismissal {
    /// When.
    dismissed_at: String,
    /// Who.
    who: String,
    /// Why it needs no repair.
    note: String,
}

/// A note about a refund or a delivery.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(in crate::api) struct NoteMade {
    /// When it was made.
    noted_at: String,
    /// Who made it.
    who: String,
    /// What it says.
    note: String,
    /// The delivery, if it is about one and not about the refund.
    delivery_id: Option<String>,
}
