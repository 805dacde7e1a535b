//! The page of reports.

use serde_json::json;

use super::pages::page;
use crate::api::scene::{operator, scene};

#[tokio::test]
async fn reports_draw_and_list_what_they_count_and_each_is_exported() {
    let scene = scene(&operator("")).await;
    for (number, word) in [("1", "TRADE_REFUND"), ("2", "TRADE_FAIL"), ("3", "TRADE_PROCESSING")] {
        scene.receive(number, &[("trade_status", json!(word))]).await;
    }
    let text = page(&scene, "/reports").await;
    for status in ["succeeded", "failed", "pending"] {
        assert!(text.contains(&format!("<rect class=\"is-{status}\"")), "{status}: {text}");
    }
    assert!(text.contains("0-1 days") && text.contains("88.50"), "{text}");
    let drawn = text.split("<a href=\"./refunds?status=failed").nth(1).unwrap();
    let link = drawn.split('"').next().unwrap().replace("&amp;", "&");
    let counted = page(&scene, &format!("/refunds?status=failed{link}")).await;
    assert_eq!(counted.matches("class=\"what\"").count(), 2, "its head and one row: {counted}");
    for (path, rows) in [("totals", 3), ("ageing", 1), ("changed", 3)] {
        let path = format!("/reports/{path}.csv?as_of=2020-01-01&since=2020-01-01");
        let path = if rows == 3 && path.contains("changed") {
            path
        } else {
            path.replace("as_of=2020-01-01&", "")
        };
        let csv = scene.get_as("viewer", &path).await.text().await.unwrap();
        assert_eq!(csv.lines().count(), rows + 1, "{path}: {csv}");
    }
    let noted = scene.audit().await;
    assert_eq!(noted.len(), 3);
    assert!(noted.iter().all(|row| row.starts_with("the viewer console export reports ")));
}
