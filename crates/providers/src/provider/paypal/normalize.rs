//! Reads events (<https://developer.paypal.com/api/rest/webhooks/event-names/>) and the refunds in
//! them (<https://developer.paypal.com/docs/api/payments/v2/#refunds_get>).

use super::PayPal;
use super::settings::{MerchantOrderFrom, Reversals};
use super::wire::{self, CURRENT, Form, OLD, Subject};
use crate::contract::{Authentic, Normalize, Notice, Unreadable, Unrelated};
use crate::kit::amounts::{Amounts, Unit};
use crate::kit::builder::RefundBuilder;
use crate::kit::fields::{Fields, LONGEST_TEXT, Object, read_object};
use crate::refund::{FactFields, Field, Flag, Money};
use crate::wire::document::Document;
use crate::wire::json::{Literal, Members};
use crate::wire::white_space;

impl Normalize for PayPal {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let document = Document::of(authentic.content());
        let event = read_object(&document, "body")?;
        let event_type = Fields::new(&event).kind("event_type")?;
        let subject = wire::subject(&event_type, event.text("resource_type"));
        let usual = match (subject, self.reversals) {
            (Subject::Refund(usual), _) => usual,
            (Subject::Reversal, Reversals::Refund) => None,
            (Subject::Reversal, Reversals::Ignore) => {
                return Ok(Notice::NotARefund(Unrelated::Reversal));
            }
            (Subject::Other, _) => return Ok(Notice::NotARefund(Unrelated::NotARefund)),
            (Subject::Undocumented, _) => return Err(Unreadable::missing("resource")),
        };
        let resource = event.object("resource").ok_or(Unreadable::missing("resource"))?;
        let builder = self.refund(authentic, &resource)?.usual_status(usual);
        let builder = builder
            .flag_if(Flag::Reversal, subject == Subject::Reversal)
            .flag_if(Flag::UnusualWhiteSpace, white_space::found_in(authentic.content()));
        Ok(builder.payload(&event, &[], &wire::PERSONAL).notice())
    }
}

impl PayPal {
    /// Reads a refund. No time ranks its event: PayPal signs only the time of the transmission.
    fn refund(
        &self,
        authentic: &Authentic<'_>,
        resource: &Members<'_>,
    ) -> Result<RefundBuilder, Unreadable> {
        let fields = Fields::new(resource);
        let is_absent = |name| fields.text(name) == Field::Absent;
        let is_old = is_absent(CURRENT.status) && !is_absent(OLD.status);
        let form = if is_old { OLD } else { CURRENT };
        let id = fields.identity("id")?;
        let word = fields.status_word(form.status)?;
        let status = form.status(word.as_str());
        let amount = fields.object("amount");
        let breakdown = fields.object("seller_payable_breakdown");
        let (totals, fee) = if is_old {
            (fields, "refund_from_transaction_fee")
        } else {
            (breakdown.fields(), "paypal_fee")
        };
        let (invoice, custom) = (fields.free_text(form.invoice), fields.free_text(form.custom));
        let (merchant_order_id, merchant_reference) = match self.merchant_order_from {
            MerchantOrderFrom::InvoiceId => (invoice, custom),
            MerchantOrderFrom::CustomId => (custom, invoice),
        };
        let payment = |names: &[&'static str]| fields.first_id_of(names);
        let facts = FactFields {
            provider_refund_id: id.as_fact(),
            merchant_order_id,
            merchant_reference,
            provider_payment_id: captured_payment(resource)
                .or(|| payment(&["capture_id", "sale_id"])),
            // The old form writes it with a minus.
            amount_minor: money(&amount, &form, form.amount)
                .and_then(String::new, |money| Some(money.absolute())),
            order_refunded_minor: money(&totals.object("total_refunded_amount"), &form, "value"),
            fee_refunded_minor: money(&totals.object(fee), &form, "value"),
            reason: fields
                .object("status_details")
                .fields()
                .free_text("reason")
                .or(|| fields.free_text("reason")),
            provider_created_at: fields.rfc3339("create_time"),
            completed_at: fields.rfc3339("update_time"),
            ..FactFields::default()
        };
        let currency = amount.fields().currency(form.currency);
        Ok(RefundBuilder::new(authentic, id, word, status, currency).facts(facts))
    }
}

/// Returns an amount in the currency that it names.
fn money(object: &Object<'_>, form: &Form, value: &'static str) -> Field<Money> {
    let currency = object.fields().currency(form.currency);
    Amounts::new(&currency, Unit::Major).read(object.fields(), value)
}

/// Returns the id of the capture to which the link `up` leads. Refunds that were made on PayPal's
/// web page may have no links.
fn captured_payment(resource: &Members<'_>) -> Field<String> {
    const LINKS: &str = "links";
    let unread = || Field::Unread(LINKS.to_owned());
    let links = match resource.get(LINKS) {
        None | Some(Literal::Null) => return Field::Absent,
        Some(_) => resource.objects(LINKS),
    };
    let Some(links) = links else { return unread() };
    let Some(up) = links.iter().find(|link| link.text("rel") == Some("up")) else {
        return Field::Absent;
    };
    let id = up.text("href").and_then(|href| href.split_once(wire::CAPTURES)).map(|(_, id)| id);
    let is_id = |id: &&str| {
        (1..=LONGEST_TEXT).contains(&id.len()) && id.bytes().all(|it| it.is_ascii_alphanumeric())
    };
    id.filter(is_id).map_or_else(unread, |id| Field::Read(id.to_owned()))
}
