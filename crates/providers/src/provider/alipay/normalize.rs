//! Reads Alipay's messages (<https://opendocs.alipay.com/open/203/105286>).

use super::wire::DEPOSIT_BACK;
use super::{Alipay, deposit_back, trade};
use crate::contract::{Authentic, Normalize, Notice, Problem, Unreadable, Unrelated};
use crate::kit::fields::Fields;
use crate::refund::Field;
use crate::wire::form::Pairs;

impl Normalize for Alipay {
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        let malformed = Unreadable { problem: Problem::MalformedContent, field: "body" };
        let pairs = Pairs::from_bytes(authentic.content()).map_err(|_| malformed)?;
        // The signed charset takes precedence over the Content-Type, which is not signed.
        let members = pairs.members("charset");
        match Fields::new(&members).text("msg_method") {
            Field::Read(method) if method == DEPOSIT_BACK => {
                deposit_back::read(authentic, &members)
            }
            Field::Read(_) | Field::Unread(_) => Ok(Notice::NotARefund(Unrelated::NotARefund)),
            Field::Absent => trade::read(authentic, &members),
        }
    }
}
