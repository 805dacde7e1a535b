//! Lists, one refund and its story, reports: what commands show, for programs.

use reqwest::Method;
use serde_json::{Value, json};
use testing::program::run_command;

use super::scene::{Scene, operator, scene};

/// A service with three refunds, one of them pending, and a forgery.
async fn filled() -> Scene {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[]).await;
    scene.receive("refund-2", &[("trade_status", json!("TRADE_PROCESSING"))]).await;
    scene.receive("refund-3", &[("return_amount", json!("12.00"))]).await;
    scene.receive_forged("refund-1").await;
    scene
}

fn numbers(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["merchant_refund_id"].as_str().unwrap()).collect()
}

async fn csv(scene: &Scene, path: &str) -> (String, String) {
    let request = scene.request(Method::GET, path).bearer_auth("viewer");
    let answer = request.header("accept", "text/csv").send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let header = |name| {
        let value = answer.headers().get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    let link = header("link");
    (answer.text().await.unwrap(), link)
}

#[tokio::test]
async fn a_list_of_refunds_takes_the_filters_of_the_command_and_goes_on_after_its_cursor() {
    let scene = filled().await;
    let list = async |query: &str| scene.json(&format!("/api/v1/refunds{query}")).await;
    assert_eq!(numbers(&list("").await), ["refund-3", "refund-2", "refund-1"]);
    for (query, expected) in [
        ("?open=true", vec!["refund-2"]),
        ("?open=false", vec!["refund-3", "refund-2", "refund-1"]),
        ("?status=succeeded,failed", vec!["refund-3", "refund-1"]),
        ("?status=succeeded&status=failed", vec!["refund-3", "refund-1"]),
        ("?amount=50..100&sort=merchant_refund_id", vec!["refund-1", "refund-2"]),
        ("?amount=12", vec!["refund-3"]),
        ("?account=hk&currency=hkd&order=order-1&since=2h&limit=1", vec!["refund-3"]),
        ("?account=ph", vec![]),
        ("?until=2020-01-01", vec![]),
        ("?older_than=1h", vec![]),
        ("?account=&flag=", vec!["refund-3", "refund-2", "refund-1"]),
        ("?as_of=2020-01-01", vec![]),
    ] {
        assert_eq!(numbers(&list(query).await), expected, "{query}");
    }
    let first = list("?limit=2&columns=merchant_refund_id,amount").await;
    let item = json!({ "merchant_refund_id": "refund-3", "amount": "12.00" });
    assert_eq!(first["items"][0], item);
    let next = first["next"].as_str().unwrap();
    let second = list(&format!("?limit=2&after={next}")).await;
    assert_eq!(numbers(&second), ["refund-1"]);
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn an_item_of_a_list_is_the_line_of_the_command() {
    let scene = filled().await;
    for (command, path) in [
        ("refunds list --json", "/api/v1/refunds"),
        ("deliveries list --json", "/api/v1/deliveries"),
        ("reports totals --json", "/api/v1/reports/totals"),
        ("reports ageing --json", "/api/v1/reports/ageing"),
        ("status --json", "/api/v1/status"),
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let ran = run_command(scene.service.command(&arguments)).await;
        let lines: Vec<Value> =
            ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let page = scene.json(path).await;
        assert_eq!(page["items"], Value::Array(lines), "{command}");
        assert_eq!(page["next"], Value::Null, "{path}");
        let answer = scene.get_as("viewer", path).await.text().await.unwrap();
        let first = ran.out.lines().next().unwrap_or_default();
        assert!(answer.contains(first), "{path}: the order of the columns: {answer}");
    }
}

#[tokio::test]
async fn a_list_as_csv_is_that_of_the_command_and_is_noted_in_the_audit() {
    let scene = filled().await;
    for (command, path) in [
        ("refunds list --csv", "/api/v1/refunds"),
        ("deliveries list --csv", "/api/v1/deliveries"),
        ("reports totals --csv", "/api/v1/reports/totals"),
        ("reports ageing --csv", "/api/v1/reports/ageing"),
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let ran = run_command(scene.service.command(&arguments)).await;
        let (text, link) = csv(&scene, path).await;
        assert_eq!(text, ran.out, "{path}");
        assert_eq!(link, "", "{path}");
    }
    let (text, link) = csv(&scene, "/api/v1/refunds?limit=2&columns=merchant_refund_id").await;
    assert_eq!(text, "\u{feff}merchant_refund_id\r\nrefund-3\r\nrefund-2\r\n");
    let next = link.strip_prefix("<?after=").unwrap().split('>').next().unwrap();
    let rest = format!("/api/v1/refunds?columns=merchant_refund_id&after={next}");
    assert_eq!(csv(&scene, &rest).await.0, "\u{feff}merchant_refund_id\r\nrefund-1\r\n");
    let noted = scene.audit().await;
    let exports = noted.iter().filter(|row| row.starts_with("the viewer api export "));
    let exports: Vec<&str> = exports.map(|row| row.rsplit("export ").next().unwrap()).collect();
    let reports = ["reports totals", "reports ageing"];
    let expected = ["refunds", "deliveries", reports[0], reports[1], "refunds", "refunds"];
    assert_eq!(exports, expected, "{noted:?}");
}

#[tokio::test]
async fn a_refund_is_found_by_any_of_its_numbers_and_several_are_named() {
    let scene = filled().await;
    let refund = scene.json("/api/v1/refunds/refund-2").await;
    assert_eq!(refund["status"], "pending");
    let id = refund["refund_id"].as_str().unwrap();
    for reference in [id, &id[..18]] {
        let path = format!("/api/v1/refunds/{reference}");
        let answer = scene.get_as("viewer", &path).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        // Refunds of the same millisecond begin alike.
        assert!(status == 200 && text.contains("refund-2") || status == 409, "{path}: {text}");
    }
    let several = scene.get_as("viewer", "/api/v1/refunds/order-1").await;
    assert_eq!(several.status(), 409);
    assert!(several.text().await.unwrap().contains(id));
    for path in ["/api/v1/refunds/nothing", "/api/v1/refunds/nothing/story"] {
        assert_eq!(scene.get_as("viewer", path).await.status(), 404, "{path}");
    }
    let story = scene.json("/api/v1/refunds/refund-1/story").await;
    let ran = run_command(scene.service.command(&["refunds", "show", "refund-1", "--json"])).await;
    assert_eq!(story, serde_json::from_str::<Value>(&ran.out).unwrap());
    assert_eq!(story["story"]["deliveries"].as_array().unwrap().len(), 2, "with the forgery");
}

#[tokio::test]
async fn a_report_of_what_changed_needs_the_time_of_the_close() {
    let scene = filled().await;
    let missing = scene.get_as("viewer", "/api/v1/reports/changed").await;
    assert_eq!(missing.status(), 400);
    assert!(missing.text().await.unwrap().contains("as_of: expected the time"));
    let changed = scene.json("/api/v1/reports/changed?since=2d&as_of=1d").await;
    assert_eq!(numbers(&changed).len(), 3);
    assert_eq!(changed["items"][0]["status_before"], Value::Null);
}
