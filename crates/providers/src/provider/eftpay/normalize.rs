//! eftPay's refund notification in our words.
//!
//! `api-reference/scene/{app,web,wap,jsapi}/RefundNotify.html` under
//! <https://vmp.eftpay.com.cn/vmp-docs/en>.

use std::collections::BTreeSet;

use super::wire::{OFFSET, REFUND, SIGN, TRADE_STATUS_SYNC, status};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::refund::{Currency, Facts, Flag, Money, Payload, RefundEvent, RefundKey};
use crate::wire::json::{Literal, Members};
use crate::wire::payload;

pub(super) fn normalize(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let members = Members::from_bytes(authentic.content())
        .map_err(|_| Unreadable { problem: Problem::MalformedContent, field: "body" })?;
    if !is_about_a_refund(&members) {
        return Ok(Notice::NotARefund);
    }
    let fields = Fields(&members);

    let refund_no = fields.required("refund_no")?;
    let word = fields.required("trade_status")?;
    let status = status(&word);
    let currency = currency(&fields)?;
    let amount = require(fields.major_units("return_amount", &currency)?, "return_amount")?;
    let order = fields.major_units("total_fee", &currency)?;
    let happened_at = fields.local_time("gmt_payment", OFFSET)?;
    let reason = fields.free_text("rejectReason");

    let event = RefundEvent {
        key: RefundKey::new(&refund_no),
        merchant_refund_id: refund_no,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        occurred_at: happened_at,
        cumulative_within: None,
        flags: flags(&amount, order.as_ref()),
        facts: Facts {
            provider_refund_id: fields.optional("refund_trade_no")?,
            merchant_order_id: fields.optional("out_trade_no")?,
            provider_payment_id: first_of(&fields, "transaction_id", "eftpay_trade_no")?,
            amount_minor: Some(amount.minor()),
            amount_literal: Some(amount.literal().to_owned()),
            order_amount_minor: order.as_ref().map(Money::minor),
            channel: first_of(&fields, "wallet", "payment_type")?,
            // eftPay gives one text: it is why the refund was refused.
            reason: reason.clone(),
            failure_message: reason,
            completed_at: happened_at.filter(|_| status.is_final()),
            ..Facts::default()
        },
        payload: Payload::new(payload::write(&members, &[SIGN], &[])),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}

/// The same secret signs sale messages, which pass through the customer's browser, so a refund
/// must say that it is one. The jsapi scene has neither word; there the refund's own fields tell.
fn is_about_a_refund(members: &Members<'_>) -> bool {
    let says = |name: &str| members.get(name).and_then(Literal::as_signed_text);
    match (says("notify_type"), says("trade_type")) {
        (Some(notify), Some(trade)) => notify == TRADE_STATUS_SYNC && trade == REFUND,
        (None, None) => says("refund_no").is_some() && says("return_amount").is_some(),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn currency(fields: &Fields<'_, '_>) -> Result<Currency, Unreadable> {
    let field = match fields.optional("currency")? {
        Some(_) => "currency",
        None => "fee_type",
    };
    let code = match fields.optional(field)? {
        Some(code) => code,
        None => fields.required("currency")?,
    };
    Currency::iso(&code).ok_or(Unreadable { problem: Problem::UnknownCurrency, field })
}

fn first_of(
    fields: &Fields<'_, '_>,
    first: &'static str,
    second: &'static str,
) -> Result<Option<String>, Unreadable> {
    match fields.optional(first)? {
        Some(text) => Ok(Some(text)),
        None => fields.optional(second),
    }
}

/// Documented: 0 < `return_amount` <= `total_fee`. A breach is kept and shown, never dropped.
fn flags(amount: &Money, order: Option<&Money>) -> BTreeSet<Flag> {
    let mut flags = BTreeSet::new();
    if amount.minor() <= 0 {
        flags.insert(Flag::AmountNotPositive);
    }
    if order.is_some_and(|order| amount.minor() > order.minor()) {
        flags.insert(Flag::AmountExceedsOrder);
    }
    flags
}
