//! A service with tokens of every role, and requests to its operator listener.

use reqwest::{Method, RequestBuilder, Response};
use sha2::{Digest, Sha256};
use testing::client::CLIENT;
use testing::database::Database;
use testing::postgres;
use testing::receiver::ACCOUNTS;
use testing::service::{Service, on_database};

/// The throw-away tokens of each role; each is its own text.
pub(super) const TOKENS: [&str; 3] = ["viewer", "auditor", "operator"];

/// A service, and its database.
pub(super) struct Scene {
    pub service: Service,
    pub database: Database,
}

/// Returns `[operator]` with a token for each role, and these lines.
pub(super) fn operator(lines: &str) -> String {
    let token = |role: &str| {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(role));
        format!("{{ name = \"the {role}\", sha256 = \"{digest}\", role = \"{role}\" }}")
    };
    format!("[operator]\ntokens = [{}]\n{lines}", TOKENS.map(token).join(", "))
}

/// Starts a service on a fresh database with these lines of configuration.
pub(super) async fn scene(lines: &str) -> Scene {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let partitions = "select refund_inbox.create_delivery_partitions(
        (now() - interval '2 months')::date, 6)";
    database.execute(partitions).await;
    let service = Service::start(&format!("{}{lines}{ACCOUNTS}", on_database(&url))).await;
    Scene { service, database }
}

impl Scene {
    /// Returns a request to a path of the operator listener.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (_, operator) = self.service.addresses();
        CLIENT.request(method, format!("http://{operator}{path}"))
    }

    /// Gets a path without credentials.
    pub(super) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Gets a path with a token.
    pub(super) async fn get_as(&self, token: &str, path: &str) -> Response {
        self.request(Method::GET, path).bearer_auth(token).send().await.unwrap()
    }
}
