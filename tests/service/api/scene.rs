//! A service with tokens of every role, and requests to its operator listener.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testing::client::{CLIENT, post};
use testing::database::Database;
use testing::notifications::eftpay;
use testing::postgres;
use testing::receiver::ACCOUNTS;
use testing::service::{Service, on_database};

/// The throw-away tokens of each role; each is its own text.
pub(crate) const TOKENS: [&str; 3] = ["viewer", "auditor", "operator"];

/// Texts in a header and in a body, which only an auditor may see.
pub(crate) const HEADER_CANARY: &str = "canary-in-a-header";
pub(crate) const BODY_CANARY: &str = "canary-in-a-body";

/// A service, and its database.
pub(crate) struct Scene {
    pub service: Service,
    pub database: Database,
}

/// Returns `[operator]` with a token for each role, and these lines.
pub(crate) fn operator(lines: &str) -> String {
    let token = |role: &str| {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(role));
        format!("{{ name = \"the {role}\", sha256 = \"{digest}\", role = \"{role}\" }}")
    };
    format!("[operator]\ntokens = [{}]\n{lines}", TOKENS.map(token).join(", "))
}

/// Starts a service on a fresh database with these lines of configuration.
pub(crate) async fn scene(lines: &str) -> Scene {
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
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (_, operator) = self.service.addresses();
        CLIENT.request(method, format!("http://{operator}{path}"))
    }

    /// Gets a path without credentials.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Delivers a notification of eftPay about this refund, with these members changed.
    pub(crate) async fn receive(&self, refund: &str, changes: &[(&str, Value)]) {
        let (public, _) = self.service.addresses();
        let url = format!("http://{public}/notify/eftpay/hk");
        let answer = post(&url, &[("x-canary", HEADER_CANARY)], eftpay(refund, changes)).await;
        assert!(answer.is_success(), "{answer:?}");
    }

    /// Delivers a notification that was changed on its way.
    pub(crate) async fn receive_forged(&self, refund: &str) {
        let (public, _) = self.service.addresses();
        let url = format!("http://{public}/notify/eftpay/hk");
        let refused = self.database.count("refund_inbox.refused_deliveries").await;
        let body = eftpay(refund, &[("memo", json!(BODY_CANARY))]).replace("88.50", "99.50");
        post(&url, &[("x-canary", HEADER_CANARY)], body).await;
        self.database.until_count("refund_inbox.refused_deliveries", refused + 1).await;
    }

    /// Gets JSON with a token.
    pub(crate) async fn json_as(&self, token: &str, path: &str) -> Value {
        let answer = self.get_as(token, path).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
    }

    /// Gets JSON as a viewer.
    pub(crate) async fn json(&self, path: &str) -> Value {
        self.json_as("viewer", path).await
    }

    /// Posts JSON with a token. Returns the status and the answer.
    pub(crate) async fn post_as(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(Method::POST, path).bearer_auth(token);
        let answer = request.body(body.to_string()).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}")))
    }

    /// Returns the rows of the audit as `who via action subject`, the first one first.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let query = "select who, via, action, subject from refund_inbox.audit
             where action <> 'reload' order by audit_id";
        let text = |row: &serde_json::Map<String, Value>, name: &str| {
            row[name].as_str().unwrap().to_owned()
        };
        let names = ["who", "via", "action", "subject"];
        let rows = self.database.rows(query).await;
        rows.iter().map(|row| names.map(|name| text(row, name)).join(" ")).collect()
    }

    /// Gets a path with a token.
    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Response {
        self.request(Method::GET, path).bearer_auth(token).send().await.unwrap()
    }
}
