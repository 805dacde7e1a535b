//! WeChat Pay's refund notifications in our words.

use std::collections::BTreeSet;

use super::v2::ROOT;
use super::v3::{Resource, event_type, nested};
use super::wire::{MAINLAND, PERSONAL, status, usual_status, v2_status};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::refund::{
    Authenticity, Currency, Facts, Flag, Money, Payload, RefundEvent, RefundKey, RefundStatus,
};
use crate::wire::json::Members;
use crate::wire::xml::Elements;
use crate::wire::{payload, times};

pub(super) fn normalize(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    match (authentic.proof().authenticity(), authentic.envelope()) {
        (Authenticity::Verified, None) => not_opened(authentic.content()),
        (Authenticity::Verified, Some(envelope)) => v3(authentic, envelope),
        (Authenticity::Decrypted, _) => v2(authentic),
    }
}

fn malformed(field: &'static str) -> Unreadable {
    Unreadable { problem: Problem::MalformedContent, field }
}

/// An envelope that holds no refund, or whose resource is not as documented.
fn not_opened(envelope: &[u8]) -> Result<Notice, Unreadable> {
    let envelope = Members::from_bytes(envelope).map_err(|_| malformed("body"))?;
    match Resource::of(&envelope)? {
        None => Ok(Notice::NotARefund),
        // `authenticate` opens every resource that reads.
        Some(_) => Err(malformed("resource")),
    }
}

fn v3(authentic: &Authentic<'_>, envelope: &[u8]) -> Result<Notice, Unreadable> {
    let envelope = Members::from_bytes(envelope).map_err(|_| malformed("body"))?;
    let refund = Members::from_bytes(authentic.content()).map_err(|_| malformed("ciphertext"))?;
    let fields = Fields(&refund);
    let out_refund_no = fields.required("out_refund_no")?;
    let word = fields.required("refund_status")?;
    let status = status(&word);
    let amounts = require(nested(&refund, "amount"), "amount")?;
    let amounts = Fields(&amounts);
    let code = amounts.optional("currency")?.unwrap_or_else(|| MAINLAND.to_owned());
    let currency = Currency::iso(&code)
        .ok_or(Unreadable { problem: Problem::UnknownCurrency, field: "currency" })?;
    let amount = require(amounts.minor_units("refund", &currency)?, "refund")?;
    let minor = |field| Ok(amounts.minor_units(field, &currency)?.map(|money| money.minor()));
    let order = minor("total")?;
    let succeeded_at = fields.rfc3339("success_time")?;
    let told_at = Fields(&envelope).rfc3339("create_time").ok().flatten();
    let account = match fields.free_text("user_received_account") {
        Some(account) => Some(account),
        None => fields.free_text("recv_account"),
    };

    let event = RefundEvent {
        key: RefundKey::new(&out_refund_no),
        merchant_refund_id: out_refund_no,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        occurred_at: succeeded_at.or(told_at),
        cumulative_within: None,
        flags: flags(event_type(&envelope), status, &amount, order),
        facts: Facts {
            provider_refund_id: fields.optional("refund_id")?,
            merchant_order_id: fields.optional("out_trade_no")?,
            provider_payment_id: fields.optional("transaction_id")?,
            amount_minor: Some(amount.minor()),
            amount_literal: Some(amount.literal().to_owned()),
            order_amount_minor: order,
            payer_amount_minor: minor("payer_refund")?,
            settlement_amount_minor: minor("settlement_refund")?,
            discount_amount_minor: minor("discount_refund")?,
            channel: fields.optional("channel")?,
            receiving_account: account,
            completed_at: succeeded_at.filter(|_| status.is_final()),
            ..Facts::default()
        },
        payload: Payload::new(payload::write(&refund, &[], &PERSONAL)),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}

fn v2(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let refund =
        Elements::from_bytes(authentic.content(), ROOT).map_err(|_| malformed("req_info"))?;
    let members = Members::of_texts(refund.iter().map(|(name, text)| (name.into(), text.into())));
    let fields = Fields(&members);
    let currency = Currency::iso(MAINLAND)
        .ok_or(Unreadable { problem: Problem::UnknownCurrency, field: "currency" })?;

    let out_refund_no = fields.required("out_refund_no")?;
    let word = fields.required("refund_status")?;
    let status = v2_status(&word);
    let amount = require(fields.minor_units("refund_fee", &currency)?, "refund_fee")?;
    let minor = |field| Ok(fields.minor_units(field, &currency)?.map(|money| money.minor()));
    let order = minor("total_fee")?;
    let succeeded_at = match fields.optional("success_time")? {
        None => None,
        Some(text) => Some(
            times::read_local(&text, time::macros::offset!(+8))
                .ok_or(Unreadable { problem: Problem::InvalidTime, field: "success_time" })?,
        ),
    };

    let event = RefundEvent {
        key: RefundKey::new(&out_refund_no),
        merchant_refund_id: out_refund_no,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        occurred_at: succeeded_at,
        cumulative_within: None,
        flags: flags(None, status, &amount, order),
        facts: Facts {
            provider_refund_id: fields.optional("refund_id")?,
            merchant_order_id: fields.optional("out_trade_no")?,
            provider_payment_id: fields.optional("transaction_id")?,
            amount_minor: Some(amount.minor()),
            amount_literal: Some(amount.literal().to_owned()),
            order_amount_minor: order,
            payer_amount_minor: minor("cash_refund_fee")?,
            settlement_amount_minor: minor("settlement_refund_fee")?,
            receiving_account: fields.free_text("refund_recv_accout"),
            completed_at: succeeded_at.filter(|_| status.is_final()),
            ..Facts::default()
        },
        payload: Payload::new(payload::write(&members, &[], &PERSONAL)),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}

fn flags(
    event_type: Option<&str>,
    status: RefundStatus,
    amount: &Money,
    order: Option<i64>,
) -> BTreeSet<Flag> {
    let mut flags = BTreeSet::new();
    if event_type.and_then(usual_status).is_some_and(|usual| usual != status) {
        flags.insert(Flag::EventStatusMismatch);
    }
    if amount.minor() <= 0 {
        flags.insert(Flag::AmountNotPositive);
    }
    if order.is_some_and(|order| amount.minor() > order) {
        flags.insert(Flag::AmountExceedsOrder);
    }
    flags
}
