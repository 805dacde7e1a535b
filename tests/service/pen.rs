//! The pen: bounded for each account, oldest first out, never anything authentic.

use std::collections::BTreeSet;

use crate::client::{eftpay, eventually, paycools};
use crate::receiver::Setup;

#[tokio::test]
async fn the_pen_keeps_the_newest_refused_deliveries_of_each_account() {
    let receiver = Setup::usual().await.with("[pen]\ndeliveries_per_account = 3").start();
    let forged = |number: usize| {
        let padding = " ".repeat(number);
        format!("{}{padding}", eftpay("R1", &[]).replace("88.50", "88.51"))
    };
    let pen = "refunds_v1.deliveries where verdict = 'refused' and account = 'hk'";
    for number in 0..3 {
        receiver.post("eftpay/hk", &forged(number)).await;
        receiver.database.until_count(pen, i64::try_from(number).unwrap() + 1).await;
    }
    receiver.post("paycools/ph", "{}").await;
    receiver.database.until_count("refunds_v1.deliveries", 4).await;
    for number in 3..7 {
        receiver.post("eftpay/hk", &forged(number)).await;
        let arrived = format!("{pen} and body_bytes = {}", forged(number).len());
        receiver.database.until_count(&arrived, 1).await;
    }
    let rows = receiver.database.rows(&format!("select body_bytes from {pen}")).await;
    let sizes: BTreeSet<u64> = rows.iter().map(|row| row["body_bytes"].as_u64().unwrap()).collect();
    let newest: BTreeSet<u64> = (4..7).map(|number| forged(number).len() as u64).collect();
    assert_eq!(sizes, newest);
    let other = "refunds_v1.deliveries where account = 'ph'";
    assert_eq!(receiver.database.count(other).await, 1, "the other account's pen is its own");
}

#[tokio::test]
async fn the_pen_is_bounded_in_bytes_too() {
    let receiver = Setup::usual().await.with("[pen]\nbytes_per_account = 20000").start();
    for number in 0..6 {
        let body = format!("{{\"n\":{number},\"x\":\"{}\"}}", "x".repeat(6000));
        receiver.post("eftpay/hk", &body).await;
        let arrived = format!(
            "refund_inbox.refused_deliveries where position('\"n\":{number}' in encode(body, 'escape')) > 0"
        );
        receiver.database.until_count(&arrived, 1).await;
    }
    let size = "select sum(body_bytes) as n, count(*) as c from refund_inbox.refused_deliveries";
    let kept = receiver.database.row(size).await;
    assert!(kept["n"].as_i64().unwrap() <= 20_000, "{kept:?}");
    assert!(kept["c"].as_i64().unwrap() >= 2, "{kept:?}");
}

#[tokio::test]
async fn a_full_pen_never_costs_an_authentic_delivery() {
    let receiver = Setup::usual().await.with("[pen]\ndeliveries_per_account = 1").start();
    for number in 0..5 {
        let refund = paycools(&format!("R{number}"), &[]);
        assert!(receiver.post("paycools/ph", &refund).await.is_success());
        receiver.post("paycools/ph", &refund.replace("10000", "1")).await;
    }
    eventually("the pen to be written", async || {
        receiver.database.count("refund_inbox.refused_deliveries").await == 1
    })
    .await;
    assert_eq!(receiver.database.count("refund_inbox.deliveries").await, 5);
}
