//! Several providers at work. Each sends again until it is acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::ledger::{Entries, Ledger};
use crate::place::Place;
use crate::provider_sim::{ProviderSim, Understood};
use crate::scenario::{RefundScenario, Step};
use crate::sender::Sender;

/// How long the senders may need to finish after the service works again.
const LEAVE: Duration = Duration::from_secs(60);

/// Which providers send, to which services, and how fast.
#[derive(Clone)]
pub struct Load {
    /// The providers that send.
    pub providers: Vec<Arc<ProviderSim>>,
    /// Services on one database, as if behind a load balancer.
    pub places: Vec<Place>,
    /// How many refunds are under way at a time.
    pub senders: usize,
    /// How fast they send.
    pub pace: Pace,
    /// The seed of all random choices.
    pub seed: u64,
}

/// How fast the providers send.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// Random scenarios. A sender begins the next one when the previous one is acknowledged.
    Scenarios {
        /// The pause between two scenarios of a sender.
        rest: Duration,
    },
    /// Single notifications at this rate over all senders, if the answers arrive in time.
    Steady {
        /// Notifications a second.
        rate: u32,
    },
}

/// Senders at work.
pub struct Senders {
    /// The record of what they send.
    pub ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    at_work: JoinSet<()>,
}

impl Senders {
    /// Begins to send.
    pub fn start(load: &Load) -> Self {
        let (ledger, stop) = (Arc::default(), Arc::default());
        let mut at_work = JoinSet::new();
        for number in 0..load.senders {
            let worker = Worker {
                number,
                load: load.clone(),
                sender: Sender::new(number, load.places.clone()),
                ledger: Arc::clone(&ledger),
                stop: Arc::clone(&stop),
                rng: Rng::with_seed(load.seed.wrapping_add(u64::try_from(number).unwrap())),
            };
            at_work.spawn(worker.work());
        }
        Self { ledger, stop, at_work }
    }

    /// Begins no new scenario, and waits until those already begun are acknowledged.
    pub async fn finish(self) -> Entries {
        self.stop.store(true, Ordering::Relaxed);
        let done = timeout(LEAVE, self.at_work.join_all()).await;
        assert!(done.is_ok(), "a provider still sends again and again after {LEAVE:?}");
        self.ledger.close()
    }
}

struct Worker {
    number: usize,
    load: Load,
    sender: Sender,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    rng: Rng,
}

impl Worker {
    async fn work(mut self) {
        let senders = u32::try_from(self.load.senders).unwrap();
        let mut ticks = match self.load.pace {
            Pace::Scenarios { .. } => None,
            Pace::Steady { rate } => {
                let mut ticks = interval(Duration::from_secs(1) * senders / rate);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                Some(ticks)
            }
        };
        for scenario_number in 0_u64.. {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let provider = &self.load.providers[self.rng.usize(..self.load.providers.len())];
            // Some dialects use the first characters as a nonce, so serials differ early.
            let serial = format!("{:04x}{:012x}", self.number, scenario_number);
            let scenario = match &mut ticks {
                None => RefundScenario::draw(provider, &serial, &mut self.rng),
                Some(ticks) => {
                    ticks.tick().await;
                    RefundScenario::of_success(provider, &serial)
                }
            };
            self.send(scenario).await;
            if let Pace::Scenarios { rest } = self.load.pace {
                sleep(rest).await;
            }
        }
    }

    /// Sends all steps at almost the same time, so that they arrive in random order.
    async fn send(&mut self, scenario: RefundScenario) {
        let mut steps = JoinSet::new();
        for step in scenario.steps {
            let (sender, ledger) = (self.sender.clone(), Arc::clone(&self.ledger));
            let account = scenario.refund.account.clone();
            steps.spawn(until_acknowledged(sender, ledger, account, step, self.rng.fork()));
        }
        steps.join_all().await;
        self.ledger.finish(scenario.refund);
    }
}

/// Sends until it is acknowledged. Sometimes sends once more, as a provider does that lost the
/// acknowledgement.
async fn until_acknowledged(
    sender: Sender,
    ledger: Arc<Ledger>,
    account: String,
    step: Step,
    mut rng: Rng,
) {
    let mut wanted = if rng.u8(..8) == 0 { 2 } else { 1 };
    while wanted > 0 {
        ledger.begin(&account, step.digest);
        let (attempt, answer) = sender.send(&step.notification, rng.usize(..)).await;
        ledger.end(step.digest, attempt, answer);
        match attempt.understood {
            Understood::Success => wanted -= 1,
            // The ledger has it. Sending again would get the same answer.
            Understood::Refused | Understood::Unexpected => return,
            Understood::SendAgain | Understood::NoAnswer => {
                sleep(Duration::from_millis(rng.u64(20..120))).await;
            }
        }
    }
}
