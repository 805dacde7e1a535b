//! Reads Alipay's messages (<https://opendocs.alipay.com/open/203/105286>).

use std::borrow::Cow;

use super::wire::{DEPOSIT_BACK, present};
use super::{Alipay, deposit_back, trade};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::fields::Fields;
use crate::refund::Field;
use crate::wire::charset::Charset;
use crate::wire::form::Pairs;
use crate::wire::json::{Literal, Members};
use crate::wire::percent;

impl Normalize for Alipay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let malformed = Unreadable { problem: Problem::MalformedContent, field: "body" };
        let pairs = Pairs::from_bytes(authentic.content()).map_err(|_| malformed)?;
        let members = decoded(&pairs);
        match Fields::new(&members).text("msg_method") {
            Field::Read(method) if method == DEPOSIT_BACK => {
                deposit_back::read(authentic, &members)
            }
            Field::Read(_) | Field::Unread(_) => Ok(Notice::NotARefund(Unrelated::NotARefund)),
            Field::Absent => trade::read(authentic, &members),
        }
    }
}

/// Decodes names and values one by one, because a parameter that nothing reads may be in another
/// charset. The signed charset takes precedence over the Content-Type, which is not signed. If its
/// name is unknown, ASCII is read.
fn decoded<'p>(pairs: &'p Pairs<'_>) -> Members<'p> {
    let charset = present(pairs, "charset").map_or(Some(Charset::Utf8), Charset::named);
    let decode = |bytes: &'p [u8]| match charset {
        Some(charset) => charset.decode(bytes),
        None => Charset::Utf8.decode(bytes).filter(|text| text.is_ascii()),
    };
    let value = |bytes| match decode(bytes) {
        Some(text) => Literal::Text(text),
        None => Literal::Undecoded(Cow::Owned(percent::visible(bytes))),
    };
    let name = |bytes| decode(bytes).unwrap_or_else(|| Cow::Owned(percent::visible(bytes)));
    Members::of_values(pairs.iter().map(|(left, right)| (name(left), value(right))))
}
