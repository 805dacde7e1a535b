//! Reads events and the refund actions in them (<https://www.checkout.com/docs/workflows>).

use super::settings::ReferenceIs;
use super::{Checkout, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, StatusWord, read_object};
use crate::refund::{FactFields, Field, RefundStatus};
use crate::wire::document::Document;
use crate::wire::payload::Rules;

impl Normalize for Checkout {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let members = read_object(&document, "body")?;
        // The data contains no status: the type is the status word.
        let word = Fields::new(&members).status_word("type")?;
        if !word.as_str().contains("refund") {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let data = members.object("data").ok_or(Unreadable::missing("data"))?;
        let order = self.merchant_order_metadata_key.as_deref();
        let shown: [(&str, &[&str]); 1] = [("metadata", order.as_slice())];
        let rules = Rules { masked: &wire::PERSONAL, only: &shown, ..Rules::default() };
        let builder = self.refund(authentic, Fields::new(&data), word)?;
        Ok(builder.payload_by(&members, &rules).notice())
    }
}

impl Checkout {
    /// Reads a refund action. No time ranks its event: `payment_refund_pending` may come last.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        data: Fields<'_, '_>,
        word: StatusWord,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = data.identity("action_id")?;
        let status = wire::status(word.as_str());
        let code = data.text("response_code");
        let by_code = code.known().filter(|_| status.is_final()).map(|code| match code.as_str() {
            wire::APPROVED => RefundStatus::Succeeded,
            _ => RefundStatus::Failed,
        });
        let (failure_code, failure_message) = match status {
            RefundStatus::Failed => (code, data.free_text("response_summary")),
            RefundStatus::Unknown
            | RefundStatus::Pending
            | RefundStatus::RequiresAction
            | RefundStatus::Succeeded
            | RefundStatus::Canceled => (Field::Absent, Field::Absent),
        };
        let metadata = data.object("metadata");
        let order = self.merchant_order_metadata_key.as_deref();
        let order = order.map_or(Field::Absent, |key| metadata.fields().free_text(key));
        let reference = data.text("reference");
        let (merchant_order_id, merchant_reference) = match self.reference_is {
            ReferenceIs::Order => (order.or(|| reference), Field::Absent),
            ReferenceIs::Refund => (order, reference),
        };
        let currency = self.exponents.currency(&wire::EXPONENTS, data, "currency");
        let amounts = Amounts::new(&currency, Unit::Minor);
        let balances = data.object("balances");
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            merchant_order_id,
            merchant_reference,
            provider_payment_id: data.text("id"),
            amount_minor: amounts.read(data, "amount"),
            order_amount_minor: amounts.read(balances.fields(), "total_captured"),
            order_refunded_minor: amounts.read(balances.fields(), "total_refunded"),
            failure_code,
            failure_message,
            completed_at: data.rfc3339("processed_on"),
            ..FactFields::default()
        };
        let builder = RefundBuilder::new(authentic, id, word, status, currency.clone());
        Ok(builder.facts(facts).usual_status(by_code))
    }
}
