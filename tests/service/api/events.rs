//! The feed over HTTP: pages, the long poll and the stream have the guarantees of the feed.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;
use testing::program::run_command;
use tokio::time::timeout;

use super::scene::{Scene, operator, scene};

fn seqs(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|event| event["seq"].as_i64().unwrap()).collect()
}

/// Reads a stream until it has this many events. Returns their ids and data.
async fn read_events(answer: &mut Response, count: usize) -> Vec<(i64, Value)> {
    let mut text = String::new();
    let read = async {
        loop {
            let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
            let blocks: Vec<&str> = whole.split("\n\n").collect();
            let events: Vec<(i64, Value)> = blocks.into_iter().filter_map(event).collect();
            if events.len() >= count {
                return events;
            }
            let chunk = answer.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    timeout(Duration::from_secs(20), read).await.expect("events arrive")
}

fn event(block: &str) -> Option<(i64, Value)> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let data = field("data:")?.trim_start();
    Some((field("id:")?.trim().parse().unwrap(), serde_json::from_str(data).unwrap()))
}

async fn stream(scene: &Scene, query: &str, last: Option<i64>) -> Response {
    let path = format!("/api/v1/events/stream{query}");
    let mut request = scene.request(reqwest::Method::GET, &path).bearer_auth("viewer");
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer
}

#[tokio::test]
async fn pages_are_the_lines_of_the_feed_in_order_without_gap_or_repeat() {
    let scene = scene(&operator("")).await;
    for number in 0..7 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let ran = run_command(scene.service.command(&["feed", "--after", "0"])).await;
    let lines: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (mut after, mut items) = ("0".to_owned(), Vec::new());
    loop {
        let page = scene.json(&format!("/api/v1/events?after={after}&limit=3")).await;
        items.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_owned();
    }
    assert_eq!(items, lines);
    assert_eq!(items.len(), 7);
    let others = scene.json("/api/v1/events?account=ph&limit=3").await;
    assert_eq!(others["items"].as_array().unwrap().len(), 0);
    assert_eq!(others["next"], Value::Null);
}

#[tokio::test]
async fn a_long_poll_is_answered_by_the_next_event_and_empty_after_its_wait() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    let known = seqs(&scene.json("/api/v1/events").await)[0];
    let path = format!("/api/v1/events?after={known}&wait=30");
    let poll = scene.json(&path);
    let deliver = async {
        // The poll waits on its own connection: only an event can end it early.
        scene.receive("refund-2", &[]).await;
    };
    let (page, ()) = timeout(Duration::from_secs(15), async { tokio::join!(poll, deliver) })
        .await
        .expect("the event ends the wait");
    assert_eq!(seqs(&page).len(), 1);
    let began = Instant::now();
    let newest = seqs(&page)[0];
    let empty = scene.json(&format!("/api/v1/events?after={newest}&wait=1")).await;
    assert_eq!(seqs(&empty), [0; 0]);
    assert!(began.elapsed() >= Duration::from_secs(1), "it waits");
}

#[tokio::test]
async fn a_stream_that_was_cut_continues_after_its_last_event_and_misses_nothing() {
    let scene = scene(&operator("")).await;
    for number in 0..5 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let expected = seqs(&scene.json("/api/v1/events").await);
    let mut first = stream(&scene, "", None).await;
    let mut seen = read_events(&mut first, 2).await;
    seen.truncate(2);
    drop(first);
    // Events that come while nobody is connected.
    scene.receive("refund-5", &[]).await;
    let last = seen[1].0;
    let mut second = stream(&scene, "?after=0", Some(last)).await;
    seen.extend(read_events(&mut second, 4).await);
    // And one that comes while the stream is open.
    scene.receive("refund-6", &[]).await;
    seen.extend(read_events(&mut second, 1).await);
    let ids: Vec<i64> = seen.iter().map(|(id, _)| *id).collect();
    let all = seqs(&scene.json("/api/v1/events").await);
    assert_eq!(ids, all);
    assert_eq!(all[..5], expected);
    assert!(seen.iter().all(|(id, event)| event["seq"] == *id));
}

#[tokio::test]
async fn a_stream_ends_when_the_service_stops() {
    let mut scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    let mut answer = stream(&scene, "", None).await;
    read_events(&mut answer, 1).await;
    scene.service.signal(nix::sys::signal::Signal::SIGTERM);
    let ended = async { while let Ok(Some(_)) = answer.chunk().await {} };
    timeout(Duration::from_secs(15), ended).await.expect("the stream ends");
    assert!(scene.service.wait().await.success());
}

#[tokio::test]
async fn another_last_event_id_is_a_mistake() {
    let scene = scene(&operator("")).await;
    for id in ["x", "-1", "1.5", "99999999999999999999"] {
        let request = scene.request(reqwest::Method::GET, "/api/v1/events/stream");
        let request = request.bearer_auth("viewer").header("last-event-id", id);
        assert_eq!(request.send().await.unwrap().status(), 400, "{id}");
    }
}
