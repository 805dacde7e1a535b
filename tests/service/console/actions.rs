//! What an operator does in the console, if actions are on.

use reqwest::Method;
use serde_json::json;

use crate::api::scene::{Scene, TOKENS, operator, scene};

/// Posts a form with a token. Returns the status, and the page that it led to.
async fn post(scene: &Scene, token: &str, path: &str, form: &[(&str, &str)]) -> (u16, String) {
    let pairs = form.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    let request = scene.request(Method::POST, path).bearer_auth(token).body(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// The paths that act.
const PATHS: [&str; 5] = [
    "/deliveries/replay",
    "/deliveries/dismiss",
    "/deliveries/note",
    "/refunds/refund-1/resolve",
    "/refunds/refund-1/note",
];

#[tokio::test]
async fn nobody_acts_or_is_offered_to_without_the_role_and_nobody_at_all_while_actions_are_off() {
    for (lines, may) in [("", &[][..]), ("actions = true\n", &["operator"][..])] {
        let scene = scene(&operator(lines)).await;
        scene.receive("refund-1", &[]).await;
        scene.receive_forged("refund-2").await;
        for token in TOKENS {
            for path in ["/deliveries", "/refunds/refund-1"] {
                let text = scene.get_as(token, path).await.text().await.unwrap();
                let is_offered = text.contains("method=\"post\"");
                assert_eq!(is_offered, may.contains(&token), "{path} as {token}");
            }
            for path in PATHS.iter().filter(|_| !may.contains(&token)) {
                let (status, text) = post(&scene, token, path, &[("note", "x")]).await;
                assert_eq!(status, 403, "{path} as {token}: {text}");
            }
        }
        assert_eq!(scene.audit().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_and_changes_nothing() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[]).await;
    for path in PATHS {
        for (header, value) in
            [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]
        {
            let request = scene.request(Method::POST, path).bearer_auth("operator");
            let request = request.header(header, value).body("note=evil&dry_run=false");
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {header}");
            let text = answer.text().await.unwrap();
            assert!(text.contains("comes from a page of another site"), "{text}");
        }
    }
    assert_eq!(scene.audit().await, [""; 0]);
}

#[tokio::test]
async fn a_refund_is_resolved_with_a_note_which_its_story_then_tells() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[("trade_status", json!("NEW_WORD"))]).await;
    let path = "/refunds/refund-1/resolve";
    for form in [&[][..], &[("note", " ")], &[("note", "x"), ("more", "y")]] {
        assert_eq!(post(&scene, "operator", path, form).await.0, 400, "{form:?}");
    }
    let (status, text) = post(&scene, "operator", path, &[("note", &"退".repeat(2001))]).await;
    assert!(status == 400 && text.contains("at most 2000 characters, found 2001"), "{text}");
    let note = format!("银行已确认 <b>{}", "退".repeat(1990));
    let (status, text) = post(&scene, "operator", path, &[("note", &note)]).await;
    assert_eq!(status, 200);
    assert!(text.contains("银行已确认 &lt;b&gt;") && !text.contains("needs attention"), "{text}");
    let id = scene.json("/api/v1/refunds/refund-1").await["refund_id"].clone();
    let expected = format!("the operator console resolve refund {}", id.as_str().unwrap());
    assert_eq!(scene.audit().await, [expected]);
}

#[tokio::test]
async fn all_that_match_are_replayed_after_a_dry_run_that_writes_nothing() {
    let scene = scene(&operator("actions = true\n")).await;
    for number in ["refund-1", "refund-2"] {
        scene.receive_forged(number).await;
    }
    let filters = ("filters", "verdict=refused&account=hk");
    let path = "/deliveries/replay";
    let (status, text) = post(&scene, "operator", path, &[filters, ("dry_run", "true")]).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("<b>2</b> still refused") && text.contains("Replay them now"), "{text}");
    assert_eq!(scene.audit().await, [""; 0], "a dry run does nothing");
    let none = [("filters", "account=ph"), ("dry_run", "true")];
    let (_, text) = post(&scene, "operator", path, &none).await;
    assert!(text.contains("nothing to replay") && !text.contains("Replay them now"), "{text}");
    for mistake in ["verdict=x", "nonsense=1", "account=nobody"] {
        let (status, _) = post(&scene, "operator", path, &[("filters", mistake)]).await;
        assert_eq!(status, 400, "{mistake}");
    }
    let (status, text) = post(&scene, "operator", path, &[filters]).await;
    assert_eq!(status, 200);
    assert!(text.contains("<h1>Replayed</h1>"), "{text}");
    let expected = "the operator console replay deliveries that matched a filter";
    assert_eq!(scene.audit().await, [expected]);
}

#[tokio::test]
async fn one_delivery_is_dismissed_at_once_and_all_that_match_after_a_question() {
    let scene = scene(&operator("actions = true\n")).await;
    for number in 0..3 {
        scene.receive_forged(&format!("refund-{number}")).await;
    }
    let waiting = async || {
        let page = scene.json("/api/v1/deliveries?waiting=true").await;
        page["items"].as_array().unwrap().clone()
    };
    let path = "/deliveries/dismiss";
    let dismiss = async |form: &[(&str, &str)]| post(&scene, "operator", path, form).await;
    let id = waiting().await[0]["delivery_id"].as_str().unwrap().to_owned();
    assert_eq!(dismiss(&[("id", &id)]).await.0, 400, "a note is needed");
    assert_eq!(dismiss(&[("id", &id), ("note", "mine")]).await.0, 200);
    assert_eq!(waiting().await.len(), 2);
    assert_eq!(dismiss(&[("note", "everything"), ("confirmed", "true")]).await.0, 400);
    let all = [("filters", "reason=signature_mismatch"), ("note", "a scanner")];
    let (_, text) = dismiss(&all).await;
    assert!(text.contains("<b>2</b> deliveries wait and match"), "{text}");
    assert_eq!(waiting().await.len(), 2, "a question changes nothing");
    let (_, text) = dismiss(&[all[0], all[1], ("confirmed", "true")]).await;
    assert!(text.contains("<b>2</b> deliveries wait no longer"), "{text}");
    assert_eq!(waiting().await.len(), 0);
    let noted = scene.audit().await;
    assert_eq!(noted.len(), 2);
    assert!(noted.iter().all(|row| row.starts_with("the operator console dismiss ")), "{noted:?}");
}
