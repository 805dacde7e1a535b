//! What a delivery says about refunds, as today's keys and code read it.

use maud::{Markup, html};

use crate::config::ConfiguredAccount;
use crate::console::page::{mark, text};
use crate::console::visit::Visit;
use crate::diagnosis::Case;
use crate::operator::Operator;
use crate::store::DeliveryDetail;
use refund_providers::contract::{Delivery, Judgement, judge};
use refund_providers::refund::RefundEvent;

/// Judges a delivery as of its receipt. Returns `None` if that cannot be done: its account is not
/// configured, or what is kept of it is damaged, emptied or locked.
pub(super) fn judged(operator: &Operator, detail: &DeliveryDetail) -> Option<Judgement> {
    if detail.emptied_at.is_some() || detail.locked.is_some() {
        return None;
    }
    let in_force = operator.accounts.borrow().all();
    let accounts: Vec<&ConfiguredAccount> = in_force.iter().map(|account| &**account).collect();
    let account = Case::account_of(detail, &accounts)?;
    let (headers, received_at) = Case::headers_and_time(detail)?;
    let delivery = Delivery {
        path_and_query: &detail.path_and_query,
        headers: &headers.plain,
        redacted: &headers.redacted,
        body: &detail.body,
        received_at,
    };
    Some(judge(&*account.provider, &delivery))
}

/// Shows the refunds that an authentic delivery reports.
pub(super) fn says(visit: &Visit, account: &str, judged: Option<&Judgement>) -> Markup {
    let events = match judged {
        Some(Judgement::Authentic(_, meaning)) => meaning.events(),
        Some(Judgement::Refused(_)) | None => &[],
    };
    html! {
        @if !events.is_empty() {
            section aria-labelledby="says" {
                h2 id="says" { "What it says" }
                ul.plain-list { @for event in events { (said(visit, account, event)) } }
            }
        }
    }
}

fn said(visit: &Visit, account: &str, event: &RefundEvent) -> Markup {
    let number = event.merchant_refund_id.as_str();
    let find = visit.link("find", &[("number", number), ("account", account)]);
    html! {
        li {
            "Refund " a href=(find) { (text(number)) } " "
            (mark(event.status.as_str())) " "
            code { (text(&event.provider_status)) }
            @if let Some(at) = event.occurred_at { " at " (visit.at(at)) }
        }
    }
}
