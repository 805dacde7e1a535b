//! The way of a delivery: bytes in, bytes out. Read this first.
//!
//! What a provider is answered follows from the [`Outcome`] alone, and success is answered for
//! nothing that is not committed. The answer never says why something was refused; that goes to
//! the operator.

use tokio::sync::watch;

use crate::account::{Account, Accounts};
use crate::clock::Clock;
use crate::http::VerificationLimiter;
use crate::recording::{QuarantineWriter, Recorder};
use crate::request::Request;
use crate::store::Content;
use refund_providers::contract::{Judgement, Outcome, Refusal, Reply, judge};
use refund_providers::crypto::Proof;

/// A running receiver. Between requests it holds no state but the queue of deliveries that wait for
/// their commit.
#[derive(Debug)]
pub struct Receiver {
    /// The accounts that may be called; a reload replaces them.
    pub accounts: watch::Receiver<Accounts>,
    /// Where authentic deliveries go.
    pub recorder: Recorder,
    /// Where refused ones go.
    pub quarantine: QuarantineWriter,
    /// The way to verification.
    pub verification: VerificationLimiter,
    /// What time it is.
    pub clock: Clock,
}

/// Judges a request to `account`, records what is to be recorded, and words the answer.
pub async fn receive(receiver: &Receiver, account: &Account, request: &Request) -> Reply {
    let delivery = request.delivery();
    let turn = receiver.verification.acquire(delivery.body.len()).await;
    let judgement = judge(account.provider(), &delivery);
    drop(turn);
    let answer = |outcome: Outcome| account.provider().reply(&delivery, outcome.answer());

    let result = match content(&judgement, answer) {
        Ok((proof, content)) => {
            let record = request.authentic(account, proof, content);
            // Waits until it is committed. The answer that was committed with it is the one given.
            let recorded = receiver.recorder.record(record).await;
            recorded.map(|recorded| (recorded.outcome(), recorded.into_reply()))
        }
        Err(refusal) => {
            let reply = answer(Outcome::Refused);
            // Nobody waits for the quarantine: a flood of forgeries cannot buy database time.
            let kept = || request.refused(account, refusal, reply.clone());
            receiver.quarantine.keep(request.weight(), kept);
            Ok((Outcome::Refused, reply))
        }
    };
    let not_recorded = result.as_ref().err().copied();
    let (outcome, reply) =
        result.unwrap_or_else(|_| (Outcome::Unavailable, answer(Outcome::Unavailable)));
    request.observe(account, &judgement, outcome, not_recorded, reply.status);
    reply
}

/// What is recorded of an authentic delivery, with the answer to each outcome that can come of it;
/// or why it is not believed. The same for a live delivery and for one judged again.
pub fn content(
    judgement: &Judgement,
    answer: impl Fn(Outcome) -> Reply,
) -> Result<(&Proof, Content), Refusal> {
    match judgement {
        Judgement::Refunds(proof, events) => {
            let content = Content::Refunds {
                events: events.clone(),
                if_recorded: answer(Outcome::Recorded),
                if_duplicate: answer(Outcome::Duplicate),
                if_unreadable: answer(Outcome::Unreadable),
            };
            Ok((proof, content))
        }
        Judgement::NotARefund(proof) => {
            let reply = answer(Outcome::Ignored);
            Ok((proof, Content::Ignored { reason: "not_a_refund", reply }))
        }
        Judgement::Unreadable(proof, why) => {
            let reply = answer(Outcome::Unreadable);
            Ok((proof, Content::Unreadable { reason: why.to_string(), reply }))
        }
        Judgement::Undecryptable(proof) => {
            Ok((proof, Content::Undecryptable { reply: answer(Outcome::Undecryptable) }))
        }
        Judgement::Refused(refusal) => Err(*refusal),
    }
}
