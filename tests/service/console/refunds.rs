//! The pages of refunds.

use serde_json::json;

use super::pages::page;
use crate::api::scene::{operator, scene};

#[tokio::test]
async fn texts_of_a_provider_are_shown_as_text_whatever_they_contain() {
    let scene = scene(&operator("")).await;
    let number = "<script>alert(1)</script>";
    scene.receive(number, &[("trade_status", json!("\"><b>bold</b>\u{202e}"))]).await;
    let list = page(&scene, "/refunds").await;
    let link = list.split("href=\"./refunds/").nth(1).and_then(|rest| rest.split('"').next());
    let one = page(&scene, &format!("/refunds/{}", link.unwrap())).await;
    for text in [&list, &one] {
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{text}");
        assert!(!text.contains("<script>"), "{text}");
    }
    assert!(one.contains("&lt;b&gt;bold") && one.contains("\\u{202e}"), "{one}");
}

#[tokio::test]
async fn the_list_has_the_filters_of_the_command_and_pages_that_follow_each_other() {
    let scene = scene(&operator("")).await;
    for number in 0..5 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let first = page(&scene, "/refunds?limit=3&status=succeeded").await;
    assert_eq!(first.matches("is-succeeded").count(), 3, "{first}");
    let next = first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let second = page(&scene, &format!("/{}", next.unwrap().replace("&amp;", "&"))).await;
    assert_eq!(second.matches("is-succeeded").count(), 2, "{second}");
    assert!(!second.contains("rel=\"next\""));
    let none = page(&scene, "/refunds?status=failed").await;
    assert!(none.contains("No refund matches."), "{none}");
}

#[tokio::test]
async fn the_export_has_every_row_of_the_filter_and_the_audit_notes_it() {
    let scene = scene(&operator("")).await;
    for number in 0..60 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let answer = scene.get_as("viewer", "/refunds.csv?status=succeeded").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.text().await.unwrap().lines().count(), 61);
    assert_eq!(scene.audit().await, ["the viewer console export refunds"]);
}

#[tokio::test]
async fn a_refund_is_told_as_a_story_with_amounts_answers_and_flags_in_sentences() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    scene.receive("refund-1", &[("trade_status", json!("TRADE_FAIL"))]).await;
    scene.receive_forged("refund-1").await;
    let text = page(&scene, "/refunds/refund-1").await;
    for part in [
        "88.50 <small>HKD</small>",
        "It needs attention",
        "The provider reported different final statuses.",
        "We answered <b>200</b>",
        "signature_mismatch",
        "changed the status",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn any_number_leads_to_the_refund_or_the_delivery_that_has_it() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    let refund = scene.json("/api/v1/refunds/refund-1").await;
    let found = scene.get_as("viewer", "/find?number=refund-1").await;
    let id = refund["refund_id"].as_str().unwrap();
    assert!(found.url().path().ends_with(id), "{}", found.url());
    assert_eq!(found.status(), 200);
}
