//! What Xendit requires in place of a signature.

use super::Xendit;
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};

impl Explain for Xendit {
    fn explain(&self, _: &Delivery<'_>) -> Explanation {
        let required = "nothing is signed: the token in x-callback-token must be the account's";
        Explanation::new(self.keys(), Signed::Nothing(required))
    }
}
