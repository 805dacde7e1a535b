//! PayCools' refund notification in our words (section 8.3 of <https://doc.paycools.com>). The
//! message is the same in both wire forms.

use std::collections::BTreeSet;

use super::PayCools;
use super::wire::{REFUND_EVENTS, SIGN, status, usual_status};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::refund::{Facts, Flag, Money, Payload, RefundEvent, RefundKey, RefundStatus};
use crate::wire::json::Members;
use crate::wire::payload;

pub(super) fn normalize(
    account: &PayCools,
    authentic: &Authentic<'_>,
) -> Result<Notice, Unreadable> {
    let members = Members::from_bytes(authentic.content())
        .map_err(|_| Unreadable { problem: Problem::MalformedContent, field: "param" })?;
    let fields = Fields(&members);
    let event_name = fields.required("eventName")?;
    if !event_name.starts_with(REFUND_EVENTS) {
        return Ok(Notice::NotARefund);
    }

    let refund_id = fields.required("mchRefundOrderId")?;
    let word = fields.required("refundStatus")?;
    let status = status(&word);
    let amount = fields.minor_units("refundAmount", &account.currency)?;
    let amount = require(amount, "refundAmount")?;
    let fee = fields.minor_units("feeRefunded", &account.currency)?;
    let created_at = fields.local_time("refundCreateTime", account.offset)?;
    let returned_at = fields.local_time("refundReturnTime", account.offset)?;

    let event = RefundEvent {
        key: RefundKey::new(&refund_id),
        merchant_refund_id: refund_id,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: account.currency.code().to_owned(),
        currency_exponent: account.currency.exponent(),
        occurred_at: returned_at.or(created_at),
        cumulative_within: None,
        flags: flags(&event_name, status, &amount),
        facts: Facts {
            provider_refund_id: fields.optional("refundTransactionId")?,
            provider_payment_id: fields.optional("originalTransactionId")?,
            amount_minor: Some(amount.minor()),
            amount_literal: Some(amount.literal().to_owned()),
            fee_refunded_minor: fee.as_ref().map(Money::minor),
            reason: fields.free_text("refundReason"),
            failure_code: fields.optional("failedCode")?,
            failure_message: fields.free_text("failedMessage"),
            provider_created_at: created_at,
            completed_at: returned_at.filter(|_| status.is_final()),
            ..Facts::default()
        },
        payload: Payload::new(payload::write(&members, &[SIGN], &[])),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}

/// The documentation's own failed example says `payment.refund.success` and `FAILED`: the status
/// decides, and the disagreement is shown.
fn flags(event_name: &str, status: RefundStatus, amount: &Money) -> BTreeSet<Flag> {
    let mut flags = BTreeSet::new();
    if usual_status(event_name).is_some_and(|usual| usual != status) {
        flags.insert(Flag::EventStatusMismatch);
    }
    if amount.minor() <= 0 {
        flags.insert(Flag::AmountNotPositive);
    }
    flags
}
