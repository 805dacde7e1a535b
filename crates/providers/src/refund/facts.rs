//! What a notification may contain about a refund besides its status. Every fact is optional.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Declares [`Facts`] once, so that no function that merges facts can forget a new one. Each line
/// says whether the fact is an amount, which has a meaning only in the event's own currency.
macro_rules! facts {
    (@other_currency amount $value:expr) => { None };
    (@other_currency fact $value:expr) => { $value.clone() };
    ($($(#[$attribute:meta])* $kind:ident $name:ident: $type:ty,)*) => {
        /// Everything that a provider may report about a refund besides its status, in one event or
        /// in all events together. Amounts are in minor units of the event's currency.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Facts {
            $(
                $(#[$attribute])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )*
        }

        impl Facts {
            /// The names of all facts: those of their columns, in the order of the row types.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Returns the facts without amounts, for an event in another currency.
            pub fn without_amounts(&self) -> Self {
                Self { $($name: facts!(@other_currency $kind self.$name),)* }
            }

            /// Copies every fact that `self` lacks from `other`. Known facts stay.
            pub fn fill_from(&mut self, other: &Self) {
                $(
                    if self.$name.is_none() {
                        self.$name.clone_from(&other.$name);
                    }
                )*
            }

            /// Calls `show` for every known fact, with its name and a text that is equal for equal
            /// values.
            pub fn each_known(&self, show: &mut impl FnMut(&str, &str)) {
                $(
                    if let Some(value) = &self.$name {
                        show(stringify!($name), &value.digest_text());
                    }
                )*
            }
        }
    };
}

/// A text that is equal for equal values and differs for different ones.
trait DigestText {
    fn digest_text(&self) -> Cow<'_, str>;
}

impl DigestText for String {
    fn digest_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl DigestText for i64 {
    fn digest_text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl DigestText for OffsetDateTime {
    fn digest_text(&self) -> Cow<'_, str> {
        Cow::Owned(self.unix_timestamp_nanos().to_string())
    }
}

facts! {
    /// The provider's id of this refund.
    fact provider_refund_id: String,
    /// The merchant's id of the order.
    fact merchant_order_id: String,
    /// The provider's id of the payment.
    fact provider_payment_id: String,
    /// This refund's amount.
    amount amount_minor: i64,
    /// This refund's amount as the provider wrote it.
    amount amount_literal: String,
    /// The order's total.
    amount order_amount_minor: i64,
    /// The sum of all refunds of the order so far, with this one.
    amount order_refunded_minor: i64,
    /// The fee that the provider gave back.
    amount fee_refunded_minor: i64,
    /// The amount that the payer gets.
    amount payer_amount_minor: i64,
    /// The amount that is settled with the merchant.
    amount settlement_amount_minor: i64,
    /// The coupons and discounts that are taken back.
    amount discount_amount_minor: i64,
    /// The wallet or bank route.
    fact channel: String,
    /// The account that received the money, as the provider masks it. Personal data.
    fact receiving_account: String,
    /// Why the refund was made or refused, in the provider's or merchant's words.
    fact reason: String,
    /// The provider's code of a failure.
    fact failure_code: String,
    /// The provider's text of a failure.
    fact failure_message: String,
    /// Whether the bank credited the money, if the provider reports that separately.
    fact settlement_status: String,
    /// When the bank credited the money.
    #[serde(with = "time::serde::rfc3339::option")]
    fact settled_at: OffsetDateTime,
    /// When the provider accepted the refund.
    #[serde(with = "time::serde::rfc3339::option")]
    fact provider_created_at: OffsetDateTime,
    /// When the refund reached its final status, by the provider's clock.
    #[serde(with = "time::serde::rfc3339::option")]
    fact completed_at: OffsetDateTime,
    /// The merchant within the account, where one account serves several.
    fact sub_merchant: String,
}
