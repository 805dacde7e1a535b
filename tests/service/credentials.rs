//! Tokens and passwords in headers: compared live and at a replay, and never stored or logged.

use nix::sys::signal::Signal;
use refund_inbox::account::Accounts;
use refund_inbox::config::ConfiguredAccount;
use refund_inbox::replay::{Fate, Mode, Replay, Replayed};
use refund_inbox::store::{KeptFilter, StoreError};
use refund_providers::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use refund_providers::contract::{
    Answer, Authentic, Delivery, Explanation, KeyDescription, NotAuthentic, Notice, Outcome,
    Provider, Refusal, Reply, Unreadable,
};
use refund_providers::crypto::Secret;
use refund_providers::kit::credentials;
use serde_json::{Value, json};
use testing::client::{post, try_post};
use testing::database::Database;
use testing::notifications::eftpay;
use testing::postgres::{self, store_of};
use testing::receiver::{ACCOUNTS, NOW, Setup, configuration};
use testing::service::{Service, on_database};

/// A token that must not be seen anywhere.
const TOKEN: &str = "canary-token-8841";

/// Returns every stored row of every table, with the bytes of bodies as text.
async fn rows(database: &Database) -> String {
    let mut all = String::new();
    for table in ["deliveries", "refused_deliveries", "refunds", "refund_events", "replays"] {
        let query = format!("select to_jsonb(t)::text as row from refund_inbox.{table} as t");
        for row in database.rows(&query).await {
            all.push_str(row["row"].as_str().unwrap());
        }
    }
    let bodies = "select encode(body, 'escape') as body from refund_inbox.deliveries
        union all select encode(body, 'escape') from refund_inbox.refused_deliveries";
    for row in database.rows(bodies).await {
        all.push_str(row["body"].as_str().unwrap());
    }
    all
}

#[tokio::test]
async fn no_token_and_no_password_reaches_a_stored_row_a_log_line_or_the_command_line() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let lines = format!("{}[log]\nlevel = \"trace\"\n{ACCOUNTS}", on_database(&url));
    let service = Service::start(&lines).await;
    let (public, _) = service.addresses();
    let to = |route: &str| format!("http://{public}/notify/{route}");
    for name in ["authorization", "Proxy-Authorization", "cookie"] {
        let headers = [(name, TOKEN), ("x-signature", "kept-as-it-is")];
        assert!(post(&to("eftpay/hk"), &headers, eftpay(name, &[])).await.is_success());
        assert_eq!(post(&to("eftpay/hk"), &headers, "{}").await.status, 401);
        let coded = [headers[0], headers[1], ("content-encoding", "gzip")];
        assert_eq!(post(&to("eftpay/hk"), &coded, "{}").await.status, 415);
        let _ = try_post(&to("eftpay/nobody"), &headers, "{}".to_owned()).await;
        let twice = [(name, TOKEN), (name, TOKEN)];
        assert!(post(&to("eftpay/hk"), &twice, eftpay(name, &[])).await.is_success());
    }
    database.until_count("refund_inbox.refused_deliveries", 6).await;
    assert_eq!(database.count("refund_inbox.deliveries").await, 6);

    let stored = rows(&database).await;
    assert!(!stored.contains("canary"), "{stored}");
    assert_eq!(stored.matches("kept-as-it-is").count(), 9);
    assert_eq!(stored.matches("\"sha256\"").count(), 9 + 6);
    let salts = "select count(distinct header #>> '{1,salt}') as salts from (
            select headers from refund_inbox.deliveries
            union all select headers from refund_inbox.refused_deliveries
        ) as all_of_them, jsonb_array_elements(headers) as header";
    assert_eq!(database.row(salts).await["salts"], 12, "each delivery has a salt of its own");

    for row in database.rows("select delivery_id::text as id from refunds_v1.deliveries").await {
        for format in [None, Some("--json")] {
            let mut command = service.command(&["deliveries", "show", row["id"].as_str().unwrap()]);
            let shown = command.args(format).output().unwrap();
            let text = String::from_utf8(shown.stdout).unwrap();
            assert!(shown.status.success() && !text.contains("canary"), "{text}");
            assert!(format.is_some() || text.contains(": [redacted]"), "{text}");
        }
    }
    service.signal(Signal::SIGTERM);
    let (_, lines) = service.end().await;
    assert!(lines.len() > 20, "only {} lines were logged", lines.len());
    let leaks: Vec<&String> = lines.iter().filter(|line| line.contains("canary")).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}

/// An account of Xendit with these tokens.
fn xendit(tokens: &str) -> String {
    format!("\n[accounts.id]\nprovider = \"xendit\"\ncallback_tokens = {tokens}\n")
}

#[tokio::test]
async fn a_callback_token_is_nowhere_to_be_seen_and_is_judged_again_after_it_was_added() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let lines = format!("{}[log]\nlevel = \"trace\"\n", on_database(&url));
    let service = Service::start(&(lines.clone() + &xendit("[\"canary-2\"]"))).await;
    let notify = format!("http://{}/notify/xendit/id", service.addresses().0);
    let send = async |token: &str, refund: &str, status: &str| {
        let body = json!({ "event": "refund.succeeded", "data": {
            "id": refund, "status": status, "amount": 10_000, "currency": "IDR",
        } });
        post(&notify, &[("X-Callback-Token", token)], body.to_string()).await
    };
    let refused = send(TOKEN, "rfd-1", "SUCCEEDED").await;
    assert_eq!((refused.status, refused.body.as_str()), (401, r#"{"status":"invalid token"}"#));
    let stored = send("canary-2", "rfd-2", "SUCCEEDED").await;
    assert_eq!((stored.status, stored.body.as_str()), (200, r#"{"status":"ok"}"#));
    database.until_count("refund_inbox.refused_deliveries", 1).await;

    service.configure(&(lines + &xendit(&json!(["canary-2", TOKEN]).to_string())));
    let run = |arguments: &[&str]| {
        let done = service.command(arguments).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        [done.stdout, done.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let [_, warned] = run(&["check-config"]);
    let warnings: Vec<&str> =
        warned.lines().filter(|line| line.contains("fewer than 16 characters")).collect();
    assert!(matches!(warnings[..], [one] if one.contains("accounts.id: token ")), "{warned}");
    let [replayed, errors] = run(&["deliveries", "replay"]);
    assert_eq!(database.count("refunds_v1.refunds where authenticity = 'bearer'").await, 2);
    let refund = "select status, amount_minor from refunds_v1.refunds
        where merchant_refund_id = 'rfd-1'";
    let refund = database.row(refund).await;
    assert_eq!((&refund["status"], &refund["amount_minor"]), (&json!("succeeded"), &json!(10_000)));

    let all = rows(&database).await;
    assert_eq!(all.matches("\"sha256\"").count(), 3, "{all}");
    service.signal(Signal::SIGTERM);
    let (_, lines) = service.end().await;
    let shown = [all, replayed, errors, warned, lines.join("\n")].concat();
    assert!(!shown.contains("canary"), "{shown}");
}

/// A provider like eftPay that signs nothing and presents a token.
#[derive(Debug)]
struct Bearer(Box<dyn Provider>, Vec<Secret>);

impl Provider for Bearer {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        credentials::require(delivery, "authorization", &self.1)?;
        let proof = credentials::verify_bearer(delivery, "authorization", &self.1)?;
        Ok(Authentic::new(proof, delivery.body))
    }

    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        self.0.explain(delivery)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        self.0.normalize(authentic)
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        self.0.reply(delivery, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::credentials("token", &self.1)
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        self.0.simulate(order)
    }
}

/// Returns the usual accounts with these tokens.
fn with_tokens(tokens: &[&str]) -> Vec<ConfiguredAccount> {
    let tokens: Vec<Secret> = tokens.iter().map(|token| Secret::new(*token).unwrap()).collect();
    let bearer = |account: ConfiguredAccount| {
        let provider = Box::new(Bearer(account.provider, tokens.clone()));
        ConfiguredAccount { provider, ..account }
    };
    configuration(ACCOUNTS).accounts.into_iter().map(bearer).collect()
}

/// Judges everything that is kept again, with these tokens.
async fn replay(database: &Database, tokens: &[&str]) -> Vec<Fate> {
    let recording = configuration("[recording]\ndeadline_ms = 60000").recording;
    let accounts = Accounts::new(with_tokens(tokens));
    let store = store_of(database);
    let (began, mode) = (NOW + time::Duration::days(700), Mode::Apply);
    let replay = Replay { accounts: &accounts, store: &store, recording: &recording, began, mode };
    let mut fates = Vec::new();
    let report = |replayed: Replayed| {
        fates.push(replayed.fate);
        Ok::<(), StoreError>(())
    };
    replay.run(&KeptFilter::default(), None, report).await.unwrap();
    fates
}

#[tokio::test]
async fn a_refused_delivery_is_recorded_after_its_redacted_token_is_configured() {
    let mut live = configuration(ACCOUNTS);
    live.accounts = with_tokens(&["another-token"]);
    let receiver = Setup::usual().await.start_with(live);
    let (database, url) = (&receiver.database, receiver.url("eftpay/hk"));
    let send = async |refund: &str, headers: &[(&str, &str)]| {
        post(&url, headers, eftpay(refund, &[])).await.status
    };
    assert_eq!(send("R1", &[("authorization", TOKEN)]).await, 401);
    assert_eq!(send("R2", &[("authorization", TOKEN), ("authorization", TOKEN)]).await, 401);
    assert_eq!(send("R3", &[]).await, 401);
    assert_eq!(send("R4", &[("authorization", "")]).await, 401);
    assert_eq!(send("R5", &[("authorization", "another-token")]).await, 200);
    database.until_count("refund_inbox.refused_deliveries", 4).await;
    let still = [
        Refusal::CredentialMismatch,
        Refusal::CredentialRepeated,
        Refusal::CredentialMissing,
        Refusal::CredentialMissing,
    ];
    assert_eq!(replay(database, &["a-third-token"]).await, still.map(Fate::Refused));

    let fates = replay(database, &["a-third-token", TOKEN]).await;
    assert!(matches!(&fates[0], Fate::Recorded(new) if new.outcome == Outcome::Recorded));
    assert_eq!(fates[1..], still.map(Fate::Refused)[1..]);
    let refund = "select authenticity, merchant_refund_id from refunds_v1.refunds
        where merchant_refund_id = 'R1'";
    assert_eq!(database.row(refund).await["authenticity"], "bearer");
    // The new delivery has the digest of the old one.
    let digests = "select count(distinct header) as digests, count(*) as headers from (
            select headers from refund_inbox.deliveries where replayed_from is not null
            union all select headers from refund_inbox.refused_deliveries where body_sha256 = (
                select body_sha256 from refund_inbox.deliveries where replayed_from is not null)
        ) as both_of_them, jsonb_array_elements(headers) as header
        where header ->> 0 = 'authorization'";
    assert_eq!(
        database.row(digests).await,
        *json!({ "digests": 1, "headers": 2 }).as_object().unwrap()
    );
    assert!(!rows(database).await.contains("canary"));
}

#[tokio::test]
async fn who_saw_a_stored_delivery_can_not_present_its_redacted_token() {
    let mut live = configuration(ACCOUNTS);
    live.accounts = with_tokens(&[TOKEN]);
    let receiver = Setup::usual().await.start_with(live);
    let (database, url) = (&receiver.database, receiver.url("eftpay/hk"));
    let genuine = post(&url, &[("authorization", TOKEN)], eftpay("R1", &[])).await;
    assert!(genuine.is_success());
    let headers = database.row("select headers from refund_inbox.deliveries").await;
    let headers = headers["headers"].as_array().unwrap();
    let header = headers.iter().find(|header| header[0] == "authorization").unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let imitations = [
        header[1].to_string(),
        header.to_string(),
        word(&header[1]["sha256"]),
        format!("{}{}", word(&header[1]["salt"]), word(&header[1]["sha256"])),
        "[redacted]".to_owned(),
    ];
    for imitation in &imitations {
        let forged = post(&url, &[("authorization", imitation)], eftpay("forged", &[])).await;
        assert_eq!(forged.status, 401, "{imitation}");
    }
    database.until_count("refund_inbox.refused_deliveries", 5).await;
    // Nor does the stored form of such a header become a digest.
    let fates = replay(database, &[TOKEN]).await;
    assert_eq!(fates, [const { Fate::Refused(Refusal::CredentialMismatch) }; 5]);
    assert_eq!(database.count("refunds_v1.refunds").await, 1);
}

#[tokio::test]
async fn a_plain_token_in_a_row_of_an_earlier_version_is_judged_and_is_not_stored_again() {
    let mut live = configuration(ACCOUNTS);
    live.accounts = with_tokens(&["another-token"]);
    let receiver = Setup::usual().await.start_with(live);
    let (database, url) = (&receiver.database, receiver.url("eftpay/hk"));
    assert_eq!(post(&url, &[("authorization", TOKEN)], eftpay("R1", &[])).await.status, 401);
    database.until_count("refund_inbox.refused_deliveries", 1).await;
    let plain = json!([["authorization", TOKEN]]);
    let earlier = format!("update refund_inbox.refused_deliveries set headers = '{plain}'");
    database.execute(&earlier).await;
    let fates = replay(database, &[TOKEN]).await;
    assert!(matches!(&fates[..], [Fate::Recorded(_)]), "{fates:?}");
    let kept = database.row("select headers from refund_inbox.refused_deliveries").await;
    assert_eq!(kept["headers"], plain);
    let new = database.row("select headers::text as headers from refund_inbox.deliveries").await;
    assert!(!new["headers"].as_str().unwrap().contains("canary"), "{new:?}");
}
