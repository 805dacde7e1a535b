//! `demo`: runs the whole service with a private Postgres and one account for each dialect with
//! throw-away keys, sends signed notifications over HTTP, and prints the answers and the refunds.

mod incidents;
mod sender;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sender::{Sender, row};

use super::arguments::DemoOptions;
use super::database::{Database, Sharing};
use super::http_client::http_client;
use super::notification::{Given, Occasion};
use super::setup::{start_service, start_telemetry};
use super::signals::Termination;
use super::terminal::output;
use super::terminal::times::Times;
use super::{Failure, refunds, status};
use crate::clock::Clock;
use crate::config::{Configuration, ConfiguredAccount, Environment, Sources, load};
use crate::id::new_id;
use crate::lookup;
use crate::service::Service;
use crate::store::{ListQuery, Listed};
use refund_providers::contract::simulation::{Demonstration, Scenario, SimulationError};
use refund_providers::provider::registry::DEFINITIONS;

/// The directory of the demo, below the state directory.
const DIRECTORY: &str = "demo";

/// The configuration file that the demo writes into its directory.
const FILE: &str = "refund-inbox.toml";

/// The most refunds in the demo's table.
const MOST_REFUNDS: u32 = 200;

/// The scenarios that the demo sends for each account whose provider has them, in this order.
const SCENARIOS: [Scenario; 9] = [
    Scenario::Succeeded,
    Scenario::Duplicate,
    Scenario::Pending,
    Scenario::Failed,
    Scenario::Canceled,
    Scenario::RequiresAction,
    Scenario::UnknownStatus,
    Scenario::NotARefund,
    Scenario::Tampered,
];

pub(super) async fn run(config: Option<&Path>, options: &DemoOptions) -> Result<(), Failure> {
    let base = super::setup::configuration(config)?.embedded;
    let directory = base.directory.join(DIRECTORY);
    let demonstrations = demonstrations()?;
    let file = write(&directory, &demonstrations)?;
    let environment = Environment::from_pairs(base.programs.iter().map(|programs| {
        let variable = "REFUND_INBOX__EMBEDDED__PROGRAMS".to_owned();
        (variable, programs.display().to_string())
    }));
    let configuration = load(&Sources { file: Some(file.clone()), environment })?;
    start_telemetry(&configuration)?;
    let mut termination = Termination::listen()?;

    output::line("Starting a private Postgres …")?;
    let database = Database::open(&configuration, Sharing::Exclusive).await?;
    let outcome =
        show(configuration, &database, demonstrations, &file, options, &mut termination).await;
    database.close().await?;
    outcome
}

fn demonstrations() -> Result<Vec<Demonstration>, Failure> {
    let token = new_id(Clock::System.now()).simple().to_string();
    let mut all = Vec::new();
    for definition in DEFINITIONS {
        let some = (definition.demonstrations)(&format!("throw-away-{token}"));
        all.extend(some.map_err(SimulationError::Signing)?);
    }
    // One account may demonstrate several dialects.
    all.dedup_by(|later, earlier| later.account == earlier.account);
    Ok(all)
}

/// Writes a configuration that `serve` and `simulate` can also use, and the private keys that sign
/// in place of the providers'.
fn write(directory: &Path, demonstrations: &[Demonstration]) -> Result<PathBuf, Failure> {
    fs::create_dir_all(directory)?;
    let (public, operator) = free_addresses()?;
    let state = directory.join("state");
    let mut text = format!(
        "# Written by `refund-inbox demo`. Its keys are for the demo only.\n\n\
         [http]\nlisten = \"{public}\"\noperator_listen = \"{operator}\"\n\n\
         [embedded]\ndirectory = {:?}\n\n[log]\nlevel = \"error\"\n",
        state.display().to_string(),
    );
    for demonstration in demonstrations {
        text.push_str(&format!("\n[accounts.{}]\n", demonstration.account));
        text.push_str(&demonstration.settings);
        if let Some(key) = &demonstration.signing_key {
            let pem = key.to_pem().map_err(SimulationError::Signing)?;
            fs::write(key_file(directory, demonstration), pem)?;
        }
    }
    let file = directory.join(FILE);
    fs::write(&file, text)?;
    Ok(file)
}

fn key_file(directory: &Path, demonstration: &Demonstration) -> PathBuf {
    directory.join(format!("{}.pem", demonstration.account))
}

/// Returns addresses with the usual ports, or with free ones if the usual ports are in use.
fn free_addresses() -> Result<(SocketAddr, SocketAddr), Failure> {
    let bind = |usual: u16| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, usual))
            .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
    };
    // Both are held until both are known, so that they differ.
    let (public, operator) = (bind(8080)?, bind(8081)?);
    Ok((public.local_addr()?, operator.local_addr()?))
}

async fn show(
    configuration: Configuration,
    database: &Database,
    demonstrations: Vec<Demonstration>,
    file: &Path,
    options: &DemoOptions,
    termination: &mut Termination,
) -> Result<(), Failure> {
    database.wait(&configuration.database).await?;
    database.store.migrate(Clock::System.now().date()).await?;
    // The service takes the configuration; the provider's part is played with the same file.
    let again = load(&Sources { file: Some(file.to_owned()), ..Sources::default() })?;
    let Configuration { accounts, recording, quarantine, .. } = again;
    let quarantine = (&quarantine).into();
    let service = start_service(configuration, database)?;
    output::line(format!("Providers call http://{}/notify/…\n", service.public))?;

    let sender = Sender {
        client: http_client(Duration::from_secs(10))?,
        public: service.public,
        accounts: &accounts,
        demonstrations: &demonstrations,
    };
    let mut answers = Vec::new();
    for account in &accounts {
        for scenario in SCENARIOS {
            let occasion = Occasion::new(Clock::System.now(), Given::default());
            for _ in 0..scenario.sendings() {
                match sender.send_as(account, scenario, &occasion).await {
                    Ok(answer) => {
                        answers.push(row(account.name.as_str(), scenario.as_str(), &answer));
                    }
                    Err(Failure::Simulation(SimulationError::NoSuchScenario { .. })) => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
    }
    answers.extend(incidents::send(&sender).await?);
    let settings = demonstrations.iter().find(|one| one.account == incidents::ACCOUNT);
    let settings = settings.map(|one| one.settings.as_str()).unwrap_or_default();
    let (answer, replayed) =
        incidents::replay(&sender, settings, &recording, &database.store).await?;
    answers.push(answer);
    output::line("Notifications sent, and the answers to them:\n")?;
    output::table(["account", "scenario", "answer", "body"], answers)?;
    output::line(
        "\nThe provider's next secret is in the account now, and a replay records what it signed:\n",
    )?;
    output::table(["account", "was", "is", "refund"], vec![replayed])?;
    output::line("\nThe refunds, as other services read them (newest first):\n")?;
    let newest = ListQuery::newest(Listed::Refunds, MOST_REFUNDS);
    let times = Times::in_utc();
    refunds::table(&database.store.list(&newest).await?.rows, &times)?;
    output::line("\nWhat waits for a person:\n")?;
    let watched: Vec<&ConfiguredAccount> = accounts.iter().collect();
    let waiting = lookup::status(&watched, quarantine, &database.store, &times).await?;
    output::show(status::table(&waiting, &times))?;
    if !options.once {
        next_steps(file, &service)?;
        termination.next().await;
        output::line("\nStopping …")?;
    }
    Ok(service.stop().await?)
}

fn next_steps(file: &Path, service: &Service) -> Result<(), Failure> {
    // The path that started this process: `script/demo` does not put the program on PATH.
    let program = std::env::args().next().unwrap_or_else(|| "refund-inbox".to_owned());
    let program = format!("{program} --config {}", file.display());
    output::line(format!(
        "\nServing until Ctrl-C. Look at http://{operator}/ (the console), or from another terminal:\n\n  \
         {program} simulate eftpay failed --account demo-eftpay --send http://{public}\n  \
         {program} refunds list\n  \
         {program} deliveries list --verdict refused\n  \
         curl http://{operator}/metrics",
        public = service.public,
        operator = service.operator,
    ))
}
