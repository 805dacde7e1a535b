//! Every route of the API and of the console, as the OpenAPI document and the console's router list
//! them: a viewer sees no body and no header, and whatever is asked, the answer is never our failure.
//! A new route is checked without a change here; a new name in a path needs an example.

use std::time::Duration;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use testing::client::post;
use testing::notifications::eftpay;
use tokio::time::timeout;

use crate::api::mistakes::{VALUES, get, parameters};
use crate::api::scene::{BODY_CANARY, HEADER_CANARY, Scene, operator, scene};

/// A text in the query of a notify URL, which may hold what only a header should.
const QUERY_CANARY: &str = "canary-in-a-query";

/// How long a stream is read.
const READS_FOR: Duration = Duration::from_millis(500);

/// Names of the console's parameters beside those of the API.
const NAMES: [&str; 8] = ["show", "number", "after", "account", "as_of", "zone", "limit", "id"];

/// Returns the method and the path of each route.
fn routes() -> Vec<(Method, String)> {
    let document = include_str!("../../docs/openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for name in methods.as_object().unwrap().keys() {
            let method = name.to_uppercase().parse().unwrap();
            routes.push((method, format!("/api/v1{path}")));
        }
    }
    let router = include_str!("../../src/console/router.rs");
    let of_api = routes.len();
    for line in router.split(".route(").skip(1) {
        let path = line.split('"').nth(1).unwrap().to_owned();
        let method = line.split(',').nth(1).unwrap().trim().split('(').next().unwrap();
        routes.push((method.to_uppercase().parse().unwrap(), path));
    }
    assert!(of_api > 15 && routes.len() > of_api + 18, "{routes:?}");
    routes
}

/// Returns the paths of a route, with examples of what it names.
fn examples(path: &str, id: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let (name, after) = rest.split_once('}').unwrap();
    let names: &[&str] = match (before, name) {
        (_, "ref") => &["refund-1", "xyz"],
        (_, "id") => &[id, "xyz"],
        ("/accounts/", "name") => &["hk", "nobody"],
        ("/reports/", "name") => &["totals.csv", "ageing.csv", "changed.csv", "x.csv"],
        _ => panic!("{path}: expected an example of {{{name}}} here"),
    };
    names.iter().map(|name| format!("{before}{name}{after}")).collect()
}

/// A service with an authentic and a forged delivery about one refund. Returns it with the id of the
/// forged one.
async fn filled() -> (Scene, String) {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[("signed_by", json!("somebody"))]).await;
    let (public, _) = scene.service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk?token={QUERY_CANARY}");
    let body = eftpay("refund-1", &[("memo", json!(BODY_CANARY))]).replace("88.50", "99.50");
    post(&url, &[("x-canary", HEADER_CANARY)], body).await;
    scene.database.until_count("refund_inbox.refused_deliveries", 1).await;
    let refused = scene.json("/api/v1/deliveries?verdict=refused").await;
    let id = refused["items"][0]["delivery_id"].as_str().unwrap().to_owned();
    (scene, id)
}

/// Sends a request. Returns the status, and all that the answer says, headers too. A stream is read
/// for a moment.
async fn answer(request: RequestBuilder) -> (u16, String) {
    let mut answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let mut said = format!("{:?}", answer.headers()).into_bytes();
    let reading = async {
        while let Ok(Some(bytes)) = answer.chunk().await {
            said.extend(bytes);
        }
    };
    // Who is too slow has said enough.
    let _ = timeout(READS_FOR, reading).await;
    (status, String::from_utf8_lossy(&said).into_owned())
}

/// Returns everything that is asked with this token: each route with each way to ask.
fn asked(scene: &Scene, token: &str, id: &str) -> Vec<(String, RequestBuilder)> {
    let mut asked = Vec::new();
    for (method, path) in routes() {
        for path in examples(&path, id) {
            let mut ask = |what: String, request: RequestBuilder| {
                asked.push((what, request.bearer_auth(token)));
            };
            if method == Method::GET {
                for query in ["", "?show=pretty", "?show=raw", "?as_of=1h", "?nonsense=1"] {
                    for accept in ["application/json", "text/csv", "text/html"] {
                        let target = format!("{path}{query}");
                        let request = scene.request(Method::GET, &target).header("accept", accept);
                        ask(format!("{target} as {accept}"), request);
                    }
                }
            } else {
                let form = format!("id={id}&note=x");
                let filters = "filters=verdict%3Drefused&note=x&dry_run=true".to_owned();
                let body = json!({ "filters": { "verdict": "refused" }, "dry_run": true });
                for body in [form, filters, body.to_string(), json!({ "note": "x" }).to_string()] {
                    let request = scene.request(method.clone(), &path).body(body.clone());
                    ask(format!("{method} {path} {body}"), request);
                }
            }
        }
    }
    asked
}

#[tokio::test]
async fn a_viewer_sees_no_body_no_header_and_no_query_on_any_route_and_an_auditor_does() {
    let (scene, id) = filled().await;
    let canaries = [BODY_CANARY, HEADER_CANARY, QUERY_CANARY];
    for (what, request) in asked(&scene, "viewer", &id) {
        let (status, said) = answer(request).await;
        assert!(status < 500, "{what}: {status} {said}");
        for canary in canaries {
            assert!(!said.contains(canary), "{what}: {said}");
        }
    }
    let seen = scene.audit().await.into_iter().filter(|row| row.contains("show_body"));
    assert_eq!(seen.collect::<Vec<_>>(), [""; 0]);
    // The same requests do show them to who may see them.
    let mut shown = canaries.map(|_| 0);
    for (_, request) in asked(&scene, "auditor", &id) {
        let (_, said) = answer(request).await;
        for (canary, shown) in canaries.iter().zip(&mut shown) {
            *shown += usize::from(said.contains(canary));
        }
    }
    assert!(shown.iter().all(|shown| *shown > 2), "{canaries:?}: {shown:?}");
}

#[tokio::test]
async fn each_parameter_of_each_page_is_answered_or_refused_and_never_fails() {
    let (scene, id) = filled().await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let (mut answered, mut refused) = (0, 0);
    for (method, path) in routes() {
        // `api/every_path.rs` does the same with the paths of the API.
        if method != Method::GET || path.starts_with("/api/") {
            continue;
        }
        for path in examples(&path, &id) {
            let nearly_right = NAMES
                .iter()
                .flat_map(|name| VALUES.iter().map(move |value| format!("{name}={value}")));
            let random = (0..10).map(|_| parameters().new_tree(&mut runner).unwrap().current());
            for query in nearly_right.chain(random.collect::<Vec<_>>()) {
                let target = format!("{path}?{query}");
                let (status, said) = get(&scene, &target).await;
                match status {
                    200 | 303 => answered += 1,
                    400 | 404 | 409 => {
                        refused += 1;
                        // A target that is none is refused before it reaches us, without a body.
                        let body = said.split_once("\r\n\r\n").unwrap().1;
                        assert!(
                            body.is_empty() || body.contains("class=\"problem\""),
                            "{target}: {body}"
                        );
                    }
                    other => panic!("{target}: {other}: {said}"),
                }
            }
        }
    }
    assert!(answered > 300 && refused > 1000, "{answered} answered, {refused} refused");
}

#[tokio::test]
async fn each_field_of_each_action_is_taken_or_refused_and_never_fails() {
    let (scene, id) = filled().await;
    let (mut done, mut refused) = (0, 0);
    for (method, path) in routes() {
        if method == Method::GET {
            continue;
        }
        for path in examples(&path, &id) {
            for name in ["id", "ids", "note", "filters", "dry_run", "confirmed", "unknown"] {
                for value in VALUES {
                    let form = format!("note=x&{name}={value}");
                    let body = json!({ "note": "x", name: value }).to_string();
                    for body in [form, body] {
                        let request = scene.request(method.clone(), &path).body(body.clone());
                        let (status, said) = answer(request.bearer_auth("operator")).await;
                        match status {
                            200 => done += 1,
                            400 | 404 | 409 => refused += 1,
                            other => panic!("{method} {path} {body}: {other} {said}"),
                        }
                    }
                }
            }
        }
    }
    assert!(done > 50 && refused > 1000, "{done} done, {refused} refused");
}
