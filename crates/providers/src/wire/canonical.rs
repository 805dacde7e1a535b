//! Sorted `name=value` text, which several providers sign. Nothing in it is escaped, so one text can
//! be split into members in more than one way. [`hides_members`] finds the texts where that matters.

use super::json::{Literal, Member, Members};

/// How the text treats members without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyMembers {
    /// `null` and empty text are left out.
    LeftOut,
    /// Empty text is `name=`; `null` is left out.
    TextKept,
}

/// Joins all members except `sign`, sorted by the bytes of their names, as `name=value` with `&`
/// between them. Nested values have no text and are left out; callers have refused them.
pub fn text(members: &Members<'_>, sign: &str, empty: EmptyMembers) -> String {
    let mut pairs: Vec<(&str, &str)> = members
        .iter()
        .filter(|member| member.name != sign)
        .filter_map(|member| Some((&*member.name, member.value.as_signed_text()?)))
        .filter(|(_, value)| empty == EmptyMembers::TextKept || !value.is_empty())
        .collect();
    pairs.sort_unstable();
    let length = pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut text = String::with_capacity(length);
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

/// Returns whether a member has empty text. Only then do the two readings of the rule differ.
pub fn has_empty_text(members: &Members<'_>, sign: &str) -> bool {
    let is_empty =
        |member: &Member<'_>| matches!(&member.value, Literal::Text(text) if text.is_empty());
    members.iter().any(|member| member.name != sign && is_empty(member))
}

/// Returns whether the signed text could also be split into other members that have a meaning: a
/// name contains a separator, or a value that is not read contains the beginning of a member that
/// is read.
///
/// `consumed` are the names that are read. Values of the names in `free` may contain anything.
pub fn hides_members(members: &Members<'_>, consumed: &[&str], free: &[&str]) -> bool {
    members.iter().any(|member| {
        if member.name.contains(['&', '=']) || member.name.contains(char::is_control) {
            return true;
        }
        let value = member.value.as_signed_text().unwrap_or_default();
        !free.contains(&&*member.name)
            && value
                .split('&')
                .skip(1)
                .any(|part| part.split_once('=').is_some_and(|(name, _)| consumed.contains(&name)))
    })
}

/// Returns whether the value of a member in `free` may have swallowed a member of `optional`: the
/// value contains the beginning of one, and the message has no member of that name.
pub fn swallows_members(members: &Members<'_>, free: &[&str], optional: &[&str]) -> bool {
    let absent = |name: &str| optional.contains(&name) && members.count(name) == 0;
    members
        .iter()
        .filter(|member| free.contains(&&*member.name))
        .filter_map(|member| member.value.as_signed_text())
        .flat_map(|value| value.split('&').skip(1))
        .any(|part| part.split_once('=').is_some_and(|(name, _)| absent(name)))
}

#[cfg(test)]
mod tests {
    use super::{EmptyMembers, hides_members, swallows_members, text};
    use crate::wire::json::Members;

    fn canonical(body: &str, empty: EmptyMembers) -> String {
        text(&Members::from_text(body).unwrap(), "sign", empty)
    }

    #[test]
    fn members_are_sorted_by_bytes_and_underscore_is_between_capitals_and_small_letters() {
        let body = r#"{"eftpay_trade_no":"2","eft_trade_no":"1","refund_no":"3","return_amount":"5",
            "rejectReason":"4","Z":"0","sign":"x","n":null,"e":"","d":0.290,"t":true}"#;
        assert_eq!(
            canonical(body, EmptyMembers::LeftOut),
            "Z=0&d=0.290&eft_trade_no=1&eftpay_trade_no=2&refund_no=3&rejectReason=4\
             &return_amount=5&t=true"
        );
        assert!(canonical(body, EmptyMembers::TextKept).contains("&e=&"));
    }

    #[test]
    fn a_member_hidden_in_a_name_or_in_an_unread_value_is_found() {
        let cases = [
            (r#"{"x":"1&amount=2"}"#, true),
            (r#"{"x":"a&b=c"}"#, false),
            (r#"{"x&amount":"2"}"#, true),
            (r#"{"x=1&amount":"2"}"#, true),
            (r#"{"free":"1&amount=2"}"#, false),
            (r#"{"amount":"2"}"#, false),
        ];
        for (body, expected) in cases {
            let members = Members::from_text(body).unwrap();
            assert_eq!(hides_members(&members, &["amount"], &["free"]), expected, "{body}");
        }
    }

    #[test]
    fn free_text_may_hold_separators_but_not_a_member_that_is_missing() {
        let cases = [
            (r#"{"free":"a&b=c"}"#, false),
            (r#"{"free":"a&time=c","time":"d"}"#, false),
            (r#"{"free":"a&time=c"}"#, true),
            (r#"{"other":"a&time=c"}"#, false),
        ];
        for (body, expected) in cases {
            let members = Members::from_text(body).unwrap();
            assert_eq!(swallows_members(&members, &["free"], &["time"]), expected, "{body}");
        }
    }
}
