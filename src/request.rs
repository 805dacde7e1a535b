//! A request on its way through the receiver.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Account;
use crate::recording::NotRecorded;
use crate::store::{Content, DeliveryRecord, ReceivedDelivery, RefusedRecord, STORE_REFUSED};
use crate::telemetry;
use refund_providers::contract::{Delivery, Judgement, Outcome, Refusal, Reply};
use refund_providers::crypto::Proof;
use refund_providers::refund::RefundStatus;

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
    pub client_address: Option<String>,
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

    /// The request as it is put into the quarantine.
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
            account.provider_name(),
            account.name(),
            self.client_address.clone(),
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
            provider: account.provider_name(),
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
                telemetry::unknown_status(account.provider_name(), account.name());
            }
        }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}
