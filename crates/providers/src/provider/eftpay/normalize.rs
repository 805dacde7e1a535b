//! Reads eftPay's refund notification.
//!
//! `api-reference/scene/{app,web,wap,jsapi}/RefundNotify.html` under
//! <https://vmp.eftpay.com.cn/vmp-docs/en>.

use super::EftPay;
use super::wire::{OFFSET, REFUND, SIGN, TRADE_STATUS_SYNC, status};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::FactFields;
use crate::wire::document::Document;
use crate::wire::json::Members;

impl Normalize for EftPay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let members = read_object(&document, "body")?;
        if !is_about_a_refund(&members) {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let fields = Fields::new(&members);
        let refund_no = fields.identity("refund_no")?;
        let word = fields.status_word("trade_status")?;
        let status = status(word.as_str());
        let currency = fields.currency("currency").or(|| fields.currency("fee_type"));
        let amounts = Amounts::new(&currency, Unit::Major);
        let happened_at = fields.local_time("gmt_payment", OFFSET);
        let reason = fields.free_text("rejectReason");
        let facts = FactFields {
            provider_refund_id: fields.text("refund_trade_no"),
            merchant_order_id: fields.text("out_trade_no"),
            provider_payment_id: fields
                .text("transaction_id")
                .or(|| fields.text("eftpay_trade_no")),
            // Documented: 0 < `return_amount` <= `total_fee`. The builder flags a breach.
            amount_minor: amounts.read(fields, "return_amount"),
            order_amount_minor: amounts.read(fields, "total_fee"),
            channel: fields.text("wallet").or(|| fields.text("payment_type")),
            // eftPay sends one text: why the refund was refused.
            reason: reason.clone(),
            failure_message: reason,
            completed_at: happened_at.clone(),
            ..FactFields::default()
        };
        let refund = RefundBuilder::new(authentic, refund_no, word, status, currency.clone());
        Ok(refund.at(happened_at).facts(facts).payload(&members, &[SIGN], &[]).notice())
    }
}

/// The same secret signs sale messages, which pass through the customer's browser, so a refund must
/// name itself by both words. This holds in every scene.
fn is_about_a_refund(members: &Members<'_>) -> bool {
    members.signed_text("notify_type") == Some(TRADE_STATUS_SYNC)
        && members.signed_text("trade_type") == Some(REFUND)
}
