//! Antom's `notifyRefund` in our words (<https://docs.antom.com/ac/ams/notify_refund>).

use std::collections::BTreeSet;

use super::wire::{REFUND_RESULT, status};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::refund::{Currency, Facts, Flag, Payload, RefundEvent, RefundKey, RefundStatus};
use crate::wire::json::{Literal, Members};
use crate::wire::payload;

pub(super) fn normalize(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let members = Members::from_bytes(authentic.content())
        .map_err(|_| Unreadable { problem: Problem::MalformedContent, field: "body" })?;
    let fields = Fields(&members);
    if fields.required("notifyType")? != REFUND_RESULT {
        return Ok(Notice::NotARefund);
    }
    let request_id = fields.required("refundRequestId")?;
    let word = fields.required("refundStatus")?;
    let status = status(&word);
    let amounts = require(nested(&members, "refundAmount"), "refundAmount")?;
    let amounts = Fields(&amounts);
    let currency = Currency::iso(&amounts.required("currency")?)
        .ok_or(Unreadable { problem: Problem::UnknownCurrency, field: "currency" })?;
    let amount = require(amounts.minor_units("value", &currency)?, "value")?;
    if amount.minor() < 0 {
        return Err(Unreadable { problem: Problem::InvalidAmount, field: "value" });
    }
    let happened_at = fields.rfc3339("refundTime")?;
    let (failure_code, failure_message) = failure(&members, status)?;
    let mut flags = BTreeSet::new();
    if amount.minor() == 0 {
        flags.insert(Flag::AmountNotPositive);
    }

    let event = RefundEvent {
        key: RefundKey::new(&request_id),
        merchant_refund_id: request_id,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        occurred_at: happened_at,
        cumulative_within: None,
        flags,
        facts: Facts {
            provider_refund_id: fields.optional("refundId")?,
            provider_payment_id: fields.optional("paymentId")?,
            amount_minor: Some(amount.minor()),
            amount_literal: Some(amount.literal().to_owned()),
            settlement_amount_minor: settlement(&members, &currency),
            failure_code,
            failure_message,
            completed_at: happened_at.filter(|_| status.is_final()),
            ..Facts::default()
        },
        payload: Payload::new(payload::write(&members, &[], &[])),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}

/// All amounts of a refund are in one currency; a settlement in another stays in the payload.
fn settlement(members: &Members<'_>, currency: &Currency) -> Option<i64> {
    let settlement = nested(members, "grossSettlementAmount")?;
    let fields = Fields(&settlement);
    let code = fields.optional("currency").ok().flatten()?;
    if Currency::iso(&code).as_ref() != Some(currency) {
        return None;
    }
    Some(fields.minor_units("value", currency).ok().flatten()?.minor())
}

/// The reason of a failure; a success has a `result` too, which is none.
fn failure(
    members: &Members<'_>,
    status: RefundStatus,
) -> Result<(Option<String>, Option<String>), Unreadable> {
    if status != RefundStatus::Failed {
        return Ok((None, None));
    }
    let fields = Fields(members);
    let result = nested(members, "result");
    let of_result = |name| result.as_ref().and_then(|result| Fields(result).free_text(name));
    let code = fields.free_text("refundResultCode").or_else(|| of_result("resultCode"));
    let message = fields.free_text("refundResultMessage").or_else(|| of_result("resultMessage"));
    Ok((code, message))
}

fn nested<'a>(members: &Members<'a>, name: &str) -> Option<Members<'a>> {
    match members.get(name) {
        Some(Literal::Nested(text)) => Members::from_text(text).ok(),
        Some(Literal::Null | Literal::Boolean(_) | Literal::Number(_) | Literal::Text(_))
        | None => None,
    }
}
