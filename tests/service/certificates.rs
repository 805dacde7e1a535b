//! Pinned certificates: the operator sees which ones are known and when they expire, and which one a
//! refused delivery names. Nothing that a sender chooses freely is shown.

use nix::sys::signal::Signal;
use testing::client::{get, post};
use testing::fixtures;
use testing::program::run;
use testing::service::{Service, usual};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const UNKNOWN: &str = "CERT-ffffffff-ffffffff-ffffffff";

/// An account with two certificates.
fn account() -> String {
    format!("[accounts.shop]\n{}", fixtures::one("paypal", "rotated_old_key").account_toml())
}

/// Returns the headers with another value in one of them.
fn with<'a>(headers: &[(&'a str, &'a str)], name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let replaced =
        |(other, known): &(&'a str, &'a str)| (*other, if *other == name { value } else { *known });
    headers.iter().map(replaced).collect()
}

#[tokio::test]
async fn check_config_lists_the_pinned_certificates_and_when_they_expire() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("c.toml"), account()).unwrap();
    let ran = run(directory.path(), &["--config", "c.toml", "check-config"]).await;
    assert_eq!(ran.status, 0, "{}", ran.err);
    for (id, expires) in [
        ("CERT-360caa42-fca2a594-5a0e1b2c", "2026-02-28T23:59:59Z"),
        ("CERT-47d1e0a9-1b2c3d4e-90f1a2b3", "2026-12-31T23:59:59Z"),
    ] {
        let row = ran.out.lines().find(|line| line.contains(id) && line.contains("RSA-2048"));
        let row = row.unwrap_or_else(|| panic!("no row of {id}: {}", ran.out));
        assert!(row.contains(expires), "{row}");
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_named_in_the_log_and_the_quarantine_and_no_header_is_shown() {
    const CANARY: &str = "canary7734";
    let (configuration, database) = usual().await;
    let configuration = format!("{configuration}[log]\nlevel = \"trace\"\n{}", account());
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    let url = format!("http://{public}/notify/paypal/shop");
    let fixture = fixtures::one("paypal", "succeeded_full");
    // The fixture's own time would be stale.
    let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap();
    let headers = fixture.request.headers.iter();
    let usual: Vec<(&str, &str)> =
        headers.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let usual = with(&usual, "Paypal-Transmission-Time", &now);
    let named = format!("https://api.paypal.com/v1/notifications/certs/{UNKNOWN}");
    let canary =
        [CANARY.to_owned(), format!("https://{CANARY}/{CANARY}"), format!("{named} {CANARY}")];
    for (name, _) in &usual {
        for value in &canary {
            let headers = with(&usual, name, value);
            assert_eq!(post(&url, &headers, fixture.body()).await.status, 401, "{name} {value}");
        }
    }
    let headers = with(&usual, "Paypal-Cert-Url", &named);
    assert_eq!(post(&url, &headers, fixture.body()).await.status, 401);

    let warning = service.says("a delivery names a certificate that is not pinned").await;
    assert_eq!((&warning["level"], &warning["certificate_id"]), (&"WARN".into(), &UNKNOWN.into()));
    assert_eq!(warning["account"], "shop");
    let reason = format!("reason = 'unknown_certificate:{UNKNOWN}'");
    database.until_count(&format!("refunds_v1.deliveries where {reason}"), 1).await;
    let metrics = get(&format!("http://{operator}/metrics")).await.body;
    assert!(metrics.contains("reason=\"unknown_certificate\"} "), "{metrics}");
    assert!(!metrics.contains(UNKNOWN) && !metrics.contains("canary"), "{metrics}");

    service.signal(Signal::SIGTERM);
    let (_, lines) = service.end().await;
    let secrets = usual.iter().filter(|(name, _)| name.starts_with("Paypal-Transmission"));
    for secret in secrets.map(|(_, value)| *value).chain(["canary"]) {
        let leaks: Vec<&String> = lines.iter().filter(|line| line.contains(secret)).collect();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}
