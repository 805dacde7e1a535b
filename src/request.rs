//! A request on its way through the receiver.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::config::ConfiguredAccount;
use crate::recording::NotRecorded;
use crate::store::{
    DeliveryRecord, QuarantineReason, ReceivedDelivery, RefusedRecord, STORE_REFUSED, TurnedAway,
};
use crate::telemetry;
use refund_providers::contract::{Delivery, Judgement, Meaning, Outcome, Refusal, Reply};
use refund_providers::crypto::{Proof, Salt};

/// A request to an account. It is complete, unless it was turned away.
#[derive(Debug)]
pub struct Request {
    /// The delivery id.
    pub delivery_id: Uuid,
    /// The salt of the digests that are stored in place of tokens and passwords.
    pub salt: Salt,
    /// When it arrived, by our clock.
    pub received_at: OffsetDateTime,
    /// The time of arrival on the monotonic clock, to measure how long the answer took.
    pub began: Instant,
    /// The address of the client that sent it.
    pub client_address: Option<String>,
    /// The path and query of the request.
    pub path_and_query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, or as much of it as arrived.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns the request as providers read it.
    pub fn delivery(&self) -> Delivery<'_> {
        Delivery {
            path_and_query: &self.path_and_query,
            headers: &self.headers,
            redacted: &[],
            body: &self.body,
            received_at: self.received_at,
        }
    }

    /// Returns the record of an authentic request.
    pub fn authentic(
        &self,
        account: &ConfiguredAccount,
        proof: &Proof,
        meaning: &Meaning,
        reply: &Reply,
    ) -> DeliveryRecord {
        DeliveryRecord::new(self.received(account), proof, meaning.clone(), reply.clone())
    }

    /// Returns the record of a refused request, for the quarantine.
    pub fn refused(
        &self,
        account: &ConfiguredAccount,
        refusal: Refusal,
        reply: Reply,
    ) -> RefusedRecord {
        let reason = QuarantineReason::Refused(refusal);
        RefusedRecord { received: self.received(account), reason, reply }
    }

    /// Returns the record of a request that was turned away, for the quarantine. Its body may be a
    /// part of what the sender meant to send.
    pub fn turned_away(
        &self,
        account: &ConfiguredAccount,
        why: TurnedAway,
        reply: Reply,
    ) -> RefusedRecord {
        let reason = QuarantineReason::TurnedAway(why);
        RefusedRecord { received: self.received(account), reason, reply }
    }

    /// Returns the approximate number of bytes that the request holds in memory.
    pub fn weight(&self) -> usize {
        let header = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
        let headers: usize = self.headers.iter().map(header).sum();
        self.body.len() + headers + self.path_and_query.len() + 256
    }

    fn received(&self, account: &ConfiguredAccount) -> ReceivedDelivery {
        ReceivedDelivery::new(
            self.delivery_id,
            account.provider_name,
            account.name.as_str(),
            self.client_address.clone(),
            &self.delivery(),
            self.salt,
        )
    }

    /// Logs and counts the outcome of the request.
    pub fn observe(
        &self,
        account: &ConfiguredAccount,
        judgement: &Judgement,
        outcome: Outcome,
        not_recorded: Option<NotRecorded>,
        status: u16,
    ) {
        let (reason, field) = match (not_recorded, judgement) {
            (Some(why), _) => (why.as_str(), ""),
            (None, Judgement::Refused(refusal)) => (refusal.as_str(), ""),
            (None, Judgement::Authentic(_, Meaning::Refunds(_)))
                if outcome == Outcome::Unreadable =>
            {
                (STORE_REFUSED, "")
            }
            (
                None,
                Judgement::Authentic(
                    _,
                    Meaning::Unreadable(why) | Meaning::PartlyUnreadable(_, why),
                ),
            ) => (why.problem.as_str(), why.field),
            (None, Judgement::Authentic(_, meaning)) => (meaning.label().unwrap_or_default(), ""),
        };
        telemetry::delivery_answered(&telemetry::Answered {
            provider: account.provider_name,
            account: account.name.as_str(),
            outcome,
            reason,
            field,
            status,
            body_bytes: self.body.len(),
            took: self.elapsed(),
        });
        let (provider, name) = (account.provider_name, account.name.as_str());
        if let Judgement::Refused(refusal) = judgement {
            if *refusal == Refusal::TransmissionReused {
                telemetry::transmission_reused(provider, name);
            }
            if let Some(certificate_id) = refusal.certificate_id() {
                telemetry::unknown_certificate(provider, name, certificate_id);
            }
        }
        // The outcome does not say whether the events of the readable items were new.
        let is_partly_read =
            matches!(judgement, Judgement::Authentic(_, Meaning::PartlyUnreadable(..)));
        if outcome == Outcome::Recorded || (is_partly_read && outcome == Outcome::Unreadable) {
            for flag in judgement.events().iter().flat_map(|event| &event.flags) {
                telemetry::flagged_event(provider, name, flag.as_str());
            }
            let unread = judgement.events().iter().flat_map(|event| event.unread.names());
            for field in unread {
                telemetry::unread_field(provider, name, field);
            }
            for _ in judgement.events().iter().filter(|event| event.has_unknown_word()) {
                telemetry::unknown_status(provider, name);
            }
        }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}
