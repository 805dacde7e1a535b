//! Notes: through each interface, about a refund and about a delivery. They change no state, and the
//! story tells them with who and when.

use nix::unistd::{Uid, User};
use reqwest::Method;
use serde_json::{Value, json};
use testing::program::run_command;

use crate::api::scene::{Scene, operator, scene};

/// Notes through the command line. Returns what it prints.
async fn command(scene: &Scene, arguments: &[&str]) -> String {
    let ran = run_command(scene.service.command(arguments)).await;
    assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
    ran.out
}

/// Notes through the console.
async fn console(scene: &Scene, path: &str, form: &[(&str, &str)]) -> String {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = scene.request(Method::POST, path).bearer_auth("operator").body(body);
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{path}: {text}");
    text
}

/// Returns the notes in an answer as who, what and delivery, after checking that each has a time.
fn told(notes: &Value) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let told = notes.as_array().unwrap().iter().map(|note| {
        let at = note["noted_at"].as_str().unwrap();
        assert!(at.ends_with('Z') && at.len() > 19, "{note}");
        (text(&note["who"]).unwrap(), text(&note["note"]).unwrap(), text(&note["delivery_id"]))
    });
    told.collect()
}

#[tokio::test]
async fn a_note_changes_no_state_and_the_story_tells_who_made_it_and_when() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[("trade_status", json!("NEW_WORD"))]).await;
    let of_refund = "/api/v1/refunds/refund-1";
    let before = scene.json(of_refund).await;
    assert_eq!(before["needs_attention"], true);
    let refund = before["refund_id"].as_str().unwrap();
    let deliveries = scene.json("/api/v1/deliveries").await;
    let delivery = deliveries["items"][0]["delivery_id"].as_str().unwrap();

    command(&scene, &["refunds", "note", "refund-1", "--note", "asked the bank"]).await;
    command(&scene, &["deliveries", "note", delivery, "--note", "new word, ticket 1"]).await;
    let note = json!({ "note": "银行已确认" });
    let path = "/api/v1/refunds/refund-1/note";
    let (status, made) = scene.post_as("operator", path, &note).await;
    assert_eq!((status, &made["who"], &made["note"]), (200, &json!("the operator"), &note["note"]));
    let note = json!({ "note": "ticket 2" });
    let path = format!("/api/v1/deliveries/{delivery}/note");
    assert_eq!(scene.post_as("operator", &path, &note).await.0, 200);
    let path = format!("/refunds/{refund}/note");
    let page = console(&scene, &path, &[("note", "a <b>page</b>")]).await;
    assert!(page.contains("the operator</b> noted: a &lt;b&gt;page&lt;/b&gt;"), "{page}");
    assert!(page.contains("It needs attention"), "{page}");
    let form = [("id", delivery), ("note", "ticket 3")];
    let page = console(&scene, "/deliveries/note", &form).await;
    assert!(page.contains("the operator</b> noted: ticket 3"), "{page}");

    let user = User::from_uid(Uid::current()).unwrap().unwrap().name;
    let row = |who: &str, note: &str, about: Option<&str>| {
        (who.to_owned(), note.to_owned(), about.map(str::to_owned))
    };
    let expected = [
        row(&user, "asked the bank", None),
        row(&user, "new word, ticket 1", Some(delivery)),
        row("the operator", "银行已确认", None),
        row("the operator", "ticket 2", Some(delivery)),
        row("the operator", "a <b>page</b>", None),
        row("the operator", "ticket 3", Some(delivery)),
    ];
    let story = scene.json("/api/v1/refunds/refund-1/story").await;
    assert_eq!(told(&story["story"]["notes"]), expected);
    assert_eq!(story["story"]["resolutions"], json!([]));
    let alone = scene.json(&format!("/api/v1/deliveries/{delivery}")).await;
    let of_delivery: Vec<_> = expected.iter().filter(|row| row.2.is_some()).cloned().collect();
    assert_eq!(told(&alone["notes"]), of_delivery);
    assert_eq!(scene.json(of_refund).await, before);

    let printed = command(&scene, &["refunds", "show", "refund-1"]).await;
    for (who, note, _) in &expected {
        let line = printed.lines().find(|line| line.contains(note.as_str()));
        assert!(line.is_some_and(|line| line.contains(&format!("by {who}"))), "{note}: {printed}");
    }
    let printed = command(&scene, &["deliveries", "show", delivery]).await;
    assert!(printed.contains("the operator: ticket 3"), "{printed}");
    let audit = scene.audit().await;
    let (refund, delivery) = (format!("refund {refund}"), format!("delivery {delivery}"));
    for via in [&format!("{user} command line"), "the operator api", "the operator console"] {
        for about in [&refund, &delivery] {
            assert!(audit.contains(&format!("{via} note {about}")), "{audit:?}");
        }
    }
}

#[tokio::test]
async fn a_note_says_something_about_one_thing_that_is_there() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[]).await;
    let absent = "00000000-0000-7000-8000-000000000000";
    for (line, status) in [
        (["refunds", "note", "refund-1", "--note", " "], 2),
        (["refunds", "note", "nothing", "--note", "x"], 1),
        (["deliveries", "note", absent, "--note", "x"], 1),
        (["deliveries", "note", "zz", "--note", "x"], 2),
    ] {
        let ran = run_command(scene.service.command(&line)).await;
        assert_eq!((ran.status, ran.out.as_str()), (status, ""), "{line:?}: {}", ran.err);
    }
    let absent = format!("/api/v1/deliveries/{absent}/note");
    for (path, body, status) in [
        ("/api/v1/refunds/refund-1/note", json!({}), 400),
        ("/api/v1/refunds/refund-1/note", json!({ "note": "\n" }), 400),
        ("/api/v1/refunds/refund-1/note", json!({ "note": "x", "why": "y" }), 400),
        ("/api/v1/refunds/nothing/note", json!({ "note": "x" }), 404),
        ("/api/v1/refunds/refund-1/note?account=nope", json!({ "note": "x" }), 400),
        (&absent, json!({ "note": "x" }), 404),
    ] {
        assert_eq!(scene.post_as("operator", path, &body).await.0, status, "{path} {body}");
    }
    for (path, body, status) in [
        ("/refunds/refund-1/note", "", 400),
        ("/deliveries/note", "note=x", 400),
        ("/deliveries/note", "note=x&filters=verdict%3Drefused", 400),
    ] {
        let request = scene.request(Method::POST, path).bearer_auth("operator").body(body);
        assert_eq!(request.send().await.unwrap().status(), status, "{path} {body}");
    }
    assert_eq!(scene.audit().await, [""; 0]);
}

#[tokio::test]
async fn a_delivery_tells_who_dismissed_it_when_and_why() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive_forged("refund-1").await;
    let waiting = scene.json("/api/v1/deliveries?waiting=true").await;
    let delivery = waiting["items"][0]["delivery_id"].as_str().unwrap();
    let (path, page) =
        (format!("/api/v1/deliveries/{delivery}"), format!("/deliveries/{delivery}"));
    let show = ["deliveries", "show", delivery];
    assert_eq!(scene.json(&path).await["dismissed"], Value::Null);
    assert!(!command(&scene, &show).await.contains("dismissed"));
    let note = "a <b>scanner</b>";
    command(&scene, &["deliveries", "dismiss", delivery, "--note", note]).await;

    let user = User::from_uid(Uid::current()).unwrap().unwrap().name;
    let dismissed = scene.json(&path).await["dismissed"].clone();
    assert_eq!((&dismissed["who"], &dismissed["note"]), (&json!(user), &json!(note)));
    let at = dismissed["dismissed_at"].as_str().unwrap();
    // As the command shows it: in whole seconds.
    let second = &at[..19];
    let printed = command(&scene, &show).await;
    let line = printed.lines().find(|line| line.starts_with("dismissed")).unwrap();
    assert!(line.contains(second) && line.ends_with(&format!("{user}: {note}")), "{line}");
    let printed = command(&scene, &[show[0], show[1], show[2], "--json"]).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["dismissed"]["note"], note);
    let request = scene.request(Method::GET, &page).bearer_auth("operator");
    let page = request.send().await.unwrap().text().await.unwrap();
    let expected = format!("<b>{user}</b> dismissed it at ");
    assert!(page.contains(&expected) && page.contains("a &lt;b&gt;scanner&lt;/b&gt;"), "{page}");
}
