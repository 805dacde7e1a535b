//! The conditions that the options of a list describe.

use std::net::IpAddr;

use super::super::terminal::times::Times;
use super::names::require_provider;
use crate::command::Failure;
use crate::command::arguments::{DeliveriesFilter, RefundsListOptions};
use crate::store::{Condition, ListedTime};
use refund_providers::contract::{Outcome, Verdict};
use refund_providers::refund::{Flag, RefundStatus};

/// Returns the time by which refunds are selected and sorted.
pub(in crate::command) fn time(options: &RefundsListOptions) -> Result<ListedTime, Failure> {
    let known = ListedTime::ALL.map(ListedTime::as_str).join(", ");
    ListedTime::from_word(&options.by)
        .ok_or_else(|| expected("--by", &format!("one of {known}"), &options.by))
}

/// Returns the conditions on refunds.
pub(in crate::command) fn refunds(
    options: &RefundsListOptions,
    by: ListedTime,
    times: &Times,
) -> Result<Vec<Condition>, Failure> {
    require_provider(options.provider.as_deref())?;
    let mut conditions = Vec::new();
    conditions.extend(options.account.clone().map(Condition::Account));
    conditions.extend(options.provider.clone().map(Condition::Provider));
    conditions.extend(statuses(&options.status)?);
    conditions.extend(options.open.then_some(Condition::Open));
    conditions.extend(options.attention.then_some(Condition::Attention));
    conditions.extend(options.conflicting.then_some(Condition::Conflicting));
    conditions.extend(options.flag.as_deref().map(flag).transpose()?);
    conditions.extend(options.currency.as_deref().map(currency).transpose()?);
    if let Some(text) = &options.amount {
        let range = text.parse().map_err(|wanted| expected("--amount", wanted, text))?;
        conditions.push(Condition::Amount(range));
    }
    conditions.extend(options.order.clone().map(Condition::Order));
    conditions.extend(options.payment.clone().map(Condition::Payment));
    let since = times.read("--since", options.since.as_deref())?;
    let until = times.read("--until", options.until.as_deref())?;
    let before = times.ago("--older-than", options.older_than.as_deref())?;
    conditions.extend(since.map(|at| Condition::Since(by, at)));
    conditions.extend(until.map(|at| Condition::Until(by, at)));
    conditions.extend(before.map(|at| Condition::Until(by, at)));
    Ok(conditions)
}

/// Returns the conditions on deliveries, except that on their refund.
pub(in crate::command) fn deliveries(
    options: &DeliveriesFilter,
    times: &Times,
) -> Result<Vec<Condition>, Failure> {
    require_provider(options.provider.as_deref())?;
    let received = ListedTime::Received;
    let mut conditions = Vec::new();
    conditions.extend(options.account.clone().map(Condition::Account));
    conditions.extend(options.provider.clone().map(Condition::Provider));
    conditions.extend(verdicts(&options.verdict)?);
    conditions.extend(options.reason.clone().map(Condition::Reason));
    conditions.extend(options.key.clone().map(Condition::Key));
    if let Some(text) = &options.client {
        let address: IpAddr =
            text.parse().map_err(|_| expected("--client", "an IP address", text))?;
        conditions.push(Condition::Client(address.to_string()));
    }
    conditions.extend(options.replayed.then_some(Condition::Replayed));
    conditions.extend(options.waiting.then_some(Condition::Waiting));
    let since = times.read("--since", options.since.as_deref())?;
    let until = times.read("--until", options.until.as_deref())?;
    conditions.extend(since.map(|at| Condition::Since(received, at)));
    conditions.extend(until.map(|at| Condition::Until(received, at)));
    Ok(conditions)
}

fn expected(option: &str, wanted: &str, found: &str) -> Failure {
    Failure::Usage(format!("{option}: expected {wanted}, found {found:?}"))
}

fn statuses(words: &[String]) -> Result<Option<Condition>, Failure> {
    let known = RefundStatus::ALL.map(RefundStatus::as_str).join(", ");
    let status = |word: &String| {
        RefundStatus::from_word(word)
            .ok_or_else(|| expected("--status", &format!("one of {known}"), word))
    };
    let statuses: Vec<RefundStatus> = words.iter().map(status).collect::<Result<_, _>>()?;
    Ok((!statuses.is_empty()).then_some(Condition::Status(statuses)))
}

fn flag(word: &str) -> Result<Condition, Failure> {
    let known = Flag::ALL.map(Flag::as_str);
    if known.contains(&word) {
        return Ok(Condition::Flag(word.to_owned()));
    }
    Err(expected("--flag", &format!("one of {}", known.join(", ")), word))
}

fn currency(code: &str) -> Result<Condition, Failure> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Condition::Currency(code.to_ascii_uppercase()));
    }
    Err(expected("--currency", "three letters such as HKD", code))
}

/// Returns the conditions on the verdict. `undecryptable`, a word of metrics and logs, is stored as
/// unreadable with that reason.
fn verdicts(words: &[String]) -> Result<Vec<Condition>, Failure> {
    let mut verdicts = Vec::new();
    let undecryptable = Outcome::Undecryptable.as_str();
    if words.iter().any(|word| word == undecryptable) {
        if words.iter().any(|word| word != undecryptable) {
            let wanted = format!("{undecryptable} alone: it is a reason of unreadable");
            return Err(expected("--verdict", &wanted, &words.join(",")));
        }
        return Ok(vec![
            Condition::Verdict(vec![Verdict::Unreadable]),
            Condition::Reason(undecryptable.to_owned()),
        ]);
    }
    let known = Verdict::ALL.map(Verdict::as_str).join(", ");
    for word in words {
        let verdict = Verdict::from_word(word).ok_or_else(|| {
            expected("--verdict", &format!("one of {known}, {undecryptable}"), word)
        })?;
        verdicts.push(verdict);
    }
    Ok(if verdicts.is_empty() { Vec::new() } else { vec![Condition::Verdict(verdicts)] })
}
