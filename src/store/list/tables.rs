//! The tables of deliveries, and what a list selects from each.

use super::condition::Condition;
use refund_providers::contract::Verdict;

/// The columns that both tables of deliveries have, besides the id and the time of receipt.
const OF_BOTH: &str = "provider, account, reason, response_status, response_body, body_sha256, \
     body_bytes, replayed_from, recorded_at, peer, emptied_at";

/// The verdicts of what waits for a person.
const WAITING: [Verdict; 2] = [Verdict::Unreadable, Verdict::Refused];

/// Returns what to select from each table of deliveries in which rows with the verdicts can be, with
/// the conditions on the verdict and on replays.
pub(super) fn selects(conditions: &[Condition]) -> Vec<String> {
    let may_be = |verdict: &Verdict| {
        conditions.iter().all(|condition| match condition {
            Condition::Verdict(verdicts) => verdicts.contains(verdict),
            Condition::Waiting => WAITING.contains(verdict),
            Condition::Account(_)
            | Condition::Provider(_)
            | Condition::Since(..)
            | Condition::Until(..)
            | Condition::Status(_)
            | Condition::Open
            | Condition::Attention
            | Condition::Conflicting
            | Condition::Flag(_)
            | Condition::Currency(_)
            | Condition::Amount(_)
            | Condition::Order(_)
            | Condition::Payment(_)
            | Condition::Reason(_)
            | Condition::Key(_)
            | Condition::Client(_)
            | Condition::Refunds(_)
            | Condition::Replayed => true,
        })
    };
    let is_replayed = conditions.contains(&Condition::Replayed);
    let has_refused = may_be(&Verdict::Refused);
    let all = Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Refused);
    let (accepted, others): (Vec<Verdict>, Vec<Verdict>) = all.partition(may_be);
    let mut selects = Vec::new();
    if !accepted.is_empty() || !has_refused {
        let columns = format!("{OF_BOTH}, verdict, key_id, event_ids");
        let words: Vec<String> =
            accepted.iter().map(|verdict| format!("'{}'", verdict.as_str())).collect();
        // One verdict has an index, whose rows are in the order of the list; several do not.
        let condition = match &words[..] {
            _ if others.is_empty() => "true".to_owned(),
            [] => "false".to_owned(),
            [word] => format!("verdict = {word}"),
            words => format!("verdict in ({})", words.join(", ")),
        };
        if is_replayed {
            selects.extend(replayed(&columns, &condition));
        } else {
            selects.push(format!(
                "delivery_id, received_at, {columns} from refund_inbox.deliveries where {condition}"
            ));
        }
    }
    if has_refused {
        // As an array, each is looked up. As a set, it would be compared with all deliveries.
        let condition = if is_replayed {
            "delivery_id = any (array(select replayed_from from refund_inbox.replays))"
        } else {
            "true"
        };
        selects.push(format!(
            "delivery_id, received_at, {OF_BOTH}, '{}' as verdict, null::text as key_id, \
             '{{}}'::uuid[] as event_ids from refund_inbox.refused_deliveries where {condition}",
            Verdict::Refused.as_str()
        ));
    }
    selects
}

/// Returns what to select from the recorded deliveries that are replays, and from those that were
/// replayed. A replay has the time of receipt of the delivery that it replays, so the index of the
/// replays gives both in the order of the list.
fn replayed(columns: &str, condition: &str) -> [String; 2] {
    let replays = format!(
        "delivery_id, received_at, {columns} from refund_inbox.deliveries \
         where replayed_from is not null and {condition}"
    );
    // A replay that was replayed itself is among the replays.
    let originals = format!(
        "delivery_id, received_at, {columns} from (
             select replayed_from as original_id, received_at
             from refund_inbox.deliveries where replayed_from is not null
         ) as replay cross join lateral (
             select delivery_id, {columns} from refund_inbox.deliveries as kept
             where kept.delivery_id = original_id and kept.received_at = replay.received_at
                 and replayed_from is null and {condition}
             limit 1
         ) as original"
    );
    [replays, originals]
}
