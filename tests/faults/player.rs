//! The providers' parts, played: notifications made and signed as each dialect does, and what each
//! answer means to it, to the byte.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{Scenario, SimulationError, SimulationOrder};
use refund_providers::contract::{Delivery, Judgement, Outcome, judge};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::DEFINITIONS;
use time::OffsetDateTime;

use crate::client::Answer;

/// A provider as one account of the service knows it.
#[derive(Debug)]
pub(crate) struct Player {
    account: ConfiguredAccount,
    signing_key: Option<SigningKey>,
    settings: String,
    /// The path that is called.
    pub(crate) route: String,
}

/// A notification, ready to be sent, and what the service must make of it.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) player: Arc<Player>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) made_at: OffsetDateTime,
}

/// What a provider understands from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Heard {
    /// Committed: it will never be sent again.
    Success,
    /// The provider's own words for "send again".
    NotNow,
    /// The provider's own words for "not believed".
    Refused,
    /// The connection broke, or nothing came in time.
    Nothing,
    /// Anything else, which must not be.
    Strange,
}

/// One throw-away account of each dialect; the keys are made once.
static EVERYBODY: LazyLock<Vec<Arc<Player>>> = LazyLock::new(|| {
    let demonstrations =
        DEFINITIONS.iter().flat_map(|known| (known.demonstrations)("throw-away-token").unwrap());
    // An account may show several dialects; it is played in the first.
    let mut by_account = BTreeMap::new();
    for demonstration in demonstrations {
        by_account.entry(demonstration.account).or_insert(demonstration);
    }
    let players = by_account.into_values().map(|demonstration| {
        let account = read_account(demonstration.account, &demonstration.settings).unwrap();
        let route = format!("/notify/{}/{}", account.provider, account.name);
        let settings = format!("[accounts.{}]\n{}", demonstration.account, demonstration.settings);
        Arc::new(Player { account, signing_key: demonstration.signing_key, settings, route })
    });
    players.collect()
});

/// All players.
pub(crate) fn everybody() -> Vec<Arc<Player>> {
    EVERYBODY.clone()
}

/// Those whose notifications cost next to nothing to sign, so that the load is the service's.
pub(crate) fn hash_signed() -> Vec<Arc<Player>> {
    EVERYBODY.iter().filter(|player| player.signing_key.is_none()).cloned().collect()
}

/// The accounts of all players, as lines of configuration.
pub(crate) fn accounts() -> String {
    EVERYBODY.iter().map(|player| format!("\n{}", player.settings)).collect()
}

impl Player {
    /// The account's name.
    pub(crate) fn account(&self) -> &str {
        self.account.name.as_str()
    }

    /// The provider's name.
    pub(crate) fn provider(&self) -> &'static str {
        self.account.provider
    }

    /// Makes a notification about the refund of this number; `None` where the provider has no such
    /// thing to say.
    pub(crate) fn notification(
        self: &Arc<Self>,
        scenario: Scenario,
        serial: &str,
        at: OffsetDateTime,
    ) -> Option<Notification> {
        let signing_key = self.signing_key.as_ref();
        let order = SimulationOrder { scenario, now: at, serial, path: &self.route, signing_key };
        let simulated = match self.account.reader.simulate(&order) {
            Ok(simulated) => simulated,
            Err(SimulationError::NoSuchScenario { .. }) => return None,
            Err(error) => panic!("{}: {error}", self.account()),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in simulated.headers {
            headers.append(name, HeaderValue::from_str(&value).unwrap());
        }
        let body = simulated.body.into_bytes();
        Some(Notification { player: Arc::clone(self), headers, body, made_at: at })
    }
}

impl Notification {
    fn delivery(&self, received_at: OffsetDateTime) -> Delivery<'_> {
        Delivery {
            path_and_query: &self.player.route,
            headers: &self.headers,
            body: &self.body,
            received_at,
        }
    }

    /// What the pure half of the service makes of it.
    pub(crate) fn judged(&self) -> Judgement {
        judge(&*self.player.account.reader, &self.delivery(self.made_at))
    }

    /// What an answer that came between these moments tells the provider.
    pub(crate) fn heard(
        &self,
        answer: &Answer,
        sent: OffsetDateTime,
        answered: OffsetDateTime,
    ) -> Heard {
        let is_in_the_words_of = |outcome: Outcome| {
            // Some answers name the second of receipt, and are signed with it.
            let mut second = sent - Duration::from_secs(1);
            while second <= answered + Duration::from_secs(1) {
                let delivery = self.delivery(second);
                let reply = self.player.account.reader.reply(&delivery, outcome.answer());
                let expected = (reply.status, reply.content_type, reply.body.as_str());
                if expected == (answer.status, &*answer.content_type, &*answer.body) {
                    return true;
                }
                second += Duration::from_secs(1);
            }
            false
        };
        match answer.status {
            200 if is_in_the_words_of(Outcome::Recorded) => Heard::Success,
            503 if is_in_the_words_of(Outcome::Unavailable) => Heard::NotNow,
            401 if is_in_the_words_of(Outcome::Refused) => Heard::Refused,
            _ => Heard::Strange,
        }
    }
}
