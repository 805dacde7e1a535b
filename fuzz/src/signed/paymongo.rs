//! PayMongo: bodies of any content, in both modes.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use refund_providers::contract::{Judgement, Refusal};
use refund_providers::crypto::hash::hmac_sha256;
use serde_json::json;

use super::Signed;
use crate::{Account, NOW, content, judge_and_check, keys};

pub(super) const SIGNED: Signed = Signed {
    provider: "paymongo",
    choices: &[signed],
    seeds: |fixture| vec![(0, fixture.body.clone())],
};

/// The accounts of test mode and live mode.
static ACCOUNTS: LazyLock<[Account; 2]> = LazyLock::new(|| {
    [false, true].map(|livemode| {
        keys::account(json!({
            "provider": "paymongo", "secrets": [keys::SECRET], "livemode": livemode,
            "merchant_refund_id_metadata_key": "refund",
        }))
    })
});

fn signed(body: &[u8]) {
    let time = NOW.unix_timestamp().to_string();
    let digest = hmac_sha256(&keys::SHARED, &[time.as_bytes(), b".", body]).unwrap();
    let digest = HEXLOWER.encode(&digest);
    let [test, live] = &*ACCOUNTS;
    for (account, other, header) in [
        (test, live, format!("t={time},te={digest},li=")),
        (live, test, format!("t={time},te=,li={digest}")),
    ] {
        let headers = [("paymongo-signature", &*header)];
        content::assert_signature_holds(&judge_and_check(account, &headers, body), body);
        let foreign = judge_and_check(other, &headers, body);
        assert_eq!(foreign, Judgement::Refused(Refusal::SignatureMalformed), "{header}");
    }
}
