//! The page of the feed.

use super::pages::page;
use crate::api::scene::{operator, scene};

#[tokio::test]
async fn the_feed_shows_the_newest_events_and_a_link_reads_on_without_script() {
    let scene = scene(&operator("")).await;
    for number in 0..3 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let text = page(&scene, "/feed").await;
    let places = ["refund-2", "refund-1", "refund-0"].map(|number| text.find(number).unwrap());
    assert!(places.is_sorted(), "the newest first: {text}");
    let on = text.split("id=\"on\" href=\"./").nth(1).and_then(|rest| rest.split('"').next());
    let on = format!("/{}", on.unwrap());
    assert!(page(&scene, &on).await.contains("No events here."));
    scene.receive("refund-3", &[]).await;
    let next = page(&scene, &on).await;
    assert!(next.contains("refund-3") && !next.contains("refund-2"), "{next}");
    for number in 4..60 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let text = page(&scene, "/feed").await;
    assert_eq!(text.matches("<td class=\"what\">").count(), 50, "{text}");
    assert!(text.contains("data-stream=\"./api/v1/events/stream?after="), "{text}");
}
