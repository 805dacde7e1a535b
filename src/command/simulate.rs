//! `simulate`: creates, signs and sends notifications as a provider does.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::Failure;
use super::arguments::SimulateOptions;
use super::setup::configuration;
use super::terminal::output;
use crate::clock::Clock;
use crate::config::ConfiguredAccount;
use crate::id::new_id;
use refund_providers::contract::simulation::{Scenario, Simulated, SimulationOrder};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry;

/// The timeout of an answer: longer than any provider waits.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The maximum number of notifications in progress at once.
const AT_ONCE: usize = 32;

pub(super) async fn run(config: Option<&Path>, options: &SimulateOptions) -> Result<(), Failure> {
    let scenario = scenario(&options.scenario)?;
    let configuration = configuration(config)?;
    let account = account(&configuration.accounts, options)?;
    let signing_key = match &options.signing_key {
        None => None,
        Some(path) => Some(read_key(path)?),
    };
    let made = (0..options.count)
        .map(|_| make(account, scenario, signing_key.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let route = format!("/notify/{}/{}", account.provider_name, account.name);
    let url = options.send.as_deref().map(|url| whole_url(url, &route)).transpose()?;
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

fn scenario(word: &str) -> Result<Scenario, Failure> {
    Scenario::from_word(word).ok_or_else(|| {
        let known = Scenario::ALL.map(Scenario::as_str).join(", ");
        Failure::Usage(format!("expected one of the scenarios {known}, found {word:?}"))
    })
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

/// Creates one notification with refund numbers of its own.
pub(super) fn make(
    account: &ConfiguredAccount,
    scenario: Scenario,
    signing_key: Option<&SigningKey>,
) -> Result<Simulated, Failure> {
    let now: OffsetDateTime = Clock::System.now();
    let id = new_id(now).simple().to_string();
    // The last digits of a version 7 UUID are random.
    let serial = id.get(id.len().saturating_sub(16)..).unwrap_or(&id);
    let path = format!("/notify/{}/{}", account.provider_name, account.name);
    let order = SimulationOrder { scenario, now, serial, path: &path, signing_key };
    Ok(account.provider.simulate(&order)?)
}

/// Creates an HTTP client that waits for an answer at most for `timeout`.
pub(super) fn http_client(timeout: Duration) -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder()
        .timeout(timeout)
        .no_proxy()
        .build()
        .map_err(|error| Failure::Other(format!("cannot create an HTTP client: {error}")))
}

/// An answer to a simulated notification.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub body: String,
}

/// Sends a notification once and returns the answer.
pub(super) async fn send(
    client: &reqwest::Client,
    url: &str,
    simulated: &Simulated,
) -> Result<Answer, Failure> {
    let mut request = client.post(url).body(simulated.body.clone());
    for (name, value) in &simulated.headers {
        request = request.header(*name, value);
    }
    let unanswered = |error: reqwest::Error| {
        Failure::Other(format!("no answer from {url}: {}", root_cause(&error)))
    };
    let response = request.send().await.map_err(unanswered)?;
    let status = response.status().as_u16();
    Ok(Answer { status, body: response.text().await.map_err(unanswered)? })
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
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
    let client = http_client(TIMEOUT)?;
    let many = made.len() > 1;
    let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
    let mut under_way: JoinSet<Result<Vec<Answer>, Failure>> = JoinSet::new();
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
            collect(&mut under_way, &mut answers, many, options.json).await?;
        }
        let (client, url) = (client.clone(), url.to_owned());
        under_way.spawn(async move {
            let mut answers = Vec::new();
            for _ in 0..scenario.sendings() {
                answers.push(send(&client, &url, &simulated).await?);
            }
            Ok(answers)
        });
    }
    while !under_way.is_empty() {
        collect(&mut under_way, &mut answers, many, options.json).await?;
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
    Ok(())
}

async fn collect(
    under_way: &mut JoinSet<Result<Vec<Answer>, Failure>>,
    answers: &mut BTreeMap<u16, u64>,
    many: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let Some(joined) = under_way.join_next().await else { return Ok(()) };
    for answer in joined.map_err(|error| Failure::Other(error.to_string()))?? {
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
