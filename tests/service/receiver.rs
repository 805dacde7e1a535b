//! A receiver in this process, on sockets and a database of its own.

use std::fs;

use refund_inbox::clock::Clock;
use refund_inbox::config::{Configuration, Environment, Sources, load};
use refund_inbox::service::Service;
use refund_inbox::telemetry;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::client::{Answer, post};
use crate::database::Database;
use crate::postgres;

/// The time at which these receivers live.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 03:06:45 UTC);

/// One account of each hash-signed dialect.
pub(crate) const ACCOUNTS: &str = r#"
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

/// A receiver that is stopped when the test is over.
pub(crate) struct Receiver {
    pub(crate) database: Database,
    service: Option<Service>,
}

/// How a receiver is set up.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) url: String,
    pub(crate) configuration: String,
    pub(crate) clock: Clock,
}

impl Setup {
    /// The usual accounts on a fresh database of the shared server.
    pub(crate) async fn usual() -> Self {
        Self::on(postgres::shared().database().await)
    }

    /// The usual accounts on this database.
    pub(crate) fn on(url: String) -> Self {
        Self { url, configuration: ACCOUNTS.to_owned(), clock: Clock::fixed(NOW) }
    }

    /// With more lines of configuration.
    pub(crate) fn with(mut self, lines: &str) -> Self {
        self.configuration.push('\n');
        self.configuration.push_str(lines);
        self
    }

    pub(crate) fn start(self) -> Receiver {
        let configuration = configuration(&self.configuration);
        self.start_with(configuration)
    }

    pub(crate) fn start_with(self, configuration: Configuration) -> Receiver {
        let exporter = telemetry::install_metrics().unwrap();
        let store = postgres::store(&self.url);
        let service = Service::start(configuration, store, self.clock, exporter).unwrap();
        Receiver { database: Database::new(&self.url), service: Some(service) }
    }
}

/// The configuration that these lines make, on ports that are free.
pub(crate) fn configuration(lines: &str) -> Configuration {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("refund-inbox.toml");
    let http = "[http]\nlisten = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n";
    let lines = match lines.contains("[http]") {
        true => lines.replacen("[http]", http, 1),
        false => format!("{http}{lines}"),
    };
    fs::write(&file, lines).unwrap();
    load(&Sources { file: Some(file), environment: Environment::default() }).unwrap()
}

impl Receiver {
    fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    pub(crate) fn public(&self) -> std::net::SocketAddr {
        self.service().public
    }

    pub(crate) fn url(&self, route: &str) -> String {
        format!("http://{}/notify/{route}", self.service().public)
    }

    pub(crate) fn operator(&self, path: &str) -> String {
        format!("http://{}{path}", self.service().operator)
    }

    /// Sends a JSON body to the account of this route.
    pub(crate) async fn post(&self, route: &str, body: &str) -> Answer {
        post(&self.url(route), &[("content-type", "application/json")], body).await
    }

    pub(crate) async fn stop(mut self) {
        self.service.take().unwrap().stop().await.unwrap();
    }
}
