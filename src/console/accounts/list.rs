//! The list of accounts.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Html;
use maud::html;

use crate::config::ConfiguredAccount;
use crate::console::page::{Failed, Section, account_names};
use crate::console::visit::Visit;
use crate::operator::Operator;

/// Shows all accounts with their URLs, their keys and when they received something last.
pub(in crate::console) async fn list(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    visit.finish()?;
    let names = account_names(&operator);
    let last = operator.readers.last_recorded(&names).await?;
    let last: BTreeMap<_, _> = last.into_iter().collect();
    let mut accounts = operator.accounts.borrow().all();
    accounts.sort_by(|one, other| one.name.cmp(&other.name));
    let content = html! {
        h1 { "Accounts" }
        @if accounts.is_empty() { p.empty { "No account is configured." } }
        @else {
            table.list.accounts {
                thead { tr {
                    th.what scope="col" { "account" } th.wide scope="col" { "URL for the provider" }
                    th.when scope="col" { "last recorded" } th.count scope="col" { "keys" }
                    th.note scope="col" { "expiry" }
                } }
                tbody {
                    @for account in &accounts {
                        @let name = account.name.as_str();
                        @let keys = account.provider.keys();
                        @let expires = keys.iter().filter_map(|key| key.expires_at).min();
                        tr {
                            td.what {
                                a href=(visit.link(&format!("accounts/{name}"), &[])) { (name) } " "
                                small { (account.provider_name) }
                            }
                            td.wide { code { (url(&operator, account)) } }
                            td.when {
                                @match last.get(name) {
                                    Some(at) => { (visit.at(*at)) " " small { (visit.ago(*at)) } }
                                    None => { span.none { "nothing yet" } }
                                }
                            }
                            td.count { (keys.len()) }
                            td.note { @if let Some(at) = expires { (visit.at(at)) } }
                        }
                    }
                }
            }
            @if operator.http.public_url.is_none() {
                p.note {
                    code { "[http] public_url" }
                    " is not set: each URL begins where providers reach you."
                }
            }
        }
    };
    Ok(Html(visit.page(Section::Accounts, "Accounts", &content).into_string()))
}

/// Returns the URL that the provider calls.
pub(super) fn url(operator: &Operator, account: &ConfiguredAccount) -> String {
    operator.http.url_of(&format!("/notify/{}/{}", account.provider_name, account.name))
}
