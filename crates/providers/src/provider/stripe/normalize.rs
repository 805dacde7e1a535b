//! Reads events (<https://docs.stripe.com/api/events/object>) and the refunds in them.

use super::{Stripe, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::{RefundBuilder, notice_of};
use crate::kit::fields::{Fields, read_object};
use crate::refund::{Facts, RefundStatus};
use crate::wire::payload::Rules;

impl Normalize for Stripe {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let event = read_object(authentic.content(), "body")?;
        let account = self.connected_accounts.named_in(Fields(&event), "account")?;
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
        let order_key = self.merchant_order_metadata_key.as_deref();
        let shown: [(&str, &[&str]); 3] =
            [("metadata", order_key.as_slice()), ("payment_intent", &["id"]), ("charge", &["id"])];
        let rules = Rules { masked: &wire::PERSONAL, only: &shown, ..Rules::default() };
        let events = refunds.iter().map(|refund| {
            // Of several refunds, only the newest completed at the event's time.
            let at = Fields(&event).unix_seconds("created")?.filter(|_| refunds.len() == 1);
            let builder = self.refund(authentic, Fields(refund))?.sub_merchant(account.as_deref());
            // The rest of a charge is about the payer.
            let payload = if object_kind == "charge" { refund } else { &event };
            Ok(builder.usual_status(usual).completed_at(at).payload_by(payload, &rules).build())
        });
        let reason = match object_kind {
            "charge" if about_refunds => Unrelated::ChargeWithoutRefunds,
            _ => Unrelated::NotARefund,
        };
        Ok(notice_of(events.collect::<Result<_, _>>()?, reason))
    }
}

impl Stripe {
    /// Reads a refund (<https://docs.stripe.com/api/refunds/object>). No time ranks its event.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        fields: Fields<'_, '_>,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = fields.required("id")?;
        let word = fields.optional("status")?.unwrap_or_else(|| "null".to_owned());
        // Our words are Stripe's.
        let status = RefundStatus::from_word(&word).unwrap_or(RefundStatus::Unknown);
        let currency = self.exponents.currency(&wire::EXPONENTS, fields, "currency")?;
        let amounts = Amounts::new(fields, &currency, Unit::Minor);
        let payer = amounts.minor_in(
            "presentment_details",
            "presentment_amount",
            "presentment_currency",
        )?;
        let order_key = self.merchant_order_metadata_key.as_deref();
        let facts = Facts {
            provider_refund_id: Some(id.clone()),
            merchant_order_id: order_key.and_then(|key| fields.free_text_in("metadata", key)),
            provider_payment_id: fields.first_id_of(&["payment_intent", "charge"])?,
            payer_amount_minor: payer,
            channel: fields.free_text_in("destination_details", "type"),
            reason: fields.optional("reason")?,
            failure_code: fields.optional("failure_reason")?,
            provider_created_at: fields.unix_seconds("created")?,
            ..Facts::default()
        };
        let builder = RefundBuilder::new(authentic, id, word, status, &currency);
        Ok(builder.amount(&amounts.required("amount")?).facts(facts))
    }
}
