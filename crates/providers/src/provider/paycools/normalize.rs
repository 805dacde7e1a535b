//! Reads PayCools' refund notification (section 8.3 of <https://doc.paycools.com>). The message is
//! the same in both wire forms.

use super::PayCools;
use super::wire::{REFUND_EVENTS, SIGN, status, usual_status};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::Facts;

impl Normalize for PayCools {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let members = read_object(authentic.content(), "param")?;
        let fields = Fields(&members);
        let event_name = fields.required("eventName")?;
        if !event_name.starts_with(REFUND_EVENTS) {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let refund_id = fields.required("mchRefundOrderId")?;
        let word = fields.required("refundStatus")?;
        let status = status(&word);
        let amounts = Amounts::new(fields, &self.currency, Unit::Minor);
        // The documentation's own failed example says `payment.refund.success` and `FAILED`. The
        // status decides, and the builder flags the mismatch.
        let refund = RefundBuilder::new(authentic, refund_id, word, status, &self.currency)
            .amount(&amounts.required("refundAmount")?)
            .usual_status(usual_status(&event_name));
        let fee_refunded_minor = amounts.minor("feeRefunded")?;
        let created_at = fields.local_time("refundCreateTime", self.offset)?;
        let returned_at = fields.local_time("refundReturnTime", self.offset)?;
        let facts = Facts {
            provider_refund_id: fields.optional("refundTransactionId")?,
            provider_payment_id: fields.optional("originalTransactionId")?,
            fee_refunded_minor,
            reason: fields.free_text("refundReason"),
            failure_code: fields.optional("failedCode")?,
            failure_message: fields.free_text("failedMessage"),
            provider_created_at: created_at,
            ..Facts::default()
        };
        let refund = refund.at(returned_at.or(created_at)).completed_at(returned_at).facts(facts);
        Ok(refund.payload(&members, &[SIGN], &[]).notice())
    }
}
