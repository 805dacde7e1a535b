//! One instance of the service. It keeps its ports when it starts again.

use std::collections::BTreeSet;

use nix::sys::signal::Signal;
use testing::place::Addresses;
use testing::provider_sim::accounts;
use testing::receiver::ACCOUNTS;
use testing::service::{Service, on_database};

/// Starts an instance on the database of this URL, with these lines in `[http]`.
pub(crate) async fn start(url: &str, http: &str) -> Service {
    let lines = format!("{http}\n{}{ACCOUNTS}{}", on_database(url), accounts());
    Service::start_at(Addresses::reserved(), &lines).await
}

/// Returns where the tests send their own notifications.
pub(crate) fn url(service: &Service) -> String {
    service.place().public("/notify/eftpay/hk")
}

/// Sends SIGTERM and waits for the end, which must be a success.
pub(crate) async fn end(service: &mut Service) {
    service.signal(Signal::SIGTERM);
    ends_well(service).await;
}

/// Waits for the end, which must be a success.
pub(crate) async fn ends_well(service: &mut Service) {
    let status = service.wait().await;
    assert_eq!(status.code(), Some(0), "{:?}", service.said());
}

/// Prints each kind of warning and error once, as the person on call sees them.
pub(crate) fn print_trouble(service: &Service) {
    let mut seen = BTreeSet::new();
    for line in service.lines("") {
        let is_trouble = matches!(line["level"].as_str(), Some("WARN" | "ERROR"));
        let kind = format!("{}{:.40}", line["message"], line["error"].as_str().unwrap_or(""));
        if is_trouble && seen.insert(kind) {
            println!("{line}");
        }
    }
}
