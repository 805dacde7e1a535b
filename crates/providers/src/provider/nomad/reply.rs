//! The answer to a relay: WeChat Pay's JSON, so that the relay may pass it on.

use super::Nomad;
use crate::contract::{Answer, Delivery, Reply, Respond};
use crate::provider::wechatpay::reply::v3;

impl Respond for Nomad {
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        match self {
            Self::WeChatPay(account) => account.reply(delivery, answer),
            Self::Relay(_) => v3(answer),
        }
    }
}
