//! Sends the demo's notifications.

use std::net::SocketAddr;

use crate::command::Failure;
use crate::command::http_client::{HttpAnswer, send};
use crate::command::notification::{Occasion, make_at};
use crate::config::ConfiguredAccount;
use refund_providers::contract::simulation::{Demonstration, Scenario};

/// Plays the providers of the demo's accounts.
pub(super) struct Sender<'a> {
    pub client: reqwest::Client,
    pub public: SocketAddr,
    pub accounts: &'a [ConfiguredAccount],
    pub demonstrations: &'a [Demonstration],
}

impl Sender<'_> {
    /// Sends a notification to an account of this name.
    pub(super) async fn send(
        &self,
        account: &str,
        scenario: Scenario,
        occasion: &Occasion,
    ) -> Result<HttpAnswer, Failure> {
        let known = self.accounts.iter().find(|one| one.name.as_str() == account);
        let missing = || Failure::Other(format!("the demo has no account {account}"));
        self.send_as(known.ok_or_else(missing)?, scenario, occasion).await
    }

    /// Sends a notification that is signed as the account requires.
    pub(super) async fn send_as(
        &self,
        account: &ConfiguredAccount,
        scenario: Scenario,
        occasion: &Occasion,
    ) -> Result<HttpAnswer, Failure> {
        let name = account.name.as_str();
        let demonstration = self.demonstrations.iter().find(|one| one.account == name);
        let key = demonstration.and_then(|one| one.signing_key.as_ref());
        let simulated = make_at(account, scenario, key, occasion)?;
        let url = format!("http://{}/notify/{}/{name}", self.public, account.provider_name);
        send(&self.client, &url, &simulated).await
    }
}

/// A row of the answers.
pub(super) type Row = [String; 4];

/// Returns a row of the answers.
pub(super) fn row(account: &str, scenario: &str, answer: &HttpAnswer) -> Row {
    let body: String = answer.body.chars().take(64).collect();
    let shown = if body.len() < answer.body.len() { format!("{body}…") } else { body };
    [account.to_owned(), scenario.to_owned(), answer.status.to_string(), shown]
}
