//! What an operator does, if actions are on.

use serde_json::{Value, json};

use super::scene::{TOKENS, operator, scene};

/// The paths that act.
const PATHS: [&str; 5] = [
    "/api/v1/replays",
    "/api/v1/refunds/refund-1/resolve",
    "/api/v1/refunds/refund-1/note",
    "/api/v1/deliveries/dismiss",
    "/api/v1/deliveries/00000000-0000-7000-8000-000000000000/note",
];

#[tokio::test]
async fn nobody_acts_without_the_role_and_nobody_at_all_while_actions_are_off() {
    for (lines, may) in [("", &[][..]), ("actions = true\n", &["operator"][..])] {
        let scene = scene(&operator(lines)).await;
        scene.receive("refund-1", &[]).await;
        for path in PATHS {
            for token in TOKENS.iter().filter(|token| !may.contains(token)) {
                let (status, problem) = scene.post_as(token, path, &json!({ "note": "x" })).await;
                assert_eq!(status, 403, "{path} as {token}: {problem}");
                let sentence = problem["detail"].as_str().unwrap();
                let expected = match *token {
                    "operator" => "actions are off",
                    _ => "this needs the role operator",
                };
                assert!(sentence.contains(expected), "{path} as {token}: {sentence}");
            }
        }
        assert_eq!(scene.audit().await, [""; 0]);
        assert_eq!(scene.database.count("refund_inbox.resolutions").await, 0);
    }
}

#[tokio::test]
async fn a_refund_is_resolved_with_a_note_and_the_audit_says_by_whom() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[]).await;
    scene.receive("refund-1", &[("trade_status", json!("TRADE_CLOSED"))]).await;
    let path = "/api/v1/refunds/refund-1/resolve";
    for body in [json!({}), json!({ "note": " " }), json!({ "note": "x", "why": "y" })] {
        assert_eq!(scene.post_as("operator", path, &body).await.0, 400, "{body}");
    }
    let (status, problem) =
        scene.post_as("operator", path, &json!({ "note": "退".repeat(2001) })).await;
    let expected = "note: expected at most 2000 characters, found 2001";
    assert_eq!((status, &problem["detail"]), (400, &json!(expected)), "{problem}");
    let body = json!({ "note": "银行已确认" });
    let (status, refund) = scene.post_as("operator", path, &body).await;
    assert_eq!((status, &refund["needs_attention"]), (200, &json!(false)), "{refund}");
    let id = refund["refund_id"].as_str().unwrap();
    assert_eq!(scene.audit().await, [format!("the operator api resolve refund {id}")]);
    let story = scene.json("/api/v1/refunds/refund-1/story").await;
    assert_eq!(story["story"]["resolutions"][0]["note"], "银行已确认");
    let (status, _) = scene.post_as("operator", "/api/v1/refunds/no/resolve", &body).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn all_that_match_are_replayed_after_a_dry_run_that_writes_nothing() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive_forged("refund-1").await;
    scene.receive_forged("refund-2").await;
    let replay = async |filters: Value, dry_run: bool| {
        let body = json!({ "filters": filters, "dry_run": dry_run });
        let (status, answer) = scene.post_as("operator", "/api/v1/replays", &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let filters = json!({ "account": "hk", "verdict": "refused" });
    let foreseen = replay(filters.clone(), true).await;
    assert_eq!((&foreseen["dry_run"], &foreseen["examined"]), (&json!(true), &json!(2)));
    assert_eq!(foreseen["results"], json!({ "still_refused": 2 }));
    assert_eq!(scene.audit().await, [""; 0], "a dry run does nothing");
    assert_eq!(replay(json!({ "account": "ph" }), true).await["examined"], 0);
    // Filters that only the list knows.
    assert_eq!(replay(json!({ "client": "127.0.0.1" }), true).await["examined"], 2);
    assert_eq!(replay(json!({ "provider": "paycools" }), true).await["examined"], 0);
    let done = replay(filters, false).await;
    assert_eq!(done["results"], foreseen["results"]);
    let expected = "the operator api replay deliveries that matched a filter";
    assert_eq!(scene.audit().await, [expected]);
}

#[tokio::test]
async fn deliveries_are_dismissed_by_their_ids_or_by_filters_with_a_note() {
    let scene = scene(&operator("actions = true\n")).await;
    for number in 0..3 {
        scene.receive_forged(&format!("refund-{number}")).await;
    }
    let page = scene.json("/api/v1/deliveries?waiting=true").await;
    let id = page["items"][0]["delivery_id"].as_str().unwrap();
    let dismiss =
        async |body: Value| scene.post_as("operator", "/api/v1/deliveries/dismiss", &body).await;
    let note = "a scanner";
    assert_eq!(dismiss(json!({ "ids": [id], "note": note })).await.1["dismissed"], 1);
    assert_eq!(dismiss(json!({ "ids": [id], "note": note })).await.1["dismissed"], 0);
    for body in [
        json!({ "note": note }),
        json!({ "filters": {}, "note": note }),
        json!({ "ids": [id], "filters": { "account": "hk" }, "note": note }),
        json!({ "ids": [id] }),
    ] {
        assert_eq!(dismiss(body.clone()).await.0, 400, "{body}");
    }
    let body = json!({ "filters": { "reason": "signature_mismatch" }, "note": note });
    assert_eq!(dismiss(body).await.1["dismissed"], 2);
    let left = scene.json("/api/v1/deliveries?waiting=true").await;
    assert_eq!(left["items"].as_array().unwrap().len(), 0);
    let noted = scene.audit().await;
    assert!(noted.iter().all(|row| row.starts_with("the operator api dismiss ")), "{noted:?}");
}
