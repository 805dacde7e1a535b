//! Whatever somebody asks of a page, the answer is a page, and never our failure.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use crate::api::mistakes::{get, parameters};
use crate::api::scene::{operator, scene};

/// Paths with parameters, as far as their first parameter.
const PATHS: [&str; 11] = [
    "/?",
    "/refunds?",
    "/refunds.csv?",
    "/refunds/refund-1?",
    "/deliveries?",
    "/deliveries/00000000?",
    "/accounts/hk?",
    "/feed?",
    "/reports?",
    "/reports/changed.csv?as_of=1d&",
    "/find?number=refund-1&",
];

#[tokio::test]
async fn random_parameters_are_answered_or_refused_with_a_page() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let queries = (proptest::sample::select(PATHS.to_vec()), parameters());
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..400 {
        let (path, parameters) = queries.new_tree(&mut runner).unwrap().current();
        let target = format!("{path}{parameters}");
        let (status, answer) = get(&scene, &target).await;
        match status {
            200 | 303 => answered += 1,
            400 => {
                refused += 1;
                // A target that is none is refused before it reaches us, without a body.
                let body = answer.split_once("\r\n\r\n").unwrap().1;
                let is_page = body.contains("<h1>This cannot be asked</h1>");
                assert!(body.is_empty() || is_page, "{target}: {body}");
            }
            404 | 409 => {}
            other => panic!("{target}: {other}: {answer}"),
        }
    }
    assert!(answered > 10 && refused > 100, "{answered} answered, {refused} refused");
}
