//! Makes the notifications of `simulate` and `demo`.

use time::{Duration, OffsetDateTime, Time};

use super::Failure;
use crate::clock::Clock;
use crate::config::ConfiguredAccount;
use crate::id::new_id;
use refund_providers::contract::simulation::{Scenario, Simulated, SimulationOrder, Subject};
use refund_providers::crypto::SigningKey;

/// Which refund a notification is about, and when the provider makes it.
#[derive(Clone, Debug)]
pub(super) struct Occasion {
    /// The part of the refund's ids that is its own.
    serial: String,
    /// The time on the provider's clock.
    pub at: OffsetDateTime,
    /// What somebody wants the notification to say.
    given: Given,
    /// The part of the order's and the payment's numbers that several refunds share.
    order_serial: Option<String>,
    /// When the refund was made: once for all notifications about it.
    made_at: Option<OffsetDateTime>,
    /// How many refunds of the same amount the order has had before.
    earlier_refunds: u32,
}

/// The numbers and the amount that somebody wants in a notification.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    /// The number that identifies the refund.
    pub refund: Option<String>,
    /// The merchant's number of the order.
    pub order: Option<String>,
    /// The provider's number of the payment.
    pub payment: Option<String>,
    /// The amount in major units.
    pub amount: Option<String>,
    /// The code of the currency.
    pub currency: Option<String>,
}

impl Occasion {
    /// Returns an occasion of a refund. The ids that are not given are new.
    pub(super) fn new(at: OffsetDateTime, given: Given) -> Self {
        // Commands about one given refund may run one after the other, so the day must do.
        let made_at = given.refund.is_some().then(|| at.replace_time(Time::MIDNIGHT));
        Self { serial: new_serial(), at, given, order_serial: None, made_at, earlier_refunds: 0 }
    }

    /// Returns an occasion of a refund that was made as long before its time.
    pub(super) fn made_before(&self, seconds: i64) -> Self {
        let made_at = self.made_at.or_else(|| self.at.checked_sub(Duration::seconds(seconds)));
        Self { made_at, ..self.clone() }
    }

    /// Returns a later or earlier occasion of the same refund.
    pub(super) fn moved(&self, seconds: i64) -> Self {
        let at = self.at.checked_add(Duration::seconds(seconds)).unwrap_or(self.at);
        Self { at, ..self.clone() }
    }

    /// Returns an occasion of another refund of the same order, after `earlier` others.
    pub(super) fn of_same_order(&self, earlier: u32) -> Self {
        let order_serial = Some(self.order_serial.as_ref().unwrap_or(&self.serial).clone());
        Self { serial: new_serial(), order_serial, earlier_refunds: earlier, ..self.clone() }
    }

    /// Returns an occasion of a refund of another order, as far as no number is given.
    pub(super) fn of_another_order(&self) -> Self {
        Self::new(self.at, self.given.clone())
    }

    fn subject(&self) -> Subject<'_> {
        let Given { refund, order, payment, amount, currency } = &self.given;
        Subject {
            refund: refund.as_deref(),
            order: order.as_deref(),
            payment: payment.as_deref(),
            amount: amount.as_deref(),
            currency: currency.as_deref(),
            order_serial: self.order_serial.as_deref(),
            made_at: self.made_at,
            earlier_refunds: self.earlier_refunds,
        }
    }
}

fn new_serial() -> String {
    let id = new_id(Clock::System.now()).simple().to_string();
    // The last digits of a version 7 UUID are random.
    id.get(id.len().saturating_sub(16)..).unwrap_or(&id).to_owned()
}

/// Makes one notification on this occasion.
pub(super) fn make_at(
    account: &ConfiguredAccount,
    scenario: Scenario,
    signing_key: Option<&SigningKey>,
    occasion: &Occasion,
) -> Result<Simulated, Failure> {
    let path = format!("/notify/{}/{}", account.provider_name, account.name);
    let order = SimulationOrder {
        scenario,
        now: occasion.at,
        serial: &occasion.serial,
        subject: occasion.subject(),
        path: &path,
        signing_key,
    };
    Ok(account.provider.simulate(&order)?)
}
