//! The sub-commands of the binary.
//!
//! Each command returns success or a `Failure`, which [`run`] turns into an exit status. Commands
//! write their output to standard output, and logs and failures to standard error.

mod acks;
mod archive;
mod arguments;
mod audit;
mod check_config;
mod data_keys;
mod database;
mod deliveries;
mod demo;
mod failure;
mod feed;
mod healthcheck;
mod http_client;
mod list;
mod manual;
mod migrate;
mod notification;
mod refunds;
mod reports;
mod serve;
mod setup;
mod signals;
mod simulate;
mod status;
mod story;
mod terminal;
mod usage;
mod user;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

/// Parses the command line, runs the command, and reports its failure if it has one.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::report(&error),
    };
    // Serves the providers' requests, among other things: `service/runtimes.rs` explains the two.
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .thread_name("ingress")
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(dispatch(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let config = arguments.config.as_deref();
    match arguments.command {
        Command::Serve(options) => serve::run(config, &options).await,
        Command::Demo(options) => demo::run(config, &options).await,
        Command::Simulate(options) => simulate::run(config, &options).await,
        Command::CheckConfig(options) => check_config::run(config, &options).await,
        Command::Acks(options) => acks::run(&options),
        Command::Migrate(options) => migrate::run(config, &options).await,
        Command::Refunds(command) => refunds::run(config, &command).await,
        Command::Deliveries(command) => deliveries::run(config, &command).await,
        Command::Feed(options) => feed::run(config, &options).await,
        Command::Status(options) => status::run(config, &options).await,
        Command::Reports(command) => reports::run(config, &command).await,
        Command::Audit(command) => audit::run(config, &command).await,
        Command::Healthcheck => healthcheck::run(config).await,
        Command::Completions(options) => manual::completions(&options),
        Command::Man(options) => manual::man(&options),
    }
}
