//! Deprecated names: the service starts with old keys and warns once for each, and it also exports
//! renamed metrics under their old names.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use testing::client::get;
use testing::postgres;
use testing::receiver::ACCOUNTS;
use testing::service::Service;
use testing::waiting::eventually;

use crate::rotation::RELOADED;

/// The old key of each deprecated setting, and its new key; `None` if it no longer has an effect.
const SETTINGS: [(&str, Option<&str>); 6] = [
    ("http.peer_header", Some("http.client_address_header")),
    ("pen.deliveries_per_account", Some("quarantine.deliveries_per_account")),
    ("pen.bytes_per_account", Some("quarantine.bytes_per_account")),
    ("pen.queue_deliveries", Some("quarantine.queue_deliveries")),
    ("pen.queue_bytes", Some("quarantine.queue_bytes")),
    ("recording.recorders", None),
];

/// The old name of each renamed metric, and its new name.
const METRICS: [(&str, &str); 3] = [
    ("refund_inbox_pen_bytes", "refund_inbox_quarantine_bytes"),
    ("refund_inbox_pen_evicted_total", "refund_inbox_quarantine_evicted_total"),
    ("refund_inbox_pen_dropped_total", "refund_inbox_quarantine_dropped_total"),
];

/// A configuration with all deprecated settings. Its first line belongs to `[http]`.
async fn deprecated() -> String {
    let url = postgres::shared().database().await;
    format!(
        "peer_header = \"forwarded\"\n[pen]\ndeliveries_per_account = 10\n\
         bytes_per_account = 100000\nqueue_deliveries = 20\nqueue_bytes = 200000\n\
         [recording]\nrecorders = 4\n[database]\nurl = {}\n{ACCOUNTS}",
        json!(url)
    )
}

/// Returns the messages about deprecated settings, in order.
fn warnings(lines: &[String]) -> Vec<String> {
    let parsed = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    parsed
        .filter(|line| line["level"] == "WARN")
        .filter_map(|line| line["message"].as_str().map(str::to_owned))
        .filter(|message| message.starts_with("deprecated setting: "))
        .collect()
}

#[tokio::test]
async fn the_program_starts_with_old_keys_and_warns_once_for_each_with_the_new_key() {
    let service = Service::launch(&deprecated().await);
    service.serves().await;
    let expected: Vec<String> = SETTINGS
        .map(|(key, new_key)| match new_key {
            Some(new_key) => format!("{key} is deprecated: use {new_key}"),
            None => format!("{key} no longer has an effect: remove it"),
        })
        .map(|message| format!("deprecated setting: refund-inbox.toml: {message}"))
        .into();
    assert_eq!(warnings(&service.said()), expected);

    // A reload with the same settings does not repeat the warnings, and needs no restart.
    service.signal(Signal::SIGHUP);
    eventually(RELOADED, async || service.times_said(RELOADED) == 1).await;
    assert_eq!(service.times_said("need a restart"), 0, "{:?}", service.said());
    service.signal(Signal::SIGTERM);
    let (status, lines) = service.end().await;
    assert_eq!(status, Some(0));
    assert_eq!(warnings(&lines), expected);
}

#[tokio::test]
async fn renamed_metrics_are_also_exported_under_their_old_names_as_deprecated() {
    let service = Service::launch(&deprecated().await);
    let (_, operator) = service.serves().await;
    let said = service.says("metrics are also exported under deprecated names").await;
    let metrics = get(&format!("http://{operator}/metrics")).await.body;
    let samples = |name: &str| -> Vec<String> {
        let series = metrics.lines().filter_map(|line| line.strip_prefix(name));
        series.filter(|rest| rest.starts_with([' ', '{'])).map(str::to_owned).collect()
    };
    for (old, new) in METRICS {
        let help = format!("# HELP {old} Deprecated: use {new}.");
        assert!(metrics.lines().any(|line| line == help), "{help}\n{metrics}");
        assert!(!samples(new).is_empty(), "{new}\n{metrics}");
        assert_eq!(samples(old), samples(new), "{old}");
        let message = said["message"].as_str().unwrap();
        assert!(message.contains(&format!("{old} (use {new})")), "{message}");
    }
    service.signal(Signal::SIGTERM);
    let (_, lines) = service.end().await;
    let listed = lines.iter().filter(|line| line.contains("deprecated names")).count();
    assert_eq!(listed, 1, "{lines:?}");
}
