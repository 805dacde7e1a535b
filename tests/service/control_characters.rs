//! Text of providers and of strangers cannot control the terminal: every command that prints it
//! escapes control characters, changes of direction and separators of lines, in each of its forms.

use std::collections::BTreeSet;

use testing::database::Database;
use testing::program::run;
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};
use testing::{many, postgres};

/// A text that would clear the screen, overwrite the line, ring, turn the direction around and begin
/// a line, as a literal of Postgres. The other characters are ESC, CR, BEL, CSI (C1) and DEL.
const HOSTILE: &str = r"E'h\u001b[2J\r\u0007\u009b2K\u202e\u2066\u2028\u2029\u0085\u007fh'";

/// The part of it that the value of a header, stored as Latin-1, can have.
const IN_HEADER: &str = r"E'h\u009b2K\u0085h'";

/// An option that chooses how a command prints, and the width of the terminal, if it has one.
type Form = (&'static str, Option<&'static str>);

const TABLE: &[Form] = &[("", Some("80")), ("", None)];
const OR_JSON: &[Form] = &[("", Some("80")), ("", None), ("--json", None)];
const OR_CSV: &[Form] = &[("", Some("80")), ("", None), ("--json", None), ("--csv", None)];
const JSON_ONLY: &[Form] = &[("", None)];

/// The commands that print such text, with what they need, and the forms of their output.
const COMMANDS: [(&str, &[Form]); 25] = [
    ("refunds list", OR_CSV),
    ("refunds list --columns merchant_refund_id,reason,flags,provider_status", OR_CSV),
    ("refunds list --sort merchant_refund_id --limit 1", OR_CSV),
    ("refunds show {refund}", OR_JSON),
    // Several refunds have this order: the mistake names them.
    ("refunds show O-several", TABLE),
    ("refunds explain {refund}", OR_JSON),
    ("refunds note {refund} --note n", TABLE),
    ("refunds resolve {refund} --note n", TABLE),
    ("deliveries list", OR_CSV),
    ("deliveries list --columns reason,key_id,response_body", OR_CSV),
    ("deliveries show {recorded}", OR_JSON),
    ("deliveries show {unreadable}", OR_JSON),
    ("deliveries show {refused}", OR_JSON),
    ("deliveries show {raw}", OR_JSON),
    ("deliveries why {recorded}", OR_JSON),
    ("deliveries why {unreadable}", OR_JSON),
    ("deliveries why {refused}", OR_JSON),
    ("deliveries why {raw}", OR_JSON),
    ("deliveries replay {unreadable} --dry-run", OR_JSON),
    ("deliveries replay --verdict unreadable --dry-run", OR_JSON),
    ("status", OR_JSON),
    ("audit list", OR_JSON),
    ("reports changed --since 2026-01-01 --as-of 2026-10-01", OR_CSV),
    ("feed --after 0", JSON_ONLY),
    // The last one, because it empties deliveries.
    ("refunds erase {erased} --reason n", TABLE),
];

/// The commands that print no text of a provider, each with the reason.
const WITHOUT: [(&str, &str); 14] = [
    ("serve", "it logs, and `observability` looks at its lines"),
    ("demo", "it prints what it has sent itself"),
    ("simulate", "it prints what it has made itself, and our answers"),
    ("check-config", "it prints the operator's configuration"),
    ("acks", "it prints our answers"),
    ("migrate", "it prints our statements"),
    ("deliveries dismiss", "it prints counts"),
    ("deliveries note", "it prints an id"),
    ("reports totals", "it prints codes, counts and amounts"),
    ("reports ageing", "it prints codes, counts and amounts"),
    ("healthcheck", "it prints our words"),
    ("completions", "it prints a script"),
    ("man", "it prints our pages"),
    ("help", "it prints our help"),
];

fn statements() -> String {
    let long = format!("repeat({HOSTILE} || ' ', 4)");
    format!(
        r#"
        update refund_inbox.refunds set merchant_refund_id = merchant_refund_id || {HOSTILE},
            provider_refund_id = {HOSTILE}, provider_payment_id = {HOSTILE},
            provider_status = {HOSTILE}, channel = {HOSTILE}, receiving_account = {HOSTILE},
            reason = {long}, failure_code = {HOSTILE}, failure_message = {long},
            sub_merchant = {HOSTILE}, merchant_reference = {HOSTILE}, status = 'unknown',
            flags = array['fields_unread', {HOSTILE}], unread_fields = array[{HOSTILE}],
            merchant_order_id = {HOSTILE}, needs_attention = true;
        update refund_inbox.refunds set merchant_order_id = 'O-several'
            where refund_key in ('R3', 'R4');
        update refund_inbox.refund_events set digest = sha256(digest), merchant_refund_id = {HOSTILE},
            provider_status = {HOSTILE}, reason = {long}, failure_message = {HOSTILE},
            payload = jsonb_build_object({HOSTILE}, {HOSTILE}), unread_fields = array[{HOSTILE}];
        update refund_inbox.deliveries set key_id = {HOSTILE}, response_body = {HOSTILE},
            reason = case verdict when 'unreadable' then 'missing_field:' || {HOSTILE} end,
            path_and_query = '/notify/eftpay/hk?' || {IN_HEADER}, peer = {HOSTILE},
            headers = jsonb_build_array(jsonb_build_array('content-type', 'application/json'),
                jsonb_build_array('x-hostile', {IN_HEADER})),
            body = convert_to({HOSTILE}, 'UTF8') || '\xff9b1b'::bytea;
        update refund_inbox.refused_deliveries set response_body = {HOSTILE}, peer = {HOSTILE},
            reason = 'unknown_certificate:' || {HOSTILE},
            path_and_query = '/notify/eftpay/hk?' || {IN_HEADER},
            headers = jsonb_build_array(jsonb_build_array('content-type', 'application/json'),
                jsonb_build_array('x-hostile', {IN_HEADER})),
            body = convert_to(jsonb_build_object('refund_no', {HOSTILE}, 'user_confirm_key',
                'S0003469', 'sign', {HOSTILE})::text, 'UTF8');
        update refund_inbox.refused_deliveries set body = convert_to({HOSTILE}, 'UTF8') || '\x9b'
            where delivery_id = (select max(delivery_id::text)::uuid from refund_inbox.refused_deliveries);
        insert into refund_inbox.audit (audit_id, at, who, via, action, subject, detail)
            values (gen_random_uuid(), now(), {HOSTILE}, 'api', 'resolve', {HOSTILE}, {long});
        insert into refund_inbox.resolutions
            (resolution_id, refund_id, seq, resolved_at, who, via, note)
            select gen_random_uuid(), refund_id, last_seq, now(), {HOSTILE}, 'api', {HOSTILE}
            from refund_inbox.refunds where refund_key = 'R1';
        "#
    )
}

#[tokio::test]
async fn no_command_prints_a_control_character_of_a_provider_in_any_form() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    many::write(&database, 120).await;
    database.execute(&statements()).await;
    let directory = open_directory();
    let configuration = format!("{}{ACCOUNTS}", on_database(&url));
    std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
    let mut places = Vec::new();
    for (name, query) in [
        ("{refund}", "select refund_id as id from refund_inbox.refunds where refund_key = 'R1'"),
        ("{erased}", "select refund_id as id from refund_inbox.refunds where refund_key = 'R2'"),
        (
            "{recorded}",
            "select max(delivery_id::text) as id from refund_inbox.deliveries
            where verdict = 'recorded' and provider = 'eftpay' and replayed_from is null",
        ),
        (
            "{unreadable}",
            "select max(delivery_id::text) as id from refund_inbox.deliveries
            where verdict = 'unreadable'",
        ),
        (
            "{refused}",
            "select min(delivery_id::text) as id from refund_inbox.refused_deliveries
            where provider = 'eftpay'",
        ),
        ("{raw}", "select max(delivery_id::text) as id from refund_inbox.refused_deliveries"),
    ] {
        places.push((name, database.row(query).await["id"].as_str().unwrap().to_owned()));
    }
    let mut leaks = Vec::new();
    for (command, forms) in COMMANDS {
        for (option, columns) in forms {
            let line = format!("--config c.toml {command} {option}");
            let words: Vec<String> = line
                .split_whitespace()
                .map(|word| {
                    places.iter().fold(word.to_owned(), |it, (name, id)| it.replace(name, id))
                })
                .collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut ran = testing::program::command(directory.path());
            ran.args(&words).envs(columns.map(|columns| ("COLUMNS", columns)));
            let ran = testing::program::run_command(ran).await;
            let whole = format!("{}{}", ran.out, ran.err);
            // It must print the text, or it would not be tested.
            let is_shown =
                ["\\u{1b}", "\\u001b", "\\u{9b}", "\\u009b"].iter().any(|it| whole.contains(it));
            assert!(is_shown, "{line}: {} {whole}", ran.status);
            let is_csv = *option == "--csv";
            let text = if is_csv { whole.replace("\r\n", "\n") } else { whole };
            leaks.extend(
                text.lines()
                    .filter(|text| text.contains(is_control))
                    .map(|text| format!("{command} {option} {columns:?}: {}", text.escape_debug())),
            );
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

/// Returns whether a character controls the terminal. A mark of UTF-8 begins a CSV file.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[tokio::test]
async fn every_command_is_tested_with_control_characters_or_prints_no_such_text() {
    let directory = open_directory();
    let ran = run(directory.path(), &["man", "--directory", "."]).await;
    assert_eq!(ran.status, 0, "{}", ran.err);
    let pages = std::fs::read_dir(directory.path()).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.trim_start_matches("refund-inbox").trim_end_matches(".1").replacen('-', "", 1)
    });
    let pages: BTreeSet<String> = pages.collect();
    for page in &pages {
        let is_group = pages.iter().any(|other| other.starts_with(&format!("{page}-")));
        let is_help = page.split('-').any(|word| word == "help");
        let is_named = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            words.join("-") == *page
                || words.iter().take(2).copied().collect::<Vec<_>>().join("-") == *page
                || words[0] == page
        };
        let lines = COMMANDS.iter().map(|(line, _)| *line).chain(WITHOUT.map(|(line, _)| line));
        let is_known = lines.into_iter().any(is_named);
        assert!(page.is_empty() || is_group || is_help || is_known, "{page} is not tested");
    }
}
