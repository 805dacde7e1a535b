//! Reads events (<https://docs.stripe.com/api/events/object>) and the refunds in them.

use time::OffsetDateTime;

use super::{Stripe, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::kit::notice::notice_of_items;
use crate::refund::{Currency, FactFields, Field, RefundStatus};
use crate::wire::document::Document;
use crate::wire::payload::Rules;

impl Normalize for Stripe {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let event = read_object(&document, "body")?;
        let account = self.connected_accounts.named_in(Fields::new(&event), "account")?;
        let kind = event.text("type").unwrap_or_default();
        let about_refunds = kind.contains("refund");
        let object = event.object("data").and_then(|data| data.object("object"));
        let object_kind = object.as_ref().and_then(|it| it.text("object")).unwrap_or_default();
        let refunds = match (&object, object_kind) {
            (Some(refund), "refund") => vec![refund.clone()],
            // API versions before 2022-11-15 list the refunds of a charge.
            (Some(charge), "charge") => charge.objects_in("refunds", "data"),
            // A thin event (`v2.core.event`) contains no object.
            (None, _) if about_refunds => return Err(Unreadable::missing("data.object")),
            (Some(_) | None, _) => Vec::new(),
        };
        let usual = (kind == "refund.failed").then_some(RefundStatus::Failed);
        let keys = [&self.merchant_order_metadata_key, &self.merchant_refund_metadata_key];
        let keys: Vec<&str> = keys.into_iter().flatten().map(String::as_str).collect();
        let shown: [(&str, &[&str]); 3] =
            [("metadata", &keys), ("payment_intent", &["id"]), ("charge", &["id"])];
        let rules = Rules { masked: &wire::PERSONAL, only: &shown, ..Rules::default() };
        let events = refunds.iter().map(|refund| {
            // Of several refunds, only the newest completed at the event's time.
            let completed_at = match refunds.len() {
                1 => Fields::new(&event).unix_seconds("created"),
                _ => Field::Absent,
            };
            let builder = self.refund(authentic, Fields::new(refund), completed_at)?;
            // The rest of a charge is about the payer.
            let payload = if object_kind == "charge" { refund } else { &event };
            let builder = builder.sub_merchant(account.clone()).usual_status(usual);
            Ok(Some(builder.payload_by(payload, &rules).build()))
        });
        let reason = match object_kind {
            "charge" if about_refunds => Unrelated::ChargeWithoutRefunds,
            _ => Unrelated::NotARefund,
        };
        notice_of_items(events, reason)
    }
}

impl Stripe {
    /// Reads a refund (<https://docs.stripe.com/api/refunds/object>). No time ranks its event.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        fields: Fields<'_, '_>,
        completed_at: Field<OffsetDateTime>,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = fields.identity("id")?;
        let word = fields.status_word_or("status", "null")?;
        // Our words are Stripe's.
        let status = RefundStatus::from_word(word.as_str()).unwrap_or(RefundStatus::Unknown);
        let currency = |fields, name| self.exponents.currency(&wire::EXPONENTS, fields, name);
        let amount = |currency: &Field<Currency>, fields, name| {
            Amounts::new(currency, Unit::Minor).read(fields, name)
        };
        let presented = fields.object("presentment_details");
        let presented_in = currency(presented.fields(), "presentment_currency");
        let in_metadata = |key: &Option<String>| {
            let metadata = fields.object("metadata");
            key.as_deref().map_or(Field::Absent, |key| metadata.fields().free_text(key))
        };
        let refunded_in = currency(fields, "currency");
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            merchant_order_id: in_metadata(&self.merchant_order_metadata_key),
            merchant_reference: in_metadata(&self.merchant_refund_metadata_key),
            provider_payment_id: fields.first_id_of(&["payment_intent", "charge"]),
            amount_minor: amount(&refunded_in, fields, "amount"),
            payer_amount_minor: amount(&presented_in, presented.fields(), "presentment_amount"),
            channel: fields.object("destination_details").fields().free_text("type"),
            reason: fields.text("reason"),
            failure_code: fields.text("failure_reason"),
            provider_created_at: fields.unix_seconds("created"),
            completed_at,
            ..FactFields::default()
        };
        Ok(RefundBuilder::new(authentic, id, word, status, refunded_in).facts(facts))
    }
}
