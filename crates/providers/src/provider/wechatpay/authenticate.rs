//! Which version a delivery is in, and whether it is for this account's merchants.

use super::{Merchant, Version, WeChatPay, v2, v3};
use crate::contract::{Authentic, Delivery, NotAuthentic, Refusal};

pub(super) fn authenticate<'d>(
    account: &WeChatPay,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, NotAuthentic> {
    match Version::of(delivery.body) {
        Some(Version::V3) => v3::authenticate(account, delivery),
        Some(Version::V2) => Ok(v2::authenticate(account, delivery)?),
        None => Err(Refusal::MalformedBody.into()),
    }
}

impl Merchant {
    /// What the message says of its merchant must agree with the configuration.
    pub(super) fn require(
        &self,
        mchid: Option<&str>,
        sp_mchid: Option<&str>,
        sub_mchid: Option<&str>,
    ) -> Result<(), Refusal> {
        let agrees = match self {
            Self::Single(ours) => mchid == Some(ours),
            Self::Partner { sp_mchid: ours, sub_mchids } => {
                let is_ours = |sub: &str| sub_mchids.iter().any(|known| known == sub);
                sp_mchid == Some(ours) && (sub_mchids.is_empty() || sub_mchid.is_some_and(is_ours))
            }
        };
        if agrees { Ok(()) } else { Err(Refusal::WrongAccount) }
    }
}
