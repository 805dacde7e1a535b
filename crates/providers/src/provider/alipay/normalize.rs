//! Alipay's notifications in our words (<https://opendocs.alipay.com/open/203/105286>).

use std::collections::BTreeSet;

use super::authenticate::present;
use super::deposit_back;
use super::wire::{CURRENCY, DEPOSIT_BACK, OFFSET, PERSONAL, SIGN, status};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::refund::{Currency, Facts, Flag, Payload, RefundEvent, RefundKey};
use crate::wire::charset::Charset;
use crate::wire::form::Pairs;
use crate::wire::json::Members;
use crate::wire::{payload, times};

pub(super) fn normalize(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let malformed = Unreadable { problem: Problem::MalformedContent, field: "body" };
    let pairs = Pairs::from_bytes(authentic.content()).map_err(|_| malformed)?;
    // The signed charset outranks the Content-Type, which is not signed.
    let charset = match present(&pairs, "charset") {
        None => Charset::Utf8,
        Some(name) => Charset::named(name)
            .ok_or(Unreadable { problem: Problem::InvalidText, field: "charset" })?,
    };
    let mut texts = Vec::new();
    for (name, value) in pairs.iter() {
        texts.push((
            charset.decode(name).ok_or(malformed)?,
            charset.decode(value).ok_or(malformed)?,
        ));
    }
    let members = Members::of_texts(texts);
    let fields = Fields(&members);
    match fields.optional("msg_method")?.as_deref() {
        Some(DEPOSIT_BACK) => deposit_back::normalize(authentic, &members),
        Some(_) => Ok(Notice::NotARefund),
        None => trade(authentic, &members),
    }
}

fn trade(authentic: &Authentic<'_>, members: &Members<'_>) -> Result<Notice, Unreadable> {
    let fields = Fields(members);
    let currency = currency()?;
    // A payment notice may carry refund_fee=0.00; only both together tell of a refund.
    let Some(refunded_at) = fields.optional("gmt_refund")? else { return Ok(Notice::NotARefund) };
    let Some(total) = fields.major_units("refund_fee", &currency)? else {
        return Ok(Notice::NotARefund);
    };
    if total.minor() <= 0 {
        return Ok(Notice::NotARefund);
    }
    let trade_no = fields.required("trade_no")?;
    let word = require(fields.optional("trade_status")?, "trade_status")?;
    let status = status(&word);
    let happened_at = times::read_local_fraction(&refunded_at, OFFSET)
        .ok_or(Unreadable { problem: Problem::InvalidTime, field: "gmt_refund" })?;
    let order = fields.major_units("total_amount", &currency)?.map(|money| money.minor());
    let out_biz_no = fields.optional("out_biz_no")?;
    let mut flags = BTreeSet::new();
    if order.is_some_and(|order| total.minor() > order) {
        flags.insert(Flag::AmountExceedsOrder);
    }

    let event = RefundEvent {
        key: match &out_biz_no {
            Some(out_biz_no) => key(&trade_no, out_biz_no),
            None => key(&trade_no, &format!("{refunded_at}+{}", total.literal())),
        },
        merchant_refund_id: out_biz_no.unwrap_or_else(|| trade_no.clone()),
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        occurred_at: Some(happened_at),
        cumulative_within: Some(trade_no.clone()),
        flags,
        facts: Facts {
            provider_payment_id: Some(trade_no),
            merchant_order_id: fields.optional("out_trade_no")?,
            order_amount_minor: order,
            // All that was refunded on the trade so far: not this refund's amount.
            order_refunded_minor: Some(total.minor()),
            completed_at: status.is_final().then_some(happened_at),
            ..Facts::default()
        },
        payload: payload_of(members),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}

/// A merchant's refund request number is its own only within the trade.
pub(super) fn key(trade_no: &str, number: &str) -> RefundKey {
    RefundKey::new(format!("{trade_no}/{number}"))
}

pub(super) fn currency() -> Result<Currency, Unreadable> {
    Currency::iso(CURRENCY)
        .ok_or(Unreadable { problem: Problem::UnknownCurrency, field: "currency" })
}

pub(super) fn payload_of(members: &Members<'_>) -> Payload {
    Payload::new(payload::write(members, &[SIGN], &PERSONAL))
}
