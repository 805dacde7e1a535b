//! The commands as a user runs them: exit status, output, one line for each mistake.

use nix::sys::signal::Signal;
use serde_json::Value;
use testing::program::{command, run, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{Service, open_directory, usual};

#[tokio::test]
async fn every_command_has_help_with_an_example() {
    let directory = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 28] = [
        &["serve"],
        &["demo"],
        &["simulate"],
        &["check-config"],
        &["acks"],
        &["migrate"],
        &["refunds", "list"],
        &["refunds", "show"],
        &["refunds", "explain"],
        &["deliveries", "list"],
        &["deliveries", "show"],
        &["feed"],
        &["deliveries", "replay"],
        &["healthcheck"],
        &["status"],
        &["audit", "list"],
        &["refunds", "note"],
        &["refunds", "resolve"],
        &["deliveries", "note"],
        &["deliveries", "dismiss"],
        &["deliveries", "why"],
        &["reports", "totals"],
        &["reports", "ageing"],
        &["reports", "changed"],
        &["completions"],
        &["man"],
        &["reports"],
        &["refunds"],
    ];
    for command in commands {
        let help = run(directory.path(), &[command, &["--help"]].concat()).await;
        assert_eq!(help.status, 0, "{command:?} {}", help.err);
        if command.len() > 1 || !["refunds", "reports"].contains(&command[0]) {
            assert!(help.out.contains("Example"), "{command:?}:\n{}", help.out);
        }
    }
}

#[tokio::test]
async fn wrong_usage_and_wrong_configuration_exit_with_2_and_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bad.toml");
    std::fs::write(&file, "[http]\nlsten = \"x\"\n").unwrap();
    let cases: [(&[&str], &str); 12] = [
        (&["nonsense"], "nonsense"),
        (&["--config", "bad.toml", "serve"], "bad.toml: http.lsten: unknown key"),
        (&["--config", "bad.toml", "check-config"], "bad.toml: http.lsten: unknown key"),
        (&["--config", "absent.toml", "serve"], "absent.toml"),
        (&["acks", "nobody"], "adyen, airwallex, alipay, antom"),
        (
            &["simulate", "eftpay", "lost", "--account", "x"],
            "expected one of the scenarios succeeded",
        ),
        (&["simulate", "eftpay", "failed", "--account", "x"], "no account \"x\""),
        (&["feed", "--follow"], "--after <SEQ>"),
        (&["refunds", "list", "--status", "done"], "expected one of unknown, pending"),
        (
            &["deliveries", "replay", "--verdict", "ignored"],
            "expected some of refused, unreadable, recorded",
        ),
        (&["deliveries", "replay", "--since", "soon"], "--since: expected a time such as"),
        (&["deliveries", "replay", "no-number"], "expected the id of a delivery"),
    ];
    for (arguments, expected) in cases {
        let ran = run(directory.path(), arguments).await;
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(expected), "{arguments:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{arguments:?}: {}", ran.out);
    }
}

#[tokio::test]
async fn hazard_12_a_service_with_an_empty_secret_does_not_start() {
    let directory = tempfile::tempdir().unwrap();
    for secrets in ["[\"\"]", "[]", "[\" \"]"] {
        let configuration = ACCOUNTS.replace("[\"testsignkey1234\"]", secrets);
        std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
        let ran = run(directory.path(), &["--config", "c.toml", "serve"]).await;
        assert_eq!(ran.status, 2, "{secrets}: {}", ran.err);
        assert!(ran.err.contains("c.toml: accounts.hk.secrets"), "{secrets}: {}", ran.err);
    }
}

#[tokio::test]
async fn check_config_shows_everything_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let database = "[database]\nurl = \"postgres://u:canary-password@db/x\"\n";
    std::fs::write(directory.path().join("c.toml"), format!("{database}{ACCOUNTS}")).unwrap();
    for extra in [&[][..], &["--json"]] {
        let arguments = [&["--config", "c.toml", "check-config"], extra].concat();
        let ran = run(directory.path(), &arguments).await;
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(ran.out.contains("ec0e92f74d80"), "the fingerprint: {}", ran.out);
        assert!(ran.out.contains("postgres://db/x"), "{}", ran.out);
        assert!(!ran.out.contains("testsignkey") && !ran.out.contains("canary"), "{}", ran.out);
    }
}

#[tokio::test]
async fn acks_prints_each_outcome_as_the_pages_say() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), &["acks", "eftpay", "--json"]).await;
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 7);
    let recorded = lines.iter().find(|line| line["outcome"] == "recorded").unwrap();
    assert_eq!(
        recorded["body"],
        "{\"return_code\":\"success\",\"time\":\"20230609110645\",\"sign\":\
         \"d1690ad9b50a68d47c653e30823122723226faf558053d560d8c91d8473a0a9f\"}"
    );
    let all = run(directory.path(), &["acks"]).await;
    assert!(all.out.contains("paycools envelope") && all.out.contains("413"), "{}", all.out);
}

#[tokio::test]
async fn simulate_sends_notifications_that_the_receiver_records_and_the_commands_show() {
    let (configuration, _) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    let directory = service.directory();
    let send = format!("http://{public}");
    let run = async |arguments: &[&str]| {
        run(directory, &[&["--config", "refund-inbox.toml"], arguments].concat()).await
    };

    for (provider, account) in [("eftpay", "hk"), ("paycools", "ph")] {
        for (scenario, status) in [
            ("succeeded", 200),
            ("failed", 200),
            ("pending", 200),
            ("duplicate", 200),
            ("stale", 200),
            ("not-a-refund", 200),
            ("unknown-status", 200),
            ("malformed", 200),
            ("tampered", 401),
            ("wrong-key", 401),
        ] {
            let arguments = ["simulate", provider, scenario, "--account", account, "--send", &send];
            let sent = run(&arguments).await;
            assert_eq!(sent.status, 0, "{provider} {scenario}: {}", sent.err);
            let expected = format!("{status} ");
            let all = sent.out.lines().all(|line| line.starts_with(&expected));
            assert!(all && !sent.out.is_empty(), "{provider} {scenario}: {}", sent.out);
        }
    }
    let many = ["simulate", "paycools", "succeeded", "--account", "ph", "--send", &send];
    let many = run(&[&many[..], &["--count", "40", "--rate", "200"]].concat()).await;
    let (count, figures) = many.out.split_once('\n').unwrap();
    assert_eq!(count, "200: 40 answers", "{}", many.err);
    assert!(figures.contains(" a second; p50 ") && figures.contains(", p99 "), "{figures}");

    let listed = run(&["refunds", "list", "--account", "hk", "--json"]).await;
    let refunds: Vec<Value> =
        listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(refunds.len(), 6, "{}", listed.out);
    let failed = refunds.iter().find(|refund| refund["status"] == "failed").unwrap();
    let number = failed["merchant_refund_id"].as_str().unwrap();
    let shown = run(&["refunds", "show", number]).await;
    assert!(shown.out.contains("card not present"), "{}", shown.out);
    let explained = run(&["refunds", "explain", number]).await;
    assert!(explained.out.contains("TRADE_FAIL"), "{}", explained.out);
    assert!(explained.out.contains("the first event of this refund"), "{}", explained.out);
    assert_eq!(run(&["refunds", "show", "no-such"]).await.status, 1);

    let refused = run(&["deliveries", "list", "--verdict", "refused", "--json"]).await;
    let refused: Vec<Value> =
        refused.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!refused.is_empty());
    let id = refused[0]["delivery_id"].as_str().unwrap();
    let shown = run(&["deliveries", "show", id]).await;
    assert!(shown.out.contains("signature_mismatch"), "{}", shown.out);
    assert!(shown.out.contains("\"sign\""), "the body: {}", shown.out);

    let health = |address: String| {
        let mut command = command(directory);
        command.args(["healthcheck"]).env("REFUND_INBOX__HTTP__OPERATOR_LISTEN", address);
        run_command(command)
    };
    assert_eq!(health(operator.to_string()).await.status, 0);
    service.signal(Signal::SIGTERM);
    let (status, _) = service.end().await;
    assert_eq!(status, Some(0));
}

#[tokio::test]
async fn healthcheck_fails_when_nothing_answers() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = command(directory.path());
    command.args(["healthcheck"]).env("REFUND_INBOX__HTTP__OPERATOR_LISTEN", "127.0.0.1:9");
    let ran = run_command(command).await;
    assert_eq!(ran.status, 1);
    assert_eq!(ran.err, "refund-inbox: no service answers at 127.0.0.1:9\n");
}

#[tokio::test]
async fn simulate_prints_a_curl_command_that_delivers() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let send = format!("http://{public}");
    let arguments = ["--config", "refund-inbox.toml", "simulate", "eftpay", "succeeded"];
    let printed =
        run(service.directory(), &[&arguments[..], &["--account", "hk", "--print"]].concat()).await;
    let shown = printed.out.replace("http://127.0.0.1:0", &send);
    assert!(shown.starts_with("curl "), "{shown}");
    let sent = tokio::process::Command::new("sh").arg("-c").arg(&shown).output().await.unwrap();
    let answer = String::from_utf8_lossy(&sent.stdout).into_owned();
    assert!(answer.contains("200 OK"), "{answer}");
    assert_eq!(database.count("refunds_v1.refunds").await, 1);
}

#[tokio::test]
async fn demo_once_shows_refunds_of_every_provider_and_ends() {
    let directory = open_directory();
    let shown = run(directory.path(), &["demo", "--once"]).await;
    assert_eq!(shown.status, 0, "{}", shown.err);
    for definition in refund_providers::provider::registry::DEFINITIONS {
        let refund = format!("demo-{}", definition.name);
        assert!(shown.out.contains(&refund), "{}", shown.out);
    }
    for word in ["succeeded", "failed", "pending", "canceled", "unknown", "401", "200"] {
        assert!(shown.out.contains(word), "{word}: {}", shown.out);
    }
    // What happens beyond single notifications: each row has these words.
    for words in [
        &["demo-eftpay", "reversal: failed", "200"][..],
        &["demo-eftpay", "next secret", "401"],
        &["demo-eftpay", "refused signature_mismatch", "recorded", "succeeded"],
        &["demo-eftpay", "failed", "TRADE_FAIL", "CONFLICTING"],
        &["demo-stripe", "2", "CONFLICTING"],
        &["demo-eftpay", "succeeded", "fields_unread"],
        &["conflicting refunds", "demo-stripe", "refund-inbox refunds list --attention"],
    ] {
        let has_all = |line: &str| words.iter().all(|word| line.contains(word));
        assert!(shown.out.lines().any(has_all), "{words:?}: {}", shown.out);
    }
    assert!(!shown.out.contains("identity_reused"), "{}", shown.out);
}

#[tokio::test]
async fn a_story_is_several_notifications_about_one_refund() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let send = format!("http://{public}");
    for (story, answers, status, conflicting, events) in [
        ("lifecycle", 2, "succeeded", false, 2),
        ("reversal", 2, "failed", true, 2),
        ("late-success", 2, "succeeded", true, 2),
        ("out-of-order", 2, "succeeded", false, 2),
        ("storm", 50, "succeeded", false, 1),
    ] {
        let arguments =
            ["simulate", "eftpay", "--story", story, "--account", "hk", "--send", &send];
        let told = run_command(service.command(&arguments)).await;
        assert_eq!(told.status, 0, "{story}: {}", told.err);
        assert_eq!(told.out.lines().filter(|line| line.contains(": 200 ")).count(), answers);
        let newest = "select status, conflicting, event_count, delivery_count
            from refunds_v1.refunds order by refund_id desc limit 1";
        let refund = database.row(newest).await;
        assert_eq!(refund["status"], status, "{story}: {refund:?}");
        assert_eq!(refund["conflicting"], conflicting, "{story}");
        assert_eq!(refund["event_count"], events, "{story}");
        assert_eq!(refund["delivery_count"], answers, "{story}");
    }
    let arguments = ["simulate", "eftpay", "--story", "x", "--account", "hk", "--send", &send];
    let unknown = run_command(service.command(&arguments)).await;
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.err.contains("--story: expected one of lifecycle, reversal"),
        "{}",
        unknown.err
    );
}
