//! What PayCools signs.

use super::wire::{PARAM, SIGN};
use super::{Dialect, PayCools};
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::{Literal, Members};

impl Explain for PayCools {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let members = Members::from_bytes(delivery.body).ok();
        let (rule, text) = match &self.dialect {
            Dialect::Flat(_) => (
                "SHA-1 of the sorted members without empty ones, followed by &secret= and the secret",
                members.map(|members| canonical::text(&members, SIGN, EmptyMembers::LeftOut)),
            ),
            Dialect::Envelope(_) => {
                let message = members.as_ref().and_then(|members| match members.get(PARAM) {
                    Some(Literal::Text(message)) => Some(message.clone().into_owned()),
                    Some(_) | None => None,
                });
                ("RSA with SHA-256 over the text in `param`", message)
            }
        };
        Explanation::new(self.keys(), Signed::text(rule, text.map(String::into_bytes)))
    }
}
