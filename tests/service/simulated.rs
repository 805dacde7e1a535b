//! `simulate` about given refunds, and its stories, as `refunds list` shows them.

use serde_json::Value;
use testing::program::run;
use testing::service::{Service, usual};

/// The commands of a running service's directory.
struct Commands {
    service: Service,
    url: String,
}

impl Commands {
    async fn start() -> Self {
        let (configuration, _) = usual().await;
        let service = Service::start(&configuration).await;
        let url = format!("http://{}", service.addresses().0);
        Self { service, url }
    }

    async fn run(&self, arguments: &[&str]) -> testing::program::Ran {
        let arguments = [&["--config", "refund-inbox.toml"], arguments].concat();
        run(self.service.directory(), &arguments).await
    }

    async fn simulate(&self, arguments: &[&str]) -> String {
        let ran = self.run(&[&["simulate"], arguments, &["--send", &self.url]].concat()).await;
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
        ran.out
    }

    async fn refunds(&self, filter: &[&str]) -> Vec<Value> {
        let ran = self.run(&[&["refunds", "list", "--json"], filter].concat()).await;
        assert_eq!(ran.status, 0, "{filter:?}: {}", ran.err);
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn two_notifications_about_a_given_refund_are_two_events_of_it() {
    let commands = Commands::start().await;
    let about = [
        "--account",
        "hk",
        "--refund",
        "R-1001",
        "--order",
        "O-77",
        "--amount",
        "12.34",
        "--currency",
        "USD",
    ];
    for (scenario, at) in [("pending", "3h"), ("failed", "2h")] {
        commands.simulate(&[&["eftpay", scenario, "--at", at][..], &about].concat()).await;
    }
    let refunds = commands
        .refunds(&[
            "--order",
            "O-77",
            "--columns",
            "merchant_refund_id,status,amount_minor,currency,event_count,flags",
        ])
        .await;
    let [refund] = refunds.as_slice() else { panic!("{refunds:?}") };
    let expected = serde_json::json!({
        "merchant_refund_id": "R-1001", "status": "failed", "amount_minor": 1234,
        "currency": "USD", "event_count": 2, "flags": [],
    });
    assert_eq!(*refund, expected);
}

#[tokio::test]
async fn the_story_partial_makes_two_refunds_of_one_order() {
    let commands = Commands::start().await;
    let told = commands
        .simulate(&[
            "eftpay",
            "--story",
            "partial",
            "--account",
            "hk",
            "--order",
            "O-78",
            "--amount",
            "60",
        ])
        .await;
    assert_eq!(told.lines().filter(|line| line.starts_with("succeeded: 200")).count(), 2, "{told}");
    let refunds = commands.refunds(&["--order", "O-78"]).await;
    assert_eq!(refunds.len(), 2, "{refunds:?}");
    for refund in &refunds {
        assert_eq!(
            (&refund["amount_minor"], &refund["status"]),
            (&6000.into(), &"succeeded".into())
        );
    }
    let listed = commands.refunds(&["--order", "O-78", "--columns", "provider_payment_id"]).await;
    assert_eq!(listed[0], listed[1], "one payment");
}

#[tokio::test]
async fn many_notifications_about_one_order_are_refunds_of_it_and_about_one_refund_are_one() {
    let commands = Commands::start().await;
    let many = ["paycools", "succeeded", "--account", "ph", "--count", "5"];
    commands.simulate(&[&many[..], &["--payment", "P-1"]].concat()).await;
    assert_eq!(commands.refunds(&["--payment", "P-1"]).await.len(), 5);
    let told = commands.simulate(&[&many[..], &["--refund", "R-2"]].concat()).await;
    assert!(told.contains(" a second; p50 "), "{told}");
    let columns = ["--columns", "merchant_refund_id,event_count,delivery_count"];
    let refunds = commands.refunds(&columns).await;
    let found = refunds.iter().find(|refund| refund["merchant_refund_id"] == "R-2").unwrap();
    assert_eq!((&found["event_count"], &found["delivery_count"]), (&1.into(), &5.into()));
}

#[tokio::test]
async fn what_a_notification_cannot_say_is_one_line_and_exit_status_2() {
    let commands = Commands::start().await;
    let eftpay = ["simulate", "eftpay", "succeeded", "--account", "hk"];
    let paycools = ["simulate", "paycools", "succeeded", "--account", "ph"];
    let cases: [(&[&str], &[&str], &str); 8] = [
        (&eftpay, &["--amount", "12.345"], "no more decimals"),
        (&eftpay, &["--amount", "1,00"], "expected a plain decimal number"),
        (&eftpay, &["--currency", "dollar"], "expected a currency code such as HKD"),
        (&eftpay, &["--refund", ""], "--refund: expected 1 to 128"),
        (&eftpay, &["--order", "a\u{1b}[31m"], "without control characters"),
        (&eftpay, &["--at", "soon"], "--at: expected a time such as"),
        (&paycools, &["--order", "O-1"], "carry no order number"),
        (&paycools, &["--currency", "EUR"], "are in PHP, found \"EUR\""),
    ];
    for (command, options, expected) in cases {
        let ran = commands.run(&[command, options].concat()).await;
        assert_eq!((ran.status, ran.err.lines().count()), (2, 1), "{options:?}: {}", ran.err);
        assert!(ran.err.contains(expected), "{options:?}: {}", ran.err);
        assert!(!ran.err.contains('\u{1b}') && ran.out.is_empty(), "{options:?}");
    }
}
