//! Reads events and the refunds in them
//! (<https://www.airwallex.com/docs/api#/Payment_Acceptance/Refunds>).

use super::Airwallex;
use super::settings::{Accepted, Identifier};
use super::wire::{self, Stage};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{FactFields, Field, Flag, RefundStatus};
use crate::wire::document::Document;
use crate::wire::payload::Rules;

impl Normalize for Airwallex {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let members = read_object(&document, "body")?;
        let event = Fields::new(&members);
        let account = event.spelling("account_id", "accountId")?;
        self.account_ids.require_ours(event, account)?;
        let name = event.text("name").value().unwrap_or_default();
        let is_named = name.starts_with("refund.");
        let Some(object) = members.object("data").and_then(|data| data.object("object")) else {
            return match is_named {
                true => Err(Unreadable::missing("data.object")),
                false => Ok(Notice::NotARefund(Unrelated::NotARefund)),
            };
        };
        let refund = Fields::new(&object);
        let has_refund_id = refund.text("id").known().is_some_and(|id| id.starts_with("rfd_"));
        if !is_named && !has_refund_id {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let account = self.account_ids.in_identity(event, account)?;
        let order = self.merchant_order_metadata_key.as_deref();
        let shown: [(&str, &[&str]); 1] = [("metadata", order.as_slice())];
        let rules = Rules { masked: &wire::PERSONAL, only: &shown, ..Rules::default() };
        let builder = self.refund(authentic, refund, &name)?.sub_merchant(account);
        Ok(builder.payload_by(&members, &rules).notice())
    }
}

impl Airwallex {
    /// Reads the refund in an event of this name. Its stage ranks the event, and its time of
    /// change only two final states.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        fields: Fields<'_, '_>,
        name: &str,
    ) -> Result<RefundBuilder, Unreadable> {
        let id = fields.identity("id")?;
        let is_assumed = fields.text("status") == Field::Absent && !name.is_empty();
        let word = match is_assumed {
            true => fields.status_word_or("status", name)?,
            false => fields.status_word("status")?,
        };
        let named = Stage::of_event(name);
        let stage = if is_assumed { named } else { Stage::of_word(word.as_str()) };
        let status = self.status(stage);
        let number = fields.text("request_id");
        let is_identity = self.identity == Identifier::RequestId;
        let metadata = fields.object("metadata");
        let order = self.merchant_order_metadata_key.as_deref();
        let failure = fields.object("failure_details");
        let currency = fields.currency("currency");
        let changed_at = fields.iso8601("updated_at");
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            merchant_reference: match number.known() {
                Some(_) if is_identity => Field::Absent,
                Some(_) | None => number.clone(),
            },
            merchant_order_id: order.map_or(Field::Absent, |key| metadata.fields().free_text(key)),
            provider_payment_id: fields.text("payment_intent_id"),
            amount_minor: Amounts::new(&currency, Unit::MajorNumber).read(fields, "amount"),
            reason: fields.free_text("reason"),
            failure_code: failure.fields().text("code"),
            failure_message: failure.fields().free_text("message"),
            provider_created_at: fields.iso8601("created_at"),
            completed_at: changed_at.clone(),
            ..FactFields::default()
        };
        let builder = RefundBuilder::new(authentic, id, word, status, currency)
            .facts(facts)
            .at(if status.is_final() { changed_at } else { Field::Absent })
            .flag_if(Flag::StatusAssumed, is_assumed)
            .flag_if(Flag::EventStatusMismatch, named.is_some() && named != stage);
        let builder = match stage {
            Some(stage) => builder.kind_rank(stage.rank()),
            None => builder,
        };
        Ok(if is_identity { builder.merchant_number(&number) } else { builder })
    }

    fn status(&self, stage: Option<Stage>) -> RefundStatus {
        match stage {
            Some(Stage::Received) => RefundStatus::Pending,
            Some(Stage::Accepted) => match self.accepted_is {
                Accepted::Pending => RefundStatus::Pending,
                Accepted::Succeeded => RefundStatus::Succeeded,
            },
            Some(Stage::Settled) => RefundStatus::Succeeded,
            Some(Stage::Failed) => RefundStatus::Failed,
            None => RefundStatus::Unknown,
        }
    }
}
