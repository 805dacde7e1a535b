//! One account.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Html;
use maud::{Markup, html};
use time::OffsetDateTime;

use super::answers::answers;
use super::list::url;
use crate::api::{Problem, Reference};
use crate::config::ConfiguredAccount;
use crate::console::page::{Failed, Section, text};
use crate::console::visit::Visit;
use crate::operator::Operator;
use refund_providers::contract::LEAST_CREDENTIAL_BYTES;

/// Shows an account: the URL to give to the provider, its keys, and how we answer.
pub(in crate::console) async fn one(
    State(operator): State<Operator>,
    Reference(name): Reference,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    visit.finish()?;
    let accounts = operator.accounts.borrow().all();
    let account = accounts.iter().find(|account| account.name.as_str() == name);
    let account = account.ok_or_else(|| Problem::not_found("no account has this name"))?;
    let uses = operator.readers.last_uses_of_keys(&name).await?;
    let uses: BTreeMap<_, _> = uses.into_iter().collect();
    let last = operator.readers.last_recorded(std::slice::from_ref(&name)).await?;
    let last = last.first().map(|(_, at)| *at);
    let of_account = [("account", name.as_str())];
    let content = html! {
        div.headline {
            h1 { (name) " " small { (account.provider_name) } }
            p.copy {
                "URL for the provider: "
                code data-copy="the URL" { (url(&operator, account)) }
            }
            p {
                @match last {
                    Some(at) => {
                        "Last recorded delivery: " (visit.at(at)) " " small { (visit.ago(at)) }
                    }
                    None => { "It has recorded nothing yet." }
                }
            }
        }
        nav.chips aria-label="Of this account" {
            a href=(visit.link("refunds", &of_account)) { "Its refunds" }
            a href=(visit.link("deliveries", &of_account)) { "Its deliveries" }
            a href=(visit.link("feed", &of_account)) { "Its feed" }
            a href=(visit.link("reports", &of_account)) { "Its reports" }
        }
        section aria-labelledby="keys" {
            h2 id="keys" { "Keys" }
            (keys(&visit, account, &uses))
        }
        section aria-labelledby="answers" {
            h2 id="answers" { "How we answer" }
            (answers(account, visit.times.now))
        }
    };
    Ok(Html(visit.page(Section::Accounts, &name, &content).into_string()))
}

fn keys(
    visit: &Visit,
    account: &ConfiguredAccount,
    uses: &BTreeMap<String, OffsetDateTime>,
) -> Markup {
    let keys = account.provider.keys();
    html! {
        table.list.keys {
            thead { tr {
                th.what scope="col" { "key" } th.account scope="col" { "kind" }
                th.when scope="col" { "last use" } th.when scope="col" { "certificate expires" }
                th.note scope="col" { "note" }
            } }
            tbody {
                @for key in &keys {
                    tr {
                        td.what { code { (text(&key.key_id.to_string())) } }
                        td.account { (key.kind) }
                        td.when {
                            @match uses.get(&key.key_id.to_string()) {
                                Some(at) => { (visit.at(*at)) " " small { (visit.ago(*at)) } }
                                None => { span.none { "not lately" } }
                            }
                        }
                        td.when {
                            @match key.expires_at {
                                Some(at) => { (visit.at(at)) " " small { (visit.ago(at)) } }
                                None => { span.none { "–" } }
                            }
                        }
                        td.note {
                            @if key.is_guessable {
                                "shorter than " (LEAST_CREDENTIAL_BYTES) " characters: guessable"
                            }
                        }
                    }
                }
            }
        }
        p.note { "The last use is among the account's newest 1,000 accepted deliveries." }
    }
}
