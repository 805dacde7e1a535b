//! Runs each look-up several times, and prints the times.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use testing::program::command;
use testing::receiver::ACCOUNTS;
use testing::service::{Service, on_database, open_directory};

use crate::filled;
use crate::looks::{LISTS, LOOK_UP, Look, commands, parameters, paths};
use crate::options::Options;
use crate::sample::{Sample, position};

/// The third account of the stored rows.
const CN: &str = r#"
[accounts.cn]
provider = "wechatpay"
mchid = "1900000109"
api_v2_keys = ["throw-away-key-throw-away-key-00"]
"#;

/// Measures, and counts what takes longer than it may.
struct Measurement<'a> {
    options: &'a Options,
    directory: &'a Path,
    over: u32,
}

/// Measures everything. Fails if a look-up takes longer than it may.
pub(crate) async fn all(options: &Options) -> ExitCode {
    let postgres = filled::start(options).await;
    let size = postgres
        .content()
        .row("select pg_size_pretty(pg_database_size(current_database())) as size")
        .await;
    println!("PostgreSQL {}, {} refunds, {}", postgres.version(), options.refunds, size["size"]);
    let directory = open_directory();
    let configuration = format!("{}{ACCOUNTS}{CN}", on_database(postgres.url()));
    std::fs::write(directory.path().join("c.toml"), &configuration).unwrap();
    let sample = Sample::of(&postgres).await;
    let mut measurement = Measurement { options, directory: directory.path(), over: 0 };
    measurement.commands(&sample).await;
    let service = Service::start(&configuration).await;
    let (_, operator) = service.addresses();
    measurement.paths(&format!("http://{operator}"), &sample).await;
    drop(service);
    println!("\n{} look-ups take longer than they may", measurement.over);
    if measurement.over > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

impl Measurement<'_> {
    /// Measures the commands, from the start of the process to its end.
    async fn commands(&mut self, sample: &Sample) {
        println!("\nCommands, ms: JSON median, worst; table median, worst");
        for list in LISTS {
            for filter in list.filters {
                let words = format!("{} {}", list.words, sample.filled_into(filter));
                let name = words.trim_end();
                self.command(&Look { name: name.to_owned(), limit: Some(LOOK_UP) }, true);
                if let Some(after) = self.middle(list.words, filter, sample).await {
                    let deep = format!("{name} --after {after}");
                    self.command(&Look { name: deep, limit: Some(LOOK_UP) }, true);
                }
            }
        }
        for (look, has_table) in commands(sample) {
            self.command(&look, has_table);
        }
    }

    /// Measures the API and the console.
    async fn paths(&mut self, operator: &str, sample: &Sample) {
        println!("\nAPI and console, ms: median, worst");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut looks = Vec::new();
        for list in LISTS {
            for filter in list.filters {
                let parameters = parameters(&sample.filled_into(filter));
                let name = format!("{}?{parameters}", list.path);
                let after = self.middle(list.words, filter, sample).await;
                let deep = after.map(|after| format!("{name}&after={after}"));
                for name in [Some(name), deep].into_iter().flatten() {
                    looks.push(Look { name, limit: Some(LOOK_UP) });
                }
            }
        }
        looks.extend(paths(sample));
        for look in looks.iter().filter(|look| self.options.wants(&look.name)) {
            let url = format!("{operator}{}", look.name);
            let mut times = Vec::new();
            for _ in 0..self.options.rounds {
                let began = Instant::now();
                let answer = client.get(&url).send().await.unwrap();
                let status = answer.status();
                let body = answer.text().await.unwrap();
                times.push(began.elapsed());
                assert!(status.is_success(), "{}: {status}: {body}", look.name);
            }
            self.print(look, &mut [times]);
        }
    }

    /// Returns a position in the middle of a list with this filter, unless the filter names the time
    /// or selects few rows.
    async fn middle(&self, list: &str, filter: &str, sample: &Sample) -> Option<String> {
        let is_short = ["{", "2h", "1h", "1d", "nobody", "alipay", "EUR", "203."];
        if is_short.iter().any(|word| filter.contains(word)) || !self.options.wants(filter) {
            return None;
        }
        // A position belongs to a sort, not to a filter.
        let (_, sort) = filter.split_once("--sort ").unwrap_or_default();
        let list = if sort.is_empty() { list.to_owned() } else { format!("{list} --sort {sort}") };
        Some(position(self.directory, &list, &sample.middle).await)
    }

    fn command(&mut self, look: &Look, has_table: bool) {
        if !self.options.wants(&look.name) {
            return;
        }
        let formats: &[&str] = match (has_table, look.name.starts_with("feed")) {
            (true, _) => &["--json", ""],
            (false, _) => &[""],
        };
        let mut times: Vec<Vec<Duration>> = formats.iter().map(|_| Vec::new()).collect();
        for _ in 0..self.options.rounds {
            for (format, times) in formats.iter().zip(&mut times) {
                times.push(self.run(&look.name, format));
            }
        }
        self.print(look, &mut times);
    }

    fn run(&self, words: &str, format: &str) -> Duration {
        let mut command = command(self.directory);
        command.args(["--config", "c.toml"]).args(words.split(' '));
        command.args(Some(format).filter(|format| !format.is_empty()));
        let began = Instant::now();
        let output = command.output().unwrap();
        let took = began.elapsed();
        // Status 3: something waits.
        let has_worked = matches!(output.status.code(), Some(0 | 3));
        assert!(has_worked, "{words}: {}", String::from_utf8_lossy(&output.stderr));
        took
    }

    fn print(&mut self, look: &Look, times: &mut [Vec<Duration>]) {
        let mut columns = String::new();
        let mut slowest = Duration::ZERO;
        for times in times {
            times.sort_unstable();
            let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
            slowest = slowest.max(median);
            columns += &format!("{:>7} {:>7}", tenths(median), tenths(worst));
        }
        let is_over = look.limit.is_some_and(|limit| slowest > limit);
        self.over += u32::from(is_over);
        println!("{columns:<29} {} {}", if is_over { "OVER" } else { "    " }, look.name);
    }
}

/// Writes milliseconds with one decimal.
fn tenths(time: Duration) -> String {
    let tenths = (time.as_micros() + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}
