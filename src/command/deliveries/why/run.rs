//! Judges the delivery with every key that we know, and prints the steps.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::advice::of_refusal;
use super::examine::{Examined, examine};
use crate::command::Failure;
use crate::command::arguments::WhyOptions;
use crate::command::deliveries::find::delivery_id;
use crate::command::terminal::output;
use crate::command::terminal::table::{Table, TableColumn};
use crate::command::terminal::times::Times;
use crate::config::{Configuration, ConfiguredAccount, Sources, load};
use crate::store::{Condition, DeliveryDetail, ListQuery, Listed, Store};
use refund_providers::contract::{Delivery, Judgement, Refusal, judge};

/// The keys of accounts that hold secrets, tokens and passwords, in the configuration.
const SECRET_KEYS: [&str; 5] =
    ["secrets", "hmac_keys", "callback_tokens", "api_v3_keys", "api_v2_keys"];

/// How many earlier deliveries are searched for keys that the account no longer has.
const EARLIER: u32 = 500;

/// Explains the verdict of a delivery.
pub(in crate::command::deliveries) async fn why(
    store: &Store,
    configuration: &Configuration,
    sources: &Sources,
    options: &WhyOptions,
) -> Result<(), Failure> {
    let id = delivery_id(store, &options.delivery_id).await?;
    let found = store.delivery(id).await?;
    let detail = found.ok_or_else(|| Failure::Other(format!("no delivery has the id {id}")))?;
    let headers = detail.stored_headers().ok_or_else(|| {
        Failure::Other(format!("the stored headers of the delivery {id} are damaged"))
    })?;
    let received_at = Times::parse(detail.summary.text("received_at"))
        .ok_or_else(|| Failure::Other(format!("the delivery {id} has no time of receipt")))?;
    let delivery = Delivery {
        path_and_query: &detail.path_and_query,
        headers: &headers.plain,
        redacted: &headers.redacted,
        body: &detail.body,
        received_at,
    };
    let name = detail.summary.text("account");
    let account = configuration.accounts.iter().find(|account| account.name.as_str() == name);
    let examined = examine(&delivery);
    let today = account.map(|account| judge(&*account.provider, &delivery));
    let others = others(configuration, &detail, &delivery);
    let tried = match &options.try_secret_file {
        None => None,
        Some(path) => Some(fits(sources, path, name, &delivery)?),
    };
    let removed = removed(store, account, name).await?;
    let advice = advice(configuration, &detail, today.as_ref(), &others, tried, &examined);
    let steps = steps(&detail, account, today.as_ref(), &others, &removed, tried, &examined);
    if options.json {
        let steps: serde_json::Map<String, serde_json::Value> =
            steps.into_iter().map(|(step, found)| (step.to_owned(), json!(found))).collect();
        return output::json(&json!({ "delivery_id": id, "steps": steps, "advice": advice }));
    }
    let mut table = Table::new([TableColumn::text("step"), TableColumn::text("found")]);
    for (step, found) in steps {
        table.row([step.into(), found.into()]);
    }
    output::show(table)?;
    output::line(format!("\n{advice}"))
}

/// Returns the other accounts of the provider whose key fits, with the key's id.
fn others(
    configuration: &Configuration,
    detail: &DeliveryDetail,
    delivery: &Delivery<'_>,
) -> Vec<(String, String)> {
    let (name, provider) = (detail.summary.text("account"), detail.summary.text("provider"));
    let of_provider = configuration
        .accounts
        .iter()
        .filter(|account| account.provider_name == provider && account.name.as_str() != name);
    of_provider
        .filter_map(|account| {
            let key_id = key_that_fits(&judge(&*account.provider, delivery))?;
            Some((account.name.to_string(), key_id))
        })
        .collect()
}

/// Returns the id of the key that verified a delivery.
fn key_that_fits(judgement: &Judgement) -> Option<String> {
    match judgement {
        Judgement::Authentic(proof, _) => Some(proof.key_id().to_string()),
        Judgement::Refused(_) => None,
    }
}

/// Returns whether the secret in a file fits, in place of the account's.
fn fits(
    sources: &Sources,
    path: &Path,
    account: &str,
    delivery: &Delivery<'_>,
) -> Result<bool, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Failure::Usage(format!("--try-secret-file: cannot read {path}: {error}"))
    })?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let mut is_usable = false;
    for key in SECRET_KEYS {
        let environment = sources.environment.with_account_list(account, key, secret);
        let with = Sources { file: sources.file.clone(), environment };
        // The provider may have no such key, or the secret not its form.
        let Ok(configuration) = load(&with) else { continue };
        let named = configuration.accounts.iter().find(|one| one.name.as_str() == account);
        let Some(named) = named else { continue };
        is_usable = true;
        if key_that_fits(&judge(&*named.provider, delivery)).is_some() {
            return Ok(true);
        }
    }
    if is_usable {
        return Ok(false);
    }
    Err(Failure::Usage(format!(
        "--try-secret-file: expected a secret that the account {account} could have"
    )))
}

/// Returns the ids of keys that verified earlier deliveries of the account and that it no longer has.
async fn removed(
    store: &Store,
    account: Option<&ConfiguredAccount>,
    name: &str,
) -> Result<Vec<String>, Failure> {
    let query = ListQuery {
        conditions: vec![Condition::Account(name.to_owned())],
        ..ListQuery::newest(Listed::Deliveries, EARLIER)
    };
    let rows = store.list(&query).await?.rows;
    let mut ids: BTreeSet<String> = rows.iter().filter_map(|row| row.plain("key_id")).collect();
    for key in account.map(|account| account.provider.keys()).unwrap_or_default() {
        ids.remove(&key.key_id.to_string());
    }
    Ok(ids.into_iter().collect())
}

fn listed(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn steps(
    detail: &DeliveryDetail,
    account: Option<&ConfiguredAccount>,
    today: Option<&Judgement>,
    others: &[(String, String)],
    removed: &[String],
    tried: Option<bool>,
    examined: &Examined,
) -> Vec<(&'static str, String)> {
    let summary = &detail.summary;
    let keys = account.map(|account| account.provider.keys()).unwrap_or_default();
    let length = detail.body.len();
    let announced = match examined.announced {
        None => "no Content-Length".to_owned(),
        Some(announced) if announced == length => "as Content-Length says".to_owned(),
        Some(announced) => format!("but Content-Length says {announced}"),
    };
    let mut signs = Vec::new();
    signs.extend(examined.coding.as_ref().map(|coding| format!("coded as {coding}")));
    signs.extend(examined.has_mark.then(|| "begins with a byte order mark".to_owned()));
    signs.extend((!examined.is_utf8).then(|| "not UTF-8".to_owned()));
    let clock = examined.clock.map_or("no time in a header".to_owned(), |difference| {
        format!("{} s after the time in a header", difference.whole_seconds())
    });
    let mut steps = vec![
        ("path", detail.path_and_query.clone()),
        (
            "account",
            match account {
                Some(account) => account.name.to_string(),
                None => format!("{}, which is not configured", summary.text("account")),
            },
        ),
        (
            "verdict then",
            [summary.text("verdict"), summary.text("reason")].join(" ").trim().to_owned(),
        ),
        ("key then", summary.plain("key_id").unwrap_or("none".to_owned())),
        ("keys tried", listed(keys.into_iter().map(|key| key.key_id.to_string()))),
        (
            "verdict today",
            match today {
                None => "not judged".to_owned(),
                Some(Judgement::Refused(refusal)) => format!("refused: {refusal}"),
                Some(Judgement::Authentic(proof, meaning)) => {
                    let outcome = meaning.outcome_if_new();
                    format!("{outcome}, verified by {}", proof.key_id(), outcome = outcome.as_str())
                }
            },
        ),
        (
            "other accounts that fit",
            listed(others.iter().map(|(account, key)| format!("{account} by {key}"))),
        ),
        ("keys that the account had", listed(removed.iter().cloned())),
        ("length", format!("{length} bytes, {announced}")),
        ("signs of a proxy", listed(signs)),
        ("received", clock),
    ];
    if let Some(fits) = tried {
        let found = if fits { "fits" } else { "does not fit" };
        steps.push(("secret in the file", found.to_owned()));
    }
    steps
}

fn advice(
    configuration: &Configuration,
    detail: &DeliveryDetail,
    today: Option<&Judgement>,
    others: &[(String, String)],
    tried: Option<bool>,
    examined: &Examined,
) -> String {
    let name = detail.summary.text("account");
    let reused = Refusal::TransmissionReused;
    if detail.summary.text("reason") == reused.as_str() {
        return of_refusal(reused).to_owned();
    }
    if let Some(Judgement::Authentic(..)) = today {
        let id = detail.summary.text("delivery_id");
        return format!(
            "Today's keys verify it: run `refund-inbox deliveries replay {id}` if it is kept for repair."
        );
    }
    if let Some((other, _)) = others.first() {
        let provider = detail.summary.text("provider");
        let url = configuration.http.url_of(&format!("/notify/{provider}/{other}"));
        return format!(
            "Signed by the key of {other}: the provider has the URL of {name} for it; give it {url}."
        );
    }
    if tried == Some(true) {
        return format!(
            "The secret in the file fits and the account {name} lacks it: add it to the account's list, \
             reload, and replay."
        );
    }
    if examined.announced.is_some_and(|announced| announced != detail.body.len()) {
        return "The body is not as long as it was sent: it was cut or changed on the way."
            .to_owned();
    }
    if examined.coding.is_some() || examined.has_mark {
        return "The body was encoded again on the way: switch that off in the proxy.".to_owned();
    }
    match today {
        Some(Judgement::Refused(refusal)) => of_refusal(*refusal).to_owned(),
        Some(Judgement::Authentic(..)) | None => format!(
            "The account {name} is not configured: add it to the configuration, then judge it again."
        ),
    }
}
