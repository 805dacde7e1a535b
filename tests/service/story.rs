//! The whole story of a refund: found by any of its numbers, with every delivery and our answer, and as
//! an archive whose digests `sha256sum` checks.

use std::process::Command;

use refund_inbox::store::{ListQuery, Listed};
use serde_json::{Value, json};
use testing::client::post;
use testing::database::Database;
use testing::many;
use testing::notifications::{eftpay, paycools};
use testing::postgres::{self, store_of};
use testing::program::{Ran, run, run_command};
use testing::service::{Service, usual};

/// A service that received a pending refund, its success twice, and a forgery of it.
async fn scene() -> Service {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    let pending = eftpay("refund-77", &[("trade_status", json!("TRADE_PROCESSING"))]);
    let succeeded = eftpay("refund-77", &[]);
    let forged = eftpay("refund-77", &[]).replace("88.50", "99.50");
    for body in [pending, succeeded.clone(), succeeded, forged] {
        post(&url, &[], body).await;
    }
    database.until_count("refund_inbox.refused_deliveries", 1).await;
    service
}

async fn shown(service: &Service, arguments: &[&str]) -> Ran {
    let arguments = [&["refunds", "show"], arguments].concat();
    run_command(service.command(&arguments)).await
}

#[tokio::test]
async fn a_refund_is_shown_with_all_that_happened_by_any_of_its_numbers() {
    let service = scene().await;
    let by_number = shown(&service, &["refund-77"]).await;
    assert_eq!(by_number.status, 0, "{}", by_number.err);
    let head = "88.50 HKD, refund refund-77 of hk (eftpay): succeeded\n";
    assert!(by_number.out.starts_with(head), "{}", by_number.out);
    let in_order = ["recorded", "pending", "recorded", "succeeded", "duplicate", "refused"];
    let mut rest = by_number.out.split_once("our answer").unwrap().1;
    for word in in_order {
        rest = rest.split_once(word).unwrap_or_else(|| panic!("{word}: {}", by_number.out)).1;
    }
    for words in ["{\"return_code\":\"success", " ms", "signature_mismatch"] {
        assert!(by_number.out.contains(words), "{words}: {}", by_number.out);
    }
    let json = shown(&service, &["refund-77", "--json"]).await;
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["story"]["events"].as_array().unwrap().len(), 2);
    assert_eq!(json["story"]["deliveries"].as_array().unwrap().len(), 4);
    let id = json["refund_id"].as_str().unwrap();
    for number in [id, &id[..13], "order-1", "4200000994202001206533192063"] {
        let found = shown(&service, &[number]).await;
        assert_eq!(found.out, by_number.out, "{number}: {}", found.err);
    }
    for (number, expected) in [("refund-78", "no refund has the number"), ("ffffff", "no refund")] {
        let missing = shown(&service, &[number]).await;
        assert_eq!(missing.status, 1, "{}", missing.out);
        assert!(missing.err.contains(expected), "{}", missing.err);
    }
}

#[tokio::test]
async fn every_number_of_a_refund_finds_it_and_each_flag_has_its_sentence() {
    let (configuration, _) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let larger = eftpay("refund-88", &[("return_amount", json!("1288.50"))]);
    post(&format!("http://{public}/notify/eftpay/hk"), &[], larger).await;
    post(&format!("http://{public}/notify/paycools/ph"), &[], paycools("refund-99", &[])).await;
    let found = shown(&service, &["refund-88"]).await;
    let sentence = "amount_exceeds_order: The refund is larger than its order.";
    assert!(found.out.contains(sentence), "{}", found.out);
    assert!(found.out.starts_with("1288.50 HKD, refund refund-88"), "{}", found.out);
    // The merchant's number, the provider's, and the payment.
    for number in ["refund-99", "C4X20220428011068485", "R2022042801106815674"] {
        let found = shown(&service, &[number]).await;
        let head = "100.00 PHP, refund refund-99 of ph (paycools): succeeded\n";
        assert!(found.out.starts_with(head), "{number}: {}{}", found.out, found.err);
    }
}

#[tokio::test]
async fn the_evidence_is_an_archive_whose_digests_agree_and_is_noted_in_the_audit() {
    let service = scene().await;
    let written = shown(&service, &["refund-77", "--evidence", "e.zip"]).await;
    assert_eq!(written.status, 0, "{}", written.err);
    let python = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    let mut unpack = Command::new("python3");
    unpack.args(["-c", python, "e.zip", "unpacked"]).current_dir(service.directory());
    assert_eq!(run_command(unpack).await.status, 0);
    let unpacked = service.directory().join("unpacked");
    let mut check = Command::new("sha256sum");
    check.args(["--strict", "-c", "MANIFEST.sha256"]).current_dir(&unpacked);
    let checked = run_command(check).await;
    assert_eq!(checked.status, 0, "{}{}", checked.out, checked.err);
    assert_eq!(checked.out.matches(": OK").count(), 13, "{}", checked.out);
    let folders = std::fs::read_dir(unpacked.join("deliveries")).unwrap();
    let bodies =
        folders.map(|entry| std::fs::read_to_string(entry.unwrap().path().join("body")).unwrap());
    assert!(bodies.filter(|body| body.contains("refund-77")).count() == 4);
    let again = shown(&service, &["refund-77", "--evidence", "e.zip"]).await;
    assert_eq!(again.status, 1, "an existing file is not replaced");
    let audit = run_command(service.command(&["audit", "list", "--json"])).await;
    assert!(audit.out.contains("\"action\":\"export\""), "{}", audit.out);
}

#[tokio::test]
async fn control_characters_of_a_provider_never_reach_the_terminal() {
    let (configuration, _) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}b\rc";
    let body = eftpay("R-hostile", &[("rejectReason", json!(hostile)), ("wallet", json!(hostile))]);
    post(&format!("http://{public}/notify/eftpay/hk"), &[], body).await;
    for line in [
        "refunds list --columns reason,channel,merchant_refund_id",
        "refunds list --csv",
        "refunds list --json",
        "refunds show R-hostile",
        "refunds show R-hostile --json",
        "refunds explain R-hostile",
        "deliveries list",
        "status",
    ] {
        let ran = run_command(service.command(&line.split(' ').collect::<Vec<_>>())).await;
        let is_control = |character: char| {
            character.is_control() && !['\n', '\r'].contains(&character) || character == '\u{202e}'
        };
        assert!(!ran.out.contains(is_control), "{line}: {:?}", ran.out);
        assert!(!ran.out.replace("\r\n", "").contains('\r'), "{line}: {:?}", ran.out);
    }
    let directory = service.directory();
    let ran = run(directory, &["refunds", "show", "\u{1b}[31m", "--zone", "\u{1b}"]).await;
    assert_eq!(ran.status, 2);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[tokio::test]
async fn the_stories_of_several_refunds_are_those_of_each() {
    let database = Database::new(&postgres::shared().database().await);
    many::write(&database, 60).await;
    let store = store_of(&database);
    let refunds = store.list(&ListQuery::newest(Listed::Refunds, 100)).await.unwrap().rows;
    assert_eq!(refunds.len(), 60);
    let stories = store.stories(&refunds).await.unwrap();
    assert_eq!(stories.len(), 60);
    for (refund, story) in refunds.iter().zip(&stories) {
        let events = usize::try_from(refund.integer("event_count").unwrap()).unwrap();
        assert_eq!(story.events.len(), events);
        assert!(story.deliveries.len() >= 3 * events, "{story:?}");
        let alone = store.story(refund).await.unwrap();
        assert_eq!(format!("{story:?}"), format!("{alone:?}"));
    }
}
