//! A kept delivery, what it is judged with, and the judgement of today.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::changes::{Change, bodies};
use super::findings::{FittingAccount, RemovedKey};
use super::fit::{fit, is_accepted};
use crate::config::{ConfiguredAccount, HttpSettings};
use crate::replay::turned_away;
use crate::store::{DeliveryDetail, StoredHeaders, TurnedAway};
use refund_providers::contract::{Delivery, Explanation, Judgement, Verdict, judge};

/// A kept delivery, and what it is judged with.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The delivery.
    pub detail: &'a DeliveryDetail,
    /// Its headers.
    pub headers: &'a StoredHeaders,
    /// When it was received.
    pub received_at: OffsetDateTime,
    /// All configured accounts.
    pub accounts: &'a [&'a ConfiguredAccount],
    /// `[http]`, for the URLs that providers call.
    pub http: &'a HttpSettings,
    /// The keys that the account had: see [`removed_keys`](super::removed_keys).
    pub removed_keys: &'a [RemovedKey],
    /// Whether the secret in a file fits, if one is tried.
    pub secret_in_file_fits: Option<bool>,
}

/// The judgement of today.
#[derive(Clone, Debug)]
pub(super) enum Today {
    /// The account is not configured.
    NoSuchAccount,
    /// The body was emptied when its time was over.
    Emptied,
    /// It is sealed, and no key opens it.
    Locked,
    /// Requests like it are turned away before they are judged.
    TurnedAway(TurnedAway),
    /// It was judged.
    Judged(Judgement),
}

impl<'a> Case<'a> {
    /// Returns the headers and the time of receipt of a delivery, or `None` if what is stored is
    /// damaged.
    pub fn headers_and_time(detail: &DeliveryDetail) -> Option<(StoredHeaders, OffsetDateTime)> {
        let received_at = OffsetDateTime::parse(detail.summary.text("received_at"), &Rfc3339).ok();
        Some((detail.stored_headers()?, received_at?))
    }

    /// Returns the configured account of a delivery.
    pub fn account_of(
        detail: &DeliveryDetail,
        accounts: &[&'a ConfiguredAccount],
    ) -> Option<&'a ConfiguredAccount> {
        let (provider, name) = (detail.summary.text("provider"), detail.summary.text("account"));
        let is_called = |account: &&&ConfiguredAccount| {
            account.provider_name == provider && account.name.as_str() == name
        };
        accounts.iter().find(is_called).copied()
    }

    /// Returns the configured account of the delivery.
    pub(super) fn account(&self) -> Option<&'a ConfiguredAccount> {
        Self::account_of(self.detail, self.accounts)
    }

    /// Returns the request as it was received.
    pub fn delivery(&self) -> Delivery<'a> {
        Delivery {
            path_and_query: &self.detail.path_and_query,
            headers: &self.headers.plain,
            redacted: &self.headers.redacted,
            body: &self.detail.body,
            received_at: self.received_at,
        }
    }

    /// Judges the delivery with today's keys.
    pub(super) fn today(&self) -> Today {
        let Some(account) = self.account() else { return Today::NoSuchAccount };
        let summary = &self.detail.summary;
        if self.detail.emptied_at.is_some() {
            return Today::Emptied;
        }
        if self.detail.locked.is_some() {
            return Today::Locked;
        }
        let is_refused = summary.text("verdict") == Verdict::Refused.as_str();
        let reason = summary.plain("reason");
        match turned_away(is_refused, reason.as_deref(), &self.headers.plain) {
            Some(why) => Today::TurnedAway(why),
            None => Today::Judged(judge(&*account.provider, &self.delivery())),
        }
    }

    /// Returns the other accounts of the provider whose key fits.
    pub(super) fn other_accounts(&self) -> Vec<FittingAccount> {
        let summary = &self.detail.summary;
        let is_other = |account: &&&ConfiguredAccount| {
            account.provider_name == summary.text("provider")
                && account.name.as_str() != summary.text("account")
        };
        let delivery = self.delivery();
        let of = |account: &&ConfiguredAccount| {
            let key_id = fit(&*account.provider, &delivery)?.key_id;
            Some(FittingAccount { account: account.name.to_string(), key_id })
        };
        self.accounts.iter().filter(is_other).filter_map(of).collect()
    }

    /// Returns what a proxy did to the delivery, if the account accepts it when that is undone: a key
    /// fits, and the content can be read.
    pub(super) fn change(&self, explained: &Explanation) -> Option<Change> {
        let provider = &*self.account()?.provider;
        let delivery = self.delivery();
        if let Some(path) = &explained.fitting_path {
            return Some(Change::Path(path.clone()));
        }
        // A proxy may remove the beginning of the path.
        let url = self.http.public_url.as_deref().and_then(|url| url.split_once("://"));
        if let Some((_, prefix)) = url.and_then(|(_, rest)| rest.split_once('/')) {
            let path = format!("/{}{}", prefix.trim_end_matches('/'), delivery.path_and_query);
            if is_accepted(provider, &Delivery { path_and_query: &path, ..delivery }) {
                return Some(Change::Path(path));
            }
        }
        let sent = bodies(delivery.body);
        let mut sent = sent.iter();
        let found = sent.find(|(_, body)| is_accepted(provider, &Delivery { body, ..delivery }));
        found.map(|(change, _)| change.clone())
    }
}
