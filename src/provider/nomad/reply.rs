//! The answer to a relay: WeChat Pay's JSON, so that whoever forwards may pass it on.

use crate::provider::wechatpay::reply::v3;
use crate::provider::{Outcome, Reply};

pub(super) fn reply(outcome: Outcome) -> Reply {
    v3(outcome)
}
