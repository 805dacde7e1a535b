//! The items of a notification, and the text of an item that Adyen signs
//! (<https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures>).

use std::borrow::Cow;

use super::form;
use crate::contract::{Delivery, Refusal};
use crate::kit::rules::{self, BodyForm};
use crate::wire::byte_order_mark;
use crate::wire::form::Pairs;
use crate::wire::json::{Literal, Members};

/// Returns the notification as JSON: the body, or for a form what the same notification is in JSON.
/// Adyen signs texts of the members, not bytes of the body, so both forms have one signature.
///
/// # Errors
/// Refuses other content types, and a form that cannot be read.
pub(super) fn content<'d>(delivery: &Delivery<'d>) -> Result<Cow<'d, [u8]>, Refusal> {
    let is_object = byte_order_mark::skip(delivery.body).trim_ascii_start().starts_with(b"{");
    if is_object || rules::require(delivery, BodyForm::Form).is_err() {
        rules::require(delivery, BodyForm::Json)?;
        return Ok(Cow::Borrowed(delivery.body));
    }
    let pairs = Pairs::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
    Ok(Cow::Owned(form::as_json(&pairs)))
}

/// Returns the items of a notification. There may be none. Returns `None` if it has another form.
pub(super) fn items<'n>(notification: &Members<'n>) -> Option<Vec<Members<'n>>> {
    let items = notification.objects("notificationItems")?;
    items.iter().map(|item| item.object("NotificationRequestItem")).collect()
}

/// Returns the text of an item that Adyen signs: eight members, joined by colons and not escaped.
///
/// # Errors
/// Refuses a member that is no text and no number, a `success` that is not the text `true` or
/// `false`, and a colon outside of `merchantReference`, because the text would have two readings.
pub(super) fn signed_text(item: &Members<'_>) -> Result<String, Refusal> {
    let amount = match item.get("amount") {
        None | Some(Literal::Null) => None,
        Some(amount) => Some(amount.object().ok_or(Refusal::UnsupportedValue)?),
    };
    let of_amount = |name| text(amount.as_ref().and_then(|amount| amount.get(name)));
    let success = text(item.get("success"))?;
    let is_word = matches!(item.get("success"), Some(Literal::Text(_)));
    if !(is_word && matches!(success, "true" | "false")) {
        return Err(Refusal::UnsupportedValue);
    }
    let before = [
        text(item.get("pspReference"))?,
        text(item.get("originalReference"))?,
        text(item.get("merchantAccountCode"))?,
    ];
    let reference = text(item.get("merchantReference"))?;
    let behind =
        [of_amount("value")?, of_amount("currency")?, text(item.get("eventCode"))?, success];
    if before.iter().chain(&behind).any(|text| text.contains(':')) {
        return Err(Refusal::AmbiguousValue);
    }
    Ok([&before[..], &[reference], &behind].concat().join(":"))
}

/// Returns a member as the signed text contains it. A missing one is empty.
fn text<'m>(member: Option<&'m Literal<'_>>) -> Result<&'m str, Refusal> {
    match member {
        None | Some(Literal::Null) => Ok(""),
        Some(Literal::Text(text)) => Ok(text),
        Some(Literal::Number(text)) => Ok(text),
        Some(Literal::Boolean(_) | Literal::Nested(_) | Literal::Undecoded(_)) => {
            Err(Refusal::UnsupportedValue)
        }
    }
}
