//! Alipay: forged requests, and properly signed ones of any content.

#![no_main]

use std::sync::LazyLock;

use harness::content::FormRule;
use harness::forgery::Forgery;
use harness::{choice, content, judge_and_check, keys, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::config::ConfiguredAccount;

static FORGERY: LazyLock<Forgery> = LazyLock::new(|| Forgery::new("alipay"));
static ACCOUNT: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    keys::account_of_signer(
        "provider = \"alipay\"\napp_id = \"2021000000000001\"\nseller_id = \"2088000000000001\"",
    )
});

fuzz_target!(
    init: {
        LazyLock::force(&FORGERY);
        seeds::write_if_asked(|| {
            seeds::of("alipay", &FORGERY, |fixture| {
                let content = seeds::form_without_sign(&fixture.body);
                let cut = [vec![0; 8], content.clone()].concat();
                let as_it_is = [1, 2, 3, 4].map(|choice| (choice, content.clone()));
                [as_it_is.to_vec(), vec![(5, cut)]].concat()
            })
        });
    },
    |data: &[u8]| {
        match choice(data, 6) {
            Some((0, input)) => FORGERY.run(input),
            Some((1, content)) => content::normalize(&ACCOUNT, &content::vouched(content)),
            Some((2, content)) => signed(content, FormRule::EmptyKept),
            Some((3, content)) => signed(content, FormRule::EmptyLeftOut),
            Some((4, content)) => signed(content, FormRule::SignTypeKept),
            Some((_, input)) => cut_again(input),
            None => {}
        }
    }
);

fn signed(content: &[u8], rule: FormRule) {
    let Some(body) = content::signed_form(content, rule) else { return };
    let judgement = judge_and_check(&ACCOUNT, &[], &body);
    // Only messages of the gateway may be signed together with the algorithm's name.
    if rule != FormRule::SignTypeKept {
        content::assert_signature_holds(&judgement, &body);
    }
}

fn cut_again(input: &[u8]) {
    let Some((flags, content)) = content::cut_and_content(input) else { return };
    let Some((left, right)) = content::signed_form_cut_again(content, flags) else { return };
    let left = judge_and_check(&ACCOUNT, &[], &left);
    let right = judge_and_check(&ACCOUNT, &[], &right);
    content::assert_same_refund(&left, &right);
}
