//! Mistakes in a PayPal account.

use super::super::{CANARY, PUBLIC_KEY};
use super::{LEGACY_KEY, Mistake, mistake};

fn certificates(id: &str, pem: &str) -> String {
    format!("certificates = [{{ id = \"{id}\", pem = \"\"\"\n{pem}\"\"\" }}]\n")
}

fn paypal(lines: &str) -> String {
    format!("[accounts.shop]\nprovider = \"paypal\"\n{lines}\n")
}

#[rustfmt::skip]
pub(super) fn in_paypal() -> Vec<Mistake> {
    let live = "environment = \"live\"\n";
    let webhook = "webhook_ids = [\"W\"]\n";
    let certificate = certificates("CERT-1", PUBLIC_KEY);
    let sound = |line: &str| paypal(&format!("{live}{webhook}{certificate}{line}"));
    let webhooks = |ids: &str| paypal(&format!("{live}webhook_ids = {ids}\n{certificate}"));
    let pinned = |lines: &str| paypal(&format!("{live}{webhook}{lines}"));
    vec![
        mistake("no environment", paypal(&format!("{webhook}{certificate}")),
            "accounts.shop.environment", "expected a value"),
        mistake("unknown environment",
            paypal(&format!("environment = \"test\"\n{webhook}{certificate}")),
            "accounts.shop.environment", "expected"),
        mistake("no webhook", paypal(&format!("{live}{certificate}")),
            "accounts.shop.webhook_ids", "expected a value"),
        mistake("empty list of webhooks", webhooks("[]"),
            "accounts.shop.webhook_ids", "expected at least one webhook id"),
        mistake("empty webhook", webhooks("[\"W\", \" \"]"),
            "accounts.shop.webhook_ids", "expected text"),
        mistake("the simulator's webhook", webhooks("[\"W\", \"WEBHOOK_ID\"]"),
            "accounts.shop.webhook_ids", "expected the id of your own webhook"),
        mistake("no certificates", pinned(""),
            "accounts.shop.certificates", "expected a value"),
        mistake("empty list of certificates", pinned("certificates = []"),
            "accounts.shop.certificates", "expected at least one key"),
        mistake("certificate without an id", pinned(&certificates("", PUBLIC_KEY)),
            "accounts.shop.certificates", "expected an id"),
        mistake("certificate that is none", pinned(&certificates("CERT-1", CANARY)),
            "accounts.shop.certificates.CERT-1", "expected a PEM public key"),
        mistake("small key", pinned(&certificates("CERT-1", LEGACY_KEY)),
            "accounts.shop.certificates.CERT-1", "found 1024"),
        mistake("public keys of PayPal", sound("public_keys = []"),
            "accounts.shop.public_keys", "unknown key of provider paypal"),
        mistake("negative age", sound("max_age_seconds = -1"),
            "accounts.shop.max_age_seconds", "expected"),
        mistake("unknown word for reversals", sound("reversals = \"book\""),
            "accounts.shop.reversals", "expected"),
        mistake("unknown member for the order", sound("merchant_order_from = \"note\""),
            "accounts.shop.merchant_order_from", "expected"),
    ]
}
