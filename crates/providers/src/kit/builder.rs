//! The builder of refund events.
//!
//! A provider states facts. The builder derives what follows from them: currency, exponent, minor
//! units, the literal, the flags of amounts, and the grade of authenticity.

use time::OffsetDateTime;

use crate::contract::{Authentic, Notice, Unrelated};
use crate::refund::{
    Currency, Facts, Flag, Money, Payload, RefundEvent, RefundKey, RefundStatus, Unread,
};
use crate::wire::json::Members;
use crate::wire::payload::{self, Rules};

/// A refund event under construction.
#[derive(Clone, Debug)]
pub struct RefundBuilder {
    event: RefundEvent,
    /// The amount that must not exceed the order's total.
    compared: Option<i64>,
}

impl RefundBuilder {
    /// Begins the event of the refund `id` with the provider's status word and its meaning. The id
    /// is the merchant's refund id, or the provider's if the provider carries none of the
    /// merchant's. All amounts are in `currency`.
    pub fn new(
        authentic: &Authentic<'_>,
        id: String,
        word: String,
        status: RefundStatus,
        currency: &Currency,
    ) -> Self {
        let event = RefundEvent {
            key: RefundKey::new(&id),
            merchant_refund_id: id,
            status,
            provider_status: word,
            authenticity: authentic.proof().authenticity(),
            currency: Some(currency.code().to_owned()),
            currency_exponent: Some(currency.exponent()),
            occurred_at: None,
            cumulative_within: None,
            flags: [].into(),
            facts: Facts::default(),
            unread: Unread::default(),
            payload: Payload::default(),
        };
        Self { event, compared: None }
    }

    /// Sets the identity of the refund within the account, if the id alone is not unique.
    pub fn key(mut self, key: RefundKey) -> Self {
        self.event.key = key;
        self
    }

    /// Sets the merchant within the account, where one account serves several. It is part of the
    /// identity.
    pub fn sub_merchant(mut self, merchant: Option<&str>) -> Self {
        if let Some(merchant) = merchant {
            self.event.key = RefundKey::new(format!("{merchant}/{}", self.event.key.as_str()));
        }
        self
    }

    /// Sets the amount of this refund and its literal. An amount that is not positive gets a flag.
    pub fn amount(mut self, amount: &Money) -> Self {
        if amount.minor() <= 0 {
            self.event.flags.insert(Flag::AmountNotPositive);
        }
        self.event.facts.amount_minor = Some(amount.minor());
        self.event.facts.amount_literal = Some(amount.literal().to_owned());
        self.compared = Some(amount.minor());
        self
    }

    /// Sets the sum of all refunds of `order` so far, for providers that report no amount of the
    /// single refund. The fold derives it from all refunds of the order.
    pub fn running_total(mut self, order: &str, total: &Money) -> Self {
        self.event.facts.order_refunded_minor = Some(total.minor());
        self.compared = Some(total.minor());
        self.within(order)
    }

    /// Says that the amounts of the refunds of `order` are derived together.
    pub fn within(mut self, order: &str) -> Self {
        self.event.cumulative_within = Some(order.to_owned());
        self
    }

    /// Sets the order's total in minor units. An amount above it gets a flag, so call this after
    /// [`Self::amount`] or [`Self::running_total`].
    pub fn order_total(mut self, minor: Option<i64>) -> Self {
        let exceeds = |(amount, order)| amount > order;
        if self.compared.zip(minor).is_some_and(exceeds) {
            self.event.flags.insert(Flag::AmountExceedsOrder);
        }
        self.event.facts.order_amount_minor = minor;
        self
    }

    /// Compares the status with the one that usually comes with the message's event name. A
    /// different one gets a flag; the status word decides.
    pub fn usual_status(mut self, usual: Option<RefundStatus>) -> Self {
        if usual.is_some_and(|usual| usual != self.event.status) {
            self.event.flags.insert(Flag::EventStatusMismatch);
        }
        self
    }

    /// Sets when the event happened, by the provider's clock.
    pub fn at(mut self, at: Option<OffsetDateTime>) -> Self {
        self.event.occurred_at = at;
        self
    }

    /// Sets when the refund reached its final status. The time is dropped if the status is not
    /// final.
    pub fn completed_at(mut self, at: Option<OffsetDateTime>) -> Self {
        self.event.facts.completed_at = at.filter(|_| self.event.status.is_final());
        self
    }

    /// Adds the facts that need no derivation. They come before facts that the builder has set.
    pub fn facts(mut self, facts: Facts) -> Self {
        let derived = std::mem::replace(&mut self.event.facts, facts);
        self.event.facts.fill_from(&derived);
        self
    }

    /// Sets the payload: `members` without those in `left_out`, and with the values of those in
    /// `masked` replaced at any depth.
    pub fn payload(self, members: &Members<'_>, left_out: &[&str], masked: &[&str]) -> Self {
        self.payload_by(members, &Rules { left_out, masked, ..Rules::default() })
    }

    /// Sets the payload: `members` as the rules say.
    pub fn payload_by(mut self, members: &Members<'_>, rules: &Rules<'_>) -> Self {
        self.event.payload = Payload::new(payload::write(members, rules));
        self
    }

    /// Returns the event.
    pub fn build(self) -> RefundEvent {
        self.event
    }

    /// Returns a notice of this one refund.
    pub fn notice(self) -> Notice {
        Notice::Refunds(self.event, Vec::new())
    }
}

/// Returns a notice of several refunds. If there is none, `reason` says why.
pub fn notice_of(events: Vec<RefundEvent>, reason: Unrelated) -> Notice {
    let mut events = events.into_iter();
    match events.next() {
        Some(first) => Notice::Refunds(first, events.collect()),
        None => Notice::NotARefund(reason),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::RefundBuilder;
    use crate::contract::{Authentic, Notice};
    use crate::crypto::cipher::{open_md5_ecb, seal_md5_ecb};
    use crate::crypto::{Proof, Secret};
    use crate::refund::{Authenticity, Currency, Facts, Flag, Money, RefundEvent, RefundStatus};

    fn proof() -> Proof {
        let secrets = [Secret::new("s").unwrap()];
        let sealed = seal_md5_ecb(&secrets[0], b"x").unwrap();
        open_md5_ecb(&secrets, &sealed, |_| true).unwrap().0
    }

    fn begin(status: RefundStatus) -> RefundBuilder {
        let currency = Currency::iso("KWD").unwrap();
        let authentic = Authentic::new(proof(), &b"{}"[..]);
        RefundBuilder::new(&authentic, "R1".into(), "WORD".into(), status, &currency)
    }

    fn money(literal: &str) -> Money {
        Money::from_major_units(literal, Currency::iso("KWD").unwrap()).unwrap()
    }

    fn flags(event: &RefundEvent) -> Vec<Flag> {
        event.flags.iter().copied().collect()
    }

    #[test]
    fn an_event_has_what_follows_from_its_facts() {
        let at = Some(datetime!(2026-01-02 03:04 UTC));
        let facts = Facts { reason: Some("late".into()), ..Facts::default() };
        let builder = begin(RefundStatus::Succeeded).amount(&money("1.5")).order_total(Some(1500));
        let builder = builder.at(at).completed_at(at).facts(facts).usual_status(None);
        let Notice::Refunds(event, more) = builder.notice() else { panic!("a refund") };
        assert!(more.is_empty());
        assert_eq!((event.key.as_str(), event.merchant_refund_id.as_str()), ("R1", "R1"));
        assert_eq!((event.currency.as_deref(), event.currency_exponent), (Some("KWD"), Some(3)));
        assert_eq!(event.authenticity, Authenticity::Decrypted);
        assert_eq!(event.facts.amount_minor, Some(1500));
        assert_eq!(event.facts.amount_literal.as_deref(), Some("1.5"));
        assert_eq!(event.facts.order_amount_minor, Some(1500));
        assert_eq!(event.facts.reason.as_deref(), Some("late"));
        assert_eq!((event.occurred_at, event.facts.completed_at), (at, at));
        assert_eq!(flags(&event), []);
    }

    #[test]
    fn the_merchant_within_the_account_is_part_of_the_identity() {
        let key = |merchant| begin(RefundStatus::Pending).sub_merchant(merchant).build().key;
        assert_eq!(key(None).as_str(), "R1");
        assert_eq!(key(Some("acct_1")).as_str(), "acct_1/R1");
    }

    #[test]
    fn amounts_and_event_names_that_do_not_fit_are_flagged() {
        let pending = || begin(RefundStatus::Pending);
        let cases = [
            (pending().amount(&money("2")).order_total(Some(1999)), Flag::AmountExceedsOrder),
            (pending().amount(&money("0")), Flag::AmountNotPositive),
            (pending().amount(&money("-1")), Flag::AmountNotPositive),
            (
                pending().running_total("T", &money("2")).order_total(Some(1)),
                Flag::AmountExceedsOrder,
            ),
            (pending().usual_status(Some(RefundStatus::Failed)), Flag::EventStatusMismatch),
        ];
        for (builder, flag) in cases {
            assert_eq!(flags(&builder.build()), [flag]);
        }
    }

    #[test]
    fn a_status_that_is_not_final_has_no_time_of_completion() {
        let at = Some(datetime!(2026-01-02 03:04 UTC));
        assert_eq!(begin(RefundStatus::Pending).completed_at(at).build().facts.completed_at, None);
    }

    #[test]
    fn a_running_total_is_not_the_amount_of_the_refund() {
        let event = begin(RefundStatus::Succeeded).running_total("T", &money("2")).build();
        assert_eq!(event.facts.amount_minor, None);
        assert_eq!(event.facts.order_refunded_minor, Some(2000));
        assert_eq!(event.cumulative_within.as_deref(), Some("T"));
    }
}
