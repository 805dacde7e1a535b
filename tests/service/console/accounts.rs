//! The pages of accounts.

use super::pages::page;
use crate::api::scene::{operator, scene};

#[tokio::test]
async fn an_account_has_the_url_to_copy_its_keys_with_their_last_use_and_our_answers() {
    let scene = scene(&operator("")).await;
    let before = page(&scene, "/accounts/hk").await;
    assert!(before.contains("It has recorded nothing yet.") && before.contains("not lately"));
    scene.receive("refund-1", &[]).await;
    let text = page(&scene, "/accounts/hk").await;
    for part in [
        "<code data-copy=\"the URL\">/notify/eftpay/hk</code>",
        "Last recorded delivery:",
        "unavailable",
        "<td class=\"count\">503</td>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("not lately"), "{text}");
    let list = page(&scene, "/accounts").await;
    assert!(list.contains("<code>/notify/eftpay/hk</code>"), "{list}");
    assert!(!list.contains("testsignkey"), "{list}");
}
