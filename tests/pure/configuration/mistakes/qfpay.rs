//! Mistakes in the accounts of QFPay.

use super::{CANARY, Mistake, mistake};

#[rustfmt::skip]
pub(super) fn in_qfpay() -> Vec<Mistake> {
    let account = |lines: &str| format!("[accounts.q]\nprovider = \"qfpay\"\n{lines}\n");
    let with = |line: &str| account(&format!("secrets = [\"{CANARY}\"]\n{line}"));
    vec![
        mistake("no secret", account(""), "accounts.q.secrets", "expected a value"),
        mistake("an empty list of secrets", account("secrets = []"),
            "accounts.q.secrets", "expected at least one secret"),
        mistake("a blank merchant", with("mchids = [\" \"]"), "accounts.q.mchids", "expected text"),
        mistake("an offset without minutes", with("utc_offset = \"+8\""),
            "accounts.q.utc_offset", "expected an offset"),
        mistake("decimals of no currency", with("exponents = { RMB = 2 }"),
            "accounts.q.exponents.RMB", "expected a code of ISO 4217"),
        mistake("unknown key", with("mchid = \"canary-7f3a\""),
            "accounts.q.mchid", "unknown key of provider qfpay"),
    ]
}
