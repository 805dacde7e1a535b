//! Each cause at each provider, from the notifications that the providers' simulations make: they are
//! sent to a real receiver, changed on the way or signed with another key, and diagnosed.

use std::collections::BTreeMap;

use refund_inbox::config::{Configuration, ConfiguredAccount};
use refund_inbox::diagnosis::{Case, Diagnosis, diagnose, removed_keys};
use refund_inbox::store::{DeliveryDetail, Store};
use refund_providers::contract::simulation::{Scenario, Simulated};
use testing::client::{post, read_to_end, send_raw};
use testing::database::Database;
use testing::postgres::{self, store_of};
use testing::receiver::{NOW, Receiver, Setup, configuration};

use super::dialects::{Dialect, SETS, dialects};
use super::matrix::Matrix;

/// What the paths of the providers' URLs begin with. The proxy in front removes it.
const PREFIX: &str = "/refunds";

/// A delivery, and the expected cause; empty if none is expected.
struct Sent {
    id: String,
    dialect: &'static str,
    about: String,
    expected: &'static str,
}

/// Sends deliveries and collects what is expected of them.
struct Sender<'a> {
    receiver: &'a Receiver,
    sent: Vec<(&'static str, String, &'static str)>,
}

impl Sender<'_> {
    fn next(&self) -> String {
        format!("S{:05}", self.sent.len())
    }

    /// Sends a notification whose body was changed on the way.
    async fn send(
        &mut self,
        dialect: &Dialect,
        suffix: &str,
        expected: &'static str,
        about: &str,
        simulated: Simulated,
        change: impl FnOnce(&[u8]) -> Vec<u8>,
    ) {
        let tag = format!("{}: {about}", dialect.name);
        let headers: Vec<(&str, &str)> = simulated
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("x-case", tag.as_str())])
            .collect();
        let route = format!("{}/{}{suffix}", dialect.provider, dialect.account);
        let body = change(simulated.body.as_bytes());
        post(&self.receiver.url(&route), &headers, body).await;
        self.sent.push((dialect.name, tag, expected));
    }

    /// Waits until all are stored, and returns them with their ids.
    async fn stored(self, database: &Database) -> Vec<Sent> {
        let both = "(select delivery_id, headers from refund_inbox.deliveries
             union all select delivery_id, headers from refund_inbox.refused_deliveries) as kept";
        database.until_count(both, self.sent.len().try_into().unwrap()).await;
        let rows = database.rows(&format!("select delivery_id, headers from {both}")).await;
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for row in rows {
            let headers = row["headers"].as_array().unwrap();
            let tag = headers.iter().find(|header| header[0] == "x-case").unwrap()[1].clone();
            let id = row["delivery_id"].as_str().unwrap().to_owned();
            ids.insert(tag.as_str().unwrap().to_owned(), id);
        }
        let sent = self.sent.into_iter();
        sent.map(|(dialect, about, expected)| {
            let id = ids.get(&about).unwrap_or_else(|| panic!("{about} is not stored")).clone();
            Sent { id, dialect, about, expected }
        })
        .collect()
    }
}

fn unchanged(body: &[u8]) -> Vec<u8> {
    body.to_vec()
}

fn marked(body: &[u8]) -> Vec<u8> {
    [b"\xef\xbb\xbf", body].concat()
}

fn halved(body: &[u8]) -> Vec<u8> {
    body[..body.len() / 2].to_vec()
}

/// Cuts a body in the middle; a form in the middle of an escape, since a shorter form is a form.
fn cut(body: &[u8]) -> Vec<u8> {
    match body.first() {
        Some(b'{' | b'<') => halved(body),
        _ => body[..=body.iter().rposition(|byte| *byte == b'%').unwrap()].to_vec(),
    }
}

fn utf16(body: &[u8]) -> Vec<u8> {
    str::from_utf8(body).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Writes JSON in lines, or on one line if it is in lines already, as a proxy that reads it does.
fn rewritten(body: &[u8]) -> Vec<u8> {
    let value: Box<serde_json::value::RawValue> = serde_json::from_slice(body).unwrap();
    let compact = value.get().replace('\n', "");
    let spaced = compact.replacen(':', ": ", 1);
    let spaced = if spaced == value.get() { compact } else { spaced };
    spaced.replace("\": \"", "\":\"").replace("\":\"", "\": \"").into_bytes()
}

async fn explain(store: &Store, configuration: &Configuration, id: &str) -> Diagnosis {
    explain_changed(store, configuration, id, |_| ()).await
}

/// Explains a delivery as if something about it had changed since it was kept.
async fn explain_changed(
    store: &Store,
    configuration: &Configuration,
    id: &str,
    change: impl FnOnce(&mut DeliveryDetail),
) -> Diagnosis {
    let mut detail = store.delivery(id.parse().unwrap()).await.unwrap().unwrap();
    change(&mut detail);
    let (headers, received_at) = Case::headers_and_time(&detail).unwrap();
    let accounts: Vec<&ConfiguredAccount> = configuration.accounts.iter().collect();
    let account = Case::account_of(&detail, &accounts);
    let removed = removed_keys(store, &detail, account).await.unwrap();
    diagnose(&Case {
        detail: &detail,
        headers: &headers,
        received_at,
        accounts: &accounts,
        http: &configuration.http,
        removed_keys: &removed,
        secret_in_file_fits: None,
    })
}

#[tokio::test]
async fn each_cause_is_found_at_each_provider() {
    let dialects = dialects();
    assert_eq!(dialects.len(), 19);
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let lines = |changing: &str| {
        let accounts: String = dialects.iter().map(|it| it.configuration(changing)).collect();
        format!("[http]\npublic_url = \"https://pay.example{PREFIX}\"\n{accounts}")
    };
    let setup = |lines: &str| Setup { configuration: lines.to_owned(), ..Setup::on(url.clone()) };

    // Accepted with keys that are removed afterwards.
    let receiver = setup(&lines("old")).start();
    let mut before = Sender { receiver: &receiver, sent: Vec::new() };
    for dialect in &dialects {
        let path = format!("/notify/{}/{}-changing", dialect.provider, dialect.account);
        let simulated =
            dialect.simulate("old", Scenario::Succeeded, &path, &before.next()).unwrap();
        before.send(dialect, "-changing", "", "with the old key", simulated, unchanged).await;
        let simulated =
            dialect.simulate("new", Scenario::Succeeded, &path, &before.next()).unwrap();
        let about = "with the new key too early";
        before.send(dialect, "-changing", "not_replayed", about, simulated, unchanged).await;
    }
    let earlier = before.sent;
    database.until_count("refund_inbox.deliveries", 19).await;
    database.until_count("refund_inbox.refused_deliveries", 19).await;
    receiver.stop().await;

    let receiver = setup(&lines("new")).start();
    let mut sender = Sender { receiver: &receiver, sent: earlier };
    let address = receiver.public();
    for dialect in &dialects {
        let path = format!("/notify/{}/{}", dialect.provider, dialect.account);
        let changing = format!("{path}-changing");
        let succeeded = |set: &str, path: &str, serial: String| {
            dialect.simulate(set, Scenario::Succeeded, path, &serial).unwrap()
        };
        let own = |sender: &Sender<'_>| succeeded("own", &path, sender.next());

        let it = own(&sender);
        sender.send(dialect, "", "none", "as it should be", it, unchanged).await;
        let it = succeeded("nobody", &path, sender.next());
        sender.send(dialect, "", dialect.unknown_key(), "unknown key", it, unchanged).await;
        let it = succeeded("other", &path, sender.next());
        sender.send(dialect, "", "key_of_other_account", "other account", it, unchanged).await;
        let it = succeeded("old", &changing, sender.next());
        sender.send(dialect, "-changing", "removed_key", "removed key", it, unchanged).await;
        if let Some(it) = dialect.simulate("own", Scenario::Stale, &path, &sender.next()) {
            let expected = if dialect.has_window() { "clock" } else { "none" };
            sender.send(dialect, "", expected, "stale", it, unchanged).await;
        }
        if let Some(it) = dialect.simulate("own", Scenario::Malformed, &path, &sender.next()) {
            sender.send(dialect, "", "not_as_documented", "malformed", it, unchanged).await;
        }
        if let Some(it) = dialect.simulate("own", Scenario::NotARefund, &path, &sender.next()) {
            sender.send(dialect, "", "not_a_refund", "not about a refund", it, unchanged).await;
        }
        let it = own(&sender);
        sender.send(dialect, "", "changed_body", "in another charset", it, utf16).await;
        let it = own(&sender);
        let expected = if dialect.signs_bytes() { "byte_order_mark" } else { "none" };
        sender.send(dialect, "", expected, "with a mark", it, marked).await;
        if dialect.is_json() {
            let it = own(&sender);
            let expected = if dialect.signs_bytes() { "changed_body" } else { "none" };
            sender.send(dialect, "", expected, "JSON written again", it, rewritten).await;
        }
        let it = own(&sender);
        sender.send(dialect, "", "truncated", "cut", it, cut).await;
        let mut it = own(&sender);
        it.headers.push(("content-encoding", "gzip".to_owned()));
        sender.send(dialect, "", "turned_away", "compressed", it, unchanged).await;
        for (suffix, it) in dialect.misdirected(&path, &sender.next()) {
            let about = format!("misdirected{suffix}");
            sender.send(dialect, suffix, it.cause, &about, it.simulated, unchanged).await;
        }
        if ["adyen", "unionpay"].contains(&dialect.name) {
            // The password and the certificate are right.
            let it = dialect.simulate("own", Scenario::Tampered, &path, &sender.next()).unwrap();
            sender.send(dialect, "", "signature_mismatch", "tampered", it, unchanged).await;
        }
        if dialect.name == "antom" {
            let it = succeeded("own", &format!("{PREFIX}{path}"), sender.next());
            sender.send(dialect, "", "changed_path", "another path", it, unchanged).await;
            let it = succeeded("own", &format!("{path}/"), sender.next());
            sender.send(dialect, "", "changed_path", "a slash at the end", it, unchanged).await;
        }
        if dialect.encrypts() {
            let (settings, key) = &dialect.sets["own"];
            let filled = "own-throw-away-token".bytes().rev().chain(std::iter::repeat(b'0'));
            let ours: String = filled.take(32).map(char::from).collect();
            assert!(settings.contains(&ours), "{settings}");
            let theirs = settings.replace(&ours, &"k".repeat(32));
            let (scenario, serial) = (Scenario::Succeeded, sender.next());
            let it = dialect.simulate_with(&theirs, key.as_ref(), scenario, &path, &serial);
            let expected = "wrong_decryption_key";
            sender
                .send(dialect, "", expected, "wrong decryption key", it.unwrap(), unchanged)
                .await;
        }
        // The connection breaks in the middle of the body.
        let it = own(&sender);
        let tag = format!("{}: broken off", dialect.name);
        let mut head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nx-case: {tag}\r\n");
        for (name, value) in &it.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", it.body.len()));
        let request = [head.as_bytes(), &halved(it.body.as_bytes())].concat();
        let mut stream = send_raw(address, &request).await;
        tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
        read_to_end(stream).await;
        sender.sent.push((dialect.name, tag, "turned_away"));
    }

    let sent = sender.stored(&database).await;
    let configured = configuration(&lines("new"));
    let store = store_of(&database);
    let known: Vec<String> = configured
        .accounts
        .iter()
        .flat_map(|account| account.provider.keys())
        .map(|key| key.key_id.to_string())
        .collect();
    let (mut wrong, mut matrix) = (Vec::new(), Matrix::default());
    for Sent { id, dialect, about, expected } in sent {
        let mut all = vec![(expected, explain(&store, &configured, &id).await)];
        if about.ends_with(": as it should be") {
            let nobody = configuration("");
            all.push(("account_not_configured", explain(&store, &nobody, &id).await));
            let emptied = |detail: &mut DeliveryDetail| detail.emptied_at = Some(NOW);
            let found = explain_changed(&store, &configured, &id, emptied).await;
            all.push(("body_emptied", found));
            let locked = |detail: &mut DeliveryDetail| detail.locked = Some("no key opens it");
            all.push(("body_locked", explain_changed(&store, &configured, &id, locked).await));
        }
        for (expected, found) in all {
            if !expected.is_empty() {
                matrix.note(expected, dialect);
                if found.cause != expected {
                    wrong.push(format!("{about}: {expected} expected, {found:#?}"));
                }
            }
            wrong.extend(contradiction(&found).map(|what| format!("{about}: {what}, {found:#?}")));
            let shown = serde_json::to_string(&found).unwrap();
            let secrets = SETS.map(|set| format!("{set}-throw-away-token"));
            // PayPal's webhook id is no secret, and the demonstration uses the token for it.
            let is_shown = |secret: &String| found.provider != "paypal" && shown.contains(secret);
            assert!(!secrets.iter().any(is_shown), "{about}: {shown}");
            let seen = found.for_viewer(&known);
            assert_eq!((seen.signed_text, seen.path.contains('?')), (None, false), "{about}");
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    let names: Vec<&str> = dialects.iter().map(|dialect| dialect.name).collect();
    let differences = matrix.differences(&names);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Returns what in a diagnosis does not agree with its cause.
fn contradiction(found: &Diagnosis) -> Option<&'static str> {
    let says = |words: &str| found.advice.contains(words);
    let other = format!("https://pay.example{PREFIX}/notify/{}/", found.provider);
    let agrees = match found.cause.as_str() {
        "none" => found.verdict_today.as_ref().is_some_and(|today| today.key_id.is_some()),
        "key_of_other_account" => {
            let [fitting] = found.other_accounts.as_slice() else { return Some("not one account") };
            says(&format!("give it {other}{}.", fitting.account))
        }
        "removed_key" => says(&found.removed_keys[0].key_id),
        "clock" => found
            .clock_difference_seconds
            .is_some_and(|seconds| seconds > 300 && says(&format!("{seconds} seconds before"))),
        "changed_body" | "byte_order_mark" | "changed_path" => found.change.is_some(),
        "turned_away" => {
            let is_cut = found.announced_bytes.is_some_and(|bytes| bytes > found.received_bytes);
            found.signed_text.is_none() && is_cut == says("connection broke")
        }
        _ => !found.advice.is_empty(),
    };
    if !agrees {
        return Some("the cause and the findings disagree");
    }
    let is_marked = found.signs_of_a_proxy.iter().any(|sign| sign.contains("byte order mark"));
    (found.cause == "byte_order_mark" && !is_marked).then_some("no sign of the mark")
}
