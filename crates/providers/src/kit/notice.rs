//! The notice of a message that bundles several items.

use crate::contract::{Notice, Unreadable, Unrelated};
use crate::refund::RefundEvent;

/// Returns a notice of the items of a message, each read by itself: a refund, `None` for something
/// else, or why it cannot be read. The refunds are recorded even if another item is unreadable; the
/// first unreadable item gives the reason. If no item is a refund, `unrelated` says why.
///
/// # Errors
/// The first unreadable item, if there is no refund.
pub fn notice_of_items(
    items: impl IntoIterator<Item = Result<Option<RefundEvent>, Unreadable>>,
    unrelated: Unrelated,
) -> Result<Notice, Unreadable> {
    let (mut events, mut unreadable) = (Vec::new(), None);
    for item in items {
        match item {
            Ok(event) => events.extend(event),
            Err(why) => unreadable = unreadable.or(Some(why)),
        }
    }
    let mut events = events.into_iter();
    match (events.next(), unreadable) {
        (Some(first), None) => Ok(Notice::Refunds(first, events.collect())),
        (Some(first), Some(why)) => Ok(Notice::PartlyUnreadable(first, events.collect(), why)),
        (None, Some(why)) => Err(why),
        (None, None) => Ok(Notice::NotARefund(unrelated)),
    }
}

#[cfg(test)]
mod tests {
    use super::notice_of_items;
    use crate::contract::{Notice, Unreadable, Unrelated};
    use crate::refund::RefundEvent;

    fn refund(key: &str) -> RefundEvent {
        let json = format!(
            r#"{{"refund_key":"{key}","merchant_refund_id":"{key}","status":"pending",
            "provider_status":"P","authenticity":"verified","flags":[]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn an_unreadable_item_takes_no_refund_with_it() {
        let (foreign, missing) = (Unreadable::FOREIGN_ACCOUNT, Unreadable::missing("id"));
        let read = |key| Ok(Some(refund(key)));
        let other = Ok(Notice::NotARefund(Unrelated::NotARefund));
        let (first, more) = (refund("1"), vec![refund("2")]);
        let cases = [
            (vec![], other.clone()),
            (vec![Ok(None)], other),
            (
                vec![Ok(None), read("1"), read("2")],
                Ok(Notice::Refunds(first.clone(), more.clone())),
            ),
            (
                vec![Err(foreign), read("1"), Err(missing), read("2")],
                Ok(Notice::PartlyUnreadable(first, more, foreign)),
            ),
            (vec![Ok(None), Err(missing), Err(foreign)], Err(missing)),
        ];
        for (items, expected) in cases {
            assert_eq!(notice_of_items(items, Unrelated::NotARefund), expected);
        }
    }
}
