//! The trade notification that contains a refund.
//!
//! <https://opendocs.alipay.com/open/203/105286>. It reports the sum of all refunds of the trade.

use super::wire::{OFFSET, PERSONAL, SIGN, currency, key, status};
use crate::contract::{Authentic, Notice, Problem, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, require};
use crate::refund::Facts;
use crate::wire::json::Members;
use crate::wire::times;

pub(super) fn read(authentic: &Authentic<'_>, members: &Members<'_>) -> Result<Notice, Unreadable> {
    let fields = Fields(members);
    let currency = currency()?;
    let amounts = Amounts::new(fields, &currency, Unit::Major);
    // A payment notice may contain refund_fee=0.00, so a refund needs both.
    let Some(refunded_at) = fields.optional("gmt_refund")? else {
        return Ok(Notice::NotARefund(Unrelated::NotARefund));
    };
    let Some(total) = amounts.optional("refund_fee")? else {
        return Ok(Notice::NotARefund(Unrelated::NotARefund));
    };
    if total.minor() <= 0 {
        return Ok(Notice::NotARefund(Unrelated::NotARefund));
    }
    let trade_no = fields.required("trade_no")?;
    let word = require(fields.optional("trade_status")?, "trade_status")?;
    let status = status(&word);
    let happened_at = times::read_local_fraction(&refunded_at, OFFSET)
        .ok_or(Unreadable { problem: Problem::InvalidTime, field: "gmt_refund" })?;
    let order_total = amounts.minor("total_amount")?;
    let out_biz_no = fields.optional("out_biz_no")?;
    let key = match &out_biz_no {
        Some(out_biz_no) => key(&trade_no, out_biz_no),
        None => key(&trade_no, &format!("{refunded_at}+{}", total.literal())),
    };
    let id = out_biz_no.unwrap_or_else(|| trade_no.clone());
    let refund = RefundBuilder::new(authentic, id, word, status, &currency)
        .key(key)
        .running_total(&trade_no, &total)
        .order_total(order_total)
        .at(Some(happened_at))
        .completed_at(Some(happened_at))
        .facts(Facts {
            provider_payment_id: Some(trade_no),
            merchant_order_id: fields.optional("out_trade_no")?,
            ..Facts::default()
        });
    Ok(refund.payload(members, &[SIGN], &PERSONAL).notice())
}
