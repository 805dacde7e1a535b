//! The broker's refund object in our words (<https://api.samarkand.io/doc/nomad-broker>).

use std::collections::BTreeSet;

use super::wire::{CURRENCY, OK, PERSONAL};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::provider::wechatpay::wire::status;
use crate::refund::{Currency, Facts, Flag, Payload, RefundEvent, RefundKey};
use crate::wire::json::{Literal, Members};
use crate::wire::payload;

pub(super) fn normalize(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let malformed = |field| Unreadable { problem: Problem::MalformedContent, field };
    let members = Members::from_bytes(authentic.content()).map_err(|_| malformed("body"))?;
    if members.get("code").and_then(Literal::as_signed_text) != Some(OK) {
        return Err(malformed("code"));
    }
    let fields = Fields(&members);
    let refund_ref = fields.required("refundOrderRef")?;
    let word = fields.required("status")?;
    let status = status(&word);
    let code = fields.optional("currency")?.unwrap_or_else(|| CURRENCY.to_owned());
    let currency = Currency::iso(&code)
        .ok_or(Unreadable { problem: Problem::UnknownCurrency, field: "currency" })?;
    let amount = require(fields.whole_minor_units("refundAmount", &currency)?, "refundAmount")?;
    let minor = |field| Ok(fields.whole_minor_units(field, &currency)?.map(|money| money.minor()));
    let order = minor("totalAmount")?;
    let created_at = fields.rfc3339("createTime")?;
    let succeeded_at = fields.rfc3339("successTime")?;
    let mut flags = BTreeSet::new();
    if amount.minor() <= 0 {
        flags.insert(Flag::AmountNotPositive);
    }
    if order.is_some_and(|order| amount.minor() > order) {
        flags.insert(Flag::AmountExceedsOrder);
    }

    let event = RefundEvent {
        key: RefundKey::new(&refund_ref),
        merchant_refund_id: refund_ref,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        occurred_at: succeeded_at.or(created_at),
        cumulative_within: None,
        flags,
        facts: Facts {
            provider_refund_id: fields.optional("refundId")?,
            merchant_order_id: fields.optional("orderRef")?,
            provider_payment_id: fields.optional("transactionId")?,
            amount_minor: Some(amount.minor()),
            amount_literal: Some(amount.literal().to_owned()),
            order_amount_minor: order,
            payer_amount_minor: minor("payerRefund")?,
            settlement_amount_minor: minor("settlementAmount")?,
            discount_amount_minor: minor("discountRefundAmount")?,
            channel: fields.optional("channel")?,
            receiving_account: fields.free_text("userReceivedAccount"),
            provider_created_at: created_at,
            completed_at: succeeded_at.filter(|_| status.is_final()),
            ..Facts::default()
        },
        payload: Payload::new(payload::write(&members, &[], &PERSONAL)),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}
