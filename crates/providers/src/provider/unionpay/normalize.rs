//! Reads UnionPay's notifications
//! (<https://open.unionpay.com/tjweb/acproduct/APIList?acpAPIId=757&apiservId=448&version=V2.2>).

use super::{UnionPay, wire};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::Fields;
use crate::refund::{FactFields, Field, Flag, RefundStatus};
use crate::wire::form::Pairs;

impl Normalize for UnionPay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let malformed = Unreadable { problem: Problem::MalformedContent, field: "body" };
        let left_out = [wire::SIGNATURE, wire::CERTIFICATE];
        let pairs = Pairs::without(authentic.content(), &left_out).map_err(|_| malformed)?;
        let members = pairs.members("encoding");
        let fields = Fields::new(&members);
        if !wire::REFUNDS.contains(&fields.kind("txnType")?.as_str()) {
            return Ok(Notice::NotARefund(Unrelated::NotARefund));
        }
        let refund = self.refund(authentic, fields)?;
        Ok(refund.payload(&members, &left_out, &wire::PERSONAL).notice())
    }
}

impl UnionPay {
    /// Reads a refund or a void. No time ranks its event: UnionPay offers none for ordering.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        fields: Fields<'_, '_>,
    ) -> Result<RefundBuilder, Unreadable> {
        let number = fields.identity("orderId")?;
        let word = fields.status_word_or("respCode", "missing")?;
        let status = wire::status(word.as_str());
        let has_defect = word.as_str() == wire::WITH_A_DEFECT;
        let numeric = |field| self.exponents.numeric_currency(fields, field);
        let refunded_in = numeric("currencyCode").or(|| self.currency.clone().into());
        let settled_in = numeric("settleCurrencyCode");
        let amount = |currency, field| Amounts::new(currency, Unit::Minor).read(fields, field);
        let mut facts = FactFields {
            provider_refund_id: fields.text("queryId"),
            merchant_order_id: fields.text("origOrderId"),
            provider_payment_id: fields.text("origQryId"),
            merchant_reference: fields.free_text("reqReserved"),
            amount_minor: amount(&refunded_in, "txnAmt"),
            settlement_amount_minor: amount(&settled_in, "settleAmt"),
            receiving_account: last_digits(fields),
            provider_created_at: fields.local_digits("txnTime", wire::OFFSET),
            ..FactFields::default()
        };
        if status == RefundStatus::Failed {
            facts.failure_code = Field::Read(word.as_str().to_owned());
            facts.failure_message = fields.free_text("respMsg");
        }
        Ok(RefundBuilder::new(authentic, number, word, status, refunded_in)
            .facts(facts)
            .flag_if(Flag::NeedsQuery, has_defect))
    }
}

/// Returns the last four digits of the account that got the money. UnionPay writes its number plain,
/// masked, or encrypted; an encrypted number says nothing.
fn last_digits(fields: Fields<'_, '_>) -> Field<String> {
    let number = fields.free_text("accNo").value().unwrap_or_default();
    let is_number =
        number.len() >= 12 && number.bytes().all(|it| it.is_ascii_digit() || it == b'*');
    let digits = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
    let is_shown = is_number && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_shown.then(|| format!("****{digits}")).into()
}
