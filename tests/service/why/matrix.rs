//! Which causes a delivery of which dialect can have. Every cell has a delivery in
//! `each_cause_is_found_at_each_provider`, or a reason why there can be none.

use std::collections::BTreeSet;

use Dialects::{AllBut, These};

/// A cause, and the dialects that cannot have it, with the reason.
type Row = (&'static str, &'static [(Dialects, &'static str)]);

/// Some dialects.
#[derive(Clone, Copy, Debug)]
enum Dialects {
    These(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

impl Dialects {
    fn contain(self, dialect: &str) -> bool {
        match self {
            These(named) => named.contains(&dialect),
            AllBut(named) => !named.contains(&dialect),
        }
    }
}

/// The dialects in which the secret alone says whose a message is.
const NAMES_NO_ACCOUNT: &[&str] =
    &["checkout", "nomad relay", "paycools flat", "paycools envelope"];

/// Every cause that is not a reason of the provider's own check; `refusals` has those. The test
/// `a_key_in_a_file_is_tried_at_each_provider_and_never_shown` has `secret_in_file` at each dialect.
const CAUSES: &[Row] = &[
    ("none", &[]),
    ("not_replayed", &[]),
    ("account_not_configured", &[]),
    ("body_emptied", &[]),
    ("body_locked", &[]),
    ("turned_away", &[]),
    ("key_of_other_account", &[]),
    ("removed_key", &[]),
    ("truncated", &[]),
    ("changed_body", &[]),
    (
        "not_a_refund",
        &[
            (These(&["nomad relay"]), "the relay forwards refunds and nothing else"),
            (These(&["wechatpay v2"]), "v2 has no event type: what is no refund cannot be opened"),
        ],
    ),
    (
        "clock",
        &[(
            AllBut(&[
                "airwallex",
                "nomad relay",
                "nomad wechatpay",
                "paymongo",
                "paypal",
                "stripe",
                "wechatpay v3",
            ]),
            "the provider signs no time of sending, or documents no window for it",
        )],
    ),
    ("not_as_documented", &[]),
    (
        "byte_order_mark",
        &[
            (
                These(&["adyen", "alipay", "eftpay", "paycools flat", "unionpay", "wechatpay v2"]),
                "the members are signed, not the bytes, so a mark does no harm",
            ),
            (
                These(&["paycools envelope"]),
                "a member of the body is signed, so a mark does no harm",
            ),
            (These(&["xendit"]), "nothing is signed, so a mark does no harm"),
        ],
    ),
    ("changed_path", &[(AllBut(&["antom"]), "the path is not signed")]),
    (
        "wrong_decryption_key",
        &[
            (
                These(&["wechatpay v2"]),
                "the key that opens the content is the one that verifies it",
            ),
            (
                AllBut(&["nomad wechatpay", "wechatpay v3", "wechatpay v2"]),
                "the content is not encrypted",
            ),
        ],
    ),
    (
        "wrong_account",
        &[
            (
                These(&["airwallex", "qfpay", "razorpay", "xendit"]),
                "a secret may serve several accounts: the other one is foreign_account",
            ),
            (These(NAMES_NO_ACCOUNT), "neither the message nor the settings name an account"),
            (These(&["paypal"]), "the webhook's id is signed: another one is signature_mismatch"),
        ],
    ),
    (
        "foreign_account",
        &[
            (
                These(&["alipay", "antom", "eftpay", "unionpay"]),
                "a key serves one merchant: another one is wrong_account",
            ),
            (
                These(&["paymongo"]),
                "an event names no account, only the mode: that is wrong_account",
            ),
            (These(NAMES_NO_ACCOUNT), "neither the message nor the settings name an account"),
            (These(&["paypal"]), "the webhook's id is signed: another one is signature_mismatch"),
        ],
    ),
    ("signature_mismatch", &[(These(&["xendit"]), "nothing is signed: it presents a token")]),
    (
        "credential_mismatch",
        &[(
            AllBut(&["adyen", "checkout", "xendit"]),
            "the provider presents neither a password nor a token",
        )],
    ),
    ("certificate_untrusted", &[(AllBut(&["unionpay"]), "the message brings no certificate")]),
];

/// The cells that have a delivery.
#[derive(Debug, Default)]
pub(super) struct Matrix(BTreeSet<(&'static str, &'static str)>);

impl Matrix {
    /// Notes that there is a delivery of this dialect with this cause.
    pub(super) fn note(&mut self, cause: &'static str, dialect: &'static str) {
        self.0.insert((cause, dialect));
    }

    /// Returns the cells that are empty without a reason, and those that have both.
    pub(super) fn differences(&self, dialects: &[&'static str]) -> Vec<String> {
        let mut differences = Vec::new();
        for (cause, impossible) in CAUSES {
            for dialect in dialects {
                let reason = impossible.iter().find(|(named, _)| named.contain(dialect));
                match (self.0.contains(&(*cause, *dialect)), reason) {
                    (true, None) | (false, Some(_)) => {}
                    (false, None) => differences.push(format!("no delivery: {dialect}, {cause}")),
                    (true, Some((_, why))) => {
                        differences.push(format!("{dialect} has {cause}, in spite of: {why}"));
                    }
                }
            }
        }
        let known = |cause| CAUSES.iter().any(|(known, _)| *known == cause);
        let unknown = self.0.iter().filter(|(cause, _)| !known(*cause));
        differences.extend(unknown.map(|(cause, dialect)| format!("no row: {cause} ({dialect})")));
        differences
    }
}
