//! Requests that are turned away before they are judged: the quarantine keeps what arrived, and a
//! replay judges none that is not whole.

use std::io;

use data_encoding::HEXLOWER;
use refund_inbox::account::Accounts;
use refund_inbox::replay::{Fate, Mode, Replay};
use refund_inbox::store::{KeptFilter, StoreError, TurnedAway};
use refund_providers::contract::Outcome;
use serde_json::{Map, Value, json};
use testing::client::{get, post, read_to_end, send_raw};
use testing::database::Database;
use testing::notifications::{eftpay, paycools};
use testing::postgres::store_of;
use testing::receiver::{ACCOUNTS, NOW, Receiver, Setup, configuration};
use testing::waiting::eventually;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

fn head(lines: &str) -> String {
    format!("POST /notify/paycools/ph HTTP/1.1\r\nhost: x\r\nx-seen: yes\r\n{lines}\r\n")
}

async fn answer(receiver: &Receiver, request: &str) -> String {
    read_to_end(send_raw(receiver.public(), request.as_bytes()).await).await
}

/// The kept request with this reason, with the body as text.
async fn kept(database: &Database, reason: &str) -> Map<String, Value> {
    let all = format!("refund_inbox.refused_deliveries where reason = '{reason}'");
    database.until_count(&all, 1).await;
    let columns = "account, provider, reason, response_status, response_body, body_bytes, peer,
        headers::text as headers, encode(body, 'hex') as body";
    database.row(&format!("select {columns} from {all}")).await
}

fn body(row: &Map<String, Value>) -> String {
    let bytes = HEXLOWER.decode(row["body"].as_str().unwrap().as_bytes()).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn repair(database: &Database) -> Vec<Fate> {
    let recording = configuration("[recording]\ndeadline_ms = 60000").recording;
    let accounts = Accounts::new(configuration(ACCOUNTS).accounts);
    let store = store_of(database);
    let replay = Replay {
        accounts: &accounts,
        store: &store,
        recording: &recording,
        began: NOW + time::Duration::days(1),
        mode: Mode::Apply,
    };
    let mut fates = Vec::new();
    let report = |replayed: refund_inbox::replay::Replayed| {
        fates.push(replayed.fate);
        Ok::<(), StoreError>(())
    };
    replay.run(&KeptFilter::default(), None, report).await.unwrap();
    fates
}

#[tokio::test]
async fn hazard_36_what_is_turned_away_at_an_account_is_kept_as_far_as_it_arrived() {
    let limits = "[http]\nmax_body_bytes = 4000\nbody_timeout_seconds = 1";
    let receiver = Setup::usual().await.with(limits).start();
    let database = &receiver.database;
    let whole = paycools("R1", &[]);
    let padded = format!("{whole}{}", " ".repeat(4001 - whole.len()));

    // Coded: it arrived whole.
    let url = receiver.url("paycools/ph");
    let coded = post(&url, &[("content-encoding", "gzip")], whole.clone()).await;
    assert_eq!((coded.status, coded.body.as_str()), (415, "Unsupported Media Type"));
    let row = kept(database, "content_encoding").await;
    assert_eq!((body(&row), &row["response_status"]), (whole.clone(), &json!(415)));
    assert_eq!(row["response_body"], "Unsupported Media Type");
    assert!(row["headers"].as_str().unwrap().contains("gzip"), "{row:?}");
    assert_eq!((&row["provider"], &row["account"]), (&json!("paycools"), &json!("ph")));
    assert_eq!(row["peer"], "127.0.0.1");

    // Too large without an announced length: up to the limit.
    let chunked = head("transfer-encoding: chunked\r\nconnection: close\r\n")
        + &format!("3e8\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n", &padded[..1000], 3001, &padded[1000..]);
    assert!(answer(&receiver, &chunked).await.starts_with("HTTP/1.1 413 "));
    let row = kept(database, "too_large").await;
    assert_eq!((body(&row), &row["response_status"]), (padded[..4000].to_owned(), &json!(413)));

    // Too slow.
    let slow = head("content-length: 1000\r\n") + &whole[..100];
    assert!(answer(&receiver, &slow).await.starts_with("HTTP/1.1 408 "));
    let row = kept(database, "too_slow").await;
    assert_eq!((body(&row), &row["response_status"]), (whole[..100].to_owned(), &json!(408)));
    assert!(row["headers"].as_str().unwrap().contains("x-seen"), "{row:?}");

    // Broken framing.
    let broken = head("transfer-encoding: chunked\r\n") + "5\r\nabcde\r\nzz\r\n";
    assert!(answer(&receiver, &broken).await.starts_with("HTTP/1.1 400 "));
    let row = kept(database, "broken_body").await;
    assert_eq!((body(&row), &row["response_status"]), ("abcde".to_owned(), &json!(400)));

    // The view and the metric have the same words.
    let view = "select verdict, reason, response_status from refunds_v1.deliveries order by reason";
    let rows = database.rows(view).await;
    let words: Vec<&str> = rows.iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(words, ["broken_body", "content_encoding", "too_large", "too_slow"]);
    assert!(rows.iter().all(|row| row["verdict"] == "refused"));
    let metrics = get(&receiver.operator("/metrics")).await.body;
    for word in words {
        let counted = format!("refund_inbox_requests_rejected_total{{reason=\"{word}\"}}");
        assert!(metrics.contains(&counted), "{word}");
    }

    // Another method is not kept, and neither is another account.
    let get = head("connection: close\r\n").replace("POST", "GET");
    assert!(answer(&receiver, &get).await.starts_with("HTTP/1.1 405 "));
    let nobody = post(&receiver.url("paycools/no"), &[("content-encoding", "gzip")], "x").await;
    assert_eq!(nobody.status, 404);
    assert!(receiver.post("paycools/ph", &whole).await.is_success());
    assert_eq!(database.count("refund_inbox.refused_deliveries").await, 4);
}

#[tokio::test]
async fn hazard_36_the_beginning_of_a_body_that_announces_too_much_is_kept() {
    let receiver = Setup::usual().await.with("[http]\nmax_body_bytes = 20000").start();
    let large = format!("{}{}", paycools("R1", &[]), " ".repeat(30_000));
    let url = receiver.url("paycools/ph");
    assert_eq!(post(&url, &[], large.clone()).await.status, 413);
    let row = kept(&receiver.database, "too_large").await;
    assert_eq!(body(&row), large[..8192]);
}

#[tokio::test]
async fn hazard_36_a_client_that_goes_away_within_its_body_leaves_what_it_sent() {
    let receiver = Setup::usual().await.start();
    for (number, reset) in [(1, false), (2, true)] {
        let request = head("content-length: 1000\r\n") + &format!("{{\"n\":{number}");
        let mut stream = TcpStream::connect(receiver.public()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        // The service has read it before the connection ends.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        if reset {
            set_reset_on_close(&stream).unwrap();
        }
        drop(stream);
        let arrived = format!(
            "refund_inbox.refused_deliveries where reason = 'broken_body'
             and convert_from(body, 'UTF8') = '{{\"n\":{number}'"
        );
        receiver.database.until_count(&arrived, 1).await;
    }
}

fn set_reset_on_close(stream: &TcpStream) -> io::Result<()> {
    #[expect(deprecated, reason = "the time is zero, so closing does not block")]
    stream.set_linger(Some(std::time::Duration::ZERO))
}

#[tokio::test]
async fn hazard_37_a_part_of_a_body_is_never_judged_even_if_it_is_a_whole_message() {
    let limits = "[http]\nmax_body_bytes = 4000\nbody_timeout_seconds = 1";
    let receiver = Setup::usual().await.with(limits).start();
    let database = &receiver.database;
    // Each part is a whole message with a right signature; the sender was not done.
    let whole = |number: u8| paycools(&format!("R{number}"), &[]);
    let large = format!("{}{}", whole(1), " ".repeat(4001 - whole(1).len()));
    let url = receiver.url("paycools/ph");
    assert_eq!(post(&url, &[], large.clone()).await.status, 413);
    let slow = head("content-length: 3000\r\n") + &whole(2);
    assert!(answer(&receiver, &slow).await.starts_with("HTTP/1.1 408 "));
    let broken = head("transfer-encoding: chunked\r\n")
        + &format!("{:x}\r\n{}\r\nzz\r\n", whole(3).len(), whole(3));
    assert!(answer(&receiver, &broken).await.starts_with("HTTP/1.1 400 "));
    // Coded: the bytes are not what the provider signed, whatever they look like.
    assert_eq!(post(&url, &[("content-encoding", "br")], whole(4)).await.status, 415);
    database.until_count("refund_inbox.refused_deliveries", 4).await;

    let mut fates: Vec<String> =
        repair(database).await.iter().map(|fate| format!("{fate:?}")).collect();
    fates.sort_unstable();
    let mut expected = TurnedAway::ALL.map(|why| format!("{:?}", Fate::TurnedAway(why)));
    expected.sort_unstable();
    assert_eq!(fates, expected);
    for table in ["refunds", "refund_events", "deliveries", "replays"] {
        assert_eq!(database.count(&format!("refund_inbox.{table}")).await, 0, "{table}");
    }

    // The same parts would be believed, were they judged.
    let believe = "update refund_inbox.refused_deliveries set reason = 'signature_mismatch'
        where reason <> 'content_encoding'";
    database.execute(believe).await;
    let fates = repair(database).await;
    let recorded = fates
        .iter()
        .filter(|fate| matches!(fate, Fate::Recorded(new) if new.outcome == Outcome::Recorded));
    assert_eq!(recorded.count(), 3, "{fates:?}");
}

#[tokio::test]
async fn a_whole_request_is_replayed_once_its_header_counts_as_no_coding() {
    let receiver = Setup::usual().await.start();
    let database = &receiver.database;
    let url = receiver.url("paycools/ph");
    let coding = [("content-encoding", "iso-8859-99")];
    assert_eq!(post(&url, &coding, paycools("R1", &[])).await.status, 415);
    database.until_count("refund_inbox.refused_deliveries", 1).await;
    assert_eq!(repair(database).await, [Fate::TurnedAway(TurnedAway::ContentEncoding)]);
    // Tomorrow's table knows the name: played by one that today's knows.
    let rename = "update refund_inbox.refused_deliveries
        set headers = replace(headers::text, 'iso-8859-99', 'iso-8859-1')::jsonb";
    database.execute(rename).await;
    let fates = repair(database).await;
    assert!(matches!(fates.as_slice(), [Fate::Recorded(_)]), "{fates:?}");
    assert_eq!(database.row("select * from refunds_v1.refunds").await["status"], "succeeded");
}

#[tokio::test]
async fn hazard_34_the_name_of_a_charset_is_no_coding() {
    let receiver = Setup::usual().await.start();
    for (number, charset) in
        ["utf-8", "UTF8", "gbk", "GB18030", "iso-8859-1", "utf-8, identity"].iter().enumerate()
    {
        let notification = eftpay(&format!("R{number}"), &[]);
        let url = receiver.url("eftpay/hk");
        let answer = post(&url, &[("content-encoding", charset)], notification).await;
        assert!(answer.is_success(), "{charset}: {answer:?}");
    }
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 6);
}

#[tokio::test]
async fn hazard_35_a_byte_order_mark_costs_no_refund() {
    let receiver = Setup::usual().await.start();
    let marked = |body: String| format!("\u{feff}{body}");
    for (route, body) in [("eftpay/hk", eftpay("R1", &[])), ("paycools/ph", paycools("R1", &[]))] {
        assert!(receiver.post(route, &marked(body.clone())).await.is_success(), "{route}");
        assert!(receiver.post(route, &body).await.is_success(), "{route}");
    }
    let refunds = receiver.database.rows("select delivery_count from refunds_v1.refunds").await;
    assert_eq!(refunds.len(), 2);
    assert!(refunds.iter().all(|refund| refund["delivery_count"] == 2), "{refunds:?}");
}

#[tokio::test]
async fn the_quarantine_bounds_what_is_turned_away_too() {
    let limits = "[http]\nmax_body_bytes = 4000\n\n[quarantine]\ndeliveries_per_account = 3\n";
    let receiver = Setup::usual().await.with(limits).start();
    let url = receiver.url("paycools/ph");
    for number in 0..8 {
        let body = format!("{{\"n\":{number}}}");
        assert_eq!(post(&url, &[("content-encoding", "gzip")], body).await.status, 415);
    }
    let database = &receiver.database;
    eventually("the newest to be kept alone", async || {
        let rows = database
            .rows("select convert_from(body, 'UTF8') as body from refund_inbox.refused_deliveries")
            .await;
        rows.len() == 3 && rows.iter().any(|row| row["body"] == "{\"n\":7}")
    })
    .await;
}
