//! A recorded delivery is read again after its reader was extended: what an earlier version could
//! not read fills in, and the flags disappear.

use refund_providers::refund::{Flag, RefundEvent};

use super::readers::{Reader, bundled, read_by};
use super::*;

/// Changes each event of a notice.
fn each(notice: Notice, change: impl Fn(&mut RefundEvent)) -> Notice {
    match notice {
        other @ (Notice::NotARefund(_) | Notice::PartlyUnreadable(..)) => other,
        Notice::Refunds(mut event, mut more) => {
            change(&mut event);
            more.iter_mut().for_each(change);
            Notice::Refunds(event, more)
        }
    }
}

/// A reader that cannot read the amount.
fn without_amount(notice: Notice) -> Notice {
    each(notice, |event| {
        (event.facts.amount_minor, event.facts.amount_literal) = (None, None);
        event.unread.insert("return_amount", "amount_minor");
        event.flags = [Flag::AmountMissing, Flag::FieldsUnread].into();
    })
}

/// A reader that takes a field for unread which means that there is no value.
fn with_a_code(notice: Notice) -> Notice {
    each(notice, |event| {
        event.unread.insert("code", "failure_code");
        event.flags = [Flag::FieldsUnread].into();
    })
}

/// A reader that does not know the status word.
fn without_status(notice: Notice) -> Notice {
    each(notice, |event| event.status = RefundStatus::Unknown)
}

/// A reader that can read neither the amount nor the code.
fn without_both(notice: Notice) -> Notice {
    with_a_code(without_amount(notice))
}

/// A reader of three refunds in one body, which cannot read the amount of the second.
fn bundled_without_an_amount(notice: Notice) -> Notice {
    each(bundled(notice), |event| {
        if event.merchant_refund_id.ends_with("-2") {
            (event.facts.amount_minor, event.facts.amount_literal) = (None, None);
            event.unread.insert("return_amount", "amount_minor");
            event.flags = [Flag::AmountMissing, Flag::FieldsUnread].into();
        }
    })
}

/// Records these bodies as a version with this reader does.
async fn record_as(url: &str, reader: Reader, bodies: &[&str]) {
    let mut live = configuration(ACCOUNTS);
    live.accounts = read_by(live.accounts, reader);
    let receiver = Setup::on(url.to_owned()).start_with(live);
    for body in bodies {
        assert!(receiver.post("eftpay/hk", body).await.is_success());
    }
    receiver.stop().await;
}

/// Replays everything that waits for repair, with this reader.
async fn reread(database: &Database, reader: Reader, mode: Mode) -> Vec<Fate> {
    let accounts = Accounts::new(read_by(configuration(ACCOUNTS).accounts, reader));
    let results = run(&store_of(database), &accounts, &KeptFilter::default(), mode).await;
    results.into_iter().map(|replayed| replayed.fate).collect()
}

fn outcomes(fates: &[Fate]) -> Vec<Option<Outcome>> {
    fates.iter().map(outcome).collect()
}

const REFUNDS: &str = "select merchant_refund_id, status, conflicting, amount_minor, flags,
    unread_fields, needs_attention, delivery_count, event_count, last_seq
    from refunds_v1.refunds order by merchant_refund_id";

#[tokio::test]
async fn hazard_40_a_field_that_an_earlier_version_could_not_read_fills_in_by_a_replay() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    record_as(&url, without_amount, &[&eftpay("R1", &[])]).await;
    let refund = database.row(REFUNDS).await;
    assert_eq!(refund["flags"], json!(["amount_missing", "fields_unread"]));
    assert_eq!((&refund["amount_minor"], &refund["needs_attention"]), (&json!(null), &json!(true)));

    // Before the fix, and in a dry run, a replay changes nothing.
    let before = everything(&database).await;
    let fates = reread(&database, without_amount, Mode::Apply).await;
    assert_eq!(fates, [Fate::NothingNew]);
    let fates = reread(&database, |notice| notice, Mode::DryRun).await;
    assert_eq!(outcomes(&fates), [Some(Outcome::Recorded)]);
    assert_eq!(everything(&database).await, before);

    let fates = reread(&database, |notice| notice, Mode::Apply).await;
    assert_eq!(outcomes(&fates), [Some(Outcome::Recorded)]);
    let refund = database.row(REFUNDS).await;
    let expected = json!({
        "merchant_refund_id": "R1", "status": "succeeded", "conflicting": false,
        "amount_minor": 8850, "flags": [], "unread_fields": [], "needs_attention": false,
        "delivery_count": 1, "event_count": 2, "last_seq": 2,
    });
    assert_eq!(Value::Object(refund), expected);
    let events =
        "select seq, effect, source, amount_minor from refunds_v1.refund_events order by seq";
    let effects: Vec<_> = database
        .rows(events)
        .await
        .into_iter()
        .map(|event| json!([event["seq"], event["effect"], event["source"], event["amount_minor"]]))
        .collect();
    let expected =
        [json!([1, "changed", "notification", null]), json!([2, "enriched", "notification", 8850])];
    assert_eq!(effects, expected);

    // A second replay finds nothing to repair, and the provider's repeats are duplicates, also for
    // an instance of the earlier version.
    let after = everything(&database).await;
    assert_eq!(reread(&database, |notice| notice, Mode::Apply).await, []);
    assert_eq!(everything(&database).await, after);
    record_as(&url, |notice| notice, &[&eftpay("R1", &[])]).await;
    record_as(&url, without_amount, &[&eftpay("R1", &[])]).await;
    let refund = database.row(REFUNDS).await;
    assert_eq!((&refund["event_count"], &refund["flags"]), (&json!(2), &json!([])));
    assert_eq!(refund["delivery_count"], 3);
}

#[tokio::test]
async fn a_field_without_a_value_and_a_new_status_word_are_repaired_as_well() {
    let cases: [(Reader, Value); 2] =
        [(with_a_code, json!("succeeded")), (without_status, json!("unknown"))];
    for (reader, status) in cases {
        let url = postgres::shared().database().await;
        let database = Database::new(&url);
        record_as(&url, reader, &[&eftpay("R1", &[])]).await;
        assert_eq!(database.row(REFUNDS).await["status"], status);
        let fates = reread(&database, |notice| notice, Mode::Apply).await;
        assert_eq!(outcomes(&fates), [Some(Outcome::Recorded)], "{status}");
        let refund = database.row(REFUNDS).await;
        assert_eq!((&refund["status"], &refund["flags"]), (&json!("succeeded"), &json!([])));
        assert_eq!(
            (&refund["unread_fields"], &refund["needs_attention"]),
            (&json!([]), &json!(false))
        );
    }
}

#[tokio::test]
async fn a_repeat_that_was_read_in_full_before_the_replay_is_a_duplicate_and_the_flags_disappear() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let body = eftpay("R1", &[]);
    record_as(&url, with_a_code, &[&body]).await;
    record_as(&url, |notice| notice, &[&body]).await;
    let refund = database.row(REFUNDS).await;
    assert_eq!((&refund["flags"], &refund["last_seq"]), (&json!(["fields_unread"]), &json!(2)));

    let fates = reread(&database, |notice| notice, Mode::Apply).await;
    assert_eq!(outcomes(&fates), [Some(Outcome::Duplicate)]);
    let refund = database.row(REFUNDS).await;
    assert_eq!((&refund["flags"], &refund["delivery_count"]), (&json!([]), &json!(2)));
    // The change of the refund is in the feed.
    let newest =
        "select seq, source, flags from refunds_v1.refund_events order by seq desc limit 1";
    let newest = database.row(newest).await;
    assert_eq!((&newest["seq"], &newest["source"]), (&json!(3), &json!("derived")));
    assert_eq!((&refund["last_seq"], &newest["flags"]), (&json!(3), &json!([])));
    assert_eq!(reread(&database, |notice| notice, Mode::Apply).await, []);
}

#[tokio::test]
async fn each_version_reads_more_of_a_delivery_until_everything_is_read() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    record_as(&url, without_both, &[&eftpay("R1", &[])]).await;
    let readers: [(Reader, Value); 2] =
        [(with_a_code, json!(["code"])), (|notice| notice, json!([]))];
    for (reader, unread) in readers {
        let fates = reread(&database, reader, Mode::Apply).await;
        assert_eq!(outcomes(&fates), [Some(Outcome::Recorded)]);
        assert_eq!(
            reread(&database, reader, Mode::DryRun).await.len(),
            unread.as_array().unwrap().len()
        );
        let refund = database.row(REFUNDS).await;
        assert_eq!((&refund["unread_fields"], &refund["amount_minor"]), (&unread, &json!(8850)));
        assert_eq!(refund["delivery_count"], 1);
    }
}

#[tokio::test]
async fn of_several_refunds_in_a_body_only_the_partly_read_one_changes() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    record_as(&url, bundled_without_an_amount, &[&eftpay("R", &[])]).await;
    let fates = reread(&database, bundled, Mode::Apply).await;
    assert_eq!(outcomes(&fates), [Some(Outcome::Recorded)]);
    let refunds = database.rows(REFUNDS).await;
    let columns = |refund: &Map<String, Value>| {
        json!([
            refund["amount_minor"],
            refund["flags"],
            refund["event_count"],
            refund["delivery_count"]
        ])
    };
    let expected = [json!([8850, [], 1, 1]), json!([8850, [], 2, 1]), json!([8850, [], 1, 1])];
    assert_eq!(refunds.iter().map(columns).collect::<Vec<_>>(), expected);
    assert_eq!(reread(&database, bundled, Mode::Apply).await, []);
}

#[tokio::test]
async fn an_event_that_is_read_again_no_longer_takes_part_with_its_old_reading() {
    // The earlier version could not read the time of the failure, so the failure, which came first,
    // won over the success: without a time, bad news wins.
    fn without_time(notice: Notice) -> Notice {
        each(notice, |event| {
            if event.status == RefundStatus::Failed {
                event.occurred_at = None;
                event.unread.insert("gmt_payment", "occurred_at");
                event.flags.insert(Flag::FieldsUnread);
            }
        })
    }
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let at = |time: &str| ("gmt_payment", json!(time));
    let failed = eftpay("R1", &[("trade_status", json!("TRADE_FAIL")), at("2026-01-20 10:00:00")]);
    let succeeded = eftpay("R1", &[at("2026-01-20 11:00:00")]);
    record_as(&url, without_time, &[&failed, &succeeded]).await;
    let refund = database.row(REFUNDS).await;
    assert_eq!((&refund["status"], &refund["conflicting"]), (&json!("failed"), &json!(true)));
    reread(&database, |notice| notice, Mode::Apply).await;
    let refund = database.row(REFUNDS).await;
    assert_eq!((&refund["status"], &refund["conflicting"]), (&json!("succeeded"), &json!(true)));
    // What was known before the replay stays as it was.
    let then = "select status from refunds_v1.refund_history order by seq";
    let then: Vec<_> =
        database.rows(then).await.into_iter().map(|it| it["status"].clone()).collect();
    assert_eq!(then, ["failed", "failed", "succeeded"]);
}
