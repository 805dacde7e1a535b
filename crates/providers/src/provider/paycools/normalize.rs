//! Reads PayCools' refund notification (section 8.3 of <https://doc.paycools.com>). The message is
//! the same in both wire forms.

use super::PayCools;
use super::wire::{REFUND_EVENTS, SIGN, status, usual_status};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{FactFields, Field};
use crate::wire::document::Document;

impl Normalize for PayCools {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let members = read_object(&document, "param")?;
        let fields = Fields::new(&members);
        let event_name = fields.kind("eventName")?;
        if !event_name.starts_with(REFUND_EVENTS) {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let refund_id = fields.identity("mchRefundOrderId")?;
        let word = fields.status_word("refundStatus")?;
        let status = status(word.as_str());
        let currency = Field::Read(self.currency.clone());
        // Decimals are unread: nobody documents whether `10000.00` is in major or minor units.
        let amounts = Amounts::new(&currency, Unit::Minor);
        let created_at = fields.local_time("refundCreateTime", self.offset);
        let returned_at = fields.local_time("refundReturnTime", self.offset);
        let facts = FactFields {
            provider_refund_id: fields.text("refundTransactionId"),
            provider_payment_id: fields.text("originalTransactionId"),
            amount_minor: amounts.read(fields, "refundAmount"),
            fee_refunded_minor: amounts.read(fields, "feeRefunded"),
            reason: fields.free_text("refundReason"),
            failure_code: fields.text("failedCode"),
            failure_message: fields.free_text("failedMessage"),
            provider_created_at: created_at.clone(),
            completed_at: returned_at.clone(),
            ..FactFields::default()
        };
        // The documentation's own failed example says `payment.refund.success` and `FAILED`. The
        // status decides, and the builder flags the mismatch.
        let refund = RefundBuilder::new(authentic, refund_id, word, status, currency.clone())
            .usual_status(usual_status(&event_name))
            .at(returned_at.or(|| created_at))
            .facts(facts);
        Ok(refund.payload(&members, &[SIGN], &[]).notice())
    }
}
