//! PayCools, flat and envelope: forged requests, and properly signed ones of any content.

#![no_main]

use std::sync::LazyLock;

use harness::forgery::Forgery;
use harness::{choice, content, judge_and_check, keys, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::crypto::hash::secret_last_sha1;
use refund_providers::wire::canonical::EmptyMembers;
use serde_json::json;

static FORGERY: LazyLock<Forgery> = LazyLock::new(|| Forgery::new("paycools"));
static FLAT: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    let secret = keys::SECRET;
    keys::account(&format!(
        "provider = \"paycools\"\nvariant = \"flat\"\ncurrency = \"PHP\"\nsecrets = [\"{secret}\"]\n"
    ))
});
static ENVELOPE: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    keys::account_of_signer("provider = \"paycools\"\nvariant = \"envelope\"\ncurrency = \"MYR\"")
});

fuzz_target!(
    init: {
        LazyLock::force(&FORGERY);
        seeds::write_if_asked(|| {
            seeds::of("paycools", &FORGERY, |fixture| match seeds::param(&fixture.body) {
                Some(message) => vec![(3, message.clone()), (4, message)],
                None => {
                    let content = seeds::without_sign(&fixture.body);
                    let cut = [vec![0; 8], content.clone()].concat();
                    vec![(1, content), (2, cut)]
                }
            })
        });
    },
    |data: &[u8]| {
        match choice(data, 5) {
            Some((0, input)) => FORGERY.run(input),
            Some((1, content)) => flat(content),
            Some((2, input)) => cut_again(input),
            Some((3, content)) => content::normalize(&ENVELOPE, &content::vouched(content)),
            Some((_, content)) => envelope(content),
            None => {}
        }
    }
);

fn flat(content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let body = content::signed_object(text, EmptyMembers::LeftOut, secret_last_sha1);
    let Some(body) = body else { return };
    let judgement = judge_and_check(&FLAT, &[], body.as_bytes());
    content::assert_signature_holds(&judgement, body.as_bytes());
}

fn cut_again(input: &[u8]) {
    let Some((flags, content)) = content::cut_and_content(input) else { return };
    let Ok(text) = std::str::from_utf8(content) else { return };
    let pair = content::signed_object_cut_again(text, flags, secret_last_sha1);
    let Some((left, right)) = pair else { return };
    let left = judge_and_check(&FLAT, &[], left.as_bytes());
    let right = judge_and_check(&FLAT, &[], right.as_bytes());
    content::assert_same_refund(&left, &right);
}

fn envelope(content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let body = json!({ "param": text, "sign": keys::SIGNER.sign(content) }).to_string();
    let judgement = judge_and_check(&ENVELOPE, &[], body.as_bytes());
    content::assert_signature_holds(&judgement, body.as_bytes());
}
