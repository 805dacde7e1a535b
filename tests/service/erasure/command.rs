//! The command, and what others say of an erased delivery.

use tempfile::TempDir;
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres::{self, store_of};
use testing::program::{Ran, command, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};

struct Scene {
    directory: TempDir,
    database: Database,
}

impl Scene {
    async fn new() -> Self {
        let url = postgres::shared().database().await;
        let directory = open_directory();
        let configuration = format!("{}{ACCOUNTS}", on_database(&url));
        std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
        Self { directory, database: Database::new(&url) }
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(self.directory.path());
        command.args(["--config", "c.toml"]).args(arguments);
        run_command(command).await
    }
}

#[tokio::test]
async fn a_refund_is_erased_by_one_of_its_numbers_and_others_say_so() {
    let scene = Scene::new().await;
    let body = eftpay("R-erase-1", &[("rejectReason", "Canary Person".into())]);
    let record = record(&account(), &body);
    store_of(&scene.database).record(&[&record]).await.unwrap();
    let id = record.received.delivery_id.to_string();

    let erase = ["refunds", "erase", "R-erase-1", "--reason"];
    let ran = scene.run(&[&erase[..], &[" "]].concat()).await;
    assert_eq!(ran.status, 2, "{}", ran.err);
    assert!(ran.err.contains("--reason: expected a text that says why"), "{}", ran.err);
    let ran = scene.run(&["refunds", "erase", "R-none", "--reason", "request 7"]).await;
    assert_ne!(ran.status, 0, "{}", ran.out);
    let ran = scene.run(&[&erase[..], &["request 7"]].concat()).await;
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(
        ran.out,
        "erased hk R-erase-1: the texts of 1 events, and the bodies and headers of 1 deliveries; ids, \
         amounts, times and digests stay\n"
    );

    let shown = scene.run(&["deliveries", "show", &id]).await;
    assert!(shown.out.contains("emptied_at") && !shown.out.contains("Canary"), "{}", shown.out);
    let replayed = scene.run(&["deliveries", "replay", &id]).await;
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    let sentence = "recorded, emptied by retention or an erasure, so there is nothing to judge";
    assert!(replayed.out.contains(sentence), "{}", replayed.out);
    let why = scene.run(&["deliveries", "why", &id]).await;
    assert!(why.out.contains("emptied"), "{}{}", why.out, why.err);
    for command in [&["refunds", "show", "R-erase-1"], &["refunds", "explain", "R-erase-1"]] {
        let ran = scene.run(command).await;
        assert!(ran.status == 0 && !ran.out.contains("Canary"), "{}{}", ran.out, ran.err);
    }
    let audit = scene.run(&["audit", "list"]).await;
    assert!(audit.out.contains("erase") && audit.out.contains("request 7"), "{}", audit.out);
}
