//! The answer to a relay: WeChat Pay's JSON, so that whoever forwards may pass it on.

use crate::contract::{Answer, Reply};
use crate::provider::wechatpay::reply::v3;

pub(super) fn reply(answer: Answer) -> Reply {
    v3(answer)
}
