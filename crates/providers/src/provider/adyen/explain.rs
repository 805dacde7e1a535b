//! What Adyen signs.

use super::{Adyen, item};
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};
use crate::wire::document::Document;

impl Explain for Adyen {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let rule =
            "HMAC-SHA256 under the key, of eight members of each item (a line for each item)";
        Explanation::new(self.keys(), Signed::text(rule, signed_texts(delivery)))
    }
}

/// Returns the signed texts of all items, a line for each.
fn signed_texts(delivery: &Delivery<'_>) -> Option<Vec<u8>> {
    let content = item::content(delivery).ok()?;
    let document = Document::of(&content);
    let items = item::items(&document.members().ok()?)?;
    let texts: Vec<String> = items.iter().map(item::signed_text).collect::<Result<_, _>>().ok()?;
    Some(texts.join("\n").into_bytes())
}
