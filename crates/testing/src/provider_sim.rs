//! Simulates providers: makes and signs notifications as each dialect does, and interprets each
//! answer as the provider does, to the byte.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{
    Authentication, Demonstration, Scenario, SimulationError, SimulationOrder, Subject,
};
use refund_providers::contract::{Delivery, Judgement, Meaning, Outcome, judge};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::DEFINITIONS;
use refund_providers::refund::RefundEvent;
use time::OffsetDateTime;

use crate::client::Answer;
use crate::service::on_database;

/// The provider of one account of the service.
#[derive(Debug)]
pub struct ProviderSim {
    account: ConfiguredAccount,
    dialect: &'static str,
    authentication: Authentication,
    signing_key: Option<SigningKey>,
    settings: String,
    route: String,
}

/// A notification, ready to be sent.
#[derive(Clone, Debug)]
pub struct Notification {
    /// The provider that sends it.
    pub provider: Arc<ProviderSim>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's body.
    pub body: Vec<u8>,
    made_at: OffsetDateTime,
}

/// What a provider understands from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Understood {
    /// Committed: the provider never sends it again.
    Success,
    /// The provider's own words for "send again".
    SendAgain,
    /// The provider's own words for "not authentic".
    Refused,
    /// The connection broke, or no answer came in time.
    NoAnswer,
    /// Any other answer. The service never gives one.
    Unexpected,
}

/// One throw-away account of each provider; the keys are made once.
static ALL: LazyLock<Vec<Arc<ProviderSim>>> = LazyLock::new(|| {
    // An account may have several dialects. The simulation uses the first.
    let mut by_account = BTreeMap::new();
    for demonstration in demonstrations("throw-away-token") {
        by_account.entry(demonstration.account).or_insert(demonstration);
    }
    by_account.into_values().map(|it| Arc::new(ProviderSim::new(it))).collect()
});

/// Returns all simulated providers.
pub fn all() -> Vec<Arc<ProviderSim>> {
    ALL.clone()
}

/// Returns the providers that sign with a shared secret. Signing then takes little processor time,
/// which leaves it to the service.
pub fn hash_signed() -> Vec<Arc<ProviderSim>> {
    ALL.iter().filter(|provider| provider.signs_with_a_secret()).cloned().collect()
}

/// Returns the accounts of all simulated providers, as lines of configuration.
pub fn accounts() -> String {
    ALL.iter().map(|provider| format!("\n{}", provider.configuration())).collect()
}

/// The configuration that stops a service under load from logging each delivery.
pub const QUIET: &str = "[log]\nlevel = \"warn,refund_inbox::command=info\"\n";

/// Returns the configuration of a quiet service on the database of this URL, with all accounts.
pub fn configuration(url: &str) -> String {
    format!("{QUIET}{}{}", on_database(url), accounts())
}

/// Returns an account for each dialect of every provider. Some accounts appear twice.
pub fn demonstrations(token: &str) -> Vec<Demonstration> {
    DEFINITIONS.iter().flat_map(|known| (known.demonstrations)(token).unwrap()).collect()
}

impl ProviderSim {
    /// Simulates the provider of this account.
    pub fn new(demonstration: Demonstration) -> Self {
        let Demonstration { dialect, authentication, settings, signing_key, .. } = demonstration;
        let account = read_account(demonstration.account, &settings).unwrap();
        let route = format!("/notify/{}/{}", account.provider_name, account.name);
        Self { account, dialect, authentication, signing_key, settings, route }
    }

    /// Returns the account's name.
    pub fn account(&self) -> &str {
        self.account.name.as_str()
    }

    /// Returns the provider's name.
    pub fn provider(&self) -> &'static str {
        self.account.provider_name
    }

    /// Returns the name of the dialect.
    pub fn dialect(&self) -> &'static str {
        self.dialect
    }

    /// Returns whether the provider signs with a shared secret; the others sign with RSA.
    pub fn signs_with_a_secret(&self) -> bool {
        self.signing_key.is_none()
    }

    /// Returns whether the body of a message is protected: an altered one is refused. A token beside
    /// the body does not protect it.
    pub fn protects_the_body(&self) -> bool {
        self.authentication != Authentication::Token
    }

    /// Returns the path that the provider calls.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Returns the account as lines of configuration.
    pub fn configuration(&self) -> String {
        format!("[accounts.{}]\n{}\n", self.account(), self.settings)
    }

    /// Makes a notification about the refund with this serial; `None` if the provider has no
    /// notification for the scenario.
    pub fn notification(
        self: &Arc<Self>,
        scenario: Scenario,
        serial: &str,
        at: OffsetDateTime,
    ) -> Option<Notification> {
        let signing_key = self.signing_key.as_ref();
        let order = SimulationOrder {
            scenario,
            now: at,
            serial,
            subject: Subject::default(),
            path: &self.route,
            signing_key,
        };
        let simulated = match self.account.provider.simulate(&order) {
            Ok(simulated) => simulated,
            Err(SimulationError::NoSuchScenario { .. }) => return None,
            Err(error) => panic!("{}: {error}", self.account()),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in simulated.headers {
            headers.append(name, HeaderValue::from_str(&value).unwrap());
        }
        let body = simulated.body.into_bytes();
        Some(Notification { provider: Arc::clone(self), headers, body, made_at: at })
    }
}

impl Notification {
    /// Returns the whole request as it goes over the wire.
    pub fn request(&self) -> Vec<u8> {
        let route = self.provider.route();
        let mut head = format!("POST {route} HTTP/1.1\r\nhost: refunds.example.com\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }

    /// Returns the one event that the service finds in the notification.
    pub fn event(&self) -> RefundEvent {
        match judge(&*self.provider.account.provider, &self.delivery(self.made_at)) {
            Judgement::Authentic(_, Meaning::Refunds(events)) => {
                let [event] = <[RefundEvent; 1]>::try_from(events).unwrap();
                event
            }
            other => panic!("{}: {other:?}", self.provider.account()),
        }
    }

    /// Returns what the provider understands from an answer that arrived between these moments.
    pub fn understood(
        &self,
        answer: &Answer,
        sent: OffsetDateTime,
        answered: OffsetDateTime,
    ) -> Understood {
        let is_in_the_words_of = |outcome: Outcome| {
            // Some answers contain the second of receipt, and their signature covers it.
            let mut second = sent - Duration::from_secs(1);
            while second <= answered + Duration::from_secs(1) {
                let delivery = self.delivery(second);
                let reply = self.provider.account.provider.reply(&delivery, outcome.answer());
                let expected = (reply.status, reply.content_type, reply.body.as_str());
                if expected == (answer.status, &*answer.content_type, &*answer.body) {
                    return true;
                }
                second += Duration::from_secs(1);
            }
            false
        };
        match answer.status {
            200 if is_in_the_words_of(Outcome::Recorded) => Understood::Success,
            503 if is_in_the_words_of(Outcome::Unavailable) => Understood::SendAgain,
            401 if is_in_the_words_of(Outcome::Refused) => Understood::Refused,
            _ => Understood::Unexpected,
        }
    }

    fn delivery(&self, received_at: OffsetDateTime) -> Delivery<'_> {
        Delivery {
            path_and_query: &self.provider.route,
            headers: &self.headers,
            redacted: &[],
            body: &self.body,
            received_at,
        }
    }
}
