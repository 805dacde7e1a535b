//! `status`, `refunds resolve`, `deliveries dismiss` and `audit list`: each row appears, goes away when
//! a person has looked, and comes back with something newer.

use nix::sys::signal::Signal;
use serde_json::Value;
use tempfile::TempDir;
use testing::client::post;
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres::{self, store_of};
use testing::program::{Ran, command, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{Service, on_database, open_directory, usual};
use testing::waiting::eventually;

use crate::rotation::expiry::ENDED;

struct Scene {
    directory: TempDir,
    database: Database,
}

async fn scene() -> Scene {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    // The commands read the clock of the system.
    let partitions = "select refund_inbox.create_delivery_partitions(
        (now() - interval '2 months')::date, 6)";
    database.execute(partitions).await;
    let alarm = ACCOUNTS.replace("[accounts.ph]", "pending_alarm = \"3d\"\n[accounts.ph]");
    let quarantine = "[quarantine]\ndeliveries_per_account = 5\n";
    let directory = open_directory();
    let configuration = format!("{}{quarantine}{alarm}", on_database(&url));
    std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
    Scene { directory, database }
}

impl Scene {
    async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(self.directory.path());
        command.args(["--config", "c.toml"]).args(arguments);
        run_command(command).await
    }

    async fn done(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        assert_eq!(ran.status, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    /// Returns the rows of `status`, whose exit status must fit.
    async fn status(&self) -> Vec<Value> {
        let ran = self.run(&["status", "--json"]).await;
        let rows: Vec<Value> =
            ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(ran.status, if rows.is_empty() { 0 } else { 3 }, "{}{}", ran.out, ran.err);
        assert_eq!(ran.err, "");
        rows
    }

    async fn kinds(&self) -> Vec<String> {
        let rows = self.status().await;
        rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Runs the command that the first row of this kind names.
    async fn next(&self, kind: &str) -> String {
        let rows = self.status().await;
        let row = rows.iter().find(|row| row["kind"] == kind).unwrap();
        let next = row["next"].as_str().unwrap().strip_prefix("refund-inbox ").unwrap();
        self.done(&next.split(' ').collect::<Vec<_>>()).await
    }

    async fn deliver(&self, verdict: &str, reason: &str, at: &str) {
        let (table, columns, values) = match verdict {
            "refused" => ("refused_deliveries", "kept_bytes", "10".to_owned()),
            _ => ("deliveries", "verdict", format!("'{verdict}'")),
        };
        let statement = format!(
            "insert into refund_inbox.{table} (delivery_id, received_at, provider, account, reason,
                 path_and_query, headers, body, body_sha256, body_bytes, response_status,
                 response_body, {columns})
             values (gen_random_uuid(), {at}, 'eftpay', 'hk', '{reason}', '/', '[]', '', '', 0, 200,
                 '', {values})"
        );
        self.database.execute(&statement).await;
    }

    async fn record(&self, refund: &str, word: &str) {
        let body = eftpay(refund, &[("trade_status", word.into())]);
        store_of(&self.database).record(&[&record(&account(), &body)]).await.unwrap();
    }
}

#[tokio::test]
async fn kept_deliveries_wait_until_a_person_dismisses_them_and_newer_ones_wait_again() {
    let scene = scene().await;
    assert!(scene.status().await.is_empty());
    assert_eq!(scene.done(&["status"]).await, "nothing waits\n");
    let hour = "now() - interval '1 hour'";
    scene.deliver("unreadable", "missing_field:refund_no", hour).await;
    scene.deliver("unreadable", "undecryptable", hour).await;
    scene.deliver("refused", "signature_mismatch", hour).await;
    scene.deliver("refused", "signature_mismatch", "now()").await;
    scene.deliver("refused", "signature_probe", "now()").await;
    assert_eq!(scene.kinds().await, ["unreadable", "undecryptable", "refused"]);
    let rows = scene.status().await;
    assert_eq!((&rows[2]["account"], &rows[2]["count"]), (&"hk".into(), &2.into()));
    assert_eq!(rows[2]["reason"], "signature_mismatch");
    for kind in ["unreadable", "undecryptable", "refused"] {
        assert!(scene.next(kind).await.lines().count() > 1, "{kind}");
    }
    let dismiss = ["deliveries", "dismiss", "--account", "hk", "--note", "all is well"];
    assert_eq!(scene.done(&dismiss).await, "dismissed 5 deliveries\n");
    assert!(scene.status().await.is_empty());
    assert!(scene.done(&dismiss).await.starts_with("nothing to dismiss"));
    scene.deliver("refused", "signature_mismatch", "now()").await;
    let newest = scene.status().await;
    assert_eq!((&newest[0]["kind"], &newest[0]["count"]), (&"refused".into(), &1.into()));
    let listed = scene.done(&["deliveries", "list", "--waiting", "--json"]).await;
    let listed: Value = serde_json::from_str(listed.trim()).unwrap();
    let beginning = &listed["delivery_id"].as_str().unwrap()[..13];
    let one = ["deliveries", "dismiss", beginning, "--note", "mine"];
    assert_eq!(scene.done(&one).await, "dismissed 1 delivery\n");
    assert!(scene.status().await.is_empty());
    let audit = scene.done(&["audit", "list", "--json"]).await;
    assert_eq!(audit.lines().count(), 2, "{audit}");
    assert!(audit.contains("\"action\":\"dismiss\"") && audit.contains("\"detail\":\"mine\""));
}

#[tokio::test]
async fn refunds_wait_until_a_person_resolves_them_and_a_newer_event_reopens_them() {
    let scene = scene().await;
    scene.record("R1", "TRADE_REFUND").await;
    assert!(scene.status().await.is_empty());
    scene.record("R1", "TRADE_FAIL").await;
    scene.record("R2", "invented").await;
    scene.record("R3", "TRADE_PROCESSING").await;
    let long_ago = "update refund_inbox.refunds set first_received_at = now() - interval '4 days'
        where merchant_refund_id = 'R3'";
    scene.database.execute(long_ago).await;
    assert_eq!(scene.kinds().await, ["conflicting", "unknown_status", "pending"]);
    let row = &scene.status().await[0];
    assert_eq!((&row["amount_minor"], &row["currency"]), (&8850.into(), &"HKD".into()));
    for (kind, refund) in [("conflicting", "R1"), ("unknown_status", "R2"), ("pending", "R3")] {
        assert!(scene.next(kind).await.contains(refund), "{kind}");
        scene.done(&["refunds", "resolve", refund, "--note", "asked the bank"]).await;
    }
    assert!(scene.status().await.is_empty());
    // A repeat is nothing new.
    scene.record("R1", "TRADE_FAIL").await;
    assert!(scene.status().await.is_empty());
    scene.record("R1", "TRADE_PROCESSING").await;
    assert_eq!(scene.kinds().await, ["conflicting"]);
    let audit = scene.done(&["audit", "list"]).await;
    assert_eq!(audit.matches("asked the bank").count(), 3, "{audit}");
    let changed = "update refund_inbox.audit set who = 'nobody'";
    let mut connection = scene.database.connect().await;
    assert!(sqlx::raw_sql(changed).execute(&mut connection).await.is_err());
}

#[tokio::test]
async fn an_account_that_is_silent_or_only_refuses_waits() {
    let scene = scene().await;
    let week = "now() - interval '7 days 2 hours'";
    for _ in 0..9 {
        scene.deliver("ignored", "payment", week).await;
    }
    assert!(scene.status().await.is_empty(), "nine are not usual");
    scene.deliver("ignored", "payment", "now() - interval '14 days 1 hour'").await;
    assert_eq!(scene.kinds().await, ["silent"]);
    for _ in 0..3 {
        scene.deliver("refused", "stale", "now() - interval '1 hour'").await;
    }
    assert_eq!(scene.kinds().await, ["refused", "silent", "only_refused"]);
    scene.deliver("ignored", "payment", "now() - interval '1 minute'").await;
    assert_eq!(scene.kinds().await, ["refused"], "something was accepted");
}

#[tokio::test]
async fn a_full_quarantine_and_rows_outside_of_months_wait() {
    let scene = scene().await;
    let usage = "insert into refund_inbox.quarantine_usage (account, deliveries, bytes)
        values ('hk', 5, 100)";
    scene.database.execute(usage).await;
    scene.deliver("ignored", "payment", "'2001-01-01'").await;
    assert_eq!(scene.kinds().await, ["quarantine_full", "default_partition"]);
    scene.database.execute("delete from refund_inbox.quarantine_usage").await;
    scene.database.execute("delete from refund_inbox.deliveries_default").await;
    assert!(scene.status().await.is_empty());
}

#[tokio::test]
async fn look_ups_create_no_database_and_name_a_server_that_does_not_answer() {
    let directory = open_directory();
    for line in ["refunds list", "deliveries list", "status", "feed --after 0", "audit list"] {
        let mut command = command(directory.path());
        command.args(line.split(' '));
        let ran = run_command(command).await;
        assert_eq!(ran.status, 2, "{line}: {}", ran.err);
        assert!(ran.err.starts_with("refund-inbox: no database: expected --config"), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{line}: {}", ran.err);
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "nothing was created");
    let url = "postgres://nobody@127.0.0.1:1/x";
    std::fs::write(directory.path().join("c.toml"), on_database(url)).unwrap();
    let mut command = command(directory.path());
    command.args(["--config", "c.toml", "refunds", "list"]);
    let ran = run_command(command).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("127.0.0.1:1") && ran.err.contains("refused"), "{}", ran.err);
}

#[tokio::test]
async fn a_key_whose_certificate_expires_soon_waits_until_it_is_replaced() {
    let scene = scene().await;
    let file = scene.directory.path().join("c.toml");
    let configuration = std::fs::read_to_string(&file).unwrap();
    let keys = format!("public_keys = [{{ id = \"1\", pem = {ENDED:?} }}]\n");
    let account = "[accounts.global]\nprovider = \"antom\"\nclient_id = \"C\"\n";
    std::fs::write(&file, format!("{configuration}{account}{keys}")).unwrap();
    assert_eq!(scene.kinds().await, ["key_expires"]);
    let row = &scene.status().await[0];
    assert_eq!(
        (&row["account"], &row["oldest"]),
        (&"global".into(), &"2020-02-01T00:00:00Z".into())
    );
    std::fs::write(&file, configuration).unwrap();
    assert!(scene.status().await.is_empty());
}

#[tokio::test]
async fn refusals_since_a_reload_name_it() {
    let (configuration, database) = usual().await;
    let with = |secret: &str| configuration.replace("testsignkey1234", secret);
    let service = Service::start(&configuration).await;
    let url = format!("http://{}/notify/eftpay/hk", service.addresses().0);
    assert_eq!(post(&url, &[], eftpay("R1", &[])).await.status, 200);
    let note = async || {
        let ran = run_command(service.command(&["status", "--json"])).await;
        let row: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
        assert_eq!(row["kind"], "refused", "{row}");
        row["note"].as_str().unwrap().to_owned()
    };
    service.configure(&with("anothersecret99"));
    service.signal(Signal::SIGHUP);
    let noted =
        "select at, detail from refund_inbox.audit where action = 'reload' and subject = 'hk'";
    eventually("the reload to be noted", async || !database.rows(noted).await.is_empty()).await;
    let reload = database.row(noted).await;
    assert_eq!(reload["detail"], "changed: secrets");
    for refund in ["R2", "R3"] {
        assert_eq!(post(&url, &[], eftpay(refund, &[])).await.status, 401);
    }
    let kept = "select count(*) from refund_inbox.refused_deliveries";
    eventually("two refusals", async || database.rows(kept).await[0]["count"] == 2).await;
    let at = reload["at"].as_str().unwrap();
    let expected = format!("all since the reload at {}", &at[..19]);
    assert!(note().await.starts_with(&expected), "{} {expected}", note().await);
    // What is refused by a key that fits again no longer follows from the reload.
    service.configure(&configuration);
    service.signal(Signal::SIGHUP);
    eventually("the second reload", async || database.rows(noted).await.len() == 2).await;
    assert_eq!(post(&url, &[], eftpay("R4", &[])).await.status, 200);
    assert_eq!(note().await, "other deliveries were accepted meanwhile");
    let (status, _) = {
        service.signal(Signal::SIGTERM);
        service.end().await
    };
    assert_eq!(status, Some(0));
}

#[tokio::test]
async fn a_refund_that_needs_attention_for_another_reason_waits_until_it_is_resolved() {
    let scene = scene().await;
    let body = eftpay("R9", &[("return_amount", "many".into())]);
    store_of(&scene.database).record(&[&record(&account(), &body)]).await.unwrap();
    assert_eq!(scene.kinds().await, ["attention"]);
    assert!(scene.next("attention").await.contains("R9"));
    scene.done(&["refunds", "resolve", "R9", "--note", "88.50, says the bank"]).await;
    assert!(scene.status().await.is_empty());
}
