//! Only an auditor sees bodies and headers, and the audit notes it.

use serde_json::{Value, json};

use super::scene::{BODY_CANARY, HEADER_CANARY, Scene, operator, scene};

/// A service with an authentic and a forged delivery. Returns it with the id of the forged one.
async fn filled() -> (Scene, String) {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[("signed_by", json!("somebody"))]).await;
    scene.receive_forged("refund-1").await;
    let refused = scene.json("/api/v1/deliveries?verdict=refused").await;
    let id = refused["items"][0]["delivery_id"].as_str().unwrap().to_owned();
    (scene, id)
}

#[tokio::test]
async fn a_viewer_sees_no_body_and_no_header_in_any_answer() {
    let (scene, id) = filled().await;
    let body = scene.get_as("viewer", &format!("/api/v1/deliveries/{id}/body")).await;
    assert_eq!(body.status(), 403);
    assert!(body.text().await.unwrap().contains("this needs the role auditor"));
    for path in [
        "refunds",
        "refunds/refund-1",
        "refunds/refund-1/story",
        "deliveries",
        "deliveries?refund=refund-1",
        &format!("deliveries/{id}"),
        &format!("deliveries/{id}/body"),
        &format!("deliveries/{id}/why"),
        "deliveries/xyz/body",
        "events",
        "reports/totals",
        "status",
    ] {
        for accept in ["application/json", "text/csv"] {
            let request = scene.request(reqwest::Method::GET, &format!("/api/v1/{path}"));
            let request = request.bearer_auth("viewer").header("accept", accept);
            let text = request.send().await.unwrap().text().await.unwrap();
            for canary in [BODY_CANARY, HEADER_CANARY] {
                assert!(!text.contains(canary), "{path} {accept}: {text}");
            }
        }
    }
    let seen = scene.audit().await.into_iter().filter(|row| row.contains("show_body"));
    assert_eq!(seen.collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn an_auditor_sees_the_bytes_and_the_headers_and_the_audit_notes_who() {
    let (scene, id) = filled().await;
    let path = format!("/api/v1/deliveries/{id}");
    let delivery = scene.json_as("auditor", &path).await;
    let headers = delivery["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["x-canary", HEADER_CANARY])), "{delivery}");
    let body = scene.get_as("operator", &format!("{path}/body")).await;
    let of_body = |name: &str| body.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(of_body("content-type"), "application/octet-stream");
    assert_eq!(of_body("content-disposition"), format!("attachment; filename=\"{id}\""));
    assert_eq!(of_body("cache-control"), "no-store");
    let bytes = body.bytes().await.unwrap();
    let query = format!(
        "select encode(body, 'hex') as body from refund_inbox.refused_deliveries
         where delivery_id = '{id}'"
    );
    let stored = scene.database.row(&query).await["body"].clone();
    assert_eq!(Value::String(data_encoding::HEXLOWER.encode(&bytes)), stored);
    let expected = [
        format!("the auditor api show_body delivery {id}"),
        format!("the operator api show_body delivery {id}"),
    ];
    assert_eq!(scene.audit().await, expected);
}

#[tokio::test]
async fn a_body_is_not_shown_if_the_audit_cannot_note_it() {
    let (scene, id) = filled().await;
    scene
        .database
        .execute("alter table refund_inbox.audit add constraint never check (false) not valid")
        .await;
    let answer = scene.get_as("auditor", &format!("/api/v1/deliveries/{id}/body")).await;
    assert!(!answer.status().is_success());
    assert!(!answer.text().await.unwrap().contains(BODY_CANARY));
}
