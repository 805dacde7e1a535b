//! Reads Antom's `notifyRefund` (<https://docs.antom.com/ac/ams/notify_refund>) and
//! `notifyDirectRefund` (<https://docs.antom.com/ac/aba/notifydirectrefund>).

use super::Antom;
use super::wire::{REFUND_RESULT, status};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, Identity, Object, read_object};
use crate::refund::{FactFields, Field, Money, RefundStatus};
use crate::wire::document::Document;

impl Normalize for Antom {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let members = read_object(&document, "body")?;
        let fields = Fields::new(&members);
        if fields.kind("notifyType")? != REFUND_RESULT {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let (refunded, result) = (fields.object("refundAmount"), fields.object("result"));
        // A direct refund has neither, and gives both sides of the transfer instead.
        let is_direct = refunded.is_absent() && result.is_absent();
        let refunded = if is_direct { fields.object("refundFromAmount") } else { refunded };
        let id = identity(fields, is_direct)?;
        let word = fields.status_word("refundStatus")?;
        let status = status(word.as_str());
        let happened_at = fields.rfc3339("refundTime");
        let (failure_code, failure_message) = match status {
            RefundStatus::Failed => failure(fields, &result),
            // A success has a `result` too, which is not a failure.
            RefundStatus::Unknown
            | RefundStatus::Pending
            | RefundStatus::RequiresAction
            | RefundStatus::Canceled
            | RefundStatus::Succeeded => (Field::Absent, Field::Absent),
        };
        let currency = refunded.fields().currency("currency");
        let facts = FactFields {
            provider_refund_id: fields.text("refundId"),
            provider_payment_id: fields.text("paymentId"),
            amount_minor: amount(&refunded),
            payer_amount_minor: amount(&fields.object("refundToAmount")),
            settlement_amount_minor: amount(&fields.object("grossSettlementAmount")),
            failure_code,
            failure_message,
            completed_at: happened_at.clone(),
            ..FactFields::default()
        };
        let refund = RefundBuilder::new(authentic, id, word, status, currency);
        Ok(refund.at(happened_at).facts(facts).payload(&members, &[], &[]).notice())
    }
}

/// Returns the merchant's number. In a direct refund it is optional, and the number of the refund
/// takes its place.
fn identity(fields: Fields<'_, '_>, is_direct: bool) -> Result<Identity, Unreadable> {
    let number = fields.optional_identity("refundRequestId")?;
    match number {
        Some(number) => Ok(number),
        None if is_direct && fields.text("refundId") != Field::Absent => {
            fields.identity("refundId")
        }
        None => fields.identity("refundRequestId"),
    }
}

/// Returns an amount in the currency that it names.
fn amount(object: &Object<'_>) -> Field<Money> {
    let currency = object.fields().currency("currency");
    Amounts::new(&currency, Unit::Minor).read(object.fields(), "value")
}

/// Returns the code and the text of a failure.
fn failure(fields: Fields<'_, '_>, result: &Object<'_>) -> (Field<String>, Field<String>) {
    let text = |name, in_result| fields.free_text(name).or(|| result.fields().free_text(in_result));
    (text("refundResultCode", "resultCode"), text("refundResultMessage", "resultMessage"))
}
