//! What a relay signs, or WeChat Pay.

use super::{Nomad, wire};
use crate::contract::{Delivery, Explain, Explanation};

impl Explain for Nomad {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        match self {
            Self::WeChatPay(account) => account.explain(delivery),
            Self::Relay(relay) => wire::SIGNATURE.explain(delivery, &relay.secrets),
        }
    }
}
