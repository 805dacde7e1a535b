//! What a notification may tell of a refund besides its status. Every fact is optional.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Declares [`Facts`] once, so that a new fact cannot be forgotten where facts are merged.
macro_rules! facts {
    ($($(#[$attribute:meta])* $name:ident: $type:ty,)*) => {
        /// Everything a provider may tell of a refund besides its status, as one event tells it
        /// or as all events together do. Amounts are in minor units of the event's currency.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Facts {
            $(
                $(#[$attribute])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )*
        }

        impl Facts {
            /// Takes over every fact that `self` lacks and `other` has. Nothing known is replaced.
            pub fn fill_from(&mut self, other: &Self) {
                $(
                    if self.$name.is_none() {
                        self.$name.clone_from(&other.$name);
                    }
                )*
            }

            /// Shows every known fact as its name and a text that is the same for equal values.
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

impl Facts {
    /// The same facts with every amount left out, for an event in another currency.
    pub fn without_amounts(&self) -> Self {
        Self {
            amount_minor: None,
            amount_literal: None,
            order_amount_minor: None,
            order_refunded_minor: None,
            fee_refunded_minor: None,
            payer_amount_minor: None,
            settlement_amount_minor: None,
            discount_amount_minor: None,
            ..self.clone()
        }
    }
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
    /// The provider's number of this refund.
    provider_refund_id: String,
    /// The merchant's number of the order.
    merchant_order_id: String,
    /// The provider's number of the payment.
    provider_payment_id: String,
    /// This refund's amount.
    amount_minor: i64,
    /// This refund's amount as the provider wrote it.
    amount_literal: String,
    /// The order's total.
    order_amount_minor: i64,
    /// Refunded on the order so far, this refund included.
    order_refunded_minor: i64,
    /// Fee that the provider gave back.
    fee_refunded_minor: i64,
    /// What the payer gets.
    payer_amount_minor: i64,
    /// What is settled with the merchant.
    settlement_amount_minor: i64,
    /// Coupons and discounts taken back.
    discount_amount_minor: i64,
    /// Wallet or bank route.
    channel: String,
    /// The account the money went to, as the provider masks it. Personal data.
    receiving_account: String,
    /// Why the refund was made, or why it was refused, in the provider's or merchant's words.
    reason: String,
    /// The provider's code of a failure.
    failure_code: String,
    /// The provider's text of a failure.
    failure_message: String,
    /// Whether the bank credited the money, where the provider tells it apart.
    settlement_status: String,
    /// When the bank credited it.
    #[serde(with = "time::serde::rfc3339::option")]
    settled_at: OffsetDateTime,
    /// When the provider accepted the refund.
    #[serde(with = "time::serde::rfc3339::option")]
    provider_created_at: OffsetDateTime,
    /// When the refund reached its final status, by the provider's clock.
    #[serde(with = "time::serde::rfc3339::option")]
    completed_at: OffsetDateTime,
}
