//! What holds for every page.

use serde_json::json;

use crate::api::scene::{Scene, operator, scene};

/// The pages that need no id.
const PAGES: [&str; 9] = [
    "/",
    "/refunds",
    "/refunds?status=failed&open=true&zone=Asia/Hong_Kong",
    "/deliveries",
    "/deliveries?refund=refund-1",
    "/accounts",
    "/accounts/hk",
    "/feed",
    "/reports?as_of=1h",
];

/// Gets a page as a viewer.
pub(super) async fn page(scene: &Scene, path: &str) -> String {
    let answer = scene.get_as("viewer", path).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{path}: {text}");
    text
}

/// The values of an attribute in a page.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let begin = format!(" {attribute}=\"");
    page.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn every_reference_of_a_page_is_relative_and_nothing_is_inline() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    for path in PAGES.into_iter().chain(["/refunds/refund-1", "/no/such/page"]) {
        let text = scene.get_as("viewer", path).await.text().await.unwrap();
        for reference in ["href", "src", "action"].iter().flat_map(|name| values(&text, name)) {
            let is_relative = !reference.starts_with('/') && !reference.contains("://");
            assert!(is_relative, "{path}: {reference}");
        }
        assert_eq!(values(&text, "style"), [""; 0], "{path}");
        assert!(!text.contains("<style") && !text.contains(" onclick="), "{path}");
        assert_eq!(text.matches("<script").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_mistake_is_a_page_that_says_what_was_expected_and_never_a_failure_of_ours() {
    let scene = scene(&operator("")).await;
    for (path, status, sentence) in [
        ("/refunds?amount=x", 400, "amount: expected"),
        ("/refunds?after=x", 400, "after: expected the position"),
        ("/refunds?limit=0", 400, "limit: expected a number"),
        ("/refunds?zone=Mars", 400, "zone: expected the name of a time zone"),
        ("/refunds?nonsense=1", 400, "parameters: expected some of"),
        ("/refunds?account=nobody", 400, "no account"),
        ("/refunds?order=%00", 400, "without NUL"),
        ("/refunds?order=%ff", 400, "UTF-8"),
        ("/refunds/nothing", 404, "no refund has the number"),
        ("/refunds/%00", 404, "no refund has the number"),
        ("/find?number=nothing", 404, "no refund has the number"),
        ("/find", 400, "expected a number to find"),
        ("/deliveries?verdict=x", 400, "verdict: expected one of"),
        ("/deliveries?client=x", 400, "client: expected an IP address"),
        ("/deliveries?refund=nothing", 404, "no refund has the number"),
        ("/deliveries/xyz", 400, "expected the id of a delivery"),
        ("/deliveries/0123456789", 404, "no delivery has an id"),
        ("/deliveries/0123456789?show=x", 400, "show: expected one of"),
        ("/accounts/nobody", 404, "no account has this name"),
        ("/feed?after=x", 400, "after: expected the seq"),
        ("/feed?after=99999999999999999999", 400, "after: expected the seq"),
        ("/feed?account=nobody", 400, "no account"),
        ("/reports?since=x", 400, "since: expected a time"),
        ("/reports/changed.csv", 400, "as_of: expected the time"),
        ("/reports/x.csv", 404, "no such report"),
        ("/nothing", 404, "no such page"),
    ] {
        let answer = scene.get_as("viewer", path).await;
        assert_eq!(answer.status(), status, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(sentence) && text.starts_with("<!DOCTYPE html>"), "{path}: {text}");
    }
}

#[tokio::test]
async fn nobody_sees_a_page_without_a_token_and_the_refusal_is_a_page() {
    let scene = scene(&operator("")).await;
    for path in PAGES.into_iter().chain(["/style.css", "/nothing", "/refunds.csv"]) {
        let answer = scene.get(path).await;
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        let text = answer.text().await.unwrap();
        assert!(text.contains("expected a token"), "{path}: {text}");
    }
}

#[tokio::test]
async fn the_fields_that_nobody_filled_in_leave_the_url() {
    let scene = scene(&operator("")).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let (_, address) = scene.service.addresses();
    for (path, place) in [
        ("/refunds?account=&status=failed&amount=", "refunds?status=failed"),
        ("/refunds?account=", "refunds"),
        ("/?zone=", "./"),
    ] {
        let request = client.get(format!("http://{address}{path}")).bearer_auth("viewer");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        assert_eq!(answer.headers()["location"], place, "{path}");
    }
}

#[tokio::test]
async fn what_waits_leads_to_the_rows_that_it_counts() {
    let scene = scene(&operator("")).await;
    assert!(page(&scene, "/").await.contains("Nothing waits for a person."));
    scene.receive("refund-1", &[("trade_status", json!("NEW_WORD"))]).await;
    scene.receive_forged("refund-2").await;
    let text = page(&scene, "/").await;
    assert!(text.contains("unknown status words") && text.contains("refused deliveries"), "{text}");
    let link = values(&text, "href").into_iter().find(|link| link.contains("status=unknown"));
    let link = link.unwrap().replace("&amp;", "&");
    let listed = page(&scene, link.trim_start_matches('.')).await;
    assert!(listed.contains("refund-1") && !listed.contains("refund-2"), "{listed}");
}
