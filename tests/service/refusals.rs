//! Refusals in a row: the metric and the alarm.

use serde_json::{Value, json};
use testing::client::post;
use testing::metrics::metric;
use testing::notifications::eftpay;
use testing::service::{Service, usual};
use testing::waiting::eventually;

const ALARM: &str = "account refuses deliveries";

/// A Stripe account beside the usual ones.
const STRIPE: &str =
    "\n[accounts.shop]\nprovider = \"stripe\"\nlivemode = true\nsecrets = [\"whsec_1\"]\n";

/// Returns the number of refusals in a row that the service shows.
async fn in_a_row(service: &Service, account: &str) -> f64 {
    let series = format!("refund_inbox_consecutive_refusals{{account=\"{account}\"}}");
    metric(service.addresses().1, &series).await.unwrap()
}

/// Returns what each alarm says about `account`.
fn alarms(service: &Service, account: &str) -> Vec<[Value; 4]> {
    let lines = service.lines(ALARM).into_iter().filter(|line| line["account"] == account);
    let fields = ["reason", "in_a_row", "key_ids", "consequence"];
    lines.map(|line| fields.map(|name| line[name].clone())).collect()
}

#[tokio::test]
async fn the_first_refusal_after_an_accepted_delivery_raises_the_alarm_with_the_key_that_failed() {
    let (configuration, database) = usual().await;
    let mut service = Service::start(&(configuration + STRIPE)).await;
    let send = async |service: &Service, body: &str, coding: &str| {
        let url = format!("http://{}/notify/eftpay/hk", service.addresses().0);
        let headers = [("content-encoding", coding)];
        post(&url, &headers[..usize::from(!coding.is_empty())], body.to_owned()).await.status
    };
    let forged = eftpay("R1", &[]).replace("88.50", "88.51");
    for account in ["hk", "ph", "shop"] {
        assert_eq!(in_a_row(&service, account).await, 0.0, "{account}");
    }
    // Two refusals of an account that has accepted nothing raise no alarm yet.
    for expected in [1.0, 2.0] {
        assert_eq!(send(&service, &forged, "").await, 401);
        assert_eq!(in_a_row(&service, "hk").await, expected);
    }
    assert_eq!(send(&service, &eftpay("R1", &[]), "").await, 200);
    assert_eq!(in_a_row(&service, "hk").await, 0.0);
    assert!(alarms(&service, "hk").is_empty());

    assert_eq!(send(&service, &forged, "").await, 401);
    let shown = service.command(&["check-config", "--json"]).output().unwrap();
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let key = shown["keys"]["hk"][0]["key_id"].clone();
    let first = [json!("signature_mismatch"), json!(1), key.clone(), json!("")];
    assert_eq!(alarms(&service, "hk"), std::slice::from_ref(&first));
    // Once in a row, whatever else is refused or turned away.
    assert_eq!(send(&service, &forged, "").await, 401);
    assert_eq!(send(&service, "{}", "gzip").await, 415);
    assert_eq!(in_a_row(&service, "hk").await, 3.0);
    assert_eq!(alarms(&service, "hk").len(), 1);
    // A duplicate is accepted, too. Then the next refusal is the first one again.
    assert_eq!(send(&service, &eftpay("R1", &[]), "").await, 200);
    assert_eq!(in_a_row(&service, "hk").await, 0.0);
    assert_eq!(send(&service, "{}", "gzip").await, 415);
    let turned_away = [json!("content_encoding"), json!(1), json!(""), json!("")];
    assert_eq!(alarms(&service, "hk"), [first.clone(), turned_away]);

    // After a restart the refund in the database tells that the account had accepted something.
    service.kill().await;
    service.start_again().await;
    assert_eq!(database.count("refunds_v1.refunds").await, 1);
    assert_eq!(send(&service, &forged, "").await, 401);
    eventually("the alarm", async || !alarms(&service, "hk").is_empty()).await;
    assert_eq!(alarms(&service, "hk"), [first]);
}

#[tokio::test]
async fn the_third_refusal_of_an_account_that_never_accepted_raises_the_alarm_with_the_consequence()
{
    let (configuration, _) = usual().await;
    let service = Service::start(&(configuration + STRIPE)).await;
    let url = format!("http://{}/notify/stripe/shop", service.addresses().0);
    for expected in [0, 0, 1, 1] {
        assert_eq!(post(&url, &[], "{}").await.status, 401);
        assert_eq!(alarms(&service, "shop").len(), expected);
    }
    let consequence = json!("the provider switches the webhook off");
    let expected = [json!("signature_missing"), json!(3), json!(""), consequence];
    assert_eq!(alarms(&service, "shop"), [expected]);
    assert_eq!(in_a_row(&service, "shop").await, 4.0);
    assert_eq!(in_a_row(&service, "hk").await, 0.0);
}
