//! The way of a delivery: bytes in, bytes out. Read this first.
//!
//! What a provider is answered follows from the [`Outcome`] alone, and success is answered for
//! nothing that is not committed. The answer never says why something was refused; that goes to
//! the operator.

use crate::inbox::{Account, Inbox, Request};
use crate::store::Content;
use refund_providers::contract::{Judgement, Outcome, Refusal, Reply, judge};
use refund_providers::crypto::Proof;

/// Judges a request to `account`, records what is to be recorded, and words the answer.
pub async fn receive(inbox: &Inbox, account: &Account, request: &Request) -> Reply {
    let delivery = request.delivery();
    let turn = inbox.lanes.turn(delivery.body.len()).await;
    let judgement = judge(account.reader(), &delivery);
    drop(turn);
    let answer = |outcome: Outcome| account.reader().reply(&delivery, outcome.answer());

    let result = match content(&judgement, answer) {
        Ok((proof, content)) => {
            let record = request.authentic(account, proof, content);
            // Waits until it is committed. The answer that was committed with it is the one given.
            let recorded = inbox.recorder.record(record).await;
            recorded.map(|recorded| (recorded.outcome(), recorded.into_reply()))
        }
        Err(refusal) => {
            let reply = answer(Outcome::Refused);
            // Nobody waits for the pen: a flood of forgeries cannot buy database time.
            let kept = || request.refused(account, refusal, reply.clone());
            inbox.pen.keep(request.weight(), kept);
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
