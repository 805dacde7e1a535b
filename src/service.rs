//! A whole receiver at work: listeners, recorder, pen keeper and upkeep, started and stopped
//! together. `serve`, `demo` and the tests run this.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::clock::Clock;
use crate::config::Configuration;
use crate::http::{Listeners, Readiness, operator_router, public_router, serve};
use crate::inbox::{Accounts, Inbox};
use crate::recording::{PenKeeper, Recorder};
use crate::store::Store;
use crate::telemetry::{self, Exporter};

/// How often the gauges that need the database are refreshed and partitions are looked after.
const UPKEEP: Duration = Duration::from_secs(60);

/// How long refused deliveries may still be written after the last answer.
const PEN_PATIENCE: Duration = Duration::from_secs(2);

/// A receiver at work.
#[derive(Debug)]
pub struct Service {
    /// Where providers call.
    pub public: SocketAddr,
    /// Where people and monitoring call.
    pub operator: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Service {
    /// Starts with a store whose schema is there. An error names an address that cannot be had.
    pub fn start(
        configuration: Configuration,
        store: Store,
        clock: Clock,
        exporter: Exporter,
    ) -> io::Result<Self> {
        let listeners = Listeners::bind(&configuration.http)?;
        let (public, operator) = (listeners.public_address()?, listeners.operator_address()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            // A dropped handle stops the service as well.
            let _ = stopped.await;
        };
        let task = tokio::spawn(run(configuration, store, clock, exporter, listeners, stopped));
        Ok(Self { public, operator, stop, task })
    }

    /// Withdraws readiness, finishes what is in hand within its deadline, and closes everything.
    pub async fn stop(self) -> io::Result<()> {
        // Gone already: then the task tells why.
        let _ = self.stop.send(());
        self.task.await.map_err(io::Error::other)?
    }
}

async fn run(
    configuration: Configuration,
    store: Store,
    clock: Clock,
    exporter: Exporter,
    listeners: Listeners,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let Configuration { http, recording, pen, accounts, .. } = configuration;
    let (recorder, recording_task) = Recorder::start(store.clone(), &recording);
    let (pen, pen_task) = PenKeeper::start(store.clone(), &pen);
    let accounts = Accounts::new(accounts);
    watch_keys(&accounts, &clock);
    let upkeep = tokio::spawn(upkeep(store.clone(), clock.clone()));

    let inbox = Arc::new(Inbox { accounts, recorder, pen, clock });
    let readiness = Readiness::new(store.clone());
    let public = public_router(inbox, &http);
    let operator = operator_router(readiness.clone(), exporter);
    let outcome = serve(listeners, public, operator, readiness, &http, stop).await;

    upkeep.abort();
    // The routers are gone, and with them the queues' last senders: what waits is still committed.
    let _ = timeout(recording.deadline(), recording_task).await;
    let _ = timeout(PEN_PATIENCE, pen_task).await;
    store.close().await;
    outcome
}

fn watch_keys(accounts: &Accounts, clock: &Clock) {
    for account in accounts.iter() {
        for key in account.reader().keys() {
            if let Some(expires_at) = key.expires_at {
                telemetry::key_expiry(account.name(), &key.key_id, expires_at, clock.now());
            }
        }
    }
}

async fn upkeep(store: Store, clock: Clock) {
    let mut ticks = interval(UPKEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match store.conflicting_refunds().await {
            Ok(refunds) => telemetry::conflicting_refunds(refunds),
            Err(error) => telemetry::upkeep_failed("count conflicting refunds", &error),
        }
        match store.pen_bytes().await {
            Ok(bytes) => telemetry::pen_size(bytes),
            Err(error) => telemetry::upkeep_failed("measure the pen", &error),
        }
        if let Err(error) = store.create_partitions(clock.now().date()).await {
            telemetry::upkeep_failed("make the next partitions", &error);
        }
    }
}
