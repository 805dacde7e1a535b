//! `deliveries why`: the cause of a refusal, and one sentence that says what to do.

mod dialects;
mod every_cause;
mod matrix;
mod secret_file;

use serde_json::{Value, json};
use testing::client::post;
use testing::notifications::{eftpay, paycools, sign_eftpay};
use testing::program::run_command;
use testing::service::{Service, usual};

/// A second account of eftPay, with another secret.
const OTHER: &str = r#"
[accounts.hk-two]
provider = "eftpay"
user_confirm_key = "S0003469"
secrets = ["another-secret-of-ours"]
"#;

fn signed(refund: &str, secret: &str) -> String {
    let Value::Object(mut body) = serde_json::from_str(&eftpay(refund, &[])).unwrap() else {
        panic!("not an object")
    };
    body.remove("sign");
    sign_eftpay(body, secret)
}

#[tokio::test]
async fn each_cause_of_a_refusal_has_its_sentence() {
    let (configuration, database) = usual().await;
    let service =
        Service::start(&format!("public_url = \"https://pay.example\"\n{configuration}{OTHER}"))
            .await;
    let (public, _) = service.addresses();
    std::fs::write(service.directory().join("old.txt"), "an-older-secret\n").unwrap();
    let altered = eftpay("R3", &[]).replace("88.50", "99.50");
    let cases = [
        (
            "eftpay/hk",
            signed("R1", "another-secret-of-ours"),
            "https://pay.example/notify/eftpay/hk-two",
        ),
        ("eftpay/hk", signed("R2", "an-older-secret"), "The secret in the file fits"),
        ("eftpay/hk", altered, "No key that we know made this signature"),
        ("paycools/ph", paycools("R5", &[]).replace("10000", "10001"), "No key that we know"),
    ];
    for (number, (route, body, expected)) in (1..).zip(cases) {
        let answer = post(&format!("http://{public}/notify/{route}"), &[], body).await;
        assert!(!answer.is_success(), "{route}: {expected}");
        database.until_count("refund_inbox.refused_deliveries", number).await;
        let newest = "select delivery_id from refund_inbox.refused_deliveries
            order by delivery_id desc limit 1";
        let id = database.row(newest).await["delivery_id"].as_str().unwrap().to_owned();
        let arguments = ["deliveries", "why", &id, "--try-secret-file", "old.txt"];
        let ran = run_command(service.command(&arguments)).await;
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(ran.out.lines().last().unwrap().contains(expected), "{expected}: {}", ran.out);
        assert!(
            !ran.out.contains("secret-of-ours") && !ran.out.contains("older-secret"),
            "{}",
            ran.out
        );
        let json = run_command(service.command(&[&arguments[..], &["--json"]].concat())).await;
        let json: Value = serde_json::from_str(&json.out).unwrap();
        assert!(json["advice"].as_str().unwrap().contains(expected));
        assert_ne!(json["keys_tried"], json!([]));
    }
    let url = format!("http://{public}/notify/eftpay/hk");
    post(&url, &[], eftpay("R6", &[])).await;
    let recorded = "select delivery_id from refund_inbox.deliveries";
    let id = database.row(recorded).await["delivery_id"].as_str().unwrap().to_owned();
    let ran = run_command(service.command(&["deliveries", "why", &id[..18]])).await;
    assert!(ran.out.contains("Today's keys verify it"), "{}{}", ran.out, ran.err);
}

#[tokio::test]
async fn what_cannot_be_judged_says_why_and_an_empty_body_is_no_emptied_one() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    for (number, body) in (1..).zip([String::new(), eftpay("R1", &[]).replace("88.50", "9.50")]) {
        post(&url, &[], body).await;
        database.until_count("refund_inbox.refused_deliveries", number).await;
    }
    let ids = "select delivery_id from refund_inbox.refused_deliveries order by delivery_id";
    let ids = database.rows(ids).await;
    let id = |number: usize| ids[number]["delivery_id"].as_str().unwrap();
    let emptied = format!(
        "update refund_inbox.refused_deliveries
         set body = '', headers = '[]', emptied_at = now() where delivery_id = '{}'",
        id(1)
    );
    database.execute(&emptied).await;
    let cause = async |id: &str| {
        let ran = run_command(service.command(&["deliveries", "why", id, "--json"])).await;
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        (found["cause"].clone(), found["verdict_today"].is_null())
    };
    assert_eq!(cause(id(0)).await, (json!("malformed_body"), false));
    assert_eq!(cause(id(1)).await, (json!("body_emptied"), true));
    // The account is removed from the configuration.
    service.configure(&configuration.replace("[accounts.hk]", "[accounts.hk-renamed]"));
    let (found, _) = cause(id(0)).await;
    assert_eq!(found, json!("account_not_configured"));
}
