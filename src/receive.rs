//! The path of a delivery: bytes in, bytes out. Read this first.
//!
//! The answer depends on the [`Outcome`] alone, and only a committed delivery is answered with
//! success. The answer never says why a delivery was refused: the operator reads that in logs and
//! metrics.

use std::sync::Arc;

use tokio::sync::{SemaphorePermit, watch};

use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::ConfiguredAccount;
use crate::recording::{QuarantineWriter, Recorder};
use crate::refusals::Refusals;
use crate::request::Request;
use refund_providers::contract::{Judgement, Outcome, Refusal, Reply, judge};

/// A running receiver. Its only state between requests is the queue of deliveries that wait for
/// their commit.
#[derive(Debug)]
pub struct Receiver {
    /// The accounts that providers may call. A reload replaces them.
    pub accounts: watch::Receiver<Accounts>,
    /// Commits authentic deliveries.
    pub recorder: Recorder,
    /// Keeps refused deliveries, as work of low priority.
    pub quarantine: QuarantineWriter,
    /// Counts refusals in a row.
    pub refusals: Arc<Refusals>,
    /// The source of the current time.
    pub clock: Clock,
}

/// Judges a request to `account`, records it, and returns the answer.
///
/// `permit` is the permit to verify the body. It is released as soon as the request is judged.
pub async fn receive(
    receiver: &Receiver,
    account: &ConfiguredAccount,
    request: &Request,
    permit: Option<SemaphorePermit<'_>>,
) -> Reply {
    let delivery = request.delivery();
    let judgement = judge(&*account.provider, &delivery);
    drop(permit);
    let reply_to = |outcome: Outcome| account.provider.reply(&delivery, outcome.answer());

    // The reply is part of the record: we commit the delivery together with our answer.
    let reply = reply_to(judgement.outcome_if_new());
    let recorded = match &judgement {
        Judgement::Authentic(proof, meaning) => {
            let record = request.authentic(account, proof, meaning, &reply);
            receiver.recorder.record(record).await
        }
        Judgement::Refused(_) => Ok(Outcome::Refused),
    };
    let (judgement, reply) = match (judgement, &recorded) {
        // Only the database knows whether a single-use token came before with another body.
        (Judgement::Authentic(_, _), Ok(Outcome::Refused)) => {
            let reused = Judgement::Refused(Refusal::TransmissionReused);
            (reused, reply_to(Outcome::Refused))
        }
        (judgement, Ok(_)) => (judgement, reply),
        (judgement, Err(_)) => (judgement, reply_to(Outcome::Unavailable)),
    };
    if let Judgement::Refused(refusal) = judgement {
        // The answer does not wait for the quarantine: a flood of forgeries must not buy database
        // time.
        let refused = || request.refused(account, refusal, reply.clone());
        receiver.quarantine.keep(request.weight(), refused);
    }
    let outcome = recorded.unwrap_or(Outcome::Unavailable);
    receiver.refusals.judged(account, &judgement, outcome);
    request.observe(account, &judgement, outcome, recorded.err(), reply.status);
    reply
}

#[cfg(test)]
mod tests {
    use super::receive;

    /// Returns the size of the future that a function with four arguments returns.
    fn future_size<A, B, C, D, F: Future>(_: impl Fn(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn the_future_of_a_delivery_is_small_because_each_delivery_moves_it_several_times() {
        let bytes = future_size(receive);
        assert!(bytes <= 2048, "{bytes} bytes; box what is rare, such as making a data key");
    }
}
