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
use crate::refund::{Currency, Facts};
use crate::wire::json::Members;

impl Normalize for EftPay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let members = read_object(authentic.content(), "body")?;
        if !is_about_a_refund(&members) {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let fields = Fields(&members);
        let refund_no = fields.required("refund_no")?;
        let word = fields.required("trade_status")?;
        let status = status(&word);
        let currency = currency(&fields)?;
        let amounts = Amounts::new(fields, &currency, Unit::Major);
        // Documented: 0 < `return_amount` <= `total_fee`. The builder flags a breach.
        let refund = RefundBuilder::new(authentic, refund_no, word, status, &currency)
            .amount(&amounts.required("return_amount")?)
            .order_total(amounts.minor("total_fee")?);
        let happened_at = fields.local_time("gmt_payment", OFFSET)?;
        let reason = fields.free_text("rejectReason");
        let facts = Facts {
            provider_refund_id: fields.optional("refund_trade_no")?,
            merchant_order_id: fields.optional("out_trade_no")?,
            provider_payment_id: fields.first_of(&["transaction_id", "eftpay_trade_no"])?,
            channel: fields.first_of(&["wallet", "payment_type"])?,
            // eftPay sends one text: why the refund was refused.
            reason: reason.clone(),
            failure_message: reason,
            ..Facts::default()
        };
        let refund = refund.at(happened_at).completed_at(happened_at).facts(facts);
        Ok(refund.payload(&members, &[SIGN], &[]).notice())
    }
}

/// The same secret signs sale messages, which pass through the customer's browser, so a refund must
/// name itself by both words. This holds in every scene.
fn is_about_a_refund(members: &Members<'_>) -> bool {
    members.signed_text("notify_type") == Some(TRADE_STATUS_SYNC)
        && members.signed_text("trade_type") == Some(REFUND)
}

fn currency(fields: &Fields<'_, '_>) -> Result<Currency, Unreadable> {
    match (fields.optional("currency")?, fields.optional("fee_type")) {
        (None, Ok(Some(_)) | Err(_)) => fields.currency("fee_type"),
        (Some(_), _) | (None, Ok(None)) => fields.currency("currency"),
    }
}
