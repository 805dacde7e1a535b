//! `--try-secret-file` at each provider: the secret, the public key or the certificate that the
//! account lacks.

use std::fs;

use refund_providers::contract::simulation::Scenario;
use serde_json::Value;
use testing::client::post;
use testing::program::run_command;
use testing::service::{Service, on_database};
use testing::{database::Database, postgres};

use super::dialects::{Dialect, dialects};

/// Returns the text between two others.
fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(behind).map(|(found, _)| found)
}

/// Returns the secret, the public key or the certificate in the settings of an account.
fn key_of(settings: &str) -> &str {
    let secrets = ["secrets", "hmac_keys", "callback_tokens", "api_v2_keys"];
    let secret = secrets.iter().find_map(|name| between(settings, &format!("{name} = [\""), "\"]"));
    between(settings, "pem = \"\"\"\n", "\"\"\"").or(secret).unwrap()
}

/// Returns the account's own settings, but with the key of nobody.
fn with_key_of_nobody(dialect: &Dialect) -> String {
    let (own, _) = &dialect.sets["own"];
    own.replace(key_of(own), key_of(&dialect.sets["nobody"].0))
}

#[tokio::test]
async fn a_key_in_a_file_is_tried_at_each_provider_and_never_shown() {
    let dialects = dialects();
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let account = |it: &Dialect| format!("\n[accounts.{}]\n{}", it.account, it.sets["own"].0);
    let accounts: String = dialects.iter().map(account).collect();
    // The simulation's time is fixed and may be stale for the service, which changes nothing here:
    // whose key it is does not depend on the clock.
    let service = Service::start(&format!("{}{accounts}", on_database(&url))).await;
    let (public, _) = service.addresses();
    for (dialect, number) in dialects.iter().zip(1..) {
        let settings = with_key_of_nobody(dialect);
        let signing_key = dialect.sets["nobody"].1.as_ref();
        let path = format!("/notify/{}/{}", dialect.provider, dialect.account);
        let serial = format!("F{number}");
        let scenario = Scenario::Succeeded;
        let it = dialect.simulate_with(&settings, signing_key, scenario, &path, &serial).unwrap();
        let headers: Vec<(&str, &str)> =
            it.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        post(&format!("http://{public}{path}"), &headers, it.body).await;
        database.until_count("refund_inbox.refused_deliveries", number).await;
        let newest = "select delivery_id from refund_inbox.refused_deliveries
            order by delivery_id desc limit 1";
        let id = database.row(newest).await["delivery_id"].as_str().unwrap().to_owned();
        let key = key_of(&dialect.sets["nobody"].0);
        let other = key_of(&dialect.sets["other"].0);
        for (file, text, expected) in [("right", key, true), ("wrong", other, false)] {
            fs::write(service.directory().join(file), format!("{text}\r\n")).unwrap();
            let arguments = ["deliveries", "why", &id, "--json", "--try-secret-file", file];
            let ran = run_command(service.command(&arguments)).await;
            assert_eq!(ran.status, 0, "{}: {}", dialect.name, ran.err);
            let found: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(found["secret_in_file_fits"], expected, "{}: {found:#}", dialect.name);
            let is_cause = found["cause"] == "secret_in_file";
            assert_eq!(is_cause, expected, "{}: {found:#}", dialect.name);
            let is_shown = [&ran.out, &ran.err].iter().any(|shown| shown.contains(text));
            assert!(!is_shown, "{}: {found:#}", dialect.name);
        }
    }
    fs::write(service.directory().join("empty"), "\n").unwrap();
    let newest = "select delivery_id from refund_inbox.refused_deliveries limit 1";
    let id = database.row(newest).await["delivery_id"].as_str().unwrap().to_owned();
    for (file, expected) in [("empty", "expected a secret"), ("absent", "cannot read absent")] {
        let arguments = ["deliveries", "why", &id, "--try-secret-file", file];
        let ran = run_command(service.command(&arguments)).await;
        assert_eq!((ran.status, ran.err.lines().count()), (2, 1), "{}", ran.err);
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
}
