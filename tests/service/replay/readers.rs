//! Providers whose notices another version of the readers reads otherwise.

use refund_inbox::config::ConfiguredAccount;
use refund_providers::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use refund_providers::contract::{
    Answer, Authentic, Delivery, Explanation, KeyDescription, NotAuthentic, Notice, Provider,
    Reply, Unreadable,
};
use refund_providers::refund::RefundKey;

/// What another version of a reader makes of a notice.
pub(super) type Reader = fn(Notice) -> Notice;

/// A provider whose notices another version of its reader reads otherwise.
#[derive(Debug)]
struct ReadBy(Box<dyn Provider>, Reader);

impl Provider for ReadBy {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        self.0.authenticate(delivery)
    }

    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        self.0.explain(delivery)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        self.0.normalize(authentic).map(self.1)
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        self.0.reply(delivery, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        self.0.keys()
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        self.0.simulate(order)
    }
}

/// Lets another version of the readers read all notices of these accounts.
pub(super) fn read_by(accounts: Vec<ConfiguredAccount>, reader: Reader) -> Vec<ConfiguredAccount> {
    let wrap = |account: ConfiguredAccount| ConfiguredAccount {
        provider: Box::new(ReadBy(account.provider, reader)),
        ..account
    };
    accounts.into_iter().map(wrap).collect()
}

/// Reads eftPay's body as three refunds: its number with `-1`, `-2` and `-3`.
pub(super) fn bundled(notice: Notice) -> Notice {
    match notice {
        other @ (Notice::NotARefund(_) | Notice::PartlyUnreadable(..)) => other,
        Notice::Refunds(event, _) => {
            let item = |number: u8| {
                let mut item = event.clone();
                item.merchant_refund_id = format!("{}-{number}", event.merchant_refund_id);
                item.key = RefundKey::new(item.merchant_refund_id.clone());
                item
            };
            Notice::Refunds(item(1), vec![item(2), item(3)])
        }
    }
}
