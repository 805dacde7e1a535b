//! Who gets in, and what every answer carries.

use refund_inbox::store::StoreErrorKind;
use reqwest::{Method, Response};
use serde_json::Value;
use testing::database::Database;
use testing::postgres::{self, store_of};

use super::scene::{Scene, TOKENS, operator, scene};

/// The headers of every answer at the operator listener.
const HEADERS: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Checks the headers, and that a problem is one. Returns the status and the sentence.
async fn checked(answer: Response) -> (u16, String) {
    let place = answer.url().path().to_owned();
    for (name, expected) in HEADERS {
        assert_eq!(header(&answer, name), expected, "{place}: {name}");
    }
    let policy = header(&answer, "content-security-policy").to_owned();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "script-src 'self'"] {
        assert!(policy.contains(part), "{place}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{place}: {policy}");
    let status = answer.status().as_u16();
    let is_problem = place.starts_with("/api/v1/") && status >= 400;
    if !is_problem {
        return (status, answer.text().await.unwrap());
    }
    assert_eq!(header(&answer, "content-type"), "application/problem+json", "{place}");
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem["status"], status, "{place}: {problem}");
    assert!(problem["title"].is_string(), "{place}: {problem}");
    (status, problem["detail"].as_str().unwrap().to_owned())
}

async fn status_of(scene: &Scene, headers: &[(&str, &str)]) -> u16 {
    let mut request = scene.request(Method::GET, "/api/v1/nothing");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    checked(request.send().await.unwrap()).await.0
}

#[tokio::test]
async fn without_configuration_this_machine_gets_in_and_a_foreign_host_name_does_not() {
    let scene = scene("").await;
    assert_eq!(status_of(&scene, &[]).await, 404);
    assert_eq!(status_of(&scene, &[("host", "localhost:8081")]).await, 404);
    assert_eq!(status_of(&scene, &[("host", "evil.example")]).await, 403);
    let (status, _) = checked(scene.get("/nothing").await).await;
    assert_eq!(status, 404, "the console");
}

#[tokio::test]
async fn with_tokens_only_a_configured_token_gets_in_and_probes_need_none() {
    let scene = scene(&operator("")).await;
    for path in ["/", "/nothing", "/api/v1/nothing", "/api/v1/openapi.json"] {
        let answer = scene.get(path).await;
        assert_eq!(header(&answer, "www-authenticate"), "Bearer", "{path}");
        let (status, sentence) = checked(answer).await;
        assert_eq!(status, 401, "{path}");
        assert!(sentence.contains("expected a token"), "{path}: {sentence}");
        let (status, sentence) = checked(scene.get_as("nobody", path).await).await;
        assert_eq!(status, 401, "{path}");
        assert!(!sentence.contains("nobody"), "{path}: {sentence}");
    }
    for token in TOKENS {
        let (status, _) = checked(scene.get_as(token, "/api/v1/nothing").await).await;
        assert_eq!(status, 404, "{token}");
    }
    for path in ["/livez", "/readyz", "/metrics"] {
        let (status, _) = checked(scene.get(path).await).await;
        assert_eq!(status, 200, "{path}");
    }
    let posted = scene.request(Method::POST, "/livez").send().await.unwrap();
    assert_eq!(checked(posted).await.0, 405);
}

#[tokio::test]
async fn a_login_proxy_is_believed_from_a_trusted_address_only() {
    let user = |trusted: &str| {
        format!("[operator]\nuser_header = \"x-user\"\ntrusted_proxies = [\"{trusted}\"]\n")
    };
    let trusting = scene(&user("127.0.0.1")).await;
    assert_eq!(status_of(&trusting, &[("x-user", "ann")]).await, 404);
    assert_eq!(status_of(&trusting, &[]).await, 401);
    let other = scene(&user("192.0.2.7")).await;
    assert_eq!(status_of(&other, &[("x-user", "ann")]).await, 401);
}

#[tokio::test]
async fn a_write_from_another_site_is_refused_even_with_credentials() {
    let scene = scene(&operator("actions = true\n")).await;
    let (_, address) = scene.service.addresses();
    let own = format!("http://{address}");
    let other: [&[(&str, &str)]; 5] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", &own), ("sec-fetch-site", "cross-site")],
    ];
    let own: [&[(&str, &str)]; 4] = [
        &[],
        &[("origin", &own)],
        &[("sec-fetch-site", "same-origin")],
        &[("origin", &own), ("sec-fetch-site", "same-origin")],
    ];
    for path in ["/api/v1/replays", "/nothing"] {
        let post = async |headers: &[(&str, &str)]| {
            let mut request = scene.request(Method::POST, path).bearer_auth("operator");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            checked(request.send().await.unwrap()).await
        };
        for headers in other {
            let (status, sentence) = post(headers).await;
            assert_eq!(status, 403, "{path} {headers:?}");
            assert!(sentence.contains("another site"), "{path} {headers:?}: {sentence}");
        }
        for headers in own {
            let (status, _) = post(headers).await;
            assert!(status != 403, "{path} {headers:?}: {status}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_a_sentence() {
    let scene = scene(&operator("")).await;
    let request = scene.request(Method::POST, "/api/v1/replays").bearer_auth("operator");
    let (status, sentence) =
        checked(request.body(vec![b' '; 65 * 1024]).send().await.unwrap()).await;
    assert_eq!(status, 413);
    assert!(sentence.contains("64 KiB"), "{sentence}");
}

#[tokio::test]
async fn readers_cannot_write_and_the_connection_for_actions_can() {
    let database = Database::new(&postgres::shared().database().await);
    let store = store_of(&database);
    let readers = store.readers().unwrap();
    readers.answers().await.unwrap();
    let refused = readers.probe_commit().await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::ReadOnly, "{refused}");
    store.for_actions().unwrap().probe_commit().await.unwrap();
}
