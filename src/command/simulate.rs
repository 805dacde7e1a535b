//! `simulate`: creates, signs and sends notifications as a provider does.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Failure;
use super::arguments::SimulateOptions;
use super::http_client::{HttpAnswer, PROVIDER_TIMEOUT, http_client, send};
use super::notification::{Given, Occasion, make_at};
use super::setup::configuration;
use super::story::Story;
use super::terminal::output;
use super::terminal::times::Times;
use crate::config::ConfiguredAccount;
use refund_providers::contract::simulation::{OwnScenario, Scenario, Simulated, SimulationError};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry;

/// The maximum number of notifications in progress at once.
const AT_ONCE: usize = 32;

/// The longest number that every provider's reader takes.
const LONGEST_NUMBER: usize = 128;

pub(super) async fn run(config: Option<&Path>, options: &SimulateOptions) -> Result<(), Failure> {
    let story = options.story.as_deref().map(Story::read).transpose()?;
    let word = options.scenario.as_deref().unwrap_or(Scenario::Succeeded.as_str());
    let scenario = scenario(&options.provider, word)?;
    let times = Times::in_utc();
    let at = times.read("at", options.at.as_deref())?.unwrap_or(times.now);
    let configuration = configuration(config)?;
    let account = account(&configuration.accounts, options)?;
    let signing_key = match &options.signing_key {
        None => None,
        Some(path) => Some(read_key(path)?),
    };
    let route = format!("/notify/{}/{}", account.provider_name, account.name);
    let url = options.send.as_deref().map(|url| whole_url(url, &route)).transpose()?;
    let given = given(options)?;
    if story == Some(Story::Partial) && given.refund.is_some() {
        let message = "--story partial makes two refunds: expected no --refund, give --order";
        return Err(Failure::Usage(message.to_owned()));
    }
    let occasion = Occasion::new(at, given);
    if let Some((story, url)) = story.zip(url.as_ref()) {
        return story.send(account, signing_key.as_ref(), &occasion, url, options.json).await;
    }
    let made = (0..options.count)
        .map(|number| {
            let occasion = occasion_of(&occasion, options, number);
            make_at(account, scenario, signing_key.as_ref(), &occasion)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if options.print || url.is_none() {
        let shown =
            url.clone().unwrap_or_else(|| format!("http://{}{route}", configuration.http.listen));
        for simulated in &made {
            print(&shown, simulated, scenario, options.json)?;
        }
    }
    match url {
        None => Ok(()),
        Some(url) => send_all(&url, made, scenario, options).await,
    }
}

/// Returns what the options say about the refund.
fn given(options: &SimulateOptions) -> Result<Given, Failure> {
    let SimulateOptions { refund, order, payment, amount, currency, .. } = options;
    for (option, number) in [("refund", refund), ("order", order), ("payment", payment)] {
        let Some(number) = number else { continue };
        let fits = (1..=LONGEST_NUMBER).contains(&number.len());
        if !fits || number.chars().any(char::is_control) {
            return Err(Failure::Usage(format!(
                "--{option}: expected 1 to {LONGEST_NUMBER} bytes without control characters, \
                 found {number:?}"
            )));
        }
    }
    let (refund, order, payment) = (refund.clone(), order.clone(), payment.clone());
    Ok(Given { refund, order, payment, amount: amount.clone(), currency: currency.clone() })
}

/// Returns the occasion of one of several notifications. If only their order or payment is given,
/// each is about another refund of it; if nothing is given, each is about another order.
fn occasion_of(first: &Occasion, options: &SimulateOptions, number: u32) -> Occasion {
    if options.refund.is_some() {
        first.clone()
    } else if options.order.is_some() || options.payment.is_some() {
        first.of_same_order(number)
    } else {
        first.of_another_order()
    }
}

/// Returns the scenario of this word: one that all providers have, or one of the provider's own.
fn scenario(provider: &str, word: &str) -> Result<Scenario, Failure> {
    if let Some(scenario) = Scenario::from_word(word) {
        return Ok(scenario);
    }
    let made = registry::definition(provider).map(|known| (known.demonstrations)("not used"));
    let dialects = made.transpose().map_err(SimulationError::from)?.unwrap_or_default();
    let own: Vec<OwnScenario> = dialects.into_iter().flat_map(|it| it.own_scenarios).collect();
    if let Some(found) = own.iter().find(|own| own.word == word.replace('_', "-")) {
        return Ok(Scenario::Own(found.word));
    }
    let known = Scenario::ALL.map(Scenario::as_str).join(", ");
    let own: String = own.iter().map(|own| format!("\n  {}: {}", own.word, own.about)).collect();
    let of_provider =
        if own.is_empty() { own } else { format!("\nscenarios of {provider} only:{own}") };
    let message = format!("expected one of the scenarios {known}, found {word:?}{of_provider}");
    Err(Failure::Usage(message))
}

fn account<'c>(
    accounts: &'c [ConfiguredAccount],
    options: &SimulateOptions,
) -> Result<&'c ConfiguredAccount, Failure> {
    if registry::definition(&options.provider).is_none() {
        let known: Vec<&str> = registry::DEFINITIONS.iter().map(|known| known.name).collect();
        let message = format!("expected one of {}, found {:?}", known.join(", "), options.provider);
        return Err(Failure::Usage(message));
    }
    let named = accounts.iter().find(|account| account.name.as_str() == options.account);
    named.filter(|account| account.provider_name == options.provider).ok_or_else(|| {
        let names: Vec<&str> = accounts
            .iter()
            .filter(|account| account.provider_name == options.provider)
            .map(|account| account.name.as_str())
            .collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Failure::Usage(format!(
            "no account {:?} of provider {} is configured; configured: {known}",
            options.account, options.provider
        ))
    })
}

fn read_key(path: &Path) -> Result<SigningKey, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())))?;
    SigningKey::from_pem(&text)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// Returns the URL to send to: `url` itself, or `url` with `route` if it has no path.
fn whole_url(url: &str, route: &str) -> Result<String, Failure> {
    let parsed = reqwest::Url::parse(url)
        .ok()
        .filter(|parsed| matches!(parsed.scheme(), "http" | "https"))
        .ok_or_else(|| {
            let message = format!("--send: expected an http or https URL, found {url:?}");
            Failure::Usage(message)
        })?;
    if parsed.path() == "/" {
        return Ok(format!("{}{route}", url.trim_end_matches('/')));
    }
    Ok(url.to_owned())
}

fn print(
    url: &str,
    simulated: &Simulated,
    scenario: Scenario,
    as_json: bool,
) -> Result<(), Failure> {
    if as_json {
        let Simulated { headers, body } = simulated;
        return output::json_line(&json!({ "url": url, "headers": headers, "body": body }));
    }
    let mut command = format!("curl -sS -i -X POST {}", shell_quoted(url));
    for (name, value) in &simulated.headers {
        command.push_str(&format!(" \\\n  -H {}", shell_quoted(&format!("{name}: {value}"))));
    }
    command.push_str(&format!(" \\\n  --data-binary {}", shell_quoted(&simulated.body)));
    for _ in 0..scenario.sendings() {
        output::line(&command)?;
    }
    Ok(())
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

async fn send_all(
    url: &str,
    made: Vec<Simulated>,
    scenario: Scenario,
    options: &SimulateOptions,
) -> Result<(), Failure> {
    let client = http_client(PROVIDER_TIMEOUT)?;
    let many = made.len() > 1;
    let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
    let mut took: Vec<Duration> = Vec::new();
    let begun = Instant::now();
    let mut under_way: JoinSet<Result<Vec<(HttpAnswer, Duration)>, Failure>> = JoinSet::new();
    let mut pace = options.rate.map(|rate| {
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        ticks
    });
    for simulated in made {
        if let Some(ticks) = &mut pace {
            ticks.tick().await;
        }
        while under_way.len() >= AT_ONCE {
            collect(&mut under_way, &mut answers, &mut took, many, options.json).await?;
        }
        let (client, url) = (client.clone(), url.to_owned());
        under_way.spawn(async move {
            let mut answers = Vec::new();
            for _ in 0..scenario.sendings() {
                let asked = Instant::now();
                let answer = send(&client, &url, &simulated).await?;
                answers.push((answer, asked.elapsed()));
            }
            Ok(answers)
        });
    }
    while !under_way.is_empty() {
        collect(&mut under_way, &mut answers, &mut took, many, options.json).await?;
    }
    if !many {
        return Ok(());
    }
    for (status, count) in answers {
        if options.json {
            output::json_line(&json!({ "status": status, "count": count }))?;
        } else {
            output::line(format!("{status}: {count} answers"))?;
        }
    }
    figures(begun.elapsed(), took, options.json)
}

/// Prints the rate, and the times within which half of the answers, 95 and 99 in a hundred, and all
/// arrived.
fn figures(whole: Duration, mut took: Vec<Duration>, as_json: bool) -> Result<(), Failure> {
    took.sort_unstable();
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let within = |percent: usize| {
        let place = (took.len() * percent).div_ceil(100).saturating_sub(1);
        micros(took.get(place).copied().unwrap_or_default())
    };
    let answers = u64::try_from(took.len()).unwrap_or(u64::MAX);
    let rate = answers.saturating_mul(1_000_000) / micros(whole).max(1);
    let [p50, p95, p99, slowest] = [50, 95, 99, 100].map(within);
    if as_json {
        return output::json_line(&json!({
            "answers": answers, "per_second": rate, "p50_us": p50, "p95_us": p95, "p99_us": p99,
            "slowest_us": slowest,
        }));
    }
    let shown = |micros: u64| format!("{}.{} ms", micros / 1000, micros % 1000 / 100);
    output::line(format!(
        "{rate} a second; p50 {}, p95 {}, p99 {}, slowest {}",
        shown(p50),
        shown(p95),
        shown(p99),
        shown(slowest)
    ))
}

async fn collect(
    under_way: &mut JoinSet<Result<Vec<(HttpAnswer, Duration)>, Failure>>,
    answers: &mut BTreeMap<u16, u64>,
    took: &mut Vec<Duration>,
    many: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let Some(joined) = under_way.join_next().await else { return Ok(()) };
    for (answer, duration) in joined.map_err(|error| Failure::Other(error.to_string()))?? {
        took.push(duration);
        if many {
            *answers.entry(answer.status).or_default() += 1;
        } else if as_json {
            output::json_line(&json!({ "status": answer.status, "body": answer.body }))?;
        } else {
            output::line(format!("{} {}", answer.status, answer.body))?;
        }
    }
    Ok(())
}
