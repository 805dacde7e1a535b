//! The way of a delivery: bytes in, bytes out. Read this first.
//!
//! What a provider is answered follows from the [`Outcome`] alone, and success is answered for
//! nothing that is not committed. The answer never says why something was refused; that goes to
//! the operator.

use crate::crypto::Proof;
use crate::inbox::{Account, Inbox, Request};
use crate::provider::{Judgement, Outcome, Reply, judge};
use crate::recording::NotRecorded;
use crate::store::{Content, Recorded};

/// Judges a request to `account`, records what is to be recorded, and words the answer.
pub async fn receive(inbox: &Inbox, account: &Account, request: &Request) -> Reply {
    let delivery = request.delivery();
    let judgement = judge(account.reader(), &delivery);
    let answer = |outcome| account.reader().reply(&delivery, outcome);

    let result = match &judgement {
        Judgement::Refunds(proof, events) => {
            let content = Content::Refunds {
                events: events.clone(),
                if_recorded: answer(Outcome::Recorded),
                if_duplicate: answer(Outcome::Duplicate),
                if_unreadable: answer(Outcome::Unreadable),
            };
            record(inbox, account, request, proof, content).await
        }
        Judgement::NotARefund(proof) => {
            let content =
                Content::Ignored { reason: "not_a_refund", reply: answer(Outcome::Ignored) };
            record(inbox, account, request, proof, content).await
        }
        Judgement::Unreadable(proof, why) => {
            let reply = answer(Outcome::Unreadable);
            let content = Content::Unreadable { reason: why.to_string(), reply };
            record(inbox, account, request, proof, content).await
        }
        Judgement::Undecryptable(proof) => {
            let reply = answer(Outcome::Undecryptable);
            let content = Content::Undecryptable { reply };
            record(inbox, account, request, proof, content).await
        }
        Judgement::Refused(refusal) => {
            let reply = answer(Outcome::Refused);
            // Nobody waits for the pen: a flood of forgeries cannot buy database time.
            inbox.pen.keep(request.refused(account, *refusal, reply.clone()));
            Ok((Outcome::Refused, reply))
        }
    };
    let not_recorded = result.as_ref().err().copied();
    let (outcome, reply) =
        result.unwrap_or_else(|_| (Outcome::Unavailable, answer(Outcome::Unavailable)));
    request.observe(account, &judgement, outcome, not_recorded, reply.status);
    reply
}

/// Waits until `content` is committed. The answer that was committed with it is the one given.
async fn record(
    inbox: &Inbox,
    account: &Account,
    request: &Request,
    proof: &Proof,
    content: Content,
) -> Result<(Outcome, Reply), NotRecorded> {
    let record = request.authentic(account, proof, content);
    Ok(match inbox.recorder.record(record).await? {
        Recorded::New(reply) => (Outcome::Recorded, reply),
        Recorded::Duplicate(reply) => (Outcome::Duplicate, reply),
        Recorded::Ignored(reply) => (Outcome::Ignored, reply),
        Recorded::Unreadable(reply) => (Outcome::Unreadable, reply),
        Recorded::Undecryptable(reply) => (Outcome::Undecryptable, reply),
    })
}
