//! `deliveries show`: prints one delivery with its headers and body.

use serde_json::Value;

use super::find::delivery_id;
use crate::command::Failure;
use crate::command::arguments::DeliveryOptions;
use crate::command::terminal::output;
use crate::command::terminal::printable::printable;
use crate::command::terminal::times::Times;
use crate::command::user;
use crate::rendering::notes;
use crate::store::{Dismissed, Listed, Note, Store};

/// The column with the digest of the body.
const DIGEST: &str = "body_sha256";

/// The column with the body of our answer.
const ANSWER: &str = "response_body";

pub(super) async fn show(store: &Store, options: &DeliveryOptions) -> Result<(), Failure> {
    let delivery_id = delivery_id(store, &options.delivery_id).await?;
    let Some(mut delivery) = store.delivery(delivery_id).await? else {
        let message = format!("no delivery has the id {delivery_id}");
        return Err(Failure::Other(message));
    };
    let subject = format!("delivery {delivery_id}");
    let sees_all = user::may_see(store, &subject, "").await?;
    if !sees_all {
        // A query may hold what only a header should.
        let path = delivery.path_and_query.split('?').next().unwrap_or_default();
        delivery.path_and_query = path.to_owned();
    }
    let noted = store.notes_about(delivery_id).await?;
    if options.json {
        let mut value = serde_json::to_value(&delivery).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            let base64 = data_encoding::BASE64.encode(&delivery.body);
            object.insert("notes".to_owned(), notes(&noted).into());
            if sees_all {
                object.insert("body_base64".to_owned(), base64.into());
            } else {
                object.remove("headers");
            }
        }
        return output::json(&value);
    }
    let times = Times::of(&options.zone)?;
    let mut rows: Vec<[String; 2]> = Vec::new();
    for column in Listed::Deliveries.columns() {
        let texts = delivery.summary.texts(column.name);
        let text = match delivery.summary.plain(column.name) {
            None => continue,
            // They are too long for a value beside its name.
            Some(_) if [DIGEST, ANSWER].contains(&column.name) => continue,
            Some(text) if column.name.ends_with("_at") => times.show_text(&text),
            Some(text) if text == "[]" => "none".to_owned(),
            Some(_) if !texts.is_empty() => texts.join(" "),
            Some(text) => text,
        };
        rows.push([column.name.to_owned(), text]);
    }
    rows.push(["path_and_query".to_owned(), delivery.path_and_query.clone()]);
    rows.push([
        "client_address".to_owned(),
        delivery.client_address.clone().unwrap_or("–".to_owned()),
    ]);
    rows.push([
        "signature_form".to_owned(),
        delivery.signature_form.clone().unwrap_or("–".to_owned()),
    ]);
    if let Some(Dismissed { dismissed_at, who, note }) = &delivery.dismissed {
        let text = format!("{}, {who}: {note}", times.show(*dismissed_at));
        rows.push(["dismissed".to_owned(), text]);
    }
    for Note { at, who, note, about: _ } in noted {
        rows.push(["note".to_owned(), format!("{}, {who}: {note}", times.show(at))]);
    }
    if let Some(why) = delivery.locked {
        rows.push(["locked".to_owned(), why.to_owned()]);
    } else if let Some(at) = delivery.emptied_at {
        rows.push(["emptied_at".to_owned(), times.show(at)]);
    }
    output::table(["column", "value"], rows)?;
    for name in [ANSWER, DIGEST] {
        let text = delivery.summary.text(name);
        if !text.is_empty() {
            output::line(format!("\n{name}\n  {}", printable(text)))?;
        }
    }
    if !sees_all || delivery.locked.is_some() || delivery.emptied_at.is_some() {
        return Ok(());
    }
    output::line("\nheaders")?;
    for header in delivery.headers.as_array().into_iter().flatten() {
        let part = |index| header.get(index).and_then(Value::as_str);
        // Only a digest is kept of a token or password.
        let value = part(1).map_or_else(|| "[redacted]".to_owned(), printable);
        output::line(format!("  {}: {value}", part(0).unwrap_or_default()))?;
    }
    output::line("\nbody")?;
    output::line(format!("  {}", printable(&String::from_utf8_lossy(&delivery.body))))
}
