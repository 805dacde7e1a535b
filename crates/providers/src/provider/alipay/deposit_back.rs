//! The message about what the bank did with a refund.
//!
//! <https://opendocs.alipay.com/open/a5181a0b_alipay.trade.refund.depositback.completed>. It adds a
//! fact to the refund, which stays succeeded: what the bank refuses goes to the buyer's balance.

use super::wire::{BIZ_CONTENT, OFFSET, PERSONAL, SIGN, currency, key};
use crate::contract::{Authentic, Notice, Problem, Unreadable};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object, require};
use crate::refund::{Facts, RefundStatus};
use crate::wire::json::Members;

pub(super) fn read(authentic: &Authentic<'_>, members: &Members<'_>) -> Result<Notice, Unreadable> {
    if Fields(members).optional("encrypt_type")?.is_some() {
        let problem = Problem::UnsupportedAlgorithm;
        return Err(Unreadable { problem, field: "encrypt_type" });
    }
    let content = members.text(BIZ_CONTENT).filter(|text| !text.is_empty());
    let content = read_object(require(content, BIZ_CONTENT)?.as_bytes(), BIZ_CONTENT)?;
    let fields = Fields(&content);
    let trade_no = fields.required("trade_no")?;
    let out_request_no = fields.required("out_request_no")?;
    let word = require(fields.optional("dback_status")?, "dback_status")?;
    let currency = currency()?;
    let amount = Amounts::new(fields, &currency, Unit::Major).required("dback_amount")?;
    let (status, settlement, settled_at) = match word.as_str() {
        "S" => {
            let credited_at = fields.local_time("bank_ack_time", OFFSET)?;
            (RefundStatus::Succeeded, Some("succeeded"), credited_at)
        }
        "F" => (RefundStatus::Succeeded, Some("failed"), None),
        _ => (RefundStatus::Unknown, None, None),
    };
    let key = key(&trade_no, &out_request_no);
    // The event has no time, because the bank's credit comes later than the refund.
    let refund = RefundBuilder::new(authentic, out_request_no, word, status, &currency)
        .key(key)
        .within(&trade_no)
        .facts(Facts {
            provider_payment_id: Some(trade_no),
            merchant_order_id: fields.optional("out_trade_no")?,
            settlement_amount_minor: Some(amount.minor()),
            settlement_status: settlement.map(str::to_owned),
            settled_at,
            ..Facts::default()
        });
    Ok(refund.payload(members, &[SIGN], &PERSONAL).notice())
}
