//! Reads Alipay's messages (<https://opendocs.alipay.com/open/203/105286>).

use super::wire::{DEPOSIT_BACK, present};
use super::{Alipay, deposit_back, trade};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::fields::Fields;
use crate::wire::charset::Charset;
use crate::wire::form::Pairs;
use crate::wire::json::Members;

impl Normalize for Alipay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let malformed = Unreadable { problem: Problem::MalformedContent, field: "body" };
        let pairs = Pairs::from_bytes(authentic.content()).map_err(|_| malformed)?;
        // The signed charset takes precedence over the Content-Type, which is not signed.
        let charset = match present(&pairs, "charset") {
            None => Charset::Utf8,
            Some(name) => Charset::named(name)
                .ok_or(Unreadable { problem: Problem::InvalidText, field: "charset" })?,
        };
        let mut texts = Vec::new();
        for (name, value) in pairs.iter() {
            texts.push((
                charset.decode(name).ok_or(malformed)?,
                charset.decode(value).ok_or(malformed)?,
            ));
        }
        let members = Members::of_texts(texts);
        match Fields(&members).optional("msg_method")?.as_deref() {
            Some(DEPOSIT_BACK) => deposit_back::read(authentic, &members),
            Some(_) => Ok(Notice::NotARefund(Unrelated::NotARefund)),
            None => trade::read(authentic, &members),
        }
    }
}
