//! Each parameter of each path that the OpenAPI document has, with values that are nearly right: the
//! answer, or a sentence that says what is wrong.

use serde_json::Value;

use super::mistakes::{VALUES, get};
use super::scene::{Scene, operator, scene};

/// Cursors: of another list, cut off, with other content, and too long.
const CURSORS: [&str; 6] = [
    "WyJmaXJzdF9yZWNlaXZlZF9hdCIsIngiLCJ4Il0",
    "WyJmaXJzdF9yZWNlaXZlZF9hdCIsIjIwMjYt",
    "bnVsbA",
    "W10",
    "e30",
    "====",
];

/// Returns the paths that can be read, each with the names of its parameters.
fn readable() -> Vec<(String, Vec<String>)> {
    let document = include_str!("../../../docs/openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let mut paths = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(operation) = methods.get("get") else { continue };
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let of_query = parameters.filter(|parameter| parameter["in"] == "query");
        let names = of_query.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        paths.push((path.clone(), names));
    }
    assert!(paths.len() > 12, "{paths:?}");
    paths
}

/// Gets a path. Returns the status, after checking that whatever is not answered has a sentence.
async fn check(scene: &Scene, path: &str) -> u16 {
    let (status, answer) = get(scene, path).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match status {
        200 => {}
        400 | 404 | 409 => {
            // A target that is none is refused before it reaches us, without a body.
            if !body.is_empty() {
                assert!(head.contains("application/problem+json"), "{path}: {answer}");
                let problem: Value = serde_json::from_str(body).unwrap();
                assert_eq!(problem["status"], status, "{path}: {body}");
                assert!(problem["detail"].as_str().unwrap().len() > 10, "{path}: {body}");
            }
        }
        other => panic!("{path}: {other}: {answer}"),
    }
    status
}

#[tokio::test]
async fn each_parameter_of_each_path_is_answered_or_refused_with_a_sentence() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    let (mut answered, mut refused) = (0, 0);
    for (path, names) in readable() {
        // The stream has no end; what it refuses has one.
        let is_endless = path.ends_with("/stream");
        let path = format!("/api/v1{path}").replace("{ref}", "refund-1");
        let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
        for name in names.iter().map(String::as_str).chain(["unknown"]) {
            let cursors = if name == "after" { &CURSORS[..] } else { &[] };
            for value in VALUES.iter().chain(cursors) {
                if is_endless && (name != "unknown" || value.is_empty()) {
                    continue;
                }
                let status = check(&scene, &format!("{path}?{name}={value}")).await;
                // A form sends what is left empty, too.
                if name == "unknown" && !value.is_empty() {
                    // A parameter of another name is never ignored.
                    assert!(matches!(status, 400 | 404), "{path}?{name}={value}: {status}");
                }
                match status {
                    200 => answered += 1,
                    _ => refused += 1,
                }
            }
        }
        if !is_endless {
            assert_eq!(check(&scene, &format!("{path}?limit=1&limit=2")).await / 100, 4, "{path}");
        }
    }
    assert!(answered > 200 && refused > 1000, "{answered} answered, {refused} refused");
}

#[tokio::test]
async fn references_in_paths_are_found_or_refused_with_a_sentence() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    for (path, _) in readable() {
        if !path.contains('{') {
            continue;
        }
        for value in VALUES.iter().chain(&["%2F", "%2e%2e", "%00", "%ff", "a%20b", "-", "0"]) {
            let path = path.replace("{ref}", value).replace("{id}", value);
            check(&scene, &format!("/api/v1{path}")).await;
        }
    }
}
