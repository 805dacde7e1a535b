//! The pages of deliveries, and who sees what on them.

use serde_json::json;

use super::pages::page;
use crate::api::scene::{BODY_CANARY, HEADER_CANARY, Scene, operator, scene};

/// A service with an authentic and a forged delivery. Returns it with the ids of both.
async fn filled() -> (Scene, String, String) {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[("memo", json!(BODY_CANARY))]).await;
    scene.receive_forged("refund-1").await;
    let mut ids = Vec::new();
    for verdict in ["recorded", "refused"] {
        let listed = scene.json(&format!("/api/v1/deliveries?verdict={verdict}")).await;
        ids.push(listed["items"][0]["delivery_id"].as_str().unwrap().to_owned());
    }
    let [recorded, refused] = ids.try_into().unwrap();
    (scene, recorded, refused)
}

#[tokio::test]
async fn a_viewer_sees_no_body_and_no_header_on_any_page_and_may_not_ask_for_them() {
    let (scene, recorded, refused) = filled().await;
    let mut paths: Vec<String> = [
        "/",
        "/refunds",
        "/refunds/refund-1",
        "/deliveries",
        "/accounts",
        "/deliveries.csv",
        "/reports",
        "/find?number=refund-1",
    ]
    .map(str::to_owned)
    .to_vec();
    for id in [&recorded, &refused] {
        paths.push(format!("/deliveries/{id}"));
        for asked in ["?show=pretty", "?show=raw", "?show=decrypted", "/body"] {
            let path = format!("/deliveries/{id}{asked}");
            let answer = scene.get_as("viewer", &path).await;
            assert_eq!(answer.status(), 403, "{path}");
            assert!(answer.text().await.unwrap().contains("this needs the role auditor"));
        }
    }
    for path in &paths {
        let text = scene.get_as("viewer", path).await.text().await.unwrap();
        for canary in [BODY_CANARY, HEADER_CANARY] {
            assert!(!text.contains(canary), "{path}: {text}");
        }
    }
    let shown = scene.audit().await.into_iter().filter(|row| row.contains("show_body"));
    assert_eq!(shown.collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn content_is_hidden_until_an_auditor_asks_and_the_audit_notes_each_time() {
    let (scene, recorded, refused) = filled().await;
    let hidden = scene.get_as("auditor", &format!("/deliveries/{refused}")).await;
    let hidden = hidden.text().await.unwrap();
    assert!(!hidden.contains(BODY_CANARY) && !hidden.contains(HEADER_CANARY), "{hidden}");
    assert_eq!(scene.audit().await, [""; 0]);
    for show in ["pretty", "raw"] {
        let shown = scene.get_as("auditor", &format!("/deliveries/{refused}?show={show}")).await;
        let shown = shown.text().await.unwrap();
        assert!(shown.contains(BODY_CANARY) && shown.contains(HEADER_CANARY), "{shown}");
    }
    let shown = scene.get_as("auditor", &format!("/deliveries/{recorded}?show=decrypted")).await;
    assert!(shown.text().await.unwrap().contains("&quot;refund_no&quot;: &quot;refund-1&quot;"));
    let body = scene.get_as("auditor", &format!("/deliveries/{refused}/body")).await;
    assert_eq!(body.headers()["content-type"], "application/octet-stream");
    let noted = |id: &str| format!("the auditor console show_body delivery {id}");
    let expected = [noted(&refused), noted(&refused), noted(&recorded), noted(&refused)];
    assert_eq!(scene.audit().await, expected);
}

#[tokio::test]
async fn content_is_not_shown_if_the_audit_cannot_note_it() {
    let (scene, _, refused) = filled().await;
    let never = "alter table refund_inbox.audit add constraint never check (false) not valid";
    scene.database.execute(never).await;
    for asked in ["?show=raw", "/body"] {
        let answer = scene.get_as("auditor", &format!("/deliveries/{refused}{asked}")).await;
        assert!(!answer.status().is_success());
        assert!(!answer.text().await.unwrap().contains(BODY_CANARY), "{asked}");
    }
}

#[tokio::test]
async fn a_delivery_says_why_what_we_answered_and_which_refund_it_is_about() {
    let (scene, recorded, refused) = filled().await;
    let forged = page(&scene, &format!("/deliveries/{refused}")).await;
    for part in ["signature_mismatch", "We answered <b>401</b>", "keys tried", "it is a forgery"] {
        assert!(forged.contains(part), "{part}: {forged}");
    }
    let authentic = page(&scene, &format!("/deliveries/{recorded}")).await;
    assert!(
        authentic.contains("What it says") && authentic.contains(">refund-1</a>"),
        "{authentic}"
    );
    let list = page(&scene, "/deliveries?verdict=refused").await;
    assert!(list.contains(&refused) && !list.contains(&recorded), "{list}");
}
