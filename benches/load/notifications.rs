//! Notifications of every dialect, each about its own refund, signed before any measurement begins.

use std::sync::Arc;
use std::time::{Duration, Instant};

use refund_inbox::clock::Clock;
use refund_inbox::id::new_id;
use refund_providers::contract::simulation::{Demonstration, Scenario};
use refund_providers::provider::registry::definition;
use sha2::{Digest, Sha256};
use testing::provider_sim::{ProviderSim, demonstrations};

use crate::options::Numbers;

/// Signing takes minutes in all, and all runs use the same notifications.
const CLOCK_SKEW: &str = "clock_skew_seconds = 86400\n";

/// A request, ready to be sent, and the refund that it is about.
pub(crate) struct Notification {
    pub(crate) request: Vec<u8>,
    pub(crate) account: String,
    pub(crate) merchant_refund_id: String,
}

/// One provider's dialect, its account, and its notifications.
pub(crate) struct Dialect {
    pub(crate) name: &'static str,
    numbers: Numbers,
    provider: Arc<ProviderSim>,
    notifications: Vec<Arc<Notification>>,
}

impl Dialect {
    /// Makes all dialects, with throw-away keys.
    pub(crate) fn all(numbers: Numbers) -> Vec<Self> {
        let token = format!("throw-away-{}", new_id(Clock::System.now()).simple());
        demonstrations(&token).into_iter().map(|one| Self::new(one, numbers)).collect()
    }

    fn new(mut demonstration: Demonstration, numbers: Numbers) -> Self {
        // The window of PayPal is days long already.
        let is_short = demonstration.provider != "paypal";
        if is_short && definition(demonstration.provider).unwrap().has_window {
            demonstration.settings.push_str(CLOCK_SKEW);
        }
        let provider = Arc::new(ProviderSim::new(demonstration));
        Self { name: provider.dialect(), numbers, provider, notifications: Vec::new() }
    }

    /// Returns whether the provider signs with a shared secret. The others sign with RSA.
    pub(crate) fn is_signed_with_hash(&self) -> bool {
        self.provider.signs_with_a_secret()
    }

    /// Returns the account as lines of the configuration.
    pub(crate) fn configuration(&self) -> String {
        self.provider.configuration()
    }

    /// Returns the notifications made so far.
    pub(crate) fn notifications(&self) -> &[Arc<Notification>] {
        &self.notifications
    }

    /// Makes notifications up to this count on all cores. Returns how long that took.
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

    /// Makes a refund that succeeded.
    fn make(&self, number: usize) -> Notification {
        let serial = match self.numbers {
            // After those of all refunds that may be stored already.
            Numbers::Sequential => format!("{:016x}", number + (1 << 40)),
            Numbers::Random => {
                let digest = Sha256::digest(format!("{} {number}", self.name).as_bytes());
                digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
            }
        };
        let made = self.provider.notification(Scenario::Succeeded, &serial, Clock::System.now());
        let made = made.unwrap();
        Notification {
            request: made.request(),
            account: self.provider.account().to_owned(),
            merchant_refund_id: made.event().merchant_refund_id,
        }
    }
}
