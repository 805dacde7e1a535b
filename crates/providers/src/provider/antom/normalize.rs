//! Reads Antom's `notifyRefund` (<https://docs.antom.com/ac/ams/notify_refund>).

use super::Antom;
use super::wire::{REFUND_RESULT, status};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{Currency, Facts, RefundStatus};
use crate::wire::json::Members;

impl Normalize for Antom {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let members = read_object(authentic.content(), "body")?;
        let fields = Fields(&members);
        if fields.required("notifyType")? != REFUND_RESULT {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let request_id = fields.required("refundRequestId")?;
        let word = fields.required("refundStatus")?;
        let status = status(&word);
        let amounts = fields.object("refundAmount")?;
        let amounts = Fields(&amounts);
        let currency = amounts.currency("currency")?;
        let amount = Amounts::new(amounts, &currency, Unit::Minor).required("value")?;
        if amount.minor() < 0 {
            return Err(Unreadable { problem: Problem::InvalidAmount, field: "value" });
        }
        let happened_at = fields.rfc3339("refundTime")?;
        let (failure_code, failure_message) = match status {
            RefundStatus::Failed => failure(&members),
            // A success has a `result` too, which is not a failure.
            RefundStatus::Unknown
            | RefundStatus::Pending
            | RefundStatus::RequiresAction
            | RefundStatus::Canceled
            | RefundStatus::Succeeded => (None, None),
        };
        let facts = Facts {
            provider_refund_id: fields.optional("refundId")?,
            provider_payment_id: fields.optional("paymentId")?,
            settlement_amount_minor: settlement(&members, &currency),
            failure_code,
            failure_message,
            ..Facts::default()
        };
        let refund = RefundBuilder::new(authentic, request_id, word, status, &currency);
        let refund = refund.amount(&amount).at(happened_at).completed_at(happened_at).facts(facts);
        Ok(refund.payload(&members, &[], &[]).notice())
    }
}

/// Returns the settled amount. All amounts of a refund are in one currency, so a settlement in
/// another currency stays in the payload.
fn settlement(members: &Members<'_>, currency: &Currency) -> Option<i64> {
    let settlement = members.object("grossSettlementAmount")?;
    let fields = Fields(&settlement);
    if fields.currency("currency").ok().as_ref() != Some(currency) {
        return None;
    }
    Amounts::new(fields, currency, Unit::Minor).minor("value").ok().flatten()
}

/// Returns the code and the text of a failure.
fn failure(members: &Members<'_>) -> (Option<String>, Option<String>) {
    let fields = Fields(members);
    let result = members.object("result");
    let of_result = |name| result.as_ref().and_then(|result| Fields(result).free_text(name));
    let code = fields.free_text("refundResultCode").or_else(|| of_result("resultCode"));
    let message = fields.free_text("refundResultMessage").or_else(|| of_result("resultMessage"));
    (code, message)
}
