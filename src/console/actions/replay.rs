//! Replays deliveries: a dry run first, then what it foresaw.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Html;
use maud::{Markup, html};

use super::posted::Selection;
use crate::access::Permission;
use crate::console::page::{Failed, Section, hidden, mark, text};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::query::Words;
use crate::replay::{Ending, Mode, Replay, Replayed, reason_now};
use crate::store::{Action, KeptFilter, StoreError};

/// The most deliveries that the page lists. All are counted.
const MOST_LISTED: usize = 100;

/// What became of the deliveries, or in a dry run what would.
#[derive(Default)]
struct Found {
    examined: u64,
    results: BTreeMap<Ending, u64>,
    listed: Vec<(Replayed, Ending)>,
}

/// Judges deliveries again, and shows the result.
pub(in crate::console) async fn replay(
    State(operator): State<Operator>,
    mut visit: Visit,
    body: Bytes,
) -> Result<Html<String>, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::Act)?;
    let mut words = Words::posted(&body)?;
    let mode = if words.flag("dry_run")? { Mode::DryRun } else { Mode::Apply };
    let selection = Selection::take(&operator, &mut words).await?;
    words.finish()?;
    let (filter, subject, detail, again) = match &selection {
        Selection::One(id) => {
            let filter = KeptFilter { delivery_ids: Some(vec![*id]), ..KeptFilter::default() };
            (filter, format!("delivery {id}"), String::new(), hidden("id", Some(&id.to_string())))
        }
        Selection::All(conditions, filters) => {
            let subject = "deliveries that matched a filter".to_owned();
            let again = hidden("filters", Some(filters));
            (KeptFilter::of(conditions)?, subject, filters.clone(), again)
        }
    };
    if mode == Mode::Apply {
        operator.note(&visit.caller, Action::Replay, &subject, &detail).await?;
    }
    let found = run(&operator, &filter, mode).await?;
    let title = match mode {
        Mode::DryRun => "Dry run of a replay",
        Mode::Apply => "Replayed",
    };
    let content = html! {
        h1 { (title) }
        (summary(&found, mode))
        @if mode == Mode::DryRun && found.examined > 0 {
            form.action method="post" action=(visit.link("deliveries/replay", &[])) {
                (again)
                p.buttons {
                    button.main type="submit" { "Replay them now" }
                    a href=(visit.link("deliveries", &[])) { "Leave them" }
                    small { "Each is replayed at most once. The old delivery stays as it is." }
                }
            }
        }
        (listed(&visit, &found, mode))
        p { a href=(visit.link("deliveries", &[])) { "Back to the deliveries" } }
    };
    Ok(Html(visit.page(Section::Deliveries, title, &content).into_string()))
}

async fn run(operator: &Operator, filter: &KeptFilter, mode: Mode) -> Result<Found, Failed> {
    let accounts = operator.accounts.borrow().clone();
    let replay = Replay {
        accounts: &accounts,
        store: &operator.actions,
        recording: &operator.recording,
        began: operator.clock.now(),
        mode,
    };
    let mut found = Found::default();
    let each = |replayed: Replayed| {
        let ending = Ending::of(&replayed);
        found.examined += 1;
        *found.results.entry(ending).or_default() += 1;
        if found.listed.len() < MOST_LISTED {
            found.listed.push((replayed, ending));
        }
        Ok::<(), StoreError>(())
    };
    replay.run(filter, None, each).await?;
    Ok(found)
}

fn summary(found: &Found, mode: Mode) -> Markup {
    html! {
        @if found.examined == 0 {
            p.empty { "No kept delivery matches: nothing to replay." }
        } @else {
            ul.remarks {
                @for (ending, count) in &found.results {
                    li { b { (count) } " " (ending.words(mode)) }
                }
            }
        }
    }
}

fn listed(visit: &Visit, found: &Found, mode: Mode) -> Markup {
    html! {
        @if !found.listed.is_empty() {
            table.list.replayed {
                thead { tr {
                    th.what scope="col" { "delivery" } th.account scope="col" { "account" }
                    th.status scope="col" { "was" } th.note scope="col" { "result" }
                } }
                tbody {
                    @for (replayed, ending) in &found.listed {
                        @let kept = &replayed.kept;
                        @let link = format!("deliveries/{}", kept.delivery_id);
                        tr {
                            td.what { a href=(visit.link(&link, &[])) { (visit.at(kept.received_at)) } }
                            td.account { (kept.account) }
                            td.status {
                                (mark(kept.verdict.as_str())) " "
                                @if let Some(reason) = &kept.reason { small { (text(reason)) } }
                            }
                            td.note {
                                (ending.words(mode)) " "
                                @if let Some(reason) = reason_now(replayed) { code { (text(&reason)) } " " }
                                @if let Some(new) = replayed.fate.new_delivery() {
                                    @for (number, status) in &new.refunds {
                                        (text(number)) " " (mark(status.as_str())) " "
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if found.examined > MOST_LISTED as u64 {
                p.note { "The first " (MOST_LISTED) " of " (found.examined) " are listed." }
            }
        }
    }
}
