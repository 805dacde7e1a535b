//! Reads the items of a notification
//! (<https://docs.adyen.com/development-resources/webhooks>). Every fact that decides something comes
//! from a signed member.

use super::event_code::{Action, news};
use super::{Adyen, item, wire};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, Identity, read_object};
use crate::kit::notice::notice_of_items;
use crate::refund::{FactFields, Field, Flag, RefundEvent, RefundStatus};
use crate::wire::document::Document;
use crate::wire::json::Members;

impl Normalize for Adyen {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let notification = read_object(&document, "body")?;
        let items = item::items(&notification)
            .ok_or(Unreadable { problem: Problem::MalformedContent, field: "notificationItems" })?;
        let read = items.iter().map(|item| self.read(authentic, item));
        notice_of_items(read, Unrelated::NotARefund)
    }
}

impl Adyen {
    /// Reads an item. Returns `None` if it is not about a refund.
    fn read(
        &self,
        authentic: &Authentic<'_>,
        item: &Members<'_>,
    ) -> Result<Option<RefundEvent>, Unreadable> {
        let fields = Fields::new(item);
        let merchant = self.merchant_account(fields)?;
        let code = fields.status_word("eventCode")?;
        let is_success = item.text("success") == Some("true");
        let additional = fields.object("additionalData");
        let action = additional.fields().text("modification.action");
        let action = Action::of(action.known().map(String::as_str));
        let Some(news) = news(code.as_str(), is_success, action, self.accepted_is) else {
            return Ok(None);
        };
        let id = fields.identity("pspReference")?;
        let amount = fields.object("amount");
        let currency = self.exponents.currency(&wire::EXPONENTS, amount.fields(), "currency");
        let is_listed = currency.known().is_none_or(|it| wire::EXPONENTS.lists(it.code()));
        let is_assumed =
            !is_listed && currency.known().is_some_and(|it| !self.exponents.has(it.code()));
        let reference = fields.text("merchantReference");
        let (merchant_order_id, merchant_reference) = if self.has_refund_references {
            (Field::Absent, reference)
        } else {
            (reference, Field::Absent)
        };
        let reason = fields.free_text("reason");
        let is_failure = !is_success || news.status == RefundStatus::Failed;
        let (reason, failure_message) =
            if is_failure { (Field::Absent, reason) } else { (reason, Field::Absent) };
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            provider_payment_id: fields.text("originalReference"),
            merchant_order_id,
            merchant_reference,
            amount_minor: Amounts::new(&currency, Unit::Minor).read(amount.fields(), "value"),
            channel: fields.text("paymentMethod"),
            reason,
            failure_message,
            failure_code: additional.fields().text("acquirerErrorCode"),
            completed_at: fields.rfc3339("eventDate"),
            ..FactFields::default()
        };
        let builder = RefundBuilder::new(authentic, id, code, news.status, currency)
            .facts(facts)
            .sub_merchant(merchant)
            .kind_rank(news.rank)
            .flag_if(Flag::CurrencyUnexpected, !is_listed)
            .flag_if(Flag::ExponentAssumed, is_assumed);
        let flagged = |builder: RefundBuilder, flag: &Flag| builder.flag_if(*flag, true);
        let builder = news.flags.iter().fold(builder, flagged);
        Ok(Some(builder.payload_by(item, &wire::PAYLOAD).build()))
    }

    /// Returns the merchant account of an item. Every endpoint of a company may get the items of all
    /// its merchant accounts.
    fn merchant_account(&self, fields: Fields<'_, '_>) -> Result<Option<Identity>, Unreadable> {
        let name = "merchantAccountCode";
        if self.merchant_accounts.is_empty() {
            return fields.optional_identity(name);
        }
        let named = self.merchant_accounts.named_in(fields, name)?;
        named.map(Some).ok_or(Unreadable::FOREIGN_ACCOUNT)
    }
}
