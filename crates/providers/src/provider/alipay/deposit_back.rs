//! What the bank did with a refund.
//!
//! <https://opendocs.alipay.com/open/a5181a0b_alipay.trade.refund.depositback.completed>. It is a
//! fact of the refund, which stays succeeded: what the bank refuses goes to the buyer's balance.

use super::normalize::{currency, key, payload_of};
use super::wire::{BIZ_CONTENT, OFFSET};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::fields::{Fields, require};
use crate::refund::{Facts, RefundEvent, RefundStatus};
use crate::wire::json::{Literal, Members};

pub(super) fn normalize(
    authentic: &Authentic<'_>,
    members: &Members<'_>,
) -> Result<Notice, Unreadable> {
    if Fields(members).optional("encrypt_type")?.is_some() {
        let problem = Problem::UnsupportedAlgorithm;
        return Err(Unreadable { problem, field: "encrypt_type" });
    }
    let content = match members.get(BIZ_CONTENT) {
        Some(Literal::Text(text)) if !text.is_empty() => text,
        Some(_) | None => {
            return Err(Unreadable { problem: Problem::MissingField, field: BIZ_CONTENT });
        }
    };
    let content = Members::from_text(content)
        .map_err(|_| Unreadable { problem: Problem::MalformedContent, field: BIZ_CONTENT })?;
    let fields = Fields(&content);
    let trade_no = fields.required("trade_no")?;
    let out_request_no = fields.required("out_request_no")?;
    let word = require(fields.optional("dback_status")?, "dback_status")?;
    let currency = currency()?;
    let amount = require(fields.major_units("dback_amount", &currency)?, "dback_amount")?;
    let (status, settlement, settled_at) = match word.as_str() {
        "S" => {
            let credited_at = fields.local_time("bank_ack_time", OFFSET)?;
            (RefundStatus::Succeeded, Some("succeeded"), credited_at)
        }
        "F" => (RefundStatus::Succeeded, Some("failed"), None),
        _ => (RefundStatus::Unknown, None, None),
    };

    let event = RefundEvent {
        key: key(&trade_no, &out_request_no),
        merchant_refund_id: out_request_no,
        status,
        provider_status: word,
        authenticity: authentic.proof().authenticity(),
        currency: currency.code().to_owned(),
        currency_exponent: currency.exponent(),
        // When the bank credited it is not when it was refunded.
        occurred_at: None,
        cumulative_within: Some(trade_no.clone()),
        flags: [].into(),
        facts: Facts {
            provider_payment_id: Some(trade_no),
            merchant_order_id: fields.optional("out_trade_no")?,
            settlement_amount_minor: Some(amount.minor()),
            settlement_status: settlement.map(str::to_owned),
            settled_at,
            ..Facts::default()
        },
        payload: payload_of(members),
    };
    Ok(Notice::Refunds(event, Vec::new()))
}
