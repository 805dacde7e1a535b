//! Reads WeChat Pay's refund notifications.

use time::macros::offset;

use super::v2::{OUTER_ROOT, ROOT};
use super::v3::Resource;
use super::wire::{EVENT_TYPE, MAINLAND, PERSONAL, status, usual_status, v2_status};
use super::{Merchant, WeChatPay};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, Identity, read_object};
use crate::refund::{Authenticity, Currency, FactFields, Field};
use crate::wire::document::Document;
use crate::wire::json::Members;
use crate::wire::xml::Elements;

impl Normalize for WeChatPay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        match (authentic.proof().authenticity(), authentic.envelope()) {
            (Authenticity::Decrypted, Some(envelope)) => self.v2(authentic, envelope),
            (Authenticity::Verified, Some(envelope)) => self.v3(authentic, envelope),
            (
                Authenticity::Bearer
                | Authenticity::Checksum
                | Authenticity::Decrypted
                | Authenticity::Verified,
                _,
            ) => not_opened(authentic.content()),
        }
    }
}

/// Reads an envelope that contains no refund, or whose resource is not as documented.
fn not_opened(envelope: &[u8]) -> Result<Notice, Unreadable> {
    let document = Document::of(envelope);
    match Resource::of(&read_object(&document, "body")?)? {
        None => Ok(Notice::NotARefund(Unrelated::NotARefund)),
        // Authentication opens every resource that can be read.
        Some(_) => Err(Unreadable { problem: Problem::MalformedContent, field: "resource" }),
    }
}

impl WeChatPay {
    fn v3(&self, authentic: &Authentic<'_>, envelope: &[u8]) -> Result<Notice, Unreadable> {
        let (envelope, content) = (Document::of(envelope), Document::of(authentic.content()));
        let envelope = read_object(&envelope, "body")?;
        let members = read_object(&content, "ciphertext")?;
        let fields = Fields::new(&members);
        let sub_merchant = self.merchant.sub_merchant(fields, "sub_mchid")?;
        let out_refund_no = fields.identity("out_refund_no")?;
        let word = fields.status_word("refund_status")?;
        let status = status(word.as_str());
        let amount = fields.object("amount");
        let (has_amount, amount) = (amount.is_present(), amount.fields());
        // Mainland amounts name no currency.
        let currency = amount.currency("currency");
        let currency = currency.or(|| if has_amount { mainland() } else { Field::Absent });
        // A global payer pays in another currency.
        let paid_in = amount.currency("payer_currency").or(|| currency.clone());
        let (amounts, paid) =
            (Amounts::new(&currency, Unit::Minor), Amounts::new(&paid_in, Unit::Minor));
        let succeeded_at = fields.rfc3339("success_time");
        let created_at = Fields::new(&envelope).rfc3339("create_time");
        let facts = FactFields {
            provider_refund_id: fields.text("refund_id"),
            merchant_order_id: fields.text("out_trade_no"),
            provider_payment_id: fields.text("transaction_id"),
            amount_minor: amounts.read(amount, "refund"),
            order_amount_minor: amounts.read(amount, "total"),
            payer_amount_minor: paid.read(amount, "payer_refund"),
            settlement_amount_minor: amounts.read(amount, "settlement_refund"),
            discount_amount_minor: amounts.read(amount, "discount_refund"),
            channel: fields.text("channel"),
            receiving_account: fields
                .free_text("user_received_account")
                .or(|| fields.free_text("recv_account")),
            completed_at: succeeded_at.clone(),
            ..FactFields::default()
        };
        let refund = RefundBuilder::new(authentic, out_refund_no, word, status, currency.clone())
            .usual_status(envelope.text(EVENT_TYPE).and_then(usual_status))
            .at(succeeded_at.or(|| created_at))
            .facts(facts)
            .sub_merchant(sub_merchant);
        Ok(refund.payload(&members, &[], &PERSONAL).notice())
    }

    fn v2(&self, authentic: &Authentic<'_>, envelope: &[u8]) -> Result<Notice, Unreadable> {
        let outer = read_elements(envelope, OUTER_ROOT, "body")?;
        let outer = members_of(&outer);
        let elements = read_elements(authentic.content(), ROOT, "req_info")?;
        let members = members_of(&elements);
        let fields = Fields::new(&members);
        let sub_merchant = self.merchant.sub_merchant(Fields::new(&outer), "sub_mch_id")?;
        let currency = mainland();
        let amounts = Amounts::new(&currency, Unit::Minor);
        let out_refund_no = fields.identity("out_refund_no")?;
        let word = fields.status_word("refund_status")?;
        let status = v2_status(word.as_str());
        let succeeded_at = fields.local_time("success_time", offset!(+8));
        let facts = FactFields {
            provider_refund_id: fields.text("refund_id"),
            merchant_order_id: fields.text("out_trade_no"),
            provider_payment_id: fields.text("transaction_id"),
            amount_minor: amounts.read(fields, "refund_fee"),
            order_amount_minor: amounts.read(fields, "total_fee"),
            payer_amount_minor: amounts.read(fields, "cash_refund_fee"),
            settlement_amount_minor: amounts.read(fields, "settlement_refund_fee"),
            receiving_account: fields.free_text("refund_recv_accout"),
            completed_at: succeeded_at.clone(),
            ..FactFields::default()
        };
        let refund = RefundBuilder::new(authentic, out_refund_no, word, status, currency.clone())
            .at(succeeded_at)
            .facts(facts)
            .sub_merchant(sub_merchant);
        Ok(refund.payload(&members, &[], &PERSONAL).notice())
    }
}

impl Merchant {
    /// Returns the merchant of a service provider that a message names. It is part of the identity,
    /// because each merchant chooses its own refund numbers.
    fn sub_merchant(
        &self,
        fields: Fields<'_, '_>,
        field: &'static str,
    ) -> Result<Option<Identity>, Unreadable> {
        match self {
            Self::Single(_) => Ok(None),
            Self::Partner { sub_mchids, .. } if sub_mchids.is_empty() => {
                fields.optional_identity(field)
            }
            Self::Partner { sub_mchids, .. } => {
                let named = fields.identity(field)?;
                if sub_mchids.iter().any(|known| known == named.as_str()) {
                    Ok(Some(named))
                } else {
                    Err(Unreadable::FOREIGN_ACCOUNT)
                }
            }
        }
    }
}

fn mainland() -> Field<Currency> {
    Currency::iso(MAINLAND).into()
}

fn read_elements(document: &[u8], root: &str, field: &'static str) -> Result<Elements, Unreadable> {
    Elements::from_bytes(document, root)
        .map_err(Unreadable::from_error(Problem::MalformedContent, field))
}

fn members_of(elements: &Elements) -> Members<'_> {
    Members::of_texts(elements.iter().map(|(name, text)| (name.into(), text.into())))
}
