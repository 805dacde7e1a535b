//! What is measured, in which order.

use std::process::ExitCode;

use crate::database::Postgres;
use crate::notifications::Dialect;
use crate::options::{Options, Section};
use crate::run::{Measured, Trial, measure};
use crate::{floor, report};

pub(crate) async fn run(options: &Options) -> ExitCode {
    let mut postgres = Postgres::start().await;
    println!("PostgreSQL {}, fsync=on, on {} cores", postgres.version(), cores());
    let mut dialects = Dialect::all();
    let mut sound = true;
    if options.wants(Section::Ratios) {
        let wanted = |dialect: &Dialect| match options.dialects.is_empty() {
            true => matches!(dialect.name, "eftpay" | "wechatpay v3"),
            false => options.dialects.iter().any(|name| name == dialect.name),
        };
        for dialect in dialects.iter_mut().filter(|dialect| wanted(dialect)) {
            let a_second = if dialect.is_signed_with_hash() { 15_000.0 } else { 5_000.0 };
            let took = dialect.prepare((options.duration().as_secs_f64() * a_second) as usize);
            let made = dialect.notifications().len();
            println!("{made} notifications of {} made in {took:.1?}", dialect.name);
        }
        for dialect in dialects.iter().filter(|dialect| wanted(dialect)) {
            sound &= ratios(&mut postgres, options, dialect).await;
        }
    }
    postgres.stop().await;
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Service, naive service and floor of one dialect.
async fn ratios(postgres: &mut Postgres, options: &Options, dialect: &Dialect) -> bool {
    let connections =
        if options.connections.is_empty() { vec![64, 256] } else { options.connections.clone() };
    report::heading(dialect.name);
    let mut sound = true;
    for connections in connections {
        let mut rates = Vec::new();
        for group_limit in [Some(1), None] {
            let name = if group_limit.is_some() { "naive" } else { "service" };
            let trial = Trial {
                name: format!("{name}, {}", dialect.name),
                connections,
                longest: options.duration(),
                repeats: 0.0,
                rate: None,
                group_limit,
                instances: 1,
            };
            let mut database = postgres.fresh().await;
            let run = measure(postgres, &mut database, &[dialect], &trial).await;
            report::measured(&run);
            sound &= is_sound(&run);
            rates.push(run.rate);
            if group_limit.is_none() {
                floor::prepare(&mut database).await;
                let mut best: f64 = 0.0;
                for floors in [1, 2] {
                    let size = (run.group_size.round() as i64).max(1);
                    let floor = floor::measure(postgres, &mut database, size, floors).await;
                    report::floor(&format!("floor, {}", dialect.name), &floor);
                    best = best.max(floor.rate);
                }
                println!(
                    "    service / naive {:.2}, service / floor {:.3}",
                    rates[1] / rates[0],
                    rates[1] / best
                );
            }
            postgres.remove(database).await;
        }
    }
    sound
}

fn is_sound(run: &Measured) -> bool {
    run.kept.lost == 0 && run.kept.twice == 0
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}
