//! Antom: forged requests, and properly signed ones of any content.

#![no_main]

use std::sync::LazyLock;

use harness::forgery::Forgery;
use harness::{PATH, choice, content, judge_and_check, keys, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::wire::percent;

const CLIENT: &str = "SANDBOX_5X00000000000000";
const TIME: &str = "1767225600000";

static FORGERY: LazyLock<Forgery> = LazyLock::new(|| Forgery::new("antom"));
static ACCOUNT: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    keys::account_of_signer(&format!("provider = \"antom\"\nclient_id = \"{CLIENT}\""))
});

fuzz_target!(
    init: {
        LazyLock::force(&FORGERY);
        seeds::write_if_asked(|| {
            seeds::of("antom", &FORGERY, |fixture| {
                vec![(1, fixture.body.clone()), (2, fixture.body.clone())]
            })
        });
    },
    |data: &[u8]| {
        match choice(data, 3) {
            Some((0, input)) => FORGERY.run(input),
            Some((1, content)) => content::normalize(&ACCOUNT, &content::vouched(content)),
            Some((_, body)) => signed(body),
            None => {}
        }
    }
);

fn signed(body: &[u8]) {
    let message = [format!("POST {PATH}\n{CLIENT}.{TIME}.").as_bytes(), body].concat();
    let signature = percent::encode(keys::SIGNER.sign(&message).as_bytes());
    let signature = format!("algorithm=RSA256, keyVersion=fuzz, signature={signature}");
    let headers = [("client-id", CLIENT), ("request-time", TIME), ("signature", &signature)];
    let judgement = judge_and_check(&ACCOUNT, &headers, body);
    content::assert_signature_holds(&judgement, body);
}
