//! Reads the broker's refund object (<https://api.samarkand.io/doc/nomad-broker>).

use super::Nomad;
use super::wire::{CURRENCY, OK, PERSONAL};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_object};
use crate::provider::wechatpay::wire::status;
use crate::refund::Facts;

impl Normalize for Nomad {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        match self {
            Self::WeChatPay(account) => account.normalize(authentic),
            Self::Relay(_) => relayed(authentic),
        }
    }
}

fn relayed(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let members = read_object(authentic.content(), "body")?;
    if members.signed_text("code") != Some(OK) {
        return Err(Unreadable { problem: Problem::MalformedContent, field: "code" });
    }
    let fields = Fields(&members);
    let refund_ref = fields.required("refundOrderRef")?;
    let word = fields.required("status")?;
    let status = status(&word);
    let currency = fields.currency_or("currency", CURRENCY)?;
    let amounts = Amounts::new(fields, &currency, Unit::MinorWithZeros);
    let refund = RefundBuilder::new(authentic, refund_ref, word, status, &currency)
        .amount(&amounts.required("refundAmount")?)
        .order_total(amounts.minor("totalAmount")?);
    let created_at = fields.rfc3339("createTime")?;
    let succeeded_at = fields.rfc3339("successTime")?;
    let facts = Facts {
        provider_refund_id: fields.optional("refundId")?,
        merchant_order_id: fields.optional("orderRef")?,
        provider_payment_id: fields.optional("transactionId")?,
        payer_amount_minor: amounts.minor("payerRefund")?,
        settlement_amount_minor: amounts.minor("settlementAmount")?,
        discount_amount_minor: amounts.minor("discountRefundAmount")?,
        channel: fields.optional("channel")?,
        receiving_account: fields.free_text("userReceivedAccount"),
        provider_created_at: created_at,
        ..Facts::default()
    };
    let refund = refund.at(succeeded_at.or(created_at)).completed_at(succeeded_at).facts(facts);
    Ok(refund.payload(&members, &[], &PERSONAL).notice())
}
