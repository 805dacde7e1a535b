//! Mistakes in the accounts of UnionPay.

use super::{CERTIFICATE, Mistake, PUBLIC_KEY, mistake};

#[rustfmt::skip]
pub(super) fn in_unionpay() -> Vec<Mistake> {
    let account = |lines: &str| {
        format!("[accounts.u]\nprovider = \"unionpay\"\nmer_id = \"777290058110048\"\n{lines}\n")
    };
    let list = |name: &str, pem: &str| format!("{name} = [{{ id = \"a\", pem = \"\"\"\n{pem}\"\"\" }}]\n");
    let pin = list("pinned_certificates", CERTIFICATE);
    let pinned = |lines: &str| account(&format!("{pin}{lines}"));
    vec![
        mistake("nobody is trusted", account(""),
            "accounts.u.pinned_certificates", "expected these, or intermediates and roots"),
        mistake("intermediates alone", account(&list("intermediates", CERTIFICATE)),
            "accounts.u.roots", "expected the issuers"),
        mistake("roots alone, beside a pin", pinned(&list("roots", CERTIFICATE)),
            "accounts.u.intermediates", "expected what the roots issued"),
        mistake("no authority",
            account(&(list("intermediates", CERTIFICATE) + &list("roots", CERTIFICATE))),
            "accounts.u.intermediates.a", "expected the certificate of an authority"),
        mistake("a public key", account(&list("pinned_certificates", PUBLIC_KEY)),
            "accounts.u.pinned_certificates.a", "expected"),
        mistake("an id twice", account(
                "pinned_certificates = [{ id = \"a\", pem = \"x\" }, { id = \"a\", pem = \"x\" }]"),
            "accounts.u.pinned_certificates.a", "expected unique ids"),
        mistake("an empty id", account("pinned_certificates = [{ id = \" \", pem = \"x\" }]"),
            "accounts.u.pinned_certificates", "expected an id"),
        mistake("no merchant", format!("[accounts.u]\nprovider = \"unionpay\"\n{pin}mer_id = \"\"\n"),
            "accounts.u.mer_id", "expected text"),
        mistake("the old version without its setting", pinned("version = \"5.0.0\""),
            "accounts.u.version", "expected allow_legacy_sha1 = true"),
        mistake("the old version without a pin", account(&format!(
                "version = \"5.0.0\"\nallow_legacy_sha1 = true\n{}{}",
                list("roots", CERTIFICATE), list("intermediates", CERTIFICATE))),
            "accounts.u.pinned_certificates", "5.0.0"),
        mistake("another version", pinned("version = \"6\""), "accounts.u.version", "expected"),
        mistake("a shared key", pinned("sign_method = \"11\""), "accounts.u.sign_method", "expected \"01\""),
        mistake("no currency", pinned("currency = \"156\""), "accounts.u.currency", "expected an ISO 4217 code"),
        mistake("decimals of no currency", pinned("exponents = { RMB = 2 }"),
            "accounts.u.exponents.RMB", "expected a code of ISO 4217"),
        mistake("unknown key", pinned("root = \"x\""), "accounts.u.root", "unknown key of provider unionpay"),
    ]
}
