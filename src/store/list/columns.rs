//! What can be listed, and its columns in the order in which programs read them.

/// What a list lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Refunds, in the columns of `refunds_v1.refunds`.
    Refunds,
    /// Deliveries, in the columns of `refunds_v1.deliveries`, and `replayed_by`: the delivery that
    /// replays it.
    Deliveries,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type in Postgres; empty if rows cannot be sorted by it.
    pub(super) type_name: &'static str,
    /// Whether it can be null.
    pub(super) is_nullable: bool,
    /// Whether an index gives the rows in its order, so that a page reads few others.
    pub(super) is_indexed: bool,
}

/// What the values of a column are, in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A boolean.
    Boolean,
    /// A time as RFC 3339 writes it.
    Time,
    /// A UUID.
    Id,
    /// An array of texts.
    Texts,
}

impl Column {
    /// Returns what its values are, in JSON.
    pub fn kind(&self) -> ColumnKind {
        match (self.type_name, self.name) {
            ("bigint" | "integer" | "smallint", _) => ColumnKind::Integer,
            ("boolean", _) => ColumnKind::Boolean,
            ("timestamptz", _) => ColumnKind::Time,
            ("uuid", _) | (_, "replayed_by") => ColumnKind::Id,
            ("", "flags" | "unread_fields" | "event_ids") => ColumnKind::Texts,
            (_, _) => ColumnKind::Text,
        }
    }

    /// Returns whether it can be null.
    pub fn is_nullable(&self) -> bool {
        self.is_nullable
    }

    /// Returns the column, of which an index gives the rows in order.
    const fn indexed(self) -> Self {
        Self { is_indexed: true, ..self }
    }

    /// Returns whether rows can be sorted by it. Arrays and digests have no useful order.
    pub fn is_sortable(&self) -> bool {
        !self.type_name.is_empty()
    }
}

const fn always(name: &'static str, type_name: &'static str) -> Column {
    Column { name, type_name, is_nullable: false, is_indexed: false }
}

const fn nullable(name: &'static str, type_name: &'static str) -> Column {
    Column { name, type_name, is_nullable: true, is_indexed: false }
}

const REFUNDS: [Column; 40] = [
    always("refund_id", "uuid").indexed(),
    always("provider", "text"),
    always("account", "text"),
    always("merchant_refund_id", "text").indexed(),
    nullable("provider_refund_id", "text").indexed(),
    nullable("merchant_order_id", "text").indexed(),
    nullable("provider_payment_id", "text").indexed(),
    always("status", "text"),
    always("provider_status", "text"),
    always("conflicting", "boolean"),
    always("authenticity", "text"),
    nullable("amount_minor", "bigint").indexed(),
    nullable("currency", "text"),
    nullable("currency_exponent", "smallint"),
    nullable("order_amount_minor", "bigint"),
    nullable("order_refunded_minor", "bigint"),
    nullable("fee_refunded_minor", "bigint"),
    nullable("payer_amount_minor", "bigint"),
    nullable("settlement_amount_minor", "bigint"),
    nullable("discount_amount_minor", "bigint"),
    nullable("channel", "text"),
    nullable("receiving_account", "text"),
    nullable("reason", "text"),
    nullable("failure_code", "text"),
    nullable("failure_message", "text"),
    nullable("settlement_status", "text"),
    nullable("settled_at", "timestamptz"),
    nullable("provider_created_at", "timestamptz"),
    nullable("completed_at", "timestamptz").indexed(),
    always("flags", ""),
    always("first_received_at", "timestamptz").indexed(),
    always("last_received_at", "timestamptz"),
    always("updated_at", "timestamptz").indexed(),
    always("delivery_count", "integer"),
    always("event_count", "integer"),
    always("last_seq", "bigint"),
    nullable("sub_merchant", "text"),
    always("unread_fields", ""),
    always("needs_attention", "boolean"),
    nullable("merchant_reference", "text").indexed(),
];

const DELIVERIES: [Column; 15] = [
    always("delivery_id", "uuid").indexed(),
    always("received_at", "timestamptz").indexed(),
    always("provider", "text"),
    always("account", "text"),
    always("verdict", "text"),
    nullable("reason", "text"),
    nullable("key_id", "text"),
    always("event_ids", ""),
    always("response_status", "smallint"),
    always("response_body", "text"),
    always("body_sha256", ""),
    always("body_bytes", "integer"),
    nullable("replayed_from", "uuid"),
    nullable("recorded_at", "timestamptz"),
    nullable("replayed_by", ""),
];

impl Listed {
    /// Returns the word for what is listed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refunds => "refunds",
            Self::Deliveries => "deliveries",
        }
    }

    /// Returns the columns, in order.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Refunds => &REFUNDS,
            Self::Deliveries => &DELIVERIES,
        }
    }

    /// Returns the column of this name.
    pub fn column(self, name: &str) -> Option<Column> {
        self.columns().iter().copied().find(|column| column.name == name)
    }

    /// Returns the column that identifies a row. It breaks ties of every sort.
    pub fn id(self) -> &'static str {
        match self {
            Self::Refunds => "refund_id",
            Self::Deliveries => "delivery_id",
        }
    }

    /// Returns the time of receipt, by which a list is sorted unless it is asked otherwise.
    pub(super) fn received(self) -> Column {
        match self {
            Self::Refunds => always("first_received_at", "timestamptz").indexed(),
            Self::Deliveries => always("received_at", "timestamptz").indexed(),
        }
    }
}
