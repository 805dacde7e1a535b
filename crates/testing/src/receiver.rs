//! A receiver in this process, with its own sockets and database.

use std::fs;
use std::net::SocketAddr;

use refund_inbox::clock::Clock;
use refund_inbox::config::{Configuration, Environment, Sources, load};
use refund_inbox::service::Service;
use refund_inbox::telemetry;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::client::{Answer, post};
use crate::database::Database;
use crate::place::Addresses;
use crate::postgres;

/// The time that the clock of these receivers shows.
pub const NOW: OffsetDateTime = datetime!(2026-11-22 03:06:45 UTC);

/// One account of each hash-signed dialect.
pub const ACCOUNTS: &str = r#"
[accounts.hk]
provider = "eftpay"
user_confirm_key = "S0003469"
secrets = ["testsignkey1234"]

[accounts.ph]
provider = "paycools"
variant = "flat"
currency = "PHP"
secrets = ["testsignkey1234"]
"#;

/// A receiver that stops at the end of the test.
pub struct Receiver {
    /// The database, as the test sees it.
    pub database: Database,
    service: Option<Service>,
}

/// How a receiver is set up.
#[derive(Clone)]
pub struct Setup {
    /// The URL of the database.
    pub url: String,
    /// The lines of configuration.
    pub configuration: String,
    /// The receiver's clock.
    pub clock: Clock,
}

impl Setup {
    /// Chooses the usual accounts on a fresh database of the shared server.
    pub async fn usual() -> Self {
        Self::on(postgres::shared().database().await)
    }

    /// Chooses the usual accounts on this database.
    pub fn on(url: String) -> Self {
        Self { url, configuration: ACCOUNTS.to_owned(), clock: Clock::fixed(NOW) }
    }

    /// Adds lines of configuration.
    pub fn with(mut self, lines: &str) -> Self {
        self.configuration.push('\n');
        self.configuration.push_str(lines);
        self
    }

    /// Starts the receiver.
    pub fn start(self) -> Receiver {
        let configuration = configuration(&self.configuration);
        self.start_with(configuration)
    }

    /// Starts the receiver with this configuration.
    pub fn start_with(self, configuration: Configuration) -> Receiver {
        let exporter = telemetry::install_metrics().unwrap();
        let store = postgres::store(&self.url);
        let service = Service::start(configuration, store, self.clock, exporter).unwrap();
        Receiver { database: Database::new(&self.url), service: Some(service) }
    }
}

/// Loads a configuration with these lines and with free ports.
pub fn configuration(lines: &str) -> Configuration {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("refund-inbox.toml");
    let http = Addresses::any().configuration();
    let lines = match lines.contains("[http]") {
        true => lines.replacen("[http]", &http, 1),
        false => format!("{http}{lines}"),
    };
    fs::write(&file, lines).unwrap();
    load(&Sources { file: Some(file), environment: Environment::default() }).unwrap()
}

impl Receiver {
    fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    /// Returns the address for providers.
    pub fn public(&self) -> SocketAddr {
        self.service().public
    }

    /// Returns the URL of an account, by provider and name.
    pub fn url(&self, route: &str) -> String {
        format!("http://{}/notify/{route}", self.service().public)
    }

    /// Returns the URL of a path for people and monitoring.
    pub fn operator(&self, path: &str) -> String {
        format!("http://{}{path}", self.service().operator)
    }

    /// Sends a JSON body to the account of this route.
    pub async fn post(&self, route: &str, body: &str) -> Answer {
        post(&self.url(route), &[("content-type", "application/json")], body).await
    }

    /// Stops the receiver in good order.
    pub async fn stop(mut self) {
        self.service.take().unwrap().stop().await.unwrap();
    }
}
