//! What an authentic message is about.

use crate::refund::RefundEvent;

/// What an authentic message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It tells of refunds: of at least one, of several where the provider bundles them.
    Refunds(Vec<RefundEvent>),
    /// A payment notice, an echo test: to be acknowledged and kept as a delivery only.
    NotARefund,
}
