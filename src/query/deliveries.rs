//! The filter of deliveries.

use std::net::IpAddr;

use serde::Serialize;
use utoipa::IntoParams;

use super::{Mistake, Times, Words, require_provider};
use crate::store::{Condition, ListedTime};
use refund_providers::contract::{Outcome, Verdict};

/// Which deliveries to list, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesFilter {
    /// Only this account.
    pub account: Option<String>,
    /// Only this provider.
    pub provider: Option<String>,
    /// Only these verdicts, separated by commas: `recorded`, `duplicate`, `ignored`, `unreadable`,
    /// `undecryptable`, `refused`.
    #[param(required = false, style = Form, explode = false)]
    pub verdict: Vec<String>,
    /// Only with this reason, for example `signature_mismatch`.
    pub reason: Option<String>,
    /// Only deliveries that this key verified.
    pub key: Option<String>,
    /// Only deliveries from this client address.
    pub client: Option<String>,
    /// Only deliveries of this refund: any of its numbers.
    pub refund: Option<String>,
    /// Only deliveries that were replayed or are replays.
    #[param(required = false)]
    pub replayed: bool,
    /// Only deliveries that wait for a person.
    #[param(required = false)]
    pub waiting: bool,
    /// Only received at this time or later.
    pub since: Option<String>,
    /// Only received before this time.
    pub until: Option<String>,
}

impl DeliveriesFilter {
    /// Takes the filter out of the parameters of a URL.
    pub fn take(words: &mut Words) -> Result<Self, Mistake> {
        Ok(Self {
            account: words.text("account")?,
            provider: words.text("provider")?,
            verdict: words.list("verdict"),
            reason: words.text("reason")?,
            key: words.text("key")?,
            client: words.text("client")?,
            refund: words.text("refund")?,
            replayed: words.flag("replayed")?,
            waiting: words.flag("waiting")?,
            since: words.text("since")?,
            until: words.text("until")?,
        })
    }

    /// Returns the conditions on deliveries, except that on their refund.
    pub fn conditions(&self, times: &Times) -> Result<Vec<Condition>, Mistake> {
        require_provider(self.provider.as_deref())?;
        let received = ListedTime::Received;
        let mut conditions = Vec::new();
        conditions.extend(self.account.clone().map(Condition::Account));
        conditions.extend(self.provider.clone().map(Condition::Provider));
        conditions.extend(verdicts(&self.verdict)?);
        conditions.extend(self.reason.clone().map(Condition::Reason));
        conditions.extend(self.key.clone().map(Condition::Key));
        if let Some(text) = &self.client {
            let address: IpAddr =
                text.parse().map_err(|_| Mistake::expected("client", "an IP address", text))?;
            conditions.push(Condition::Client(address.to_string()));
        }
        conditions.extend(self.replayed.then_some(Condition::Replayed));
        conditions.extend(self.waiting.then_some(Condition::Waiting));
        let since = times.read("since", self.since.as_deref())?;
        let until = times.read("until", self.until.as_deref())?;
        conditions.extend(since.map(|at| Condition::Since(received, at)));
        conditions.extend(until.map(|at| Condition::Until(received, at)));
        Ok(conditions)
    }
}

/// Returns the conditions on the verdict. `undecryptable`, a word of metrics and logs, is stored as
/// unreadable with that reason.
fn verdicts(words: &[String]) -> Result<Vec<Condition>, Mistake> {
    let mut verdicts = Vec::new();
    let undecryptable = Outcome::Undecryptable.as_str();
    if words.iter().any(|word| word == undecryptable) {
        if words.iter().any(|word| word != undecryptable) {
            let wanted = format!("{undecryptable} alone: it is a reason of unreadable");
            return Err(Mistake::expected("verdict", &wanted, &words.join(",")));
        }
        return Ok(vec![
            Condition::Verdict(vec![Verdict::Unreadable]),
            Condition::Reason(undecryptable.to_owned()),
        ]);
    }
    let known = Verdict::ALL.map(Verdict::as_str).join(", ");
    for word in words {
        let verdict = Verdict::from_word(word).ok_or_else(|| {
            Mistake::expected("verdict", &format!("one of {known}, {undecryptable}"), word)
        })?;
        verdicts.push(verdict);
    }
    Ok(if verdicts.is_empty() { Vec::new() } else { vec![Condition::Verdict(verdicts)] })
}
