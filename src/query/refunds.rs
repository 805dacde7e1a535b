//! The filter of refunds.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

use super::{Mistake, Times, Words, require_provider};
use crate::store::{Condition, ListedTime};
use refund_providers::refund::{Flag, RefundStatus};

/// Which refunds to list, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RefundsFilter {
    /// Only this account.
    pub account: Option<String>,
    /// Only this provider.
    pub provider: Option<String>,
    /// Only these statuses, separated by commas: `unknown`, `pending`, `requires_action`,
    /// `succeeded`, `failed`, `canceled`.
    #[param(required = false, style = Form, explode = false)]
    pub status: Vec<String>,
    /// Only refunds without a final status.
    #[param(required = false)]
    pub open: bool,
    /// Only refunds that need attention.
    #[param(required = false)]
    pub attention: bool,
    /// Only refunds for which the provider reported different final statuses.
    #[param(required = false)]
    pub conflicting: bool,
    /// Only refunds with this flag.
    pub flag: Option<String>,
    /// Only this currency, such as `HKD`.
    pub currency: Option<String>,
    /// Only this amount in major units, such as `88.50`, or amounts in a range, such as `50..100`.
    pub amount: Option<String>,
    /// Only refunds of this order.
    pub order: Option<String>,
    /// Only refunds of this payment.
    pub payment: Option<String>,
    /// Only refunds with a time (see `by`) at this time or later: RFC 3339, a date, `today`,
    /// `yesterday`, or an age such as `2h`.
    pub since: Option<String>,
    /// Only refunds with a time (see `by`) before this time.
    pub until: Option<String>,
    /// The time that the others mean: `received` (the default, when we first received something),
    /// `updated` or `completed`.
    pub by: Option<String>,
    /// Only refunds with a time (see `by`) longer ago than this, such as `3d`.
    pub older_than: Option<String>,
    /// List refunds as they were known at this time.
    pub as_of: Option<String>,
}

impl RefundsFilter {
    /// Takes the filter out of the parameters of a URL.
    pub fn take(words: &mut Words) -> Result<Self, Mistake> {
        Ok(Self {
            account: words.text("account")?,
            provider: words.text("provider")?,
            status: words.list("status"),
            open: words.flag("open")?,
            attention: words.flag("attention")?,
            conflicting: words.flag("conflicting")?,
            flag: words.text("flag")?,
            currency: words.text("currency")?,
            amount: words.text("amount")?,
            order: words.text("order")?,
            payment: words.text("payment")?,
            since: words.text("since")?,
            until: words.text("until")?,
            by: words.text("by")?,
            older_than: words.text("older_than")?,
            as_of: words.text("as_of")?,
        })
    }

    /// Returns the time by which refunds are selected and sorted.
    pub fn time(&self) -> Result<ListedTime, Mistake> {
        let Some(word) = &self.by else { return Ok(ListedTime::Received) };
        let known = ListedTime::ALL.map(ListedTime::as_str).join(", ");
        ListedTime::from_word(word)
            .ok_or_else(|| Mistake::expected("by", &format!("one of {known}"), word))
    }

    /// Returns the time as of which refunds are listed, if it is not now.
    pub fn as_of(&self, times: &Times) -> Result<Option<OffsetDateTime>, Mistake> {
        times.read("as_of", self.as_of.as_deref())
    }

    /// Returns the conditions on refunds.
    pub fn conditions(&self, times: &Times) -> Result<Vec<Condition>, Mistake> {
        require_provider(self.provider.as_deref())?;
        let by = self.time()?;
        let mut conditions = Vec::new();
        conditions.extend(self.account.clone().map(Condition::Account));
        conditions.extend(self.provider.clone().map(Condition::Provider));
        conditions.extend(statuses(&self.status)?);
        conditions.extend(self.open.then_some(Condition::Open));
        conditions.extend(self.attention.then_some(Condition::Attention));
        conditions.extend(self.conflicting.then_some(Condition::Conflicting));
        conditions.extend(self.flag.as_deref().map(flag).transpose()?);
        conditions.extend(self.currency.as_deref().map(currency).transpose()?);
        if let Some(text) = &self.amount {
            let range = text.parse().map_err(|wanted| Mistake::expected("amount", wanted, text))?;
            conditions.push(Condition::Amount(range));
        }
        conditions.extend(self.order.clone().map(Condition::Order));
        conditions.extend(self.payment.clone().map(Condition::Payment));
        let since = times.read("since", self.since.as_deref())?;
        let until = times.read("until", self.until.as_deref())?;
        let before = times.ago("older_than", self.older_than.as_deref())?;
        conditions.extend(since.map(|at| Condition::Since(by, at)));
        conditions.extend(until.map(|at| Condition::Until(by, at)));
        conditions.extend(before.map(|at| Condition::Until(by, at)));
        Ok(conditions)
    }
}

fn statuses(words: &[String]) -> Result<Option<Condition>, Mistake> {
    let known = RefundStatus::ALL.map(RefundStatus::as_str).join(", ");
    let status = |word: &String| {
        RefundStatus::from_word(word)
            .ok_or_else(|| Mistake::expected("status", &format!("one of {known}"), word))
    };
    let statuses: Vec<RefundStatus> = words.iter().map(status).collect::<Result<_, _>>()?;
    Ok((!statuses.is_empty()).then_some(Condition::Status(statuses)))
}

fn flag(word: &str) -> Result<Condition, Mistake> {
    let known = Flag::ALL.map(Flag::as_str);
    if known.contains(&word) {
        return Ok(Condition::Flag(word.to_owned()));
    }
    Err(Mistake::expected("flag", &format!("one of {}", known.join(", ")), word))
}

fn currency(code: &str) -> Result<Condition, Mistake> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Condition::Currency(code.to_ascii_uppercase()));
    }
    Err(Mistake::expected("currency", "three letters such as HKD", code))
}
