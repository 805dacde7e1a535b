//! The committed OpenAPI document is the one that the service answers.

use serde_json::Value;

use super::scene::{operator, scene};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");

#[tokio::test]
async fn the_committed_document_is_that_of_the_service() {
    let scene = scene(&operator("")).await;
    let served = scene.json("/api/v1/openapi.json").await;
    let committed: Value =
        serde_json::from_str(&std::fs::read_to_string(COMMITTED).unwrap()).unwrap();
    assert!(served == committed, "docs/openapi.json is old: run script/api-check --write");
}
