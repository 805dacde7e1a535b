//! The refund that a simulated notification is about: its numbers and its amounts.

use data_encoding::HEXLOWER;
use time::OffsetDateTime;

use crate::contract::simulation::{SimulationError, SimulationOrder};
use crate::crypto::hash::sha256;
use crate::refund::{AmountError, Currency, Money};

/// The amount of the whole order, if the refunds do not exceed it.
const USUAL_ORDER: &str = "188.00";

/// The length of the part of a number that follows from another number.
const DIGEST_CHARACTERS: usize = 16;

/// The amounts of a simulated refund and of its order, in one currency.
#[derive(Clone, Debug)]
pub struct SimulatedAmounts {
    /// The amount of the refund.
    pub refund: Money,
    /// The sum of the refunds of the order so far.
    pub refunded: Money,
    /// The amount of the order.
    pub order: Money,
    /// Another amount of the refund, for a message that is altered after signing.
    pub altered: Money,
}

impl SimulatedAmounts {
    /// Returns the code of the currency.
    pub fn code(&self) -> &str {
        self.refund.currency().code()
    }

    /// Returns the member `name` of a JSON object with the minor units as a number: as it is, and
    /// with the altered amount.
    pub fn altered(&self, name: &str) -> (String, String) {
        [&self.refund, &self.altered].map(|it| format!("\"{name}\":{}", it.minor())).into()
    }

    /// Returns the member `name` of a JSON object with the minor units as text, as
    /// [`Self::altered`] does.
    pub fn altered_minor_text(&self, name: &str) -> (String, String) {
        [&self.refund, &self.altered].map(|it| format!("\"{name}\":\"{}\"", it.minor())).into()
    }

    /// Returns the member `name` of a JSON object with the major units as text, as
    /// [`Self::altered`] does.
    pub fn altered_major_text(&self, name: &str) -> (String, String) {
        [&self.refund, &self.altered].map(|it| format!("\"{name}\":\"{it}\"")).into()
    }

    /// Returns the member `name` of a JSON object with the major units as a number, as
    /// [`Self::altered`] does.
    pub fn altered_major_number(&self, name: &str) -> (String, String) {
        [&self.refund, &self.altered].map(|it| format!("\"{name}\":{it}")).into()
    }

    /// Returns a JSON text with the major units in `name` as a number instead of as text: a number
    /// in a JSON value would be a float.
    pub fn as_number(&self, body: String, name: &str) -> String {
        let (text, _) = self.altered_major_text(name);
        let (number, _) = self.altered_major_number(name);
        body.replacen(&text, &number, 1)
    }
}

impl SimulationOrder<'_> {
    /// Returns the number that identifies the refund: the one in the order, or `prefix` and the
    /// serial.
    pub fn refund_number(&self, prefix: &str) -> String {
        self.subject.refund.map_or_else(|| self.id(prefix), str::to_owned)
    }

    /// Returns a further number of the refund. It follows from the first, so that all notifications
    /// about one refund name the same.
    pub fn other_refund_number(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.refund_serial())
    }

    /// Returns the number of the merchant's order.
    pub fn order_number(&self, prefix: &str) -> String {
        let number = || match self.subject.order_serial {
            Some(serial) => format!("{prefix}{serial}"),
            None => self.other_refund_number(prefix),
        };
        self.subject.order.map_or_else(number, str::to_owned)
    }

    /// Returns the number of the payment. Unless it is in the order, it follows from the merchant's
    /// order, so that all refunds of one order name the same payment.
    pub fn payment_number(&self, prefix: &str) -> String {
        let number = || match (self.subject.order, self.subject.order_serial) {
            (Some(order), _) => format!("{prefix}{}", digest(order)),
            (None, Some(serial)) => format!("{prefix}{serial}"),
            (None, None) => self.other_refund_number(prefix),
        };
        self.subject.payment.map_or_else(number, str::to_owned)
    }

    /// Returns when the refund was made: the time in the order, or `otherwise`.
    pub fn made_at(&self, otherwise: OffsetDateTime) -> OffsetDateTime {
        self.subject.made_at.unwrap_or(otherwise)
    }

    fn refund_serial(&self) -> String {
        self.subject.refund.map_or_else(|| self.serial.to_owned(), digest)
    }

    /// Checks that nobody asks for an order number, which the account's notifications do not carry.
    ///
    /// # Errors
    /// [`SimulationError::NotCarried`] if somebody does.
    pub fn without_order_number(&self) -> Result<(), SimulationError> {
        match self.subject.order {
            Some(_) => Err(SimulationError::NotCarried { what: "order number" }),
            None => Ok(()),
        }
    }

    /// Returns the currency of the amounts, read by `read` as the provider's messages are.
    ///
    /// # Errors
    /// [`SimulationError::UnknownCurrency`] if `read` finds none.
    pub fn currency(
        &self,
        usual: &str,
        read: impl FnOnce(&str) -> Option<Currency>,
    ) -> Result<Currency, SimulationError> {
        let code = self.subject.currency.unwrap_or(usual);
        read(code).ok_or_else(|| SimulationError::UnknownCurrency { found: code.to_owned() })
    }

    /// Checks that nobody asks for another currency than the only one of the account's
    /// notifications, and returns that.
    ///
    /// # Errors
    /// [`SimulationError::OtherCurrency`] if somebody does.
    pub fn only_currency(&self, only: Option<Currency>) -> Result<Currency, SimulationError> {
        let found = self.subject.currency;
        match only {
            Some(only) if found.is_none_or(|found| found == only.code()) => Ok(only),
            only => Err(SimulationError::OtherCurrency {
                expected: only.map(|only| only.code().to_owned()).unwrap_or_default(),
                found: found.unwrap_or_default().to_owned(),
            }),
        }
    }

    /// Returns the amounts in a currency. Unless the order has an amount, the refund's is `usual`,
    /// without its decimals if the currency has fewer.
    ///
    /// # Errors
    /// [`SimulationError::Amount`] if the order's amount does not fit the currency.
    pub fn amounts(
        &self,
        currency: Currency,
        usual: &str,
    ) -> Result<SimulatedAmounts, SimulationError> {
        let minor = |minor: i64| {
            let text = minor.to_string();
            Money::from_minor_units(&text, currency.clone()).map_err(|why| self.unfit(&text, why))
        };
        let read = |text: &str| Money::from_major_units(text, currency.clone());
        let refund = match self.subject.amount {
            Some(text) => read(text).map_err(|why| self.unfit(text, why))?,
            None => usual_amount(usual, read).map_err(|why| self.unfit(usual, why))?,
        };
        let order = usual_amount(USUAL_ORDER, read).map_err(|why| self.unfit(USUAL_ORDER, why))?;
        let earlier = refund.minor().saturating_mul(self.subject.earlier_refunds.into());
        let refunded = minor(earlier.saturating_add(refund.minor()))?;
        Ok(SimulatedAmounts {
            order: minor(order.minor().max(refunded.minor()))?,
            altered: minor(refund.minor().saturating_mul(100).saturating_add(1))?,
            refund,
            refunded,
        })
    }

    fn unfit(&self, found: &str, why: AmountError) -> SimulationError {
        let currency = self.subject.currency.unwrap_or("its currency").to_owned();
        SimulationError::Amount { found: found.to_owned(), currency, why }
    }
}

/// Reads a usual amount, without its decimals if the currency has fewer.
fn usual_amount(
    usual: &str,
    read: impl Fn(&str) -> Result<Money, AmountError>,
) -> Result<Money, AmountError> {
    let whole = usual.split_once('.').map_or(usual, |(whole, _)| whole);
    read(usual).or_else(|_| read(whole))
}

fn digest(number: &str) -> String {
    let mut digits = HEXLOWER.encode(&sha256(number.as_bytes()));
    digits.truncate(DIGEST_CHARACTERS);
    digits
}
