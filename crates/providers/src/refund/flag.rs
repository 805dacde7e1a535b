//! Remarks on a refund that a person should see, none of which stops it from being recorded.

/// Something about a refund that does not add up.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The provider's event name and its status word say different things; the status decided.
    EventStatusMismatch,
    /// The refund is larger than the order it belongs to.
    AmountExceedsOrder,
    /// The refund is for nothing or for less than nothing.
    AmountNotPositive,
    /// Two events of one refund name different amounts.
    AmountsDisagree,
    /// Two events of one refund name different currencies.
    CurrenciesDisagree,
    /// The provider tells running totals; this amount was derived from them.
    AmountDerived,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 6] = [
        Self::EventStatusMismatch,
        Self::AmountExceedsOrder,
        Self::AmountNotPositive,
        Self::AmountsDisagree,
        Self::CurrenciesDisagree,
        Self::AmountDerived,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventStatusMismatch => "event_status_mismatch",
            Self::AmountExceedsOrder => "amount_exceeds_order",
            Self::AmountNotPositive => "amount_not_positive",
            Self::AmountsDisagree => "amounts_disagree",
            Self::CurrenciesDisagree => "currencies_disagree",
            Self::AmountDerived => "amount_derived",
        }
    }
}
