//! Notifications of every dialect, each about a refund of its own, signed before any clock runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::clock::Clock;
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_inbox::id::new_id;
use refund_providers::contract::simulation::{Demonstration, Scenario, Simulated, SimulationOrder};
use refund_providers::contract::{Delivery, Judgement, Meaning, judge};
use refund_providers::provider::registry::{DEFINITIONS, definition};
use sha2::{Digest, Sha256};

/// Signing takes minutes in all, and the same notifications serve every run.
const CLOCK_SKEW: &str = "clock_skew_seconds = 86400\n";

/// Dialects that `simulate` does not play, or that share another's account.
const LEFT_OUT: [&str; 1] = ["wechatpay v2"];

/// A request, ready to be sent, and the refund that it is about.
pub(crate) struct Notification {
    pub(crate) request: Vec<u8>,
    pub(crate) account: &'static str,
    pub(crate) merchant_refund_id: String,
}

/// One provider's way of observation, an account that it tells, and what it has to tell.
pub(crate) struct Dialect {
    pub(crate) name: &'static str,
    demonstration: Demonstration,
    account: ConfiguredAccount,
    notifications: Vec<Arc<Notification>>,
}

impl Dialect {
    /// All dialects, with throw-away keys.
    pub(crate) fn all() -> Vec<Self> {
        let token = format!("throw-away-{}", new_id(Clock::System.now()).simple());
        DEFINITIONS
            .iter()
            .flat_map(|definition| (definition.demonstrations)(&token).unwrap())
            .filter(|demonstration| !LEFT_OUT.contains(&demonstration.dialect))
            .map(Self::new)
            .collect()
    }

    fn new(mut demonstration: Demonstration) -> Self {
        if definition(demonstration.provider).unwrap().has_window {
            demonstration.settings.push_str(CLOCK_SKEW);
        }
        let account = read_account(demonstration.account, &demonstration.settings).unwrap();
        Self { name: demonstration.dialect, demonstration, account, notifications: Vec::new() }
    }

    /// Whether the provider signs with a shared secret; the others sign with RSA.
    pub(crate) fn is_signed_with_hash(&self) -> bool {
        self.demonstration.signing_key.is_none()
    }

    /// The account as lines of the configuration.
    pub(crate) fn configuration(&self) -> String {
        let Demonstration { account, settings, .. } = &self.demonstration;
        format!("[accounts.{account}]\n{settings}\n")
    }

    /// What was made so far.
    pub(crate) fn notifications(&self) -> &[Arc<Notification>] {
        &self.notifications
    }

    /// Makes notifications until there are so many, on all cores; how long that took.
    pub(crate) fn prepare(&mut self, count: usize) -> Duration {
        let began = Instant::now();
        let missing: Vec<usize> = (self.notifications.len()..count).collect();
        let share = missing.len().div_ceil(2).max(1);
        let this = &*self;
        let made: Vec<Arc<Notification>> = std::thread::scope(|scope| {
            let makers: Vec<_> = missing
                .chunks(share)
                .map(|numbers| {
                    scope.spawn(move || {
                        let make = |number: &usize| Arc::new(this.make(*number));
                        numbers.iter().map(make).collect::<Vec<_>>()
                    })
                })
                .collect();
            makers.into_iter().flat_map(|maker| maker.join().unwrap()).collect()
        });
        self.notifications.extend(made);
        began.elapsed()
    }

    /// A refund that succeeded. Numbers of refunds are in no order, as those of many shops are.
    fn make(&self, number: usize) -> Notification {
        let path = format!("/notify/{}/{}", self.account.provider_name, self.account.name);
        let digest = Sha256::digest(format!("{} {number}", self.name).as_bytes());
        let serial: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let simulated = self.account.provider.simulate(&SimulationOrder {
            scenario: Scenario::Succeeded,
            now: Clock::System.now(),
            serial: &serial,
            path: &path,
            signing_key: self.demonstration.signing_key.as_ref(),
        });
        let simulated = simulated.unwrap();
        Notification {
            request: request(&path, &simulated),
            account: self.demonstration.account,
            merchant_refund_id: self.merchant_refund_id(&path, &simulated),
        }
    }

    /// The number under which the refund must be found: as the receiver itself reads it.
    fn merchant_refund_id(&self, path: &str, simulated: &Simulated) -> String {
        let headers: HeaderMap = simulated
            .headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect();
        let delivery = Delivery {
            path_and_query: path,
            headers: &headers,
            body: simulated.body.as_bytes(),
            received_at: Clock::System.now(),
        };
        match judge(&*self.account.provider, &delivery) {
            Judgement::Authentic(_, Meaning::Refunds(events)) => {
                events[0].merchant_refund_id.clone()
            }
            other => panic!("{}: {other:?}", self.name),
        }
    }
}

fn request(path: &str, simulated: &Simulated) -> Vec<u8> {
    let mut text = format!("POST {path} HTTP/1.1\r\nhost: refunds.example.com\r\naccept: */*\r\n");
    for (name, value) in &simulated.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{}", simulated.body.len(), simulated.body));
    text.into_bytes()
}
