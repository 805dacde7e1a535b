//! What a notification may contain about a refund besides its status. Every fact is optional.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Currency, Field, Money, Unread};

/// Declares [`Facts`] and [`FactFields`] once, so that no function that reads or merges facts can
/// forget a new one. Each line says whether the fact is an amount, which has a meaning only in the
/// event's own currency. The literal belongs to the amount of the refund.
macro_rules! facts {
    (@other_currency amount $value:expr) => { None };
    (@other_currency literal $value:expr) => { None };
    (@other_currency fact $value:expr) => { $value.clone() };
    (@field fact $type:ty) => { Field<$type> };
    (@field amount $type:ty) => { Field<Money> };
    (@field literal $type:ty) => { OfTheAmount };
    ($($(#[doc = $doc:expr])* $(#[serde($($serde:tt)*)])? $kind:ident $name:ident: $type:ty,)*) => {
        /// Everything that a provider may report about a refund besides its status, in one event or
        /// in all events together. Amounts are in minor units of the event's currency.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Facts {
            $(
                $(#[doc = $doc])*
                $(#[serde($($serde)*)])?
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

            /// Returns whether the fact of this name is known.
            pub fn is_known(&self, name: &str) -> bool {
                match name {
                    $(stringify!($name) => self.$name.is_some(),)*
                    _ => false,
                }
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

        /// The fields of a message that give the facts. A provider states all facts through this
        /// type, so each of them may be absent or unread.
        #[derive(Clone, Debug, Default)]
        pub struct FactFields {
            $(
                $(#[doc = $doc])*
                pub $name: facts!(@field $kind $type),
            )*
        }

        impl FactFields {
            /// Returns the facts of an event in `currency`, and the fields that cannot be read. An
            /// amount in another currency is in neither: it stays in the payload.
            pub fn split(self, currency: Option<&Currency>) -> (Facts, Unread) {
                let mut unread = Unread::default();
                let literal = in_currency(self.amount_minor.known(), currency)
                    .map(|money| money.literal().to_owned());
                let facts = Facts {
                    $($name: self.$name.take(stringify!($name), currency, &mut unread),)*
                };
                (Facts { amount_literal: literal, ..facts }, unread)
            }
        }
    };
}

/// The place of the amount's literal, which comes with the amount.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfTheAmount;

impl OfTheAmount {
    fn take(self, _: &str, _: Option<&Currency>, _: &mut Unread) -> Option<String> {
        None
    }
}

/// Turns a field into a fact, and notes the field if it cannot be read.
trait Take<T> {
    fn take(self, fact: &str, currency: Option<&Currency>, unread: &mut Unread) -> Option<T>;
}

impl<T> Take<T> for Field<T> {
    fn take(self, fact: &str, _: Option<&Currency>, unread: &mut Unread) -> Option<T> {
        if let Self::Unread(name) = &self {
            unread.insert(name, fact);
        }
        self.value()
    }
}

impl Take<i64> for Field<Money> {
    fn take(self, fact: &str, currency: Option<&Currency>, unread: &mut Unread) -> Option<i64> {
        if let Self::Unread(name) = &self {
            unread.insert(name, fact);
        }
        in_currency(self.known(), currency).map(Money::minor)
    }
}

fn in_currency<'m>(money: Option<&'m Money>, currency: Option<&Currency>) -> Option<&'m Money> {
    money.filter(|money| Some(money.currency()) == currency)
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
    literal amount_literal: String,
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
    /// The merchant's own reference of the refund, where the provider carries one that is not the
    /// identity, such as a member of the metadata.
    fact merchant_reference: String,
}
