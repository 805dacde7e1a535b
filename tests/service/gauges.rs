//! The gauges of what the database has of each account, of the service itself and of its process.

use nix::sys::signal::Signal;
use serde_json::json;
use testing::client::post;
use testing::database::Database;
use testing::metrics::page;
use testing::notifications::eftpay;
use testing::service::{Service, usual};
use testing::waiting::eventually;

/// A Stripe account beside the usual ones.
const STRIPE: &str =
    "\n[accounts.shop]\nprovider = \"stripe\"\nlivemode = true\nsecrets = [\"whsec_1\"]\n";

/// Returns the metrics of a service that has counted what the accounts have.
async fn counted(service: &Service) -> String {
    let operator = service.addresses().1;
    let has = async || page(operator).await.contains("\nrefund_inbox_default_partition_rows ");
    eventually("the gauges are there", has).await;
    page(operator).await
}

/// Stops the service and starts another one, which counts again at its start.
async fn counted_again(service: Service, configuration: &str) -> (Service, String) {
    service.signal(Signal::SIGTERM);
    service.end().await;
    let service = Service::start(configuration).await;
    let page = counted(&service).await;
    (service, page)
}

fn value(page: &str, series: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {page}")).parse().unwrap()
}

#[track_caller]
fn shows(page: &str, series: &[(&str, f64)]) {
    for (series, expected) in series {
        let series = format!("refund_inbox_{series}");
        assert_eq!(value(page, &series), *expected, "{series}");
    }
}

/// Sends a refund that is pending, one with an unknown status word, a message without a refund's
/// number and a forgery. The first of these was received four days ago, and the third lies outside
/// of all months.
async fn receive(service: &Service, database: &Database) {
    let url = format!("http://{}/notify/eftpay/hk", service.addresses().0);
    for (body, status) in [
        (eftpay("R1", &[("trade_status", json!("TRADE_PROCESSING"))]), 200),
        (eftpay("R2", &[("trade_status", json!("NEW_WORD"))]), 200),
        (eftpay("", &[]), 200),
        (eftpay("R3", &[]).replace("88.50", "88.51"), 401),
    ] {
        assert_eq!(post(&url, &[], body).await.status, status);
    }
    let kept = async || database.count("refund_inbox.refused_deliveries").await == 1;
    eventually("the forgery is kept", kept).await;
    database
        .execute(
            "update refund_inbox.refunds set first_received_at = now() - interval '4 days'
             where merchant_refund_id = 'R1'",
        )
        .await;
    database
        .execute(
            "update refund_inbox.deliveries set received_at = received_at - interval '5 years'
             where verdict = 'unreadable'",
        )
        .await;
}

#[tokio::test]
async fn gauges_show_what_is_open_and_what_waits_until_it_does_not() {
    let (configuration, database) = usual().await;
    let alarm = "provider = \"eftpay\"\npending_alarm = \"3d\"";
    let configuration = configuration.replacen("provider = \"eftpay\"", alarm, 1);
    let service = Service::start(&configuration).await;
    receive(&service, &database).await;
    let (service, page) = counted_again(service, &configuration).await;
    shows(
        &page,
        &[
            ("refunds_open{account=\"hk\",status=\"pending\",age=\"3-7d\"}", 1.0),
            ("refunds_open{account=\"hk\",status=\"unknown\",age=\"0-1d\"}", 1.0),
            ("refunds_open{account=\"ph\",status=\"requires_action\",age=\"30d+\"}", 0.0),
            ("refunds_overdue{account=\"hk\"}", 1.0),
            ("refunds_overdue{account=\"ph\"}", 0.0),
            ("refunds_needing_attention{account=\"hk\"}", 1.0),
            ("refunds_needing_attention{account=\"ph\"}", 0.0),
            ("deliveries_waiting{account=\"hk\",verdict=\"unreadable\"}", 1.0),
            ("deliveries_waiting{account=\"hk\",verdict=\"undecryptable\"}", 0.0),
            ("deliveries_waiting{account=\"hk\",verdict=\"refused\"}", 1.0),
            ("default_partition_rows", 1.0),
        ],
    );
    let newest = database
        .row(
            "select extract(epoch from max(received_at)) as at from refund_inbox.deliveries
             where verdict = 'recorded'",
        )
        .await;
    let newest: f64 = newest["at"].to_string().trim_matches('"').parse().unwrap();
    let shown = value(&page, "refund_inbox_last_recorded_timestamp_seconds{account=\"hk\"}");
    assert!((shown - newest).abs() < 0.01, "{shown} {newest}");
    assert!(!page.contains("last_recorded_timestamp_seconds{account=\"ph\"}"), "{page}");

    // A person has looked at the refunds, and the deliveries were replayed.
    database.execute("update refund_inbox.refunds set resolved_seq = last_seq").await;
    database
        .execute(
            "insert into refund_inbox.replays (replayed_from, delivery_id, replayed_at)
             select delivery_id, delivery_id, now() from refunds_v1.deliveries
             where verdict in ('unreadable', 'refused')",
        )
        .await;
    let (_service, page) = counted_again(service, &configuration).await;
    shows(
        &page,
        &[
            ("refunds_open{account=\"hk\",status=\"pending\",age=\"3-7d\"}", 1.0),
            ("refunds_overdue{account=\"hk\"}", 0.0),
            ("refunds_needing_attention{account=\"hk\"}", 0.0),
            ("deliveries_waiting{account=\"hk\",verdict=\"unreadable\"}", 0.0),
            ("deliveries_waiting{account=\"hk\",verdict=\"refused\"}", 0.0),
        ],
    );
}

#[tokio::test]
async fn the_service_shows_its_version_its_accounts_its_process_and_whether_it_is_ready() {
    let (configuration, _) = usual().await;
    let service = Service::start(&(configuration.clone() + STRIPE)).await;
    let page = counted(&service).await;
    let version = env!("CARGO_PKG_VERSION");
    let off = "provider=\"stripe\",repeated_failures=\"switches_webhook_off\"";
    shows(
        &page,
        &[
            (&format!("build_info{{version=\"{version}\"}}"), 1.0),
            (&format!("account_info{{account=\"shop\",{off}}}"), 1.0),
            ("ready", 1.0),
            // A rate over these begins at zero.
            (&deliveries("shop", "recorded", ""), 0.0),
            (&deliveries("shop", "unavailable", "unreachable"), 0.0),
        ],
    );
    for name in ["resident_memory_bytes", "virtual_memory_bytes", "open_fds", "max_fds", "threads"]
    {
        assert!(value(&page, &format!("process_{name}")) >= 1.0, "{name}");
    }
    assert!(value(&page, "process_cpu_seconds_total") > 0.0);
    assert!(value(&page, "process_start_time_seconds") > 1.7e9);

    // A removed account is not shown any more.
    service.configure(&configuration);
    service.signal(Signal::SIGHUP);
    let operator = service.addresses().1;
    let gone =
        async || !testing::metrics::page(operator).await.contains("account_info{account=\"shop\"");
    eventually("the account is gone", gone).await;
}

/// Returns the counter of deliveries of a Stripe account.
fn deliveries(account: &str, verdict: &str, reason: &str) -> String {
    format!(
        "deliveries_total{{provider=\"stripe\",account=\"{account}\",verdict=\"{verdict}\",reason=\"{reason}\"}}"
    )
}
