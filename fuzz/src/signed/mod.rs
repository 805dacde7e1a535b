//! Messages of any content with a valid signature, for providers whose signing this crate knows.
//!
//! A provider needs no entry here: the target `providers` fuzzes every provider of the registry with
//! changed requests and with content that counts as verified.

mod adyen;
mod alipay;
mod antom;
mod eftpay;
mod nomad;
mod paycools;
mod paymongo;
mod paypal;
mod qfpay;
mod razorpay;
mod unionpay;
mod wechatpay;
mod xendit;

use crate::fixtures::Fixture;

/// The signed messages of one provider.
pub struct Signed {
    /// The provider's name.
    pub provider: &'static str,
    /// What to do with a content. Each function signs it and checks the judgement.
    pub choices: &'static [fn(&[u8])],
    /// Returns contents from a fixture, each with the index of its choice.
    pub seeds: fn(&Fixture) -> Vec<(u8, Vec<u8>)>,
}

/// Every entry.
pub const ALL: [Signed; 13] = [
    adyen::SIGNED,
    alipay::SIGNED,
    antom::SIGNED,
    eftpay::SIGNED,
    nomad::SIGNED,
    paycools::SIGNED,
    paymongo::SIGNED,
    paypal::SIGNED,
    qfpay::SIGNED,
    razorpay::SIGNED,
    unionpay::SIGNED,
    wechatpay::SIGNED,
    xendit::SIGNED,
];

/// Returns the entry of a provider.
pub fn of(provider: &str) -> Option<&'static Signed> {
    const { &ALL }.iter().find(|signed| signed.provider == provider)
}
