//! Reads events about refunds (<https://razorpay.com/docs/my/webhooks/refunds>).

use time::OffsetDateTime;

use super::settings::IdentifiedBy;
use super::{Razorpay, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit, currency_beside};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{FactFields, Field};
use crate::wire::document::Document;
use crate::wire::payload::Rules;

impl Normalize for Razorpay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let event = read_object(&document, "body")?;
        let envelope = Fields::new(&event);
        self.account_ids.require_ours(envelope, "account_id")?;
        let kind = event.text("event").unwrap_or_default();
        let payload = envelope.object("payload");
        let payload = payload.fields();
        let refund = payload.object("refund");
        let refund = refund.fields().object("entity").named("");
        if !refund.is_present() {
            return match kind.starts_with("refund.") {
                true => Err(Unreadable::missing("payload.refund.entity")),
                false => Ok(Notice::NotARefund(Unrelated::NotARefund)),
            };
        }
        let account = self.account_ids.in_identity(envelope, "account_id")?;
        let payment = payload.object("payment");
        let payment = payment.fields().object("entity").named("payment");
        let completed_at = match wire::reports_status(kind) {
            true => envelope.unix_seconds("created_at"),
            false => Field::Absent,
        };
        let builder = self.refund(authentic, refund.fields(), payment.fields(), completed_at)?;
        let shown = self.merchant_order_id_note.as_deref();
        let shown = [("notes", shown.as_slice())];
        let rules = Rules { masked: &wire::PERSONAL, only: &shown, ..Rules::default() };
        let builder = builder.usual_status(wire::usual_status(kind));
        Ok(builder.sub_merchant(account).payload_by(&event, &rules).notice())
    }
}

impl Razorpay {
    /// Reads a refund (<https://razorpay.com/docs/my/api/refunds/entity>) and its payment. No time
    /// ranks the event: events come in any order.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        refund: Fields<'_, '_>,
        payment: Fields<'_, '_>,
        completed_at: Field<OffsetDateTime>,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = refund.identity("id")?;
        let word = refund.status_word("status")?;
        let status = wire::status(word.as_str());
        let receipt = refund.text("receipt");
        let is_numbered = self.identity == IdentifiedBy::Receipt;
        let order = self.merchant_order_id_note.as_deref();
        let notes = payment.object_or_empty_list("notes");
        let refunded_in = refund.currency("currency");
        let paid_in = currency_beside(&refunded_in, || payment.currency("currency"));
        let of_order = Amounts::new(&paid_in, Unit::Minor);
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            // The identity is no reference beside itself.
            merchant_reference: match is_numbered && receipt.known().is_some() {
                true => Field::Absent,
                false => receipt.clone(),
            },
            merchant_order_id: order.map_or(Field::Absent, |note| notes.fields().free_text(note)),
            provider_payment_id: refund.text("payment_id"),
            amount_minor: Amounts::new(&refunded_in, Unit::Minor).read(refund, "amount"),
            order_amount_minor: of_order.read(payment, "amount"),
            order_refunded_minor: of_order.read(payment, "amount_refunded"),
            channel: payment.free_text("method"),
            provider_created_at: refund.unix_seconds("created_at"),
            completed_at,
            ..FactFields::default()
        };
        let builder = RefundBuilder::new(authentic, id, word, status, refunded_in).facts(facts);
        Ok(if is_numbered { builder.merchant_number(&receipt) } else { builder })
    }
}
