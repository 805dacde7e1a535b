//! The builder of refund events.
//!
//! A provider states facts as [`Field`]s. The builder derives what follows from them: minor units, the
//! literal, the unread fields, the flags, and the grade of authenticity.

use time::OffsetDateTime;

use super::fields::{Identity, StatusWord};
use crate::contract::{Authentic, Notice};
use crate::refund::{
    Currency, FactFields, Facts, Field, Flag, Payload, RefundEvent, RefundKey, RefundStatus, Unread,
};
use crate::wire::json::Members;
use crate::wire::payload::{self, Rules};

/// A refund event under construction.
#[derive(Clone, Debug)]
pub struct RefundBuilder {
    event: RefundEvent,
    currency: Option<Currency>,
    at: Field<OffsetDateTime>,
}

impl RefundBuilder {
    /// Begins the event of the refund `id` with the provider's status word and its meaning. The id
    /// is the merchant's refund id, or the provider's if the provider carries none of the
    /// merchant's. Only amounts in `currency` become facts.
    pub fn new(
        authentic: &Authentic<'_>,
        id: Identity,
        word: StatusWord,
        status: RefundStatus,
        currency: Field<Currency>,
    ) -> Self {
        let id = String::from(id);
        let mut unread = Unread::default();
        if let Field::Unread(name) = &currency {
            unread.insert(name, Unread::CURRENCY);
        }
        let currency = currency.value();
        let event = RefundEvent {
            key: RefundKey::new(&id),
            merchant_refund_id: id,
            status,
            provider_status: word.into(),
            authenticity: authentic.proof().authenticity(),
            currency: currency.as_ref().map(|currency| currency.code().to_owned()),
            currency_exponent: currency.as_ref().map(Currency::exponent),
            occurred_at: None,
            kind_rank: None,
            cumulative_within: None,
            flags: [].into(),
            facts: Facts::default(),
            unread,
            payload: Payload::default(),
            digest_before_erasure: None,
        };
        Self { event, currency, at: Field::Absent }
    }

    /// Sets the identity of the refund within the account, if the id alone is not unique.
    pub fn key(mut self, key: RefundKey) -> Self {
        self.event.key = key;
        self
    }

    /// Sets the merchant within the account, where one account serves several. It is part of the
    /// identity. Call this after [`Self::facts`].
    pub fn sub_merchant(mut self, merchant: Option<Identity>) -> Self {
        if let Some(merchant) = merchant.map(String::from) {
            self.event.key = RefundKey::new(format!("{merchant}/{}", self.event.key.as_str()));
            self.event.facts.sub_merchant = Some(merchant);
        }
        self
    }

    /// Identifies the refund by the merchant's number instead of the provider's id. If the event has
    /// no number that can be read, the provider's id stays and the event gets a flag. Call this
    /// before [`Self::sub_merchant`].
    pub fn merchant_number(mut self, number: &Field<String>) -> Self {
        match number.known() {
            Some(number) => {
                self.event.key = RefundKey::new(number);
                self.event.merchant_refund_id.clone_from(number);
                self
            }
            None => self.flag_if(Flag::MerchantNumberMissing, true),
        }
    }

    /// Sets a flag that only the provider's own rules can find, if it holds.
    pub fn flag_if(mut self, flag: Flag, holds: bool) -> Self {
        if holds {
            self.event.flags.insert(flag);
        }
        self
    }

    /// Says that the provider reports running totals of `order`, and no amount of the single
    /// refund. The amounts of all refunds of the order are derived together.
    pub fn within(mut self, order: &str) -> Self {
        self.event.cumulative_within = Some(order.to_owned());
        self
    }

    /// Compares the status with the one that usually comes with the message's event name. A
    /// different one gets a flag; the status word decides.
    pub fn usual_status(self, usual: Option<RefundStatus>) -> Self {
        let differs = usual.is_some_and(|usual| usual != self.event.status);
        self.flag_if(Flag::EventStatusMismatch, differs)
    }

    /// Sets when the event happened, by the provider's clock. Call this only with a time that the
    /// provider signs and offers for ordering: it ranks the events of a refund.
    pub fn at(mut self, at: Field<OffsetDateTime>) -> Self {
        self.at = at;
        self
    }

    /// Sets the rank of the event's kind among those of the provider. Call this only if the provider's
    /// page ranks them: it decides before any time which event of a refund wins.
    pub fn kind_rank(mut self, rank: u8) -> Self {
        self.event.kind_rank = Some(rank);
        self
    }

    /// Sets the facts. The time of completion is dropped if the status is not final.
    pub fn facts(mut self, mut fields: FactFields) -> Self {
        if !self.event.status.is_final() && fields.completed_at.known().is_some() {
            fields.completed_at = Field::Absent;
        }
        let (facts, unread) = fields.split(self.currency.as_ref());
        self.event.facts = facts;
        for (field, fact) in unread.iter() {
            self.event.unread.insert(field, fact);
        }
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

    /// Returns the event, with the flags that follow from its facts.
    pub fn build(mut self) -> RefundEvent {
        let event = &mut self.event;
        if let Field::Unread(name) = &self.at
            && !event.unread.fields().contains(name)
        {
            event.unread.insert(name, Unread::OCCURRED_AT);
        }
        event.occurred_at = self.at.value();
        let facts = &event.facts;
        let is_unread = |name| event.unread.facts().iter().any(|fact| fact == name);
        let reports_totals = event.cumulative_within.is_some();
        let amount = if reports_totals { facts.order_refunded_minor } else { facts.amount_minor };
        let exceeds =
            amount.zip(facts.order_amount_minor).is_some_and(|(amount, order)| amount > order);
        // The amount of a running total is derived from the whole order, and may still come.
        let is_missing = if reports_totals {
            is_unread("order_refunded_minor")
        } else {
            is_unread("amount_minor") || (event.status.is_final() && amount.is_none())
        };
        let derived = [
            (Flag::AmountExceedsOrder, exceeds),
            (Flag::AmountNotPositive, amount.is_some_and(|amount| amount <= 0)),
            (Flag::AmountMissing, is_missing),
            (Flag::FieldsUnread, !event.unread.is_empty()),
        ];
        event.flags.extend(derived.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag));
        self.event
    }

    /// Returns a notice of this one refund.
    pub fn notice(self) -> Notice {
        Notice::Refunds(self.build(), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::RefundBuilder;
    use crate::contract::{Authentic, Notice};
    use crate::crypto::cipher::{open_md5_ecb, seal_md5_ecb};
    use crate::crypto::{Proof, Secret};
    use crate::kit::fields::Fields;
    use crate::refund::{
        Authenticity, Currency, FactFields, Field, Flag, Money, RefundEvent, RefundStatus,
    };
    use crate::wire::json::Members;

    fn proof() -> Proof {
        let secrets = [Secret::new("s").unwrap()];
        let sealed = seal_md5_ecb(&secrets[0], b"x").unwrap();
        open_md5_ecb(&secrets, &sealed, |_| true).unwrap().0
    }

    fn begin_in(currency: Field<Currency>, status: RefundStatus) -> RefundBuilder {
        let authentic = Authentic::new(proof(), &b"{}"[..]);
        let members = Members::from_text(r#"{"id":"R1","word":"WORD"}"#).unwrap();
        let fields = Fields::new(&members);
        let (id, word) = (fields.identity("id").unwrap(), fields.status_word("word").unwrap());
        RefundBuilder::new(&authentic, id, word, status, currency)
    }

    fn begin(status: RefundStatus) -> RefundBuilder {
        begin_in(Field::Read(Currency::iso("KWD").unwrap()), status)
    }

    fn money_in(literal: &str, code: &str) -> Field<Money> {
        Field::Read(Money::from_major_units(literal, Currency::iso(code).unwrap()).unwrap())
    }

    fn money(literal: &str) -> Field<Money> {
        money_in(literal, "KWD")
    }

    fn unread<T>(name: &str) -> Field<T> {
        Field::Unread(name.to_owned())
    }

    fn flags(event: &RefundEvent) -> Vec<Flag> {
        event.flags.iter().copied().collect()
    }

    #[test]
    fn an_event_has_what_follows_from_its_facts() {
        let at = datetime!(2026-01-02 03:04 UTC);
        let builder = begin(RefundStatus::Succeeded).at(Field::Read(at)).facts(FactFields {
            amount_minor: money("1.5"),
            order_amount_minor: money("1.50"),
            reason: Field::Read("late".to_owned()),
            completed_at: Field::Read(at),
            ..FactFields::default()
        });
        let Notice::Refunds(event, more) = builder.usual_status(None).notice() else {
            panic!("a refund")
        };
        assert!(more.is_empty());
        assert_eq!((event.key.as_str(), event.merchant_refund_id.as_str()), ("R1", "R1"));
        assert_eq!((event.currency.as_deref(), event.currency_exponent), (Some("KWD"), Some(3)));
        assert_eq!(event.authenticity, Authenticity::Decrypted);
        assert_eq!(event.facts.amount_minor, Some(1500));
        assert_eq!(event.facts.amount_literal.as_deref(), Some("1.5"));
        assert_eq!(event.facts.order_amount_minor, Some(1500));
        assert_eq!(event.facts.reason.as_deref(), Some("late"));
        assert_eq!((event.occurred_at, event.facts.completed_at), (Some(at), Some(at)));
        assert_eq!(flags(&event), []);
    }

    #[test]
    fn hazard_45_the_merchant_within_the_account_is_part_of_the_identity() {
        let members = Members::from_text(r#"{"account":"acct_1"}"#).unwrap();
        let merchant = Fields::new(&members).optional_identity("account").unwrap();
        let event = begin(RefundStatus::Pending).sub_merchant(merchant).build();
        assert_eq!(event.key.as_str(), "acct_1/R1");
        assert_eq!(event.merchant_refund_id, "R1");
        assert_eq!(event.facts.sub_merchant.as_deref(), Some("acct_1"));
        assert_eq!(begin(RefundStatus::Pending).sub_merchant(None).build().key.as_str(), "R1");
    }

    #[test]
    fn the_merchants_number_identifies_the_refund_where_the_event_has_one() {
        let merchant = || {
            let members = Members::from_text(r#"{"account":"acct_1"}"#).unwrap();
            Fields::new(&members).optional_identity("account").unwrap()
        };
        let numbered = |number: Field<String>| {
            let builder = begin(RefundStatus::Pending).merchant_number(&number);
            builder.sub_merchant(merchant()).build()
        };
        let event = numbered(Field::Read("M1".to_owned()));
        assert_eq!((event.key.as_str(), event.merchant_refund_id.as_str()), ("acct_1/M1", "M1"));
        assert_eq!(flags(&event), []);
        for number in [Field::Absent, unread("receipt")] {
            let event = numbered(number);
            assert_eq!((event.key.as_str(), &*event.merchant_refund_id), ("acct_1/R1", "R1"));
            assert_eq!(flags(&event), [Flag::MerchantNumberMissing]);
        }
    }

    #[test]
    fn amounts_and_event_names_that_do_not_fit_are_flagged() {
        let amounts = |amount: &str, order: &str| FactFields {
            amount_minor: money(amount),
            order_amount_minor: money(order),
            ..FactFields::default()
        };
        let totals = FactFields {
            order_refunded_minor: money("2"),
            order_amount_minor: money("1"),
            ..FactFields::default()
        };
        let pending = || begin(RefundStatus::Pending);
        let cases = [
            (pending().facts(amounts("2", "1.999")), Flag::AmountExceedsOrder),
            (pending().facts(amounts("0", "1")), Flag::AmountNotPositive),
            (pending().facts(amounts("-1", "1")), Flag::AmountNotPositive),
            (pending().within("T").facts(totals), Flag::AmountExceedsOrder),
            (pending().usual_status(Some(RefundStatus::Failed)), Flag::EventStatusMismatch),
            (begin(RefundStatus::Failed), Flag::AmountMissing),
        ];
        for (builder, flag) in cases {
            assert_eq!(flags(&builder.build()), [flag]);
        }
    }

    #[test]
    fn a_status_that_is_not_final_has_no_time_of_completion() {
        let at = Field::Read(datetime!(2026-01-02 03:04 UTC));
        let facts = FactFields { completed_at: at, ..FactFields::default() };
        let event = begin(RefundStatus::Pending).facts(facts).build();
        assert_eq!(event.facts.completed_at, None);
    }

    #[test]
    fn hazard_41_an_amount_in_another_currency_is_neither_a_fact_nor_unread() {
        let facts = FactFields {
            amount_minor: money("2"),
            payer_amount_minor: money_in("2", "HKD"),
            ..FactFields::default()
        };
        let event = begin(RefundStatus::Succeeded).facts(facts).build();
        assert_eq!(event.facts.amount_minor, Some(2000));
        assert_eq!(event.facts.payer_amount_minor, None);
        assert_eq!((flags(&event), event.unread.is_empty()), (vec![], true));
    }

    #[test]
    fn unread_fields_are_noted_once_each_and_flagged() {
        let facts = || FactFields {
            amount_minor: unread("sum"),
            completed_at: unread("time"),
            ..FactFields::default()
        };
        let event =
            begin_in(unread("cur"), RefundStatus::Pending).at(unread("time")).facts(facts());
        let event = event.build();
        assert_eq!(event.unread.fields(), ["cur", "sum", "time"]);
        assert_eq!(event.unread.facts(), ["currency", "amount_minor", "completed_at"]);
        assert_eq!(flags(&event), [Flag::AmountMissing, Flag::FieldsUnread]);
        assert_eq!((event.currency, event.currency_exponent), (None, None));
        let event = begin(RefundStatus::Pending).at(unread("clock")).build();
        assert_eq!(event.unread.facts(), ["occurred_at"]);
    }

    #[test]
    fn a_running_total_is_not_the_amount_of_the_refund() {
        let totals = |total| FactFields { order_refunded_minor: total, ..FactFields::default() };
        let event = begin(RefundStatus::Succeeded).within("T").facts(totals(money("2"))).build();
        assert_eq!(event.facts.amount_minor, None);
        assert_eq!(event.facts.order_refunded_minor, Some(2000));
        assert_eq!(event.cumulative_within.as_deref(), Some("T"));
        assert_eq!(flags(&event), []);
        let event = begin(RefundStatus::Succeeded).within("T").facts(totals(unread("f"))).build();
        assert_eq!(flags(&event), [Flag::AmountMissing, Flag::FieldsUnread]);
    }
}
