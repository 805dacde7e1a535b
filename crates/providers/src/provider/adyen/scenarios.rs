//! The event codes of each scenario, and the scenarios that only Adyen has.

use crate::contract::simulation::OwnScenario;
use crate::kit::simulation::Words;

/// `eventCode` and `success`.
pub(super) const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("REFUND", "true"),
    failed: Ok(("REFUND", "false")),
    pending: Ok(("POSTPONED_REFUND", "true")),
    canceled: Ok(("VOID_PENDING_REFUND", "true")),
    requires_action: Err("Adyen never asks the merchant or the payer to act on a refund"),
    not_a_refund: Ok(("AUTHORISATION", "true")),
    unknown_status: ("REFUND_IN_LIMBO", "true"),
};

/// Adyen's own scenarios, each with `eventCode` and `success` of its first item.
pub(super) const OWN: [(OwnScenario, (&str, &str)); 7] = [
    (own("refund-failed", "a refund fails after it succeeded"), ("REFUND_FAILED", "true")),
    (own("reversed", "the bank sends a refund back"), ("REFUNDED_REVERSED", "true")),
    (own("not-cleared", "a refund is not settled after 30 days"), ("REFUND_NOT_CLEARED", "true")),
    (own("cancel-or-refund", "a modification was a refund"), ("CANCEL_OR_REFUND", "true")),
    (own(FORM, "a refund succeeds, as a form"), ("REFUND", "true")),
    (own(SEVERAL, "two refunds and a payment in one notification"), ("REFUND", "true")),
    (own(FOREIGN, "a refund beside one of another merchant account"), ("REFUND", "true")),
];
pub(super) const FORM: &str = "form";
pub(super) const SEVERAL: &str = "several-items";
pub(super) const FOREIGN: &str = "foreign-item";

const fn own(word: &'static str, about: &'static str) -> OwnScenario {
    OwnScenario { word, about }
}
