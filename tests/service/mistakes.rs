//! Wrong arguments, in every form: one line that says what was expected, nothing on standard output,
//! and exit status 2.

use testing::program::run;
use testing::receiver::ACCOUNTS;
use testing::service::open_directory;

/// Every command, with arguments that it takes.
const COMMANDS: [&str; 29] = [
    "serve",
    "demo",
    "simulate eftpay succeeded --account hk",
    "check-config",
    "acks",
    "migrate",
    "status",
    "healthcheck",
    "refunds list",
    "refunds show R1",
    "refunds explain R1",
    "refunds note R1 --note n",
    "refunds resolve R1 --note n",
    "refunds erase R1 --reason r",
    "deliveries list",
    "deliveries show 01a2009b",
    "deliveries why 01a2009b",
    "deliveries replay",
    "deliveries note 01a2009b --note n",
    "deliveries dismiss 01a2009b --note n",
    "audit list",
    "reports totals",
    "reports ageing",
    "reports changed --as-of today",
    "feed --after 0",
    "completions bash",
    "man",
    "refunds",
    "deliveries",
];

/// What no command takes.
const NOT_TAKEN: [&str; 4] = ["--no-such-option", "--config", "one two three four", "--json=yes"];

/// Options with values that they do not take.
const WRONG_VALUES: [&str; 40] = [
    "acks nobody",
    "audit list --limit 0",
    "audit list --limit x",
    "audit list --since soon",
    "audit list --until 2026-13-01",
    "audit list --zone Mars",
    "completions tcsh",
    "deliveries dismiss --note n --account nope",
    "deliveries list --client proxy",
    "deliveries list --json --csv",
    "deliveries list --limit 0",
    "deliveries list --since -2h",
    "deliveries replay --limit 0",
    "deliveries replay --verdict ignored",
    "deliveries show",
    "deliveries show not-an-id",
    "deliveries why not-an-id",
    "deliveries why 01a2009b --try-secret-file absent",
    "feed",
    "feed --after -1",
    "feed --after later",
    "feed --after 0 --last 3",
    "feed --last -3",
    "feed --after 0 --account nope",
    "feed --after 0 --no-listen",
    "refunds list --as-of tomorrow",
    "refunds list --limit -5",
    "refunds list --older-than 3y",
    "refunds list --csv --json",
    "refunds resolve R1",
    "refunds show",
    "reports ageing --account nope",
    "reports changed --as-of x",
    "reports totals --csv --json",
    "reports totals --since x",
    "reports totals --zone Nowhere/City",
    "simulate nobody succeeded --account hk",
    "simulate eftpay --story fable --account hk --send http://127.0.0.1:1",
    "simulate eftpay succeeded --account hk --send ftp://x",
    "status --zone x",
];

#[tokio::test]
async fn each_wrong_argument_is_one_line_and_exit_status_2() {
    let directory = open_directory();
    std::fs::write(directory.path().join("c.toml"), ACCOUNTS).unwrap();
    let not_taken = COMMANDS
        .iter()
        .flat_map(|command| NOT_TAKEN.iter().map(move |wrong| format!("{command} {wrong}")));
    let lines = not_taken.chain(WRONG_VALUES.iter().map(|line| (*line).to_owned()));
    let mut breaches = Vec::new();
    for line in lines {
        let arguments: Vec<&str> =
            ["--config", "c.toml"].into_iter().chain(line.split(' ')).collect();
        let ran = run(directory.path(), &arguments).await;
        let is_one_line = ran.err.lines().count() == 1 && ran.err.starts_with("refund-inbox: ");
        let says_what_is_right =
            ran.err.contains("expected ") || ran.err.contains("; configured: ");
        if ran.status != 2 || !is_one_line || !says_what_is_right || !ran.out.is_empty() {
            breaches.push(format!("{line}: status {}\n{}{}", ran.status, ran.err, ran.out));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[tokio::test]
async fn control_characters_of_an_argument_are_escaped_in_the_error() {
    let directory = open_directory();
    std::fs::write(directory.path().join("c.toml"), ACCOUNTS).unwrap();
    let wrong = "a\u{1b}[31mb\u{202e}c\r";
    for command in [
        &["refunds", "list", "--status"][..],
        &["refunds", "list", "--since"],
        &["refunds", "list", "--account"],
        &["deliveries", "show"],
        &["simulate", "eftpay", "succeeded", "--account"],
        &["acks"],
        &["completions"],
        &["feed", "--after"],
        &["no-such-command"],
        &["refunds", "list", "--limit"],
    ] {
        let arguments = [&["--config", "c.toml"], command, &[wrong]].concat();
        let ran = run(directory.path(), &arguments).await;
        assert_eq!((ran.status, ran.err.lines().count()), (2, 1), "{command:?}: {:?}", ran.err);
        assert!(!ran.err.contains(['\u{1b}', '\u{202e}', '\r']), "{command:?}: {:?}", ran.err);
    }
}
