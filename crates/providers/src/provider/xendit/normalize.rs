//! Reads events about refunds (<https://docs.xendit.co/apidocs/refund-webhook-notification>).

use super::settings::IdentifiedBy;
use super::{Xendit, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{FactFields, Field, Flag};
use crate::wire::document::Document;

impl Normalize for Xendit {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let event = read_object(&document, "body")?;
        let envelope = Fields::new(&event);
        self.business_ids.require_ours(envelope, "business_id")?;
        let outer = envelope.object("data");
        let outer = outer.fields();
        // The schema of the page is flat, and its example has one level more.
        let inner = outer.object("data");
        let is_wrapped = outer.text("id") == Field::Absent && inner.is_present();
        let refund = if is_wrapped { inner.fields() } else { outer };
        let name = envelope.text("event");
        let inner_name = if is_wrapped { outer.text("event") } else { Field::Absent };
        let names_differ = name.known().zip(inner_name.known()).is_some_and(|(a, b)| a != b);
        let name = name.or(|| inner_name).value();
        let amount = match name.as_deref() {
            Some(name) if name.starts_with("refund.") => "amount",
            Some(wire::LEGACY_EWALLET) if self.legacy_ewallet => "refund_amount",
            Some(name) if !mentions_refund(name.as_bytes()) => {
                return Ok(Notice::NotARefund(Unrelated::NotARefund));
            }
            // An older product, whose messages about refunds we cannot read.
            Some(_) => return Err(Unreadable::UNSUPPORTED_EVENT),
            None if mentions_refund(authentic.content()) => {
                return envelope.kind("event").and(Err(Unreadable::UNSUPPORTED_EVENT));
            }
            None => return Ok(Notice::NotARefund(Unrelated::NotARefund)),
        };
        let business = self.business_ids.in_identity(envelope, "business_id")?;
        let builder = self.refund(authentic, refund, amount)?;
        let builder = builder
            .usual_status(name.as_deref().and_then(wire::usual_status))
            .flag_if(Flag::EventStatusMismatch, names_differ)
            .sub_merchant(business);
        Ok(builder.payload(&event, &[], &wire::PERSONAL).notice())
    }
}

impl Xendit {
    /// Reads a refund, whose amount is in the member `amount`. No time ranks the event: none is
    /// signed.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        fields: Fields<'_, '_>,
        amount: &'static str,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = fields.identity("id")?;
        let word = fields.status_word("status")?;
        let status = wire::status(word.as_str());
        let is_numbered = self.identity == IdentifiedBy::ReferenceId;
        let reference = fields.text("reference_id");
        let currency = self.exponents.currency(&wire::EXPONENTS, fields, "currency");
        let is_unexpected =
            currency.known().is_some_and(|it| !wire::CURRENCIES.contains(&it.code()));
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            // The identity is no reference beside itself.
            merchant_reference: match is_numbered {
                true if reference.known().is_some() => Field::Absent,
                true => reference.clone(),
                false => fields.free_text("reference_id"),
            },
            provider_payment_id: fields
                .text("payment_request_id")
                .or(|| fields.text("payment_id"))
                .or(|| fields.text("charge_id")),
            amount_minor: Amounts::new(&currency, Unit::Major).read(fields, amount),
            channel: fields
                .free_text("channel_code")
                .or(|| fields.free_text("payment_method_type")),
            reason: fields.text("reason"),
            failure_code: fields.text("failure_code"),
            provider_created_at: fields.rfc3339("created"),
            completed_at: fields.rfc3339("updated"),
            ..FactFields::default()
        };
        let builder = RefundBuilder::new(authentic, id, word, status, currency)
            .facts(facts)
            .flag_if(Flag::CurrencyUnexpected, is_unexpected);
        Ok(if is_numbered { builder.merchant_number(&reference) } else { builder })
    }
}

/// Returns whether a text contains the word, in letters of any case.
fn mentions_refund(text: &[u8]) -> bool {
    text.windows(6).any(|word| word.eq_ignore_ascii_case(b"refund"))
}
