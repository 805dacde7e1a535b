//! The acknowledgement table of an account: how we answer each outcome of a delivery.

use maud::{Markup, html};
use time::OffsetDateTime;

use crate::config::ConfiguredAccount;
use crate::console::page::text;
use refund_providers::contract::acknowledgement::contract;
use refund_providers::contract::{Outcome, Reply};

/// Bodies of each form, from which an account with several dialects recognizes one.
const BODIES: [(&str, &str); 3] = [("JSON", "{}"), ("XML", "<xml/>"), ("forms", "a=b")];

/// The answer to each outcome.
type Answers = Vec<(Outcome, Reply)>;

/// Shows the answers. An account whose answers depend on the form of the body has a table for each.
pub(super) fn answers(account: &ConfiguredAccount, now: OffsetDateTime) -> Markup {
    let mut tables: Vec<(Vec<&str>, Answers)> = Vec::new();
    for (form, body) in BODIES {
        let table = contract(&*account.provider, body, now);
        match tables.iter_mut().find(|(_, known)| *known == table) {
            Some((forms, _)) => forms.push(form),
            None => tables.push((vec![form], table)),
        }
    }
    let is_one = tables.len() == 1;
    html! {
        @for (forms, table) in &tables {
            @if !is_one { h3 { "To " (forms.join(" and ")) } }
            table.list.answers {
                thead { tr {
                    th.what scope="col" { "outcome" } th.count scope="col" { "status" }
                    th.account scope="col" { "type" } th.note scope="col" { "body" }
                } }
                tbody {
                    @for (outcome, reply) in table {
                        tr {
                            td.what { (outcome.as_str()) }
                            td.count { (reply.status) }
                            td.account { (reply.content_type) }
                            td.note { code { (text(&reply.body)) } }
                        }
                    }
                }
            }
        }
    }
}
