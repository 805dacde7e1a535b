//! The client address that is stored with a delivery.

use serde_json::json;
use testing::client::post;
use testing::notifications::paycools;
use testing::receiver::{Receiver, Setup};

async fn client_address_of(receiver: &Receiver, headers: &[(&str, &str)], refund: &str) -> String {
    let url = receiver.url("paycools/ph");
    assert!(post(&url, headers, paycools(refund, &[])).await.is_success());
    let newest = "select peer from refund_inbox.deliveries order by delivery_id desc limit 1";
    receiver.database.row(newest).await["peer"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_stored_client_address_is_the_one_that_trusted_proxies_report() {
    let said = [("x-forwarded-for", "203.0.113.66, 198.51.100.9"), ("forwarded", "for=192.0.2.1")];
    let direct = Setup::usual().await.start();
    assert_eq!(client_address_of(&direct, &said, "R1").await, "127.0.0.1");
    let trusting = |header: &str| {
        let trusted = json!(["10.0.0.0/8", "127.0.0.1"]);
        format!("[http]\ntrusted_proxies = {trusted}\npeer_header = \"{header}\"")
    };
    let behind = Setup::usual().await.with(&trusting("x-forwarded-for")).start();
    assert_eq!(client_address_of(&behind, &said, "R1").await, "198.51.100.9");
    assert_eq!(
        client_address_of(&behind, &[("x-forwarded-for", "nobody")], "R2").await,
        "127.0.0.1"
    );
    let behind = Setup::usual().await.with(&trusting("forwarded")).start();
    assert_eq!(client_address_of(&behind, &said, "R1").await, "192.0.2.1");
}
