//! Nomad's relay: forged requests, in both modes, and properly signed ones of any content.

#![no_main]

use std::sync::LazyLock;

use harness::forgery::Forgery;
use harness::{NOW, choice, content, judge_and_check, keys, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::crypto::hash::hmac_sha256;

static FORGERY: LazyLock<Forgery> = LazyLock::new(|| Forgery::new("nomad"));
static ACCOUNT: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    let secret = keys::SECRET;
    keys::account(&format!("provider = \"nomad\"\nmode = \"relay\"\nsecrets = [\"{secret}\"]\n"))
});

fuzz_target!(
    init: {
        LazyLock::force(&FORGERY);
        seeds::write_if_asked(|| {
            seeds::of("nomad", &FORGERY, |fixture| vec![(1, fixture.body.clone())])
        });
    },
    |data: &[u8]| {
        match choice(data, 2) {
            Some((0, input)) => FORGERY.run(input),
            Some((_, body)) => signed(body),
            None => {}
        }
    }
);

fn signed(body: &[u8]) {
    let timestamp = NOW.unix_timestamp().to_string();
    let digest = hmac_sha256(&keys::SHARED, &[timestamp.as_bytes(), b".", body]);
    let signature = format!("v1={digest}");
    let headers = [("x-nomad-timestamp", &*timestamp), ("x-nomad-signature", &*signature)];
    let judgement = judge_and_check(&ACCOUNT, &headers, body);
    content::assert_signature_holds(&judgement, body);
}
