//! What an authentic message is about.

use crate::refund::RefundEvent;

/// What an authentic message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each delivery and taken apart at once"
)]
pub enum Notice {
    /// It tells of refunds: of this one, and of more where the provider bundles them.
    Refunds(RefundEvent, Vec<RefundEvent>),
    /// A payment notice, an echo test: to be acknowledged and kept as a delivery only.
    NotARefund,
}
