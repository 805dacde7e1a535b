//! Whatever somebody asks, the answer is a problem with a sentence and never our failure.

use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::Value;
use testing::client::{read_to_end, send_raw};

use super::scene::{Scene, operator, scene};

/// Paths with parameters, as far as their first parameter.
const PATHS: [&str; 10] = [
    "refunds?",
    "refunds/refund-1?",
    "refunds/refund-1/story?",
    "deliveries?",
    "deliveries/00000000?",
    "events?",
    "reports/totals?",
    "reports/ageing?",
    "reports/changed?as_of=1d&",
    "status?",
];

/// Names of parameters.
const NAMES: [&str; 22] = [
    "account",
    "provider",
    "status",
    "open",
    "flag",
    "currency",
    "amount",
    "order",
    "since",
    "until",
    "by",
    "older_than",
    "as_of",
    "sort",
    "limit",
    "after",
    "columns",
    "zone",
    "verdict",
    "client",
    "refund",
    "unknown",
];

/// Values that are nearly right.
pub(crate) const VALUES: [&str; 24] = [
    "",
    "true",
    "-1",
    "0",
    "99999999999999999999",
    "1.5",
    "..",
    "5..1",
    "-9999-01-01",
    "now",
    "0s",
    "9999999d",
    "2026-02-30",
    "9999-12-31T23:59:59Z",
    "-refund_id",
    "flags",
    "%00",
    "%ff",
    "'",
    "%",
    "%F0%9F%92%B8",
    "hk",
    "WyJ4IiwieCIsIngiXQ",
    "succeeded,failed",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(VALUES.to_vec()).prop_map(str::to_owned),
        "[ -~]{0,24}".prop_map(|text| text.replace([' ', '#'], "+")),
        proptest::collection::vec(any::<u8>(), 0..12)
            .prop_map(|bytes| bytes.iter().map(|byte| format!("%{byte:02x}")).collect()),
    ]
}

/// Returns up to three random parameters, as the query of a URL.
pub(crate) fn parameters() -> impl Strategy<Value = String> {
    let pair = (proptest::sample::select(NAMES.to_vec()), value());
    let pair = pair.prop_map(|(name, value)| format!("{name}={value}"));
    proptest::collection::vec(pair, 0..4).prop_map(|pairs| pairs.join("&"))
}

fn query() -> impl Strategy<Value = String> {
    (proptest::sample::select(PATHS.to_vec()), parameters())
        .prop_map(|(path, parameters)| format!("/api/v1/{path}{parameters}"))
}

/// Sends a request line as it is, since clients repair what they send. Returns the status and the
/// answer.
pub(crate) async fn get(scene: &Scene, target: &str) -> (u16, String) {
    let (_, operator) = scene.service.addresses();
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer auditor\r\n\
         connection: close\r\n\r\n"
    );
    let answer = read_to_end(send_raw(operator, request.as_bytes()).await).await;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{target}: {answer}")), answer)
}

#[tokio::test]
async fn random_parameters_are_answered_or_refused_with_a_sentence() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..400 {
        let target = query().new_tree(&mut runner).unwrap().current();
        let (status, answer) = get(&scene, &target).await;
        match status {
            200 => answered += 1,
            400 => {
                refused += 1;
                // A target that is none is refused before it reaches us, without a body.
                let body = answer.split_once("\r\n\r\n").unwrap().1;
                if !body.is_empty() {
                    let problem: Value = serde_json::from_str(body).unwrap();
                    assert!(problem["detail"].as_str().unwrap().len() > 10, "{target}: {body}");
                }
            }
            404 | 409 => {}
            other => panic!("{target}: {other}: {answer}"),
        }
    }
    assert!(answered > 10 && refused > 100, "{answered} answered, {refused} refused");
}

#[tokio::test]
async fn a_cursor_of_somebody_else_or_with_another_value_is_a_mistake() {
    let scene = scene(&operator("")).await;
    for number in 0..3 {
        scene.receive(&format!("refund-{number}"), &[]).await;
    }
    let page = scene.json("/api/v1/refunds?limit=1").await;
    let cursor = page["next"].as_str().unwrap();
    let decoded = data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).unwrap();
    let [sort, value, id]: [Value; 3] = serde_json::from_slice(&decoded).unwrap();
    let forged = |sort: &Value, value: &Value, id: &Value| {
        let text = serde_json::json!([sort, value, id]).to_string();
        data_encoding::BASE64URL_NOPAD.encode(text.as_bytes())
    };
    let nothing = Value::Null;
    for cursor in [
        "x".to_owned(),
        forged(&sort, &"not a time".into(), &id),
        forged(&sort, &"9999999-01-01".into(), &id),
        forged(&"refund_id".into(), &value, &id),
        forged(&sort, &value, &"x".into()),
        forged(&nothing, &nothing, &nothing),
    ] {
        let path = format!("/api/v1/refunds?after={cursor}");
        let answer = scene.get_as("viewer", &path).await;
        assert_eq!(answer.status(), 400, "{cursor}");
    }
    let path = format!("/api/v1/refunds?sort=amount_minor&after={cursor}");
    let answer = scene.get_as("viewer", &path).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("after: expected the position"));
}

#[tokio::test]
async fn random_bodies_are_refused_with_a_sentence() {
    let scene = scene(&operator("actions = true\n")).await;
    scene.receive("refund-1", &[]).await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let bodies = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..64),
        proptest::sample::select(vec![
            "{}",
            "[]",
            "null",
            "{\"note\":1}",
            "{\"note\":\"\"}",
            "{\"note\":\"\\u0000\"}",
            "{\"filters\":[]}",
            "{\"filters\":{\"account\":\"no\"},\"note\":\"x\"}",
            "{\"filters\":{\"limit\":1},\"note\":\"x\"}",
            "{\"ids\":[\"x\"],\"note\":\"x\"}",
            "{\"filters\":{\"since\":{}},\"note\":\"x\",\"dry_run\":1}",
            "{\"note\":\"x\",\"a\":1}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    for _ in 0..60 {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        for path in
            ["refunds/refund-1/resolve", "refunds/refund-1/note", "replays", "deliveries/dismiss"]
        {
            // A replay of everything is no mistake.
            if path == "replays" && body == b"{}" {
                continue;
            }
            let request = scene.request(Method::POST, &format!("/api/v1/{path}"));
            let answer = request.bearer_auth("operator").body(body.clone()).send().await.unwrap();
            let status = answer.status().as_u16();
            let text = answer.text().await.unwrap();
            assert_eq!(status, 400, "{path} {}: {text}", String::from_utf8_lossy(&body));
            let problem: Value = serde_json::from_str(&text).unwrap();
            assert!(problem["detail"].as_str().unwrap().len() > 10, "{path}: {text}");
        }
    }
}
