//! Rotation of keys: the program reloads its accounts at SIGHUP, and no sender notices.

pub(crate) mod expiry;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Map, Value, json};
use testing::client::{post, read_to_end, send_raw};
use testing::database::Database;
use testing::metrics;
use testing::notifications::{SECRET, eftpay, paycools, sign_eftpay};
use testing::postgres::{self, Databases};
use testing::program::run_command;
use testing::service::Service;
use testing::waiting::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What a reload that succeeded is logged as.
pub(crate) const RELOADED: &str = "configuration reloaded";

/// What a reload that failed is logged as.
pub(crate) const NOT_RELOADED: &str = "configuration not reloaded";

/// How often the long test reloads.
const RELOADS: usize = 100;

/// Settings on a database, patient enough for a busy machine.
pub(crate) fn patient(url: &str) -> String {
    format!(
        "[database]\nurl = {}\nacquire_timeout_ms = 60000\nstatement_timeout_ms = 60000\n\
         [recording]\ndeadline_ms = 60000\n",
        json!(url)
    )
}

async fn settings() -> (String, Database) {
    let url = postgres::shared().database().await;
    (patient(&url), Database::new(&url))
}

/// An eftPay account with these secrets.
pub(crate) fn account(name: &str, secrets: &str) -> String {
    format!(
        "[accounts.{name}]\nprovider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\n\
         secrets = {secrets}\n"
    )
}

/// An eftPay refund, signed with this secret.
pub(crate) fn signed(secret: &str, refund_no: &str) -> String {
    let body: Map<String, Value> = serde_json::from_str(&eftpay(refund_no, &[])).unwrap();
    sign_eftpay(body.into_iter().filter(|(name, _)| name != "sign").collect(), secret)
}

/// Sends SIGHUP and waits for what comes of it.
async fn reload(service: &Service, expected: &str) {
    let before = service.times_said(expected);
    service.signal(Signal::SIGHUP);
    eventually(expected, async || service.times_said(expected) > before).await;
}

/// The value of a metric, if it is shown.
async fn metric(service: &Service, series: &str) -> Option<f64> {
    let (_, operator) = service.addresses();
    metrics::metric(operator, series).await
}

/// What `check-config` says of the program's configuration now: exit status, lines, lines of errors.
async fn check_config(service: &Service, arguments: &[&str]) -> (i32, String, Vec<String>) {
    let arguments = [&["check-config"], arguments].concat();
    let ran = run_command(service.command(&arguments)).await;
    let lines = ran.err.lines().map(|line| line.strip_prefix("refund-inbox: ").unwrap().to_owned());
    (ran.status, ran.out, lines.collect())
}

/// The fingerprints of an account's keys, as `check-config` shows them.
async fn shown_keys(service: &Service, account: &str) -> Vec<String> {
    let (_, out, _) = check_config(service, &["--json"]).await;
    let shown: Value = serde_json::from_str(&out).unwrap();
    let keys = shown["keys"][account].as_array().unwrap().iter();
    keys.map(|key| key["key_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn hazard_29_a_rotation_by_reload_refuses_neither_key_before_the_old_one_is_removed() {
    let (settings, database) = settings().await;
    let with = |secrets: &str| settings.clone() + &account("hk", secrets);
    let service = Service::start(&with(r#"["old"]"#)).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    let status = async |secret: &str, refund_no: &str| {
        post(&url, &[], signed(secret, refund_no)).await.status
    };
    assert_eq!([status("old", "R1").await, status("new", "R2").await], [200, 401]);
    let [old] = shown_keys(&service, "hk").await.try_into().unwrap();

    service.configure(&with(r#"["new", "old"]"#));
    reload(&service, RELOADED).await;
    assert_eq!([status("old", "R3").await, status("new", "R4").await], [200, 200]);
    let [new, second] = shown_keys(&service, "hk").await.try_into().unwrap();
    assert_eq!(second, old);
    let line = service.says("account changed").await;
    let found =
        ["account", "settings", "keys_added", "keys_removed"].map(|name| line[name].clone());
    assert_eq!(found, [json!("hk"), json!("secrets"), json!(new), json!("")]);
    // "Is the old key still used" is one query, by the name that check-config shows.
    let used = "select key_id, count(*) as times from refunds_v1.deliveries
                where account = 'hk' and key_id is not null group by key_id order by times desc";
    let used = database.rows(used).await;
    assert_eq!(used.len(), 2, "{used:?}");
    assert_eq!([&used[0]["key_id"], &used[1]["key_id"]], [&json!(old), &json!(new)]);

    service.configure(&with(r#"["new"]"#));
    reload(&service, RELOADED).await;
    assert_eq!([status("old", "R5").await, status("new", "R6").await], [401, 200]);
    let lines = service.said();
    let last = lines.iter().rfind(|line| line.contains("account changed")).unwrap();
    assert!(last.contains(&format!("\"keys_removed\":\"{old}\"")), "{last}");
    assert!(!lines.iter().any(|line| line.contains("[\"new\"") || line.contains("\"old\"")));
}

/// Senders of one notification after the other, on connections that are kept: a reload breaks none.
struct Load {
    senders: JoinSet<()>,
    acknowledged: Arc<AtomicUsize>,
    has_ended: Arc<AtomicBool>,
}

impl Load {
    /// Starts five senders with the right secret, who must all be acknowledged, and one without.
    fn begin(url: &str) -> Self {
        let (acknowledged, has_ended) = (Arc::default(), Arc::default());
        let mut load = Self { senders: JoinSet::new(), acknowledged, has_ended };
        for sender in 0..6 {
            let (url, has_ended) = (url.to_owned(), Arc::clone(&load.has_ended));
            let acknowledged = Arc::clone(&load.acknowledged);
            let (secret, expected) = if sender < 5 { (SECRET, 200) } else { ("nobody's", 401) };
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            load.senders.spawn(async move {
                for number in 0.. {
                    let body = signed(secret, &format!("R{sender}-{number}"));
                    let answer = client.post(&url).body(body).send().await.unwrap();
                    assert_eq!(answer.status(), expected, "number {number} of sender {sender}");
                    if expected == 200 {
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                    if has_ended.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        load
    }

    /// Waits until more were acknowledged.
    async fn goes_on(&mut self) {
        let enough = self.acknowledged.load(Ordering::Relaxed) + 5;
        eventually("the load to go on", async || {
            assert!(self.senders.try_join_next().is_none(), "a sender has ended");
            self.acknowledged.load(Ordering::Relaxed) >= enough
        })
        .await;
    }

    /// Ends it; returns how many notifications were acknowledged.
    async fn end(self) -> usize {
        self.has_ended.store(true, Ordering::Relaxed);
        self.senders.join_all().await;
        self.acknowledged.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn hazard_29_a_hundred_reloads_under_load_drop_refuse_and_misjudge_nothing() {
    let (settings, database) = settings().await;
    let quiet = "[log]\nlevel = \"info,refund_inbox::telemetry::deliveries=off\"\n";
    let with =
        |secrets: &str, more: &str| format!("{settings}{quiet}{}{more}", account("hk", secrets));
    let in_both = [
        with(&format!("[\"{SECRET}\", \"one\"]"), ""),
        with(&format!("[\"two\", \"{SECRET}\"]"), &account("tw", "[\"three\"]")),
    ];
    let broken = with("[\"\"]", "");
    let service = Service::start(&in_both[0]).await;
    let (public, _) = service.addresses();

    let mut load = Load::begin(&format!("http://{public}/notify/eftpay/hk"));
    for number in 0..RELOADS {
        if number % 10 == 5 {
            service.configure(&broken);
            reload(&service, NOT_RELOADED).await;
        }
        service.configure(&in_both[(number + 1) % 2]);
        reload(&service, RELOADED).await;
        load.goes_on().await;
    }
    let acknowledged = load.end().await;
    let stored = database.count("refunds_v1.refunds").await;
    assert_eq!(usize::try_from(stored).unwrap(), acknowledged, "each is stored once");
    let keys = database.rows(
        "select key_id, count(*) as times from refunds_v1.deliveries
         where key_id is not null group by key_id",
    );
    let keys = keys.await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert_eq!(keys[0]["times"], json!(acknowledged));
    let counted = async |result: &str| {
        metric(&service, &format!("refund_inbox_config_reloads_total{{result=\"{result}\"}}")).await
    };
    assert_eq!(counted("ok").await, Some(100.0));
    assert_eq!(counted("failed").await, Some(10.0));
}

#[tokio::test]
async fn a_request_in_progress_finishes_with_the_account_it_began_with() {
    let (settings, _) = settings().await;
    let service = Service::start(&(settings.clone() + &account("hk", "[\"old\"]"))).await;
    let (public, _) = service.addresses();
    let body = signed("old", "R1");
    let head = format!(
        "POST /notify/eftpay/hk HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let begun = async || {
        let mut stream: TcpStream = send_raw(public, head.as_bytes()).await;
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n", "the account is found");
        stream
    };
    let (with_old_key, with_old_account) = (begun().await, begun().await);

    service.configure(&(settings.clone() + &account("hk", "[\"new\"]")));
    reload(&service, RELOADED).await;
    let finish = async |mut stream: TcpStream| {
        stream.write_all(body.as_bytes()).await.unwrap();
        read_to_end(stream).await
    };
    let answer = finish(with_old_key).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let url = format!("http://{public}/notify/eftpay/hk");
    assert_eq!(post(&url, &[], body.clone()).await.status, 401, "a new request sees the new key");

    service.configure(&settings);
    reload(&service, RELOADED).await;
    let answer = finish(with_old_account).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(post(&url, &[], body.clone()).await.status, 404, "a new request finds none");
}

#[tokio::test]
async fn a_wrong_configuration_changes_nothing_and_is_reported_as_check_config_reports_it() {
    const SUCCESSFUL: &str = "refund_inbox_config_last_reload_successful";
    const AT: &str = "refund_inbox_config_last_reload_success_timestamp_seconds";
    let (settings, _) = settings().await;
    let right = settings.clone() + &account("hk", &format!("[\"{SECRET}\"]"));
    let service = Service::start(&right).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    assert_eq!(metric(&service, SUCCESSFUL).await, Some(1.0));
    let begun = metric(&service, AT).await.unwrap();
    assert!(begun > 1.7e9, "{begun}");

    let two_mistakes = format!(
        "{right}{}canary = \"canary-secret\"\n{}",
        account("a", "[\"canary-secret\"]"),
        account("b", "[\"\"]")
    );
    let cut_off = &right[..right.len() - 3];
    let of_a_file = format!("{right}{}secrets_file = \"absent\"\n", account("c", "[\"x\"]"));
    for (number, wrong) in (1..).zip([two_mistakes.as_str(), cut_off, &of_a_file]) {
        service.configure(wrong);
        reload(&service, NOT_RELOADED).await;
        let (status, _, lines) = check_config(&service, &[]).await;
        assert_eq!(status, 2, "{lines:?}");
        let said = service.said();
        let logged = said.iter().rfind(|line| line.contains(NOT_RELOADED)).unwrap();
        let logged: Value = serde_json::from_str(logged).unwrap();
        assert_eq!(logged["level"], "ERROR");
        assert_eq!(logged["error"], lines.join("; "));
        assert_eq!(service.times_said(NOT_RELOADED), number, "one line each");
        assert_eq!(metric(&service, SUCCESSFUL).await, Some(0.0));
        let failed = metric(&service, "refund_inbox_config_reloads_total{result=\"failed\"}").await;
        assert_eq!(failed, Some(number as f64));
        assert_eq!(metric(&service, AT).await, Some(begun), "that of the accounts in force");
        assert!(post(&url, &[], eftpay(&format!("R{number}"), &[])).await.is_success());
    }
    service.configure(&right);
    reload(&service, RELOADED).await;
    assert_eq!(metric(&service, SUCCESSFUL).await, Some(1.0));
    assert!(metric(&service, AT).await.unwrap() >= begun);
    assert!(!service.said().iter().any(|line| line.contains("canary-secret")));
}

#[tokio::test]
async fn accounts_are_added_and_removed_and_one_warning_names_settings_that_need_a_restart() {
    let (settings, _) = settings().await;
    let paycools_account = "[accounts.ph]\nprovider = \"paycools\"\nvariant = \"flat\"\n\
                            currency = \"PHP\"\nsecrets = [\"testsignkey1234\"]\n";
    let secret = format!("[\"{SECRET}\"]");
    let service = Service::start(&(settings.clone() + &account("hk", &secret))).await;
    let (public, _) = service.addresses();
    let status = async |route: &str, body: String| {
        post(&format!("http://{public}/notify/{route}"), &[], body).await.status
    };
    assert_eq!(status("eftpay/hk", eftpay("R1", &[])).await, 200);
    assert_eq!(status("paycools/ph", paycools("R2", &[])).await, 404);

    let changed =
        settings.replace("deadline_ms = 60000", "deadline_ms = 59000\ngroup_deliveries = 7");
    let changed = changed.replacen("postgres://", "postgresql://", 1);
    service.configure(&format!("drain_seconds = 1\n{changed}{paycools_account}"));
    reload(&service, RELOADED).await;
    assert_eq!(status("eftpay/hk", eftpay("R1", &[])).await, 404);
    assert_eq!(status("paycools/ph", paycools("R2", &[])).await, 200);
    assert_eq!(service.says("account added").await["account"], "ph");
    let removed = service.says("account removed").await;
    assert_eq!([&removed["account"], &removed["level"]], [&json!("hk"), &json!("WARN")]);
    assert_eq!(service.times_said("need a restart"), 1);
    assert_eq!(
        service.says("need a restart").await["settings"],
        "database.url, http.drain_seconds, recording.deadline_ms, recording.group_deliveries"
    );

    service.configure(&settings);
    reload(&service, RELOADED).await;
    assert_eq!(service.times_said("need a restart"), 1, "they are as they are in force");
    service.says("no accounts are configured").await;
    assert_eq!(status("paycools/ph", paycools("R2", &[])).await, 404);
}

#[tokio::test]
async fn sighup_during_the_start_takes_effect_when_serving_begins() {
    let server = Databases::start("hangup").await;
    let settings = patient(&server.database().await);
    server.postgres.stop().await;
    let service = Service::launch(&(settings.clone() + &account("hk", "[\"old\"]")));
    service.says("waiting for the database").await;
    service.configure(&(settings + &account("hk", "[\"new\"]")));
    service.signal(Signal::SIGHUP);
    server.postgres.start_again().await;
    let (public, _) = service.serves().await;
    service.says(RELOADED).await;
    let url = format!("http://{public}/notify/eftpay/hk");
    assert_eq!(post(&url, &[], signed("new", "R1")).await.status, 200);
    assert_eq!(post(&url, &[], signed("old", "R2")).await.status, 401);
}

#[tokio::test]
async fn sighup_while_it_drains_does_nothing() {
    let (settings, database) = settings().await;
    let service = Service::start(&(settings.clone() + &account("hk", "[\"old\"]"))).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    let held = database.hold_commits().await;
    let in_hand = tokio::spawn(async move { post(&url, &[], signed("old", "R1")).await });
    database.until_a_commit_is_held().await;
    service.signal(Signal::SIGTERM);
    service.says("draining").await;
    service.configure(&settings);
    for _ in 0..3 {
        service.signal(Signal::SIGHUP);
    }
    held.release().await;
    assert!(in_hand.await.unwrap().is_success());
    let (status, lines) =
        tokio::time::timeout(Duration::from_secs(60), service.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains(RELOADED)), "{lines:?}");
    assert_eq!(database.count("refunds_v1.refunds").await, 1);
}
