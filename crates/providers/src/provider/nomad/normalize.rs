//! Reads the broker's refund object (<https://api.samarkand.io/doc/nomad-broker>).

use super::Nomad;
use super::wire::{CURRENCY, OK, PERSONAL};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::provider::wechatpay::wire::status;
use crate::refund::{Currency, FactFields};
use crate::wire::document::Document;

impl Normalize for Nomad {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        match self {
            Self::WeChatPay(account) => account.normalize(authentic),
            Self::Relay(_) => relayed(authentic),
        }
    }
}

fn relayed(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let document = Document::of(authentic.content());
    let members = read_object(&document, "body")?;
    if members.signed_text("code") != Some(OK) {
        return Err(Unreadable { problem: Problem::MalformedContent, field: "code" });
    }
    let fields = Fields::new(&members);
    let refund_ref = fields.identity("refundOrderRef")?;
    let word = fields.status_word("status")?;
    let status = status(word.as_str());
    let currency = fields.currency("currency").or(|| Currency::iso(CURRENCY).into());
    let amounts = Amounts::new(&currency, Unit::MinorWithZeros);
    let created_at = fields.rfc3339("createTime");
    let succeeded_at = fields.rfc3339("successTime");
    let facts = FactFields {
        provider_refund_id: fields.text("refundId"),
        merchant_order_id: fields.text("orderRef"),
        provider_payment_id: fields.text("transactionId"),
        amount_minor: amounts.read(fields, "refundAmount"),
        order_amount_minor: amounts.read(fields, "totalAmount"),
        payer_amount_minor: amounts.read(fields, "payerRefund"),
        settlement_amount_minor: amounts.read(fields, "settlementAmount"),
        discount_amount_minor: amounts.read(fields, "discountRefundAmount"),
        channel: fields.text("channel"),
        receiving_account: fields.free_text("userReceivedAccount"),
        provider_created_at: created_at.clone(),
        completed_at: succeeded_at.clone(),
        ..FactFields::default()
    };
    let refund = RefundBuilder::new(authentic, refund_ref, word, status, currency.clone());
    let refund = refund.at(succeeded_at.or(|| created_at)).facts(facts);
    Ok(refund.payload(&members, &[], &PERSONAL).notice())
}
