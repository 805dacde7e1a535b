//! Wrong lengths, heads without end, and requests sent before the previous answer.

use testing::client::{read_to_end, send_raw};
use testing::notifications::{eftpay, paycools};
use testing::receiver::Setup;
use testing::waiting::PATIENCE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{head, one_answer, request};

#[tokio::test]
async fn lying_lengths_are_refused_or_cut_and_never_smuggle_a_request() {
    let receiver = Setup::usual().await.with("[http]\nbody_timeout_seconds = 1").start();
    let body = paycools("R1", &[]);
    let smuggled = request(&paycools("R2", &[]));
    let length = body.len();
    let lines = |lines: &str, rest: &str| format!("{}{rest}", head(lines));
    let chunked = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
    let cases = [
        ("longer than sent", lines(&format!("content-length: {}\r\n", length + 1), &body), "408"),
        ("shorter than sent", lines(&format!("content-length: {}\r\n", length - 1), &body), "401"),
        ("no number", lines("content-length: many\r\n", &body), "400"),
        ("negative", lines("content-length: -1\r\n", &body), "400"),
        ("with a sign", lines(&format!("content-length: +{length}\r\n"), &body), "400"),
        ("overflowing number", lines("content-length: 99999999999999999999\r\n", &body), "400"),
        ("huge", lines("content-length: 99999999999999\r\n", &body), "413"),
        (
            "two that differ",
            lines(&format!("content-length: {length}\r\ncontent-length: 5\r\n"), &body),
            "400",
        ),
        ("a list", lines(&format!("content-length: {length}, 5\r\n"), &body), "400"),
        ("another encoding", lines("transfer-encoding: gzip\r\n", &body), "400"),
        ("chunked and not last", lines("transfer-encoding: chunked, gzip\r\n", &chunked), "400"),
        (
            "an invalid size of a chunk",
            lines("transfer-encoding: chunked\r\n", &format!("zz\r\n{body}")),
            "400",
        ),
        (
            "an overflowing size of a chunk",
            lines("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\nx"),
            "400",
        ),
        ("a huge chunk", lines("transfer-encoding: chunked\r\n", "7fffffff\r\nx"), "408"),
        (
            "a chunk that goes on after its size",
            lines("transfer-encoding: chunked\r\n", &format!("5\r\n{body}\r\n0\r\n\r\n")),
            "400",
        ),
        (
            "chunked by HTTP/1.0",
            lines("transfer-encoding: chunked\r\n", &chunked).replace("HTTP/1.1", "HTTP/1.0"),
            "400",
        ),
        // The chunks decide, and what follows them is not a request.
        (
            "both, length first",
            lines(
                &format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
                &format!("{chunked}{smuggled}"),
            ),
            "200",
        ),
        (
            "both, length last",
            lines(
                "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
                &format!("{chunked}{smuggled}"),
            ),
            "200",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, request, expected) in cases {
        let stream = send_raw(receiver.public(), request.as_bytes()).await;
        let answers = timeout(PATIENCE, read_to_end(stream)).await.unwrap();
        if !answers.starts_with(&format!("HTTP/1.1 {expected} "))
            && !answers.starts_with(&format!("HTTP/1.0 {expected} "))
        {
            wrong.push(format!("{name}: {}", answers.lines().next().unwrap_or_default()));
        }
        if expected == "200" && answers.matches("HTTP/1.1 ").count() > 1 {
            wrong.push(format!("{name}: more than one answer"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 1);
    assert!(receiver.post("paycools/ph", &body).await.is_success());
}

#[tokio::test]
async fn a_flood_of_headers_and_a_giant_one_are_refused_at_their_limit() {
    let receiver = Setup::usual().await.start();
    let many: String = (0..5000).map(|number| format!("x-{number}: y\r\n")).collect();
    let giant = |size: usize| format!("x: {}\r\n", "y".repeat(size));
    let long_path = head("").replace("paycools/ph", &"p".repeat(15_000));
    for (request, expected) in [
        (head(&many), "431"),
        (head(&giant(20_000)), "431"),
        (head(&giant(1_000_000)), "431"),
        (head(&(0..150).map(|_| "x: y\r\n").collect::<String>()), "431"),
        (long_path, "404"),
    ] {
        let request = format!("{}\r\nconnection: close\r\n\r\n", request.trim_end());
        let mut stream = TcpStream::connect(receiver.public()).await.unwrap();
        // The service may answer and close before everything is sent.
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = timeout(PATIENCE, read_to_end(stream)).await.unwrap();
        let line = answer.lines().next().unwrap_or_default();
        assert!(line.contains(expected) || (line.is_empty() && expected == "431"), "{line}");
    }
    let usual = giant(12_000);
    let body = paycools("R1", &[]);
    let request = format!("{}{body}", head(&format!("{usual}content-length: {}\r\n", body.len())));
    let mut stream = send_raw(receiver.public(), request.as_bytes()).await;
    assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_and_other_traffic_goes_on() {
    let receiver = Setup::usual().await.start();
    let genuine = request(&paycools("R1", &[]));
    let forged = request(&paycools("R1", &[]).replace("10000", "99999"));
    let mut both = format!("{genuine}{forged}").repeat(200);
    both.push_str(&head("connection: close\r\n").replace("/ph", "/nobody"));
    let (mut reading, mut writing) =
        TcpStream::connect(receiver.public()).await.unwrap().into_split();
    let send = async move {
        writing.write_all(both.as_bytes()).await.unwrap();
        writing
    };
    let read = async {
        let mut answers = String::new();
        reading.read_to_string(&mut answers).await.unwrap();
        answers
    };
    let other = async {
        for number in 0..20 {
            let body = eftpay(&format!("E{number}"), &[]);
            assert!(receiver.post("eftpay/hk", &body).await.is_success());
        }
    };
    let (_writing, answers, ()) = tokio::join!(send, read, other);
    let statuses: Vec<&str> =
        answers.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)?.get(..3)).collect();
    assert_eq!(statuses.len(), 401);
    for pair in statuses[..400].chunks(2) {
        assert_eq!(pair, ["200", "401"]);
    }
}
