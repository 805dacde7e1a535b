//! The form variant of a notification: one item, flat
//! (<https://docs.adyen.com/development-resources/webhooks>).

use crate::wire::form::Pairs;

/// Where a parameter stands in JSON.
enum Place<'n> {
    Notification,
    Item(&'n [u8]),
    Amount(&'n [u8]),
    AdditionalData(&'n [u8]),
}

/// Returns the same notification as JSON. `live` is of the notification, `value` and `currency` are
/// of the amount, and `additionalData.NAME` is a member of an object; everything else is of the item.
/// All values are texts. Bytes that are not UTF-8 stay as they are.
pub(super) fn as_json(pairs: &Pairs<'_>) -> Vec<u8> {
    let (mut notification, mut item, mut amount, mut additional) = Default::default();
    for (name, value) in pairs.iter() {
        match place(name) {
            Place::Notification => push(&mut notification, name, value),
            Place::Item(name) => push(&mut item, name, value),
            Place::Amount(name) => push(&mut amount, name, value),
            Place::AdditionalData(name) => push(&mut additional, name, value),
        }
    }
    push_object(&mut item, "amount", &amount);
    push_object(&mut item, "additionalData", &additional);
    let mut json = b"{\"notificationItems\":[{\"NotificationRequestItem\":{".to_vec();
    json.extend(item);
    json.extend(b"}}]");
    if !notification.is_empty() {
        json.push(b',');
        json.extend(notification);
    }
    json.push(b'}');
    json
}

fn place(name: &[u8]) -> Place<'_> {
    match name {
        b"live" => Place::Notification,
        b"value" | b"currency" => Place::Amount(name),
        _ => match name.strip_prefix(b"additionalData.") {
            Some(member) => Place::AdditionalData(member),
            None => Place::Item(name),
        },
    }
}

fn push_object(json: &mut Vec<u8>, name: &str, members: &[u8]) {
    if !members.is_empty() {
        separate(json);
        push_text(json, name.as_bytes());
        json.extend(b":{");
        json.extend(members);
        json.push(b'}');
    }
}

fn push(json: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    separate(json);
    push_text(json, name);
    json.push(b':');
    push_text(json, value);
}

fn separate(json: &mut Vec<u8>) {
    if !json.is_empty() {
        json.push(b',');
    }
}

fn push_text(json: &mut Vec<u8>, text: &[u8]) {
    json.push(b'"');
    for chunk in text.utf8_chunks() {
        // Writing a text as JSON cannot fail. The quotes around it are left out.
        let valid = serde_json::to_string(chunk.valid()).unwrap_or_default();
        let inner = valid.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        json.extend(inner.unwrap_or_default().as_bytes());
        json.extend(chunk.invalid());
    }
    json.push(b'"');
}
