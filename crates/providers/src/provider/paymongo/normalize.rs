//! Reads events (<https://developers.paymongo.com/reference/webhook-resource>) and the refunds in
//! them.

use super::{PayMongo, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit, currency_beside};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::kit::notice::notice_of_items;
use crate::refund::{FactFields, Field, Flag, RefundStatus};
use crate::wire::document::Document;
use crate::wire::json::Members;
use crate::wire::payload::Rules;

impl Normalize for PayMongo {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let event = read_object(&document, "body")?;
        let envelope = event.object("data").and_then(|data| data.object("attributes"));
        let kind = envelope.as_ref().and_then(|it| it.text("type")).unwrap_or_default();
        let resource = envelope.as_ref().and_then(|it| it.object("data"));
        let names_refunds = kind.contains("refund");
        // The resource decides, for the pages disagree about which event carries which.
        let (refunds, payment) = match resource {
            Some(refund) if refund.text("type") == Some("refund") => (vec![refund], None),
            Some(payment) if payment.text("type") == Some("payment") && names_refunds => {
                let refunds = payment.objects_in("attributes", "refunds");
                if refunds.is_empty() {
                    return Err(Unreadable::missing("refunds"));
                }
                (refunds, Some(payment))
            }
            None if names_refunds => return Err(Unreadable::missing("data.attributes.data")),
            Some(_) | None => (Vec::new(), None),
        };
        let usual = (kind == "refund.succeeded").then_some(RefundStatus::Succeeded);
        let shown = self.merchant_refund_id_metadata_key.as_deref();
        let shown = [("metadata", shown.as_slice())];
        let rules = Rules { masked: &wire::PERSONAL, only: &shown, ..Rules::default() };
        let events = refunds.iter().map(|refund| {
            let builder = self.refund(authentic, Fields::new(refund), payment.as_ref())?;
            Ok(Some(builder.usual_status(usual).payload_by(&event, &rules).build()))
        });
        notice_of_items(events, Unrelated::NotARefund)
    }
}

impl PayMongo {
    /// Reads a refund (<https://developers.paymongo.com/reference/refund-resource>), and the payment
    /// if that lists the refund. No time ranks the event: events come in any order.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        refund: Fields<'_, '_>,
        payment: Option<&Members<'_>>,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = refund.identity("id")?;
        let attributes = refund.object("attributes");
        let refund = attributes.fields();
        let word = refund.status_word("status")?;
        let status = wire::status(word.as_str());
        let payment_id = payment.map(|it| Fields::new(it).text("id")).unwrap_or_default();
        let payment = payment.map(|it| Fields::new(it).object("attributes").named("payment"));
        let payment = payment.unwrap_or_default();
        let payment = payment.fields();
        let metadata = refund.object("metadata");
        let reference = self.merchant_refund_id_metadata_key.as_deref();
        let reference = reference.map(|key| metadata.fields().free_text(key)).unwrap_or_default();
        let refunded_at = refund.unix_seconds("refunded_at");
        let refunded_in = refund.currency("currency");
        let paid_in = currency_beside(&refunded_in, || payment.currency("currency"));
        let is_unexpected = refunded_in.known().is_some_and(|it| it.code() != wire::CURRENCY);
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            merchant_reference: reference,
            merchant_order_id: payment.text("external_reference_number"),
            provider_payment_id: same_payment(refund.text("payment_id"), payment_id),
            amount_minor: Amounts::new(&refunded_in, Unit::Minor).read(refund, "amount"),
            order_amount_minor: Amounts::new(&paid_in, Unit::Minor).read(payment, "amount"),
            channel: payment.object("source").fields().free_text("type"),
            reason: refund.text("reason"),
            provider_created_at: refund.unix_seconds("created_at"),
            completed_at: refunded_at.or(|| refund.unix_seconds("updated_at")),
            ..FactFields::default()
        };
        let builder = RefundBuilder::new(authentic, id, word, status, refunded_in).facts(facts);
        Ok(builder.flag_if(Flag::CurrencyUnexpected, is_unexpected))
    }
}

/// Returns the payment that a refund names, or else the one that lists it. If the two differ, neither
/// can be relied on.
fn same_payment(named: Field<String>, around: Field<String>) -> Field<String> {
    match (named, around) {
        (Field::Read(named), Field::Read(around)) if named != around => {
            Field::Unread("attributes.payment_id".to_owned())
        }
        (named, around) => named.or(|| around),
    }
}
