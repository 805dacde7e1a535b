//! What a running receiver consists of, and a request on its way through it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::ConfiguredAccount;
use crate::lanes::Lanes;
use crate::recording::{NotRecorded, PenKeeper, Recorder};
use crate::store::{Content, DeliveryRecord, ReceivedDelivery, RefusedRecord, STORE_REFUSED};
use crate::telemetry;
use crate::upkeep::ExpiringKey;
use refund_providers::contract::{Delivery, Judgement, Outcome, Provider, Refusal, Reply};
use refund_providers::crypto::Proof;
use refund_providers::refund::RefundStatus;

/// A running receiver: it holds no state between requests but what waits to be committed.
#[derive(Debug)]
pub struct Inbox {
    /// The accounts that may be called; a reload replaces them.
    pub accounts: watch::Receiver<Accounts>,
    /// Where authentic deliveries go.
    pub recorder: Recorder,
    /// Where refused ones go.
    pub pen: PenKeeper,
    /// The way to verification.
    pub lanes: Lanes,
    /// What time it is.
    pub clock: Clock,
}

/// The configured accounts, by route.
#[derive(Debug, Default)]
pub struct Accounts(HashMap<(String, String), Arc<Account>>);

/// One configured account.
#[derive(Debug)]
pub struct Account(ConfiguredAccount);

impl Accounts {
    /// Makes accounts reachable under their provider's name and their own.
    pub fn new(accounts: Vec<ConfiguredAccount>) -> Self {
        let route = |account: &ConfiguredAccount| {
            (account.provider.to_owned(), account.name.as_str().to_owned())
        };
        Self(accounts.into_iter().map(|one| (route(&one), Arc::new(Account(one)))).collect())
    }

    /// The account that is called at `/notify/{provider}/{account}`.
    pub fn find(&self, provider: String, account: String) -> Option<Arc<Account>> {
        self.0.get(&(provider, account)).cloned()
    }

    /// The accounts as they are configured.
    pub fn configured(&self) -> impl Iterator<Item = &ConfiguredAccount> {
        self.0.values().map(|account| &account.0)
    }

    /// The names of all accounts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|account| account.name())
    }

    /// The keys whose certificates end.
    pub fn expiring_keys(&self) -> Vec<ExpiringKey> {
        let of_account = |account: &Arc<Account>| -> Vec<ExpiringKey> {
            let keys = account.reader().keys().into_iter();
            keys.filter_map(|key| {
                Some(ExpiringKey {
                    account: account.name().to_owned(),
                    key_id: key.key_id,
                    expires_at: key.expires_at?,
                })
            })
            .collect()
        };
        self.0.values().flat_map(of_account).collect()
    }
}

impl Account {
    /// Its provider, ready to read.
    pub fn reader(&self) -> &dyn Provider {
        &*self.0.reader
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The name of its provider.
    pub fn provider(&self) -> &'static str {
        self.0.provider
    }
}

/// A request to an account, whole.
#[derive(Debug)]
pub struct Request {
    /// Our number of the delivery.
    pub delivery_id: Uuid,
    /// When it arrived, by our clock.
    pub received_at: OffsetDateTime,
    /// The same moment on a clock that only measures.
    pub began: Instant,
    /// Where it came from.
    pub peer: Option<String>,
    /// The path and query that were called.
    pub path_and_query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// The request as providers read it.
    pub fn delivery(&self) -> Delivery<'_> {
        Delivery {
            path_and_query: &self.path_and_query,
            headers: &self.headers,
            body: &self.body,
            received_at: self.received_at,
        }
    }

    /// The request as it is recorded.
    pub fn authentic(&self, account: &Account, proof: &Proof, content: Content) -> DeliveryRecord {
        DeliveryRecord::new(self.received(account), proof, content)
    }

    /// The request as it is put into the pen.
    pub fn refused(&self, account: &Account, refusal: Refusal, reply: Reply) -> RefusedRecord {
        RefusedRecord { received: self.received(account), refusal, reply }
    }

    /// How much memory it holds, about.
    pub fn weight(&self) -> usize {
        let header = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
        let headers: usize = self.headers.iter().map(header).sum();
        self.body.len() + headers + self.path_and_query.len() + 256
    }

    fn received(&self, account: &Account) -> ReceivedDelivery {
        ReceivedDelivery::new(
            self.delivery_id,
            account.provider(),
            account.name(),
            self.peer.clone(),
            &self.delivery(),
        )
    }

    /// Logs and counts what came of the request.
    pub fn observe(
        &self,
        account: &Account,
        judgement: &Judgement,
        outcome: Outcome,
        not_recorded: Option<NotRecorded>,
        status: u16,
    ) {
        let (reason, field) = match (not_recorded, judgement) {
            (Some(why), _) => (why.as_str(), ""),
            (None, Judgement::Refunds(..)) if outcome == Outcome::Unreadable => (STORE_REFUSED, ""),
            (None, Judgement::Refunds(..)) => ("", ""),
            (None, Judgement::NotARefund(_)) => ("not_a_refund", ""),
            (None, Judgement::Unreadable(_, why)) => (why.problem.as_str(), why.field),
            (None, Judgement::Undecryptable(_)) => ("undecryptable", ""),
            (None, Judgement::Refused(refusal)) => (refusal.as_str(), ""),
        };
        telemetry::delivery_answered(&telemetry::Answered {
            provider: account.provider(),
            account: account.name(),
            outcome,
            reason,
            field,
            status,
            body_bytes: self.body.len(),
            took: self.elapsed(),
        });
        if let (Judgement::Refunds(_, events), Outcome::Recorded) = (judgement, outcome) {
            for _ in events.iter().filter(|event| event.status == RefundStatus::Unknown) {
                telemetry::unknown_status(account.provider(), account.name());
            }
        }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}
