//! Which version a delivery is in, and whether it is for this account's merchants.

use super::{Merchant, Version, WeChatPay};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};

impl Authenticate for WeChatPay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        match Version::of(delivery.body) {
            Some(Version::V3) => self.authenticate_v3(delivery),
            Some(Version::V2) => Ok(self.authenticate_v2(delivery)?),
            None => Err(Refusal::MalformedBody.into()),
        }
    }
}

impl Merchant {
    /// Requires that the merchant in a message is the one in the configuration. One key serves all
    /// merchants of a service provider, so normalization reports another of them as foreign.
    pub(super) fn require(
        &self,
        mchid: Option<&str>,
        sp_mchid: Option<&str>,
    ) -> Result<(), Refusal> {
        let agrees = match self {
            Self::Single(ours) => mchid == Some(ours),
            Self::Partner { sp_mchid: ours, .. } => sp_mchid == Some(ours),
        };
        if agrees { Ok(()) } else { Err(Refusal::WrongAccount) }
    }
}
