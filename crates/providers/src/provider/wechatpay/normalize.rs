//! Reads WeChat Pay's refund notifications.

use time::macros::offset;

use super::WeChatPay;
use super::v2::ROOT;
use super::v3::Resource;
use super::wire::{EVENT_TYPE, MAINLAND, PERSONAL, status, usual_status, v2_status};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, read_currency, read_object};
use crate::refund::{Authenticity, Facts};
use crate::wire::json::Members;
use crate::wire::xml::Elements;

impl Normalize for WeChatPay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        match (authentic.proof().authenticity(), authentic.envelope()) {
            (Authenticity::Verified, None) => not_opened(authentic.content()),
            (Authenticity::Verified, Some(envelope)) => v3(authentic, envelope),
            (Authenticity::Decrypted, _) => v2(authentic),
        }
    }
}

/// Reads an envelope that contains no refund, or whose resource is not as documented.
fn not_opened(envelope: &[u8]) -> Result<Notice, Unreadable> {
    match Resource::of(&read_object(envelope, "body")?)? {
        None => Ok(Notice::NotARefund(Unrelated::NotARefund)),
        // Authentication opens every resource that can be read.
        Some(_) => Err(Unreadable { problem: Problem::MalformedContent, field: "resource" }),
    }
}

fn v3(authentic: &Authentic<'_>, envelope: &[u8]) -> Result<Notice, Unreadable> {
    let envelope = read_object(envelope, "body")?;
    let members = read_object(authentic.content(), "ciphertext")?;
    let fields = Fields(&members);
    let out_refund_no = fields.required("out_refund_no")?;
    let word = fields.required("refund_status")?;
    let status = status(&word);
    let amounts = fields.object("amount")?;
    let amounts = Fields(&amounts);
    let currency = amounts.currency_or("currency", MAINLAND)?;
    let amounts = Amounts::new(amounts, &currency, Unit::Minor);
    let refund = RefundBuilder::new(authentic, out_refund_no, word, status, &currency)
        .amount(&amounts.required("refund")?)
        .order_total(amounts.minor("total")?)
        .usual_status(envelope.text(EVENT_TYPE).and_then(usual_status));
    let succeeded_at = fields.rfc3339("success_time")?;
    let created_at = Fields(&envelope).rfc3339("create_time").ok().flatten();
    let account = fields.free_text("user_received_account");
    let facts = Facts {
        provider_refund_id: fields.optional("refund_id")?,
        merchant_order_id: fields.optional("out_trade_no")?,
        provider_payment_id: fields.optional("transaction_id")?,
        payer_amount_minor: amounts.minor("payer_refund")?,
        settlement_amount_minor: amounts.minor("settlement_refund")?,
        discount_amount_minor: amounts.minor("discount_refund")?,
        channel: fields.optional("channel")?,
        receiving_account: account.or_else(|| fields.free_text("recv_account")),
        ..Facts::default()
    };
    let refund = refund.at(succeeded_at.or(created_at)).completed_at(succeeded_at).facts(facts);
    Ok(refund.payload(&members, &[], &PERSONAL).notice())
}

fn v2(authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
    let elements = Elements::from_bytes(authentic.content(), ROOT)
        .map_err(Unreadable::from_error(Problem::MalformedContent, "req_info"))?;
    let members = Members::of_texts(elements.iter().map(|(name, text)| (name.into(), text.into())));
    let fields = Fields(&members);
    let currency = read_currency(MAINLAND, "currency")?;
    let amounts = Amounts::new(fields, &currency, Unit::Minor);
    let out_refund_no = fields.required("out_refund_no")?;
    let word = fields.required("refund_status")?;
    let status = v2_status(&word);
    let refund = RefundBuilder::new(authentic, out_refund_no, word, status, &currency)
        .amount(&amounts.required("refund_fee")?)
        .order_total(amounts.minor("total_fee")?);
    let succeeded_at = fields.local_time("success_time", offset!(+8))?;
    let facts = Facts {
        provider_refund_id: fields.optional("refund_id")?,
        merchant_order_id: fields.optional("out_trade_no")?,
        provider_payment_id: fields.optional("transaction_id")?,
        payer_amount_minor: amounts.minor("cash_refund_fee")?,
        settlement_amount_minor: amounts.minor("settlement_refund_fee")?,
        receiving_account: fields.free_text("refund_recv_accout"),
        ..Facts::default()
    };
    let refund = refund.at(succeeded_at).completed_at(succeeded_at).facts(facts);
    Ok(refund.payload(&members, &[], &PERSONAL).notice())
}
