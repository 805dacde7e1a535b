//! The way of a delivery: bytes in, bytes out. Read this first.
//!
//! What a provider is answered follows from the [`Outcome`] alone, and success is answered for
//! nothing that is not committed. The answer never says why something was refused; that goes to
//! the operator.

use crate::crypto::Proof;
use crate::inbox::{Account, Inbox, Request};
use crate::provider::{Judgement, Outcome, Reply, judge};
use crate::store::{Content, Recorded};

/// Judges a request to `account`, records what is to be recorded, and words the answer.
pub async fn receive(inbox: &Inbox, account: &Account, request: &Request) -> Reply {
    let delivery = request.delivery();
    let judgement = judge(account.reader(), &delivery);
    let answer = |outcome| account.reader().reply(&delivery, outcome);

    let (outcome, reply) = match &judgement {
        Judgement::Refunds(proof, events) => {
            let content = Content::Refunds {
                events: events.clone(),
                if_recorded: answer(Outcome::Recorded),
                if_duplicate: answer(Outcome::Duplicate),
            };
            record(inbox, account, request, proof, content, Outcome::Recorded).await
        }
        Judgement::NotARefund(proof) => {
            let content =
                Content::Ignored { reason: "not_a_refund", reply: answer(Outcome::Ignored) };
            record(inbox, account, request, proof, content, Outcome::Ignored).await
        }
        Judgement::Unreadable(proof, why) => {
            let reply = answer(Outcome::Unreadable);
            let content = Content::Unreadable { reason: why.to_string(), reply };
            record(inbox, account, request, proof, content, Outcome::Unreadable).await
        }
        Judgement::Undecryptable(proof) => {
            let reply = answer(Outcome::Undecryptable);
            let content = Content::Unreadable { reason: "undecryptable".to_owned(), reply };
            record(inbox, account, request, proof, content, Outcome::Undecryptable).await
        }
        Judgement::Refused(refusal) => {
            let reply = answer(Outcome::Refused);
            // Nobody waits for the pen: a flood of forgeries cannot buy database time.
            inbox.pen.keep(request.refused(account, *refusal, reply.clone()));
            (Outcome::Refused, Some(reply))
        }
    };
    let reply = reply.unwrap_or_else(|| answer(outcome));
    request.observe(account, &judgement, outcome, reply.status);
    reply
}

/// Waits until `content` is committed. The answer that was committed with it is the one given;
/// without a commit there is none yet, and the outcome is [`Outcome::Unavailable`].
async fn record(
    inbox: &Inbox,
    account: &Account,
    request: &Request,
    proof: &Proof,
    content: Content,
    outcome: Outcome,
) -> (Outcome, Option<Reply>) {
    let record = request.authentic(account, proof, content);
    match inbox.recorder.record(record).await {
        Ok(Recorded::New(reply) | Recorded::DeliveryOnly(reply)) => (outcome, Some(reply)),
        Ok(Recorded::Duplicate(reply)) => (Outcome::Duplicate, Some(reply)),
        Err(_) => (Outcome::Unavailable, None),
    }
}
