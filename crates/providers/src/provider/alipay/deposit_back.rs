//! The message about what the bank did with a refund.
//!
//! <https://opendocs.alipay.com/open/a5181a0b_alipay.trade.refund.depositback.completed>. It adds a
//! fact to the refund, which stays succeeded: what the bank refuses goes to the buyer's balance.

use super::wire::{BIZ_CONTENT, OFFSET, PERSONAL, SIGN, currency, key};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{FactFields, Field, RefundStatus};
use crate::wire::document::Document;
use crate::wire::json::Members;

pub(super) fn read(authentic: &Authentic<'_>, members: &Members<'_>) -> Result<Notice, Unreadable> {
    if Fields::new(members).text("encrypt_type") != Field::Absent {
        let problem = Problem::UnsupportedAlgorithm;
        return Err(Unreadable { problem, field: "encrypt_type" });
    }
    let content = members.text(BIZ_CONTENT).filter(|text| !text.is_empty());
    let content = content.ok_or(Unreadable::missing(BIZ_CONTENT))?;
    let document = Document::of(content.as_bytes());
    let content = read_object(&document, BIZ_CONTENT)?;
    let fields = Fields::new(&content);
    let trade_no = fields.identity("trade_no")?;
    let out_request_no = fields.identity("out_request_no")?;
    let word = fields.status_word("dback_status")?;
    let currency = currency();
    let amounts = Amounts::new(&currency, Unit::Major);
    let (status, settlement, settled_at) = match word.as_str() {
        "S" => {
            let credited_at = fields.local_time("bank_ack_time", OFFSET);
            (RefundStatus::Succeeded, Some("succeeded"), credited_at)
        }
        "F" => (RefundStatus::Succeeded, Some("failed"), Field::Absent),
        _ => (RefundStatus::Unknown, None, Field::Absent),
    };
    let key = key(trade_no.as_str(), out_request_no.as_str());
    // The event has no time, because the bank's credit comes later than the refund.
    let refund = RefundBuilder::new(authentic, out_request_no, word, status, currency.clone())
        .key(key)
        .within(trade_no.as_str())
        .facts(FactFields {
            provider_payment_id: trade_no.as_fact(),
            merchant_order_id: fields.text("out_trade_no"),
            settlement_amount_minor: amounts.read(fields, "dback_amount"),
            settlement_status: settlement.map(str::to_owned).into(),
            settled_at,
            ..FactFields::default()
        });
    Ok(refund.payload(members, &[SIGN], &PERSONAL).notice())
}
