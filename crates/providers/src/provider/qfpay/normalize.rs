//! Reads QFPay's notifications
//! (<https://sdk.qfapi.com/integration/common-api/async-notifications>).

use super::{QfPay, wire};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::exponents::ExponentTable;
use crate::kit::fields::{Fields, read_object};
use crate::refund::{FactFields, Field, Flag, RefundKey, RefundStatus};
use crate::wire::document::Document;

impl Normalize for QfPay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let members = read_object(&document, "body")?;
        let fields = Fields::new(&members);
        self.mchids.require_ours(fields, wire::MCHID)?;
        match fields.kind("notify_type")?.as_str() {
            "refund" => {
                let refund = self.refund(authentic, fields)?;
                Ok(refund.payload(&members, &[], &wire::PERSONAL).notice())
            }
            "payment" if is_canceled(fields) => {
                Ok(Notice::NotARefund(Unrelated::PaymentCancelSeen))
            }
            _ => Ok(Notice::NotARefund(Unrelated::NotARefund)),
        }
    }
}

impl QfPay {
    /// Reads a refund. No time ranks its event: QFPay offers none for ordering.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        fields: Fields<'_, '_>,
    ) -> Result<RefundBuilder, Unreadable> {
        // Merchants of an agent choose their numbers independently of each other.
        let merchant = self.mchids.in_identity(fields, wire::MCHID)?;
        let number = fields.identity("out_trade_no")?;
        let word = fields.status_word_or("respcd", "missing")?;
        let status = wire::status(word.as_str());
        let key = match &merchant {
            Some(mchid) => format!("{}:{}", mchid.as_str(), number.as_str()),
            None => number.as_str().to_owned(),
        };
        let currency = |name| self.exponents.currency(&ExponentTable::ISO_4217, fields, name);
        let refunded_in = currency("txcurrcd");
        let paid_in = currency("cash_refund_fee_type");
        let is_assumed = refunded_in.known().is_some_and(|currency| {
            wire::UNIT_UNDOCUMENTED.contains(&currency.code())
                && !self.exponents.has(currency.code())
        });
        let time = |name| fields.local_time(name, self.offset);
        let has_succeeded = status == RefundStatus::Succeeded;
        let failure_code = (status == RefundStatus::Failed).then(|| word.as_str().to_owned());
        let facts = FactFields {
            provider_refund_id: fields.text("syssn"),
            merchant_order_id: fields.text("orig_out_trade_no"),
            // The enquiry writes `origssn`.
            provider_payment_id: fields.text("orig_syssn").or(|| fields.text("origssn")),
            amount_minor: Amounts::new(&refunded_in, Unit::Minor).read(fields, "txamt"),
            payer_amount_minor: Amounts::new(&paid_in, Unit::Minor).read(fields, "cash_refund_fee"),
            channel: fields.text("pay_type"),
            failure_code: failure_code.into(),
            provider_created_at: time("txdtm"),
            completed_at: if has_succeeded { time("sysdtm") } else { Field::Absent },
            sub_merchant: merchant.map(String::from).into(),
            ..FactFields::default()
        };
        Ok(RefundBuilder::new(authentic, number, word, status, refunded_in)
            .key(RefundKey::new(key))
            .facts(facts)
            .flag_if(Flag::ExponentAssumed, is_assumed))
    }
}

/// Returns whether a payment's message says that the payment was reversed, canceled or refunded.
fn is_canceled(fields: Fields<'_, '_>) -> bool {
    fields.text("cancel").known().is_some_and(|word| wire::CANCELED.contains(&word.as_str()))
}
