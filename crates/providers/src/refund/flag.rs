//! Flags of a refund that a person should see. A flag never prevents recording.

/// Something that looks wrong about a refund.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The event name and the status word disagree. The status word decides.
    EventStatusMismatch,
    /// The refund is larger than its order.
    AmountExceedsOrder,
    /// The amount is zero or negative.
    AmountNotPositive,
    /// Two events of one refund have different amounts.
    AmountsDisagree,
    /// Two events of one refund have different currencies.
    CurrenciesDisagree,
    /// The provider reports running totals, and this amount was derived from them.
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

    /// Returns the word for the flag in the database.
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
