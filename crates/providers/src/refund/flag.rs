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
    /// The amount is present but cannot be read, or the refund is final and has no amount.
    AmountMissing,
    /// Two events of one refund have different payments, provider refund ids or sub-merchants.
    IdentitiesDisagree,
    /// The provider sent fields that we could not read.
    FieldsUnread,
    /// By the provider's time, an event that is not final came after the final one.
    Reopened,
    /// The provider does not say how many decimals it writes in this currency. Ours are those of
    /// ISO 4217.
    ExponentAssumed,
    /// The provider is not known to refund in this currency.
    CurrencyUnexpected,
    /// The event contains no status word. The event name gave the status.
    StatusAssumed,
    /// The account identifies refunds by the merchant's number, and the event contains none. The
    /// provider's id identifies the refund.
    MerchantNumberMissing,
    /// The bank sent the money back after the refund.
    Reversed,
    /// The provider has not settled the refund for a long time, although the payer has the money.
    NotCleared,
    /// A refund that was reported before failed later, and no earlier event of it arrived.
    FailureWithoutRefund,
    /// The provider says that the refund was done with a defect, and that one must ask again before
    /// one relies on it.
    NeedsQuery,
    /// Two events of one refund were made at different times or have different provider refund ids:
    /// the merchant may have used a number twice.
    IdentityReused,
    /// The provider took the money back, as after a dispute. The merchant did not refund it.
    Reversal,
    /// The body has white space outside of texts, and this provider writes none.
    UnusualWhiteSpace,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 21] = [
        Self::EventStatusMismatch,
        Self::AmountExceedsOrder,
        Self::AmountNotPositive,
        Self::AmountsDisagree,
        Self::CurrenciesDisagree,
        Self::AmountDerived,
        Self::AmountMissing,
        Self::IdentitiesDisagree,
        Self::FieldsUnread,
        Self::Reopened,
        Self::ExponentAssumed,
        Self::CurrencyUnexpected,
        Self::StatusAssumed,
        Self::MerchantNumberMissing,
        Self::Reversed,
        Self::NotCleared,
        Self::FailureWithoutRefund,
        Self::NeedsQuery,
        Self::IdentityReused,
        Self::Reversal,
        Self::UnusualWhiteSpace,
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
            Self::AmountMissing => "amount_missing",
            Self::IdentitiesDisagree => "identities_disagree",
            Self::FieldsUnread => "fields_unread",
            Self::Reopened => "reopened",
            Self::ExponentAssumed => "exponent_assumed",
            Self::CurrencyUnexpected => "currency_unexpected",
            Self::StatusAssumed => "status_assumed",
            Self::MerchantNumberMissing => "merchant_number_missing",
            Self::Reversed => "reversed",
            Self::NotCleared => "not_cleared",
            Self::FailureWithoutRefund => "failure_without_refund",
            Self::NeedsQuery => "needs_query",
            Self::IdentityReused => "identity_reused",
            Self::Reversal => "reversal",
            Self::UnusualWhiteSpace => "unusual_white_space",
        }
    }

    /// Returns a sentence that explains the flag to a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::EventStatusMismatch => {
                "The event's name and its status word disagree; the status word decided."
            }
            Self::AmountExceedsOrder => "The refund is larger than its order.",
            Self::AmountNotPositive => "The amount is zero or negative.",
            Self::AmountsDisagree => {
                "Two events of this refund have different amounts: compare with the provider."
            }
            Self::CurrenciesDisagree => {
                "Two events of this refund have different currencies: compare with the provider."
            }
            Self::AmountDerived => {
                "The provider reports totals of the order; this amount is what the refund added."
            }
            Self::AmountMissing => {
                "The amount cannot be read, or the refund is final and has none: see the payload."
            }
            Self::IdentitiesDisagree => {
                "Two events name different payments, provider refund ids or merchants."
            }
            Self::FieldsUnread => {
                "The provider sent fields that we could not read; unread_fields names them."
            }
            Self::Reopened => {
                "By the provider's clock, a status that is not final came after a final one."
            }
            Self::ExponentAssumed => {
                "The provider does not say its decimals of this currency; ISO 4217's are assumed."
            }
            Self::CurrencyUnexpected => "The provider is not known to refund in this currency.",
            Self::StatusAssumed => "There was no status word; the event's name gave the status.",
            Self::MerchantNumberMissing => {
                "The merchant's number is missing, so the provider's id identifies the refund."
            }
            Self::Reversed => "The bank sent the money back after the refund.",
            Self::NotCleared => {
                "The payer has the money, but the provider has not settled the refund for long."
            }
            Self::FailureWithoutRefund => {
                "An earlier refund failed, and no other event of it arrived: ask the provider."
            }
            Self::NeedsQuery => "The refund was done with a defect: ask the provider again.",
            Self::IdentityReused => {
                "Two events have different times of creation or refund ids: two refunds may be here."
            }
            Self::Reversal => {
                "The provider took the money back, as after a dispute; the merchant refunded nothing."
            }
            Self::UnusualWhiteSpace => {
                "The body has white space where this provider writes none: compare with the provider."
            }
        }
    }

    /// Returns the flag of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == word)
    }

    /// Returns whether a person must look at a refund with this flag.
    pub fn needs_attention(self) -> bool {
        match self {
            Self::AmountsDisagree
            | Self::CurrenciesDisagree
            | Self::AmountMissing
            | Self::IdentitiesDisagree
            | Self::Reopened
            | Self::FailureWithoutRefund
            | Self::NeedsQuery
            | Self::IdentityReused => true,
            Self::EventStatusMismatch
            | Self::AmountExceedsOrder
            | Self::AmountNotPositive
            | Self::AmountDerived
            | Self::FieldsUnread
            | Self::ExponentAssumed
            | Self::CurrencyUnexpected
            | Self::StatusAssumed
            | Self::MerchantNumberMissing
            | Self::Reversed
            | Self::NotCleared
            | Self::Reversal
            | Self::UnusualWhiteSpace => false,
        }
    }
}
