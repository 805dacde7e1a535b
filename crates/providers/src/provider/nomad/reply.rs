//! The answer to a relay: WeChat Pay's JSON, so that whoever forwards may pass it on.

use crate::contract::{Outcome, Reply};
use crate::provider::wechatpay::reply::v3;

pub(super) fn reply(outcome: Outcome) -> Reply {
    v3(outcome)
}
