//! eftPay: forged requests, and properly signed ones of any content.

#![no_main]

use std::sync::LazyLock;

use harness::forgery::Forgery;
use harness::{choice, content, judge_and_check, keys, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::crypto::hash::secret_first_sha256;
use refund_providers::wire::canonical::EmptyMembers;

static FORGERY: LazyLock<Forgery> = LazyLock::new(|| Forgery::new("eftpay"));
static ACCOUNT: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    let secret = keys::SECRET;
    keys::account(&format!(
        "provider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\nsecrets = [\"{secret}\"]\n"
    ))
});

fuzz_target!(
    init: {
        LazyLock::force(&FORGERY);
        seeds::write_if_asked(|| {
            seeds::of("eftpay", &FORGERY, |fixture| {
                let content = seeds::without_sign(&fixture.body);
                let cut = [vec![0; 8], content.clone()].concat();
                vec![(1, content.clone()), (2, content), (3, cut)]
            })
        });
    },
    |data: &[u8]| {
        match choice(data, 4) {
            Some((0, input)) => FORGERY.run(input),
            Some((1, content)) => signed(content, EmptyMembers::LeftOut),
            Some((2, content)) => signed(content, EmptyMembers::TextKept),
            Some((_, input)) => cut_again(input),
            None => {}
        }
    }
);

fn signed(content: &[u8], empty: EmptyMembers) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let Some(body) = content::signed_object(text, empty, secret_first_sha256) else { return };
    let judgement = judge_and_check(&ACCOUNT, &[], body.as_bytes());
    content::assert_signature_holds(&judgement, body.as_bytes());
}

fn cut_again(input: &[u8]) {
    let Some((flags, content)) = content::cut_and_content(input) else { return };
    let Ok(text) = std::str::from_utf8(content) else { return };
    let pair = content::signed_object_cut_again(text, flags, secret_first_sha256);
    let Some((left, right)) = pair else { return };
    let left = judge_and_check(&ACCOUNT, &[], left.as_bytes());
    let right = judge_and_check(&ACCOUNT, &[], right.as_bytes());
    content::assert_same_refund(&left, &right);
}
