//! Why a delivery has its verdict. A viewer sees no signed text and no header value.

use serde_json::json;

use super::scene::{BODY_CANARY, HEADER_CANARY, operator, scene};
use testing::client::post;
use testing::notifications::eftpay;

#[tokio::test]
async fn everybody_sees_the_advice_and_only_an_auditor_the_signed_text_and_the_query() {
    let scene = scene(&operator("")).await;
    let (public, _) = scene.service.addresses();
    let body = eftpay("refund-1", &[("memo", json!(BODY_CANARY))]).replace("88.50", "99.50");
    let url = format!("http://{public}/notify/eftpay/hk?token=canary-in-a-query");
    let headers = [("x-canary", HEADER_CANARY), ("content-encoding", "identity")];
    post(&url, &headers, body).await;
    scene.database.until_count("refund_inbox.refused_deliveries", 1).await;
    let refused = scene.json("/api/v1/deliveries?verdict=refused").await;
    let id = refused["items"][0]["delivery_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/deliveries/{}/why", &id[..18]);

    let seen = scene.json(&path).await;
    assert_eq!(seen["delivery_id"], json!(id));
    assert_eq!(seen["path"], "/notify/eftpay/hk");
    let refused = json!({ "verdict": "refused", "reason": "signature_mismatch", "key_id": null });
    assert_eq!((&seen["verdict_then"], &seen["verdict_today"]), (&refused, &refused));
    assert_eq!(seen["keys_tried"].as_array().unwrap().len(), 1, "{seen}");
    assert!(seen["advice"].as_str().unwrap().starts_with("No key that we know"), "{seen}");
    assert_eq!(
        (&seen["cause"], &seen["signed_text"]),
        (&json!("signature_mismatch"), &json!(null))
    );
    for canary in [BODY_CANARY, HEADER_CANARY, "canary-in-a-query"] {
        assert!(!seen.to_string().contains(canary), "{seen}");
    }
    assert_eq!(scene.audit().await, [""; 0]);

    let seen = scene.json_as("auditor", &path).await;
    assert_eq!(seen["path"], "/notify/eftpay/hk?token=canary-in-a-query");
    let signed = &seen["signed_text"];
    assert!(signed["text"].as_str().unwrap().contains("return_amount=99.50"), "{seen}");
    assert!(!seen.to_string().contains("testsignkey1234"), "{seen}");
    assert_eq!(scene.audit().await, [format!("the auditor api show_body delivery {id}")]);

    for (path, status) in [("abcdef00", 404), ("xyz", 400)] {
        let path = format!("/api/v1/deliveries/{path}/why");
        assert_eq!(scene.get_as("viewer", &path).await.status(), status, "{path}");
    }
}
