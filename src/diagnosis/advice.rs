//! One sentence that says what to do.

use super::case::Case;
use super::cause::Cause;
use super::changes::Change;
use super::of_refusal::of_refusal;
use crate::store::TurnedAway;

/// Returns the sentence for a cause. `clock` is how long before its receipt the delivery says that it
/// was signed, in seconds.
pub(super) fn advice(case: &Case<'_>, cause: &Cause<'_>, clock: Option<i64>) -> String {
    let summary = &case.detail.summary;
    let (id, name) = (summary.text("delivery_id"), summary.text("account"));
    let provider = summary.text("provider");
    match cause {
        Cause::Recorded => {
            "Today's keys verify it, and what it says is recorded: there is nothing to do."
                .to_owned()
        }
        Cause::NotARefund => {
            "It is authentic and reports no refund: there is nothing to do.".to_owned()
        }
        Cause::NotReplayed => {
            format!(
                "Today's keys verify it: run `refund-inbox deliveries replay {id}` to record it."
            )
        }
        Cause::NoSuchAccount => format!(
            "The account {name} is not configured: add it to the configuration, then judge it again."
        ),
        Cause::Emptied => "Retention or an erasure emptied its body, so it cannot be \
             judged again: if it matters, ask the provider to send it again."
            .to_owned(),
        Cause::Locked => {
            "Its body is sealed, and no key of [at_rest] opens it: put the missing key back. \
             If the data key of its month was deleted, it stays unreadable."
                .to_owned()
        }
        Cause::TurnedAway(why) => of_turned_away(*why).to_owned(),
        Cause::OtherAccount(other) => {
            let other = &other.account;
            let url = case.http.url_of(&format!("/notify/{provider}/{other}"));
            format!(
                "Signed by the key of {other}: the provider has the URL of {name} for it; give it {url}."
            )
        }
        Cause::SecretInFile => format!(
            "The secret in the file fits and the account {name} lacks it: add it to the account's list, \
             reload, and replay."
        ),
        Cause::RemovedKey(key) => format!(
            "No key of {name} fits, and it no longer has the key {}, which verified its deliveries until \
             {}: if the provider still signs with that one, put it back, reload, and replay.",
            key.key_id,
            key.until()
        ),
        Cause::Clock => {
            let seconds = clock.unwrap_or_default();
            let side = if seconds < 0 { "after" } else { "before" };
            format!(
                "A key of {name} fits, and the delivery says that it was signed {} seconds {side} its \
                 receipt: compare our clock, then look for a queue or proxy that held it back; otherwise \
                 somebody repeats an old request.",
                seconds.unsigned_abs()
            )
        }
        Cause::Truncated => {
            "The body is not as long as it was sent: look for a proxy that cuts or changes bodies."
                .to_owned()
        }
        Cause::Changed(Change::Path(path)) => format!(
            "A key of {name} fits the path {path}, which is not the one that arrived: set `external_path` \
             of the account, or keep the path in the proxy; then replay."
        ),
        Cause::Changed(change) => format!(
            "A key of {name} fits if this is undone: {}. Switch that off in the proxy, and ask the provider \
             to send it again.",
            change.in_words()
        ),
        Cause::Undecryptable => format!(
            "The signature fits, and no decryption key of {name} opens the content: correct the account's \
             key, then run `refund-inbox deliveries replay {id}`."
        ),
        Cause::ForeignAccount => format!(
            "It is authentic and for an account of the provider that is not configured: add that account, \
             then run `refund-inbox deliveries replay {id}`."
        ),
        Cause::Unreadable => {
            "It is authentic and not as the provider documents it: send it to the \
             developers of refund-inbox, and replay it with the version that reads it."
                .to_owned()
        }
        Cause::Refused(refusal) => of_refusal(*refusal).to_owned(),
    }
}

/// Returns what to do about a request that was turned away before it was judged.
fn of_turned_away(why: TurnedAway) -> &'static str {
    match why {
        TurnedAway::ContentEncoding => {
            "The body has a content coding, which changes the signed bytes: switch compression of \
             requests off in the proxy."
        }
        TurnedAway::TooLarge => {
            "The body is larger than `[http] max_body_bytes`, and only its beginning is kept: raise the \
             limit if the provider sends such bodies, and ask it to send again."
        }
        TurnedAway::TooSlow => {
            "The body took longer than `[http] body_timeout_seconds`, and only its beginning is kept: look \
             for a slow proxy; the provider sends again."
        }
        TurnedAway::BrokenBody => {
            "The connection broke before the whole body arrived: look for a proxy that ends connections \
             early; the provider sends again."
        }
    }
}
