//! The trade notification that contains a refund.
//!
//! <https://opendocs.alipay.com/open/203/105286>. It reports the sum of all refunds of the trade.

use super::wire::{OFFSET, PERSONAL, SIGN, currency, key, status};
use crate::contract::{Authentic, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::Fields;
use crate::refund::{FactFields, Field, Money, RefundKey};
use crate::wire::json::Members;

pub(super) fn read(authentic: &Authentic<'_>, members: &Members<'_>) -> Result<Notice, Unreadable> {
    let fields = Fields::new(members);
    let currency = currency();
    let amounts = Amounts::new(&currency, Unit::Major);
    let total = amounts.read(fields, "refund_fee");
    // A payment notice may contain refund_fee=0.00, so a refund needs both.
    let is_nothing = total == Field::Absent || total.known().is_some_and(|it| it.minor() <= 0);
    if is_nothing || fields.text("gmt_refund") == Field::Absent {
        return Ok(Notice::NotARefund(Unrelated::NotARefund));
    }
    let trade_no = fields.identity("trade_no")?;
    let word = fields.status_word("trade_status")?;
    let status = status(word.as_str());
    let happened_at = fields.local_time_fraction("gmt_refund", OFFSET);
    let out_biz_no = fields.optional_identity("out_biz_no")?;
    let key = match &out_biz_no {
        Some(out_biz_no) => key(trade_no.as_str(), out_biz_no.as_str()),
        None => key_without_number(fields, trade_no.as_str(), &total)?,
    };
    let id = out_biz_no.unwrap_or_else(|| trade_no.clone());
    let refund = RefundBuilder::new(authentic, id, word, status, currency.clone())
        .key(key)
        .within(trade_no.as_str())
        .at(happened_at.clone())
        .facts(FactFields {
            provider_payment_id: trade_no.as_fact(),
            merchant_order_id: fields.text("out_trade_no"),
            order_amount_minor: amounts.read(fields, "total_amount"),
            order_refunded_minor: total,
            completed_at: happened_at,
            ..FactFields::default()
        });
    Ok(refund.payload(members, &[SIGN], &PERSONAL).notice())
}

/// Returns the identity of a refund that has no number: its time and the running total distinguish
/// it. Here they are part of the identity, so they must be readable as texts.
fn key_without_number(
    fields: Fields<'_, '_>,
    trade_no: &str,
    total: &Field<Money>,
) -> Result<RefundKey, Unreadable> {
    let refunded_at = fields.identity("gmt_refund")?;
    let literal = match total.known() {
        Some(total) => total.literal().to_owned(),
        None => fields.identity("refund_fee")?.into(),
    };
    Ok(key(trade_no, &format!("{}+{literal}", refunded_at.as_str())))
}
