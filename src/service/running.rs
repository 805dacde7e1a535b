//! Starts and stops together: listeners, recorder, quarantine writer and maintenance.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::changes::note_changes;
use super::maintenance::maintain;
use super::runtimes::Runtimes;
use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::Configuration;
use crate::http::{Listeners, Readiness, most_connections, operator_router, public_router, serve};
use crate::operator::Operator;
use crate::receive::Receiver;
use crate::recording::{Callers, QuarantineWriter, Recorder};
use crate::refusals::Refusals;
use crate::store::Store;
use crate::telemetry::{self, Exporter};

/// How long the quarantine's writer may go on after the last answer, and how long the database
/// connections may take to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running service.
#[derive(Debug)]
pub struct Service {
    /// The address that providers call.
    pub public: SocketAddr,
    /// The address that people and monitoring call.
    pub operator: SocketAddr,
    accounts: watch::Sender<Accounts>,
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Service {
    /// Starts the service. The schema of `store` must exist. An error names the address that is not
    /// available.
    pub fn start(
        mut configuration: Configuration,
        store: Store,
        clock: Clock,
        exporter: Exporter,
    ) -> io::Result<Self> {
        let listeners = Listeners::bind(&configuration.http)?;
        let (public, operator) = (listeners.public_address()?, listeners.operator_address()?);
        let accounts = Accounts::new(std::mem::take(&mut configuration.accounts));
        let accounts = watch::Sender::new(accounts);
        let (stop, stopped) = oneshot::channel::<()>();
        let (running, ended) = oneshot::channel::<()>();
        let stopped = async move {
            // Dropping the `Service` stops it, too.
            let _ = stopped.await;
        };
        let run =
            run(configuration, accounts.subscribe(), store, clock, exporter, listeners, stopped);
        let task = tokio::spawn(async move {
            let outcome = run.await;
            drop(running);
            outcome
        });
        Ok(Self { public, operator, accounts, stop, ended, task })
    }

    /// Returns the channel that replaces the accounts. A request in progress keeps the account that
    /// it found.
    pub fn accounts(&self) -> watch::Sender<Accounts> {
        self.accounts.clone()
    }

    /// Resolves when the service ends although it was not stopped, which happens only after a
    /// failure.
    pub async fn ended(&mut self) {
        let _ = (&mut self.ended).await;
    }

    /// Withdraws readiness, finishes the requests in progress within their deadline, and closes
    /// everything.
    pub async fn stop(self) -> io::Result<()> {
        // If the service has ended already, the task returns why.
        let _ = self.stop.send(());
        self.task.await.map_err(io::Error::other)?
    }
}

/// Runs all parts of the service until `stop` resolves or the recorder ends, then stops them.
async fn run(
    configuration: Configuration,
    accounts: watch::Receiver<Accounts>,
    store: Store,
    clock: Clock,
    exporter: Exporter,
    listeners: Listeners,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let runtimes = Runtimes::start()?;
    let readiness = Readiness::new(store.clone(), runtimes.commit().clone());
    let operator = {
        let _entered = runtimes.operator().enter();
        let (accounts, clock) = (accounts.clone(), clock.clone());
        Operator::new(&configuration, &store, accounts, clock, readiness.draining())
            .map_err(io::Error::other)?
    };
    let operator_stores = [(*operator.readers).clone(), operator.actions.clone()];
    let Configuration { mut http, database, recording, quarantine, retention, .. } = configuration;
    http.max_connections = most_connections(http.max_connections, database.max_connections);
    let (recorder, mut recording_task) = {
        let _entered = runtimes.commit().enter();
        let callers = Callers::on(runtimes.ingress().clone());
        Recorder::start(store.clone(), &recording, callers)
    };
    let (quarantine, quarantine_task) = QuarantineWriter::start(store.clone(), &quarantine);
    accounts.borrow().names().for_each(|account| telemetry::quarantine_evicted(account, 0));
    let refusals = Arc::new(Refusals::default());
    refusals.configure(accounts.borrow().names());
    let maintenance =
        maintain(store.clone(), clock.clone(), accounts.clone(), Arc::clone(&refusals), retention);
    let maintenance = tokio::spawn(maintenance);
    let changes = tokio::spawn(note_changes(store.clone(), clock.clone(), accounts.clone()));

    let receiver = Arc::new(Receiver { accounts, recorder, quarantine, refusals, clock });
    let public = public_router(receiver, &http);
    let operator = operator_router(readiness.clone(), exporter, operator);
    let mut recorder_ended = false;
    let stop = async {
        tokio::select! {
            () = stop => {}
            _ = &mut recording_task => {
                recorder_ended = true;
                readiness.recording_ended();
            }
        }
    };
    let outcome =
        serve(listeners, public, operator, readiness.clone(), &http, runtimes.operator(), stop)
            .await;

    maintenance.abort();
    changes.abort();
    // The routers are dropped, and with them the last senders of both queues. The deliveries that
    // wait are still written.
    if !recorder_ended {
        let _ = timeout(recording.deadline(), recording_task).await;
    }
    let _ = timeout(PATIENCE, quarantine_task).await;
    let [readers, actions] = operator_stores;
    tokio::join!(store.close(PATIENCE), readers.close(PATIENCE), actions.close(PATIENCE));
    if recorder_ended {
        return Err(io::Error::other(
            "the recorder ended without being stopped: this is a bug in refund-inbox",
        ));
    }
    outcome
}
