//! `deliveries show`: prints one delivery with its headers and body.

use serde_json::Value;

use crate::command::Failure;
use crate::command::arguments::DeliveryOptions;
use crate::command::terminal::output::{self, plain};
use crate::store::Store;

pub(super) async fn show(store: &Store, options: &DeliveryOptions) -> Result<(), Failure> {
    let Some(delivery) = store.delivery(options.delivery_id).await? else {
        let message = format!("no delivery has the id {}", options.delivery_id);
        return Err(Failure::Other(message));
    };
    if options.json {
        let mut value = serde_json::to_value(&delivery).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            let base64 = data_encoding::BASE64.encode(&delivery.body);
            object.insert("body_base64".to_owned(), base64.into());
        }
        return output::json(&value);
    }
    let rows = delivery.summary.0.iter().filter(|(_, value)| !value.is_null());
    let mut rows: Vec<[String; 2]> =
        rows.map(|(name, value)| [name.clone(), plain(value)]).collect();
    rows.push(["path_and_query".to_owned(), delivery.path_and_query.clone()]);
    rows.push([
        "client_address".to_owned(),
        delivery.client_address.clone().unwrap_or("–".to_owned()),
    ]);
    rows.push([
        "signature_form".to_owned(),
        delivery.signature_form.clone().unwrap_or("–".to_owned()),
    ]);
    output::table(["column", "value"], rows)?;
    output::line("\nheaders")?;
    for header in delivery.headers.as_array().into_iter().flatten() {
        let part = |index| header.get(index).and_then(Value::as_str);
        // Only a digest is kept of a token or password.
        let value = part(1).map_or_else(|| "[redacted]".to_owned(), output::printable);
        output::line(format!("  {}: {value}", part(0).unwrap_or_default()))?;
    }
    output::line("\nbody")?;
    output::line(format!("  {}", output::printable(&String::from_utf8_lossy(&delivery.body))))
}
