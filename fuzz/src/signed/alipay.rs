//! Alipay: all three readings of the rule, and other forms with the same signed text.

use std::sync::LazyLock;

use serde_json::json;

use super::Signed;
use crate::content::FormRule;
use crate::{Account, content, judge_and_check, keys, seeds};

pub(super) const SIGNED: Signed = Signed {
    provider: "alipay",
    choices: &[
        |content| signed(content, FormRule::EmptyKept),
        |content| signed(content, FormRule::EmptyLeftOut),
        |content| signed(content, FormRule::SignTypeKept),
        cut_again,
    ],
    seeds: |fixture| {
        let content = seeds::form_without_sign(&fixture.body);
        let cut = [vec![0; 8], content.clone()].concat();
        let as_it_is = [0, 1, 2].map(|choice| (choice, content.clone()));
        [as_it_is.to_vec(), vec![(3, cut)]].concat()
    },
};

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account_of_signer(json!({
        "provider": "alipay", "app_id": "2021000000000001", "seller_id": "2088000000000001",
    }))
});

fn signed(content: &[u8], rule: FormRule) {
    let Some(body) = content::signed_form(content, rule) else { return };
    let judgement = judge_and_check(&ACCOUNT, &[], &body);
    // Only messages of the gateway may sign the algorithm's name.
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
