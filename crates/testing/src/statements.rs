//! Every SQL statement of the service, with what its plan may cost. A statement that is not in this
//! list fails the test `tidy::statements`, and `tests/service/statements.rs` runs each of them on an
//! empty, a small and a large database.

/// A statement of the service.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// Its text.
    pub text: Text,
    /// What it may cost.
    pub cost: Cost,
}

/// Where the text of a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// In this file, from the root of the repository. Another file may be put before it.
    File(&'static str),
    /// In a Rust source. This is how it begins, with single spaces.
    Begins(&'static str),
}

/// What a statement may cost, whatever the size of the database.
#[derive(Clone, Copy, Debug)]
pub enum Cost {
    /// The server runs it without a plan: it locks, sets, begins or defines something.
    NoPlan,
    /// It reads a few rows by an index.
    FewRows(Limits),
    /// It may also read all rows of these tables. The reason is beside the statement in the list.
    WholeTables(&'static [&'static str], Limits),
}

/// The limits of one execution.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most blocks of 8 KiB that it may read or write, in memory or on disk.
    pub blocks: u64,
    /// The most milliseconds that the fastest of its executions may take. This is many times the
    /// usual time, because the machine of the test may be busy; the other limits are the strict
    /// ones.
    pub milliseconds: f64,
}

/// Looks one thing up, or writes one row.
const ONE: Limits = Limits { blocks: 100, milliseconds: 50.0 };

/// Works on a group of eight deliveries, or on a page of rows.
const GROUP: Limits = Limits { blocks: 1000, milliseconds: 100.0 };

/// Reads as many rows as a table has, once a minute or for a person who waits.
const WHOLE: Limits = Limits { blocks: 20_000, milliseconds: 500.0 };

/// Records a group of eight deliveries. Its indexes are of many sizes.
const RECORD: Limits = Limits { blocks: 2500, milliseconds: 100.0 };

/// What waits, and what retention has noted.
const WAITING: &[&str] = &[
    "deliveries",
    "refused_deliveries",
    "refunds",
    "refund_events",
    "dismissals",
    "replays",
    "kept_whole",
    "kept_months",
];

/// Empties or drops old deliveries, in the background. In this test, thousands of rows wait.
const RETENTION: Limits = Limits { blocks: 100_000, milliseconds: 1000.0 };

/// Adds up refunds.
const REPORT: Cost = Cost::WholeTables(
    &["refunds", "refund_events"],
    Limits { blocks: 2_000_000, milliseconds: 10_000.0 },
);

const fn file(path: &'static str, cost: Cost) -> Statement {
    Statement { text: Text::File(path), cost }
}

const fn begins(text: &'static str, cost: Cost) -> Statement {
    Statement { text: Text::Begins(text), cost }
}

/// All statements, by their place in `src/store`.
pub const STATEMENTS: &[Statement] = &[
    // connection
    begins("select set_config('synchronous_commit'", Cost::FewRows(ONE)),
    begins("set default_transaction_read_only = on", Cost::NoPlan),
    begins("set enable_seqscan = on", Cost::NoPlan),
    begins("select 1", Cost::FewRows(ONE)),
    begins("select current_setting('transaction_read_only')", Cost::FewRows(ONE)),
    begins("select pg_is_in_recovery()", Cost::FewRows(ONE)),
    begins("update refund_inbox.commit_probe", Cost::FewRows(ONE)),
    // record
    file("src/store/record/write_group.sql", Cost::FewRows(RECORD)),
    file("src/store/record/read_known.sql", Cost::FewRows(GROUP)),
    // The first part of the two above.
    file("src/store/record/known_refunds.sql", Cost::NoPlan),
    begins("begin; select pg_advisory_xact_lock(1, lock_key)", Cost::FewRows(ONE)),
    file("src/store/record/claim_replays.sql", Cost::FewRows(ONE)),
    file("src/store/record/supersede_events.sql", Cost::FewRows(ONE)),
    file("src/store/record/read_back.sql", Cost::FewRows(GROUP)),
    begins("set transaction read only", Cost::NoPlan),
    // attention
    begins("select last_seq from refund_inbox.refunds", Cost::FewRows(ONE)),
    begins("insert into refund_inbox.resolutions", Cost::FewRows(ONE)),
    begins("update refund_inbox.refunds set resolved_seq", Cost::FewRows(ONE)),
    begins("insert into refund_inbox.dismissals", Cost::FewRows(ONE)),
    begins("select at, who, via, action, subject, detail", Cost::FewRows(GROUP)),
    begins("insert into refund_inbox.audit", Cost::FewRows(ONE)),
    begins("select subject, at, who, detail from refund_inbox.audit", Cost::FewRows(ONE)),
    // story
    file("src/store/story/events.sql", Cost::FewRows(ONE)),
    begins("select refund_id, resolved_at, who, note from", Cost::FewRows(ONE)),
    // It searches the quarantine, whose size is limited.
    file("src/store/story/refused.sql", Cost::WholeTables(&["refused_deliveries"], WHOLE)),
    // reports
    // They add up all refunds of a time, for a person who waits.
    begins("select provider, account, currency, currency_exponent, status", REPORT),
    begins("select coalesce(now.refund_id, known.refund_id)", REPORT),
    // status
    // Of deliveries, only what waits, and the quarantine, whose size is limited.
    file(
        "src/store/status/waiting.sql",
        Cost::WholeTables(
            &["deliveries", "refused_deliveries", "refunds", "dismissals"],
            // In this test, thousands of rows wait.
            Limits { blocks: 100_000, milliseconds: 500.0 },
        ),
    ),
    // By the index of refunds that have not succeeded, once a minute.
    file("src/store/status/open.sql", Cost::WholeTables(&["refunds"], GROUP)),
    file("src/store/status/slots.sql", Cost::FewRows(ONE)),
    file("src/store/status/last_recorded.sql", Cost::FewRows(ONE)),
    file("src/store/status/silence.sql", Cost::FewRows(GROUP)),
    begins("select ( select max(at) from refund_inbox.audit", Cost::FewRows(ONE)),
    begins("select account, deliveries from refund_inbox.quarantine_usage", Cost::FewRows(ONE)),
    begins("select count(*), min(received_at) from (", Cost::FewRows(WHOLE)),
    // overview
    // The console draws the refunds of some days, whose number is not limited.
    file("src/store/overview/refunds.sql", Cost::WholeTables(&["refunds"], WHOLE)),
    file("src/store/overview/deliveries.sql", Cost::FewRows(WHOLE)),
    file("src/store/overview/keys.sql", Cost::FewRows(GROUP)),
    // lookup
    file("src/store/lookup/find_deliveries.sql", Cost::FewRows(GROUP)),
    file("src/store/lookup/find_not_waiting.sql", Cost::FewRows(GROUP)),
    file("src/store/lookup/find_refunds.sql", Cost::FewRows(ONE)),
    begins("set local enable_mergejoin", Cost::NoPlan),
    // Without a filter they read one page. With a filter that few rows pass, a person waits longer.
    // Of refunds that conflict, need attention or have a flag, it may read all of their index. The
    // deliveries of a refund are read by a bitmap of its events; `tests/service/lists/plans.rs` tests
    // which index each condition uses. A list of the past also reads the resolutions, which people make.
    begins(
        "select to_jsonb(listed)",
        Cost::WholeTables(
            &["refunds", "refund_events", "deliveries", "refused_deliveries", "resolutions"],
            WHOLE,
        ),
    ),
    // They show the plan of another statement, and do not execute it.
    begins("explain (format json)", Cost::WholeTables(&["refunds"], WHOLE)),
    begins("explain (costs off)", Cost::NoPlan),
    // The refunds that a list of the past may have, if they are few.
    begins("select refund_id from (", Cost::WholeTables(&["refunds"], WHOLE)),
    begins(
        "select seq from refund_inbox.refund_events where recorded_at <= $1",
        Cost::FewRows(ONE),
    ),
    // It reads the index of the events that are not the first of their refund, up to that time.
    begins(
        "select seq from refund_inbox.refund_events where previous_seq",
        Cost::WholeTables(&["refund_events"], WHOLE),
    ),
    // Planned for a table without rows, it may read all of them.
    begins(
        "select refund_id from refund_inbox.refund_events where seq",
        Cost::WholeTables(&["refund_events"], ONE),
    ),
    file("src/store/lookup/read_feed.sql", Cost::FewRows(GROUP)),
    file("src/store/lookup/last_events.sql", Cost::FewRows(GROUP)),
    // It skips the deliveries that were replayed.
    file("src/store/lookup/read_kept.sql", Cost::FewRows(WHOLE)),
    file("src/store/lookup/show_delivery.sql", Cost::FewRows(ONE)),
    // By the index of conflicting refunds alone, of which there are few.
    begins(
        "select count(*) from refund_inbox.refunds where conflicting",
        Cost::WholeTables(&["refunds"], GROUP),
    ),
    begins("select seq, delivery_id, received_at, effect, to_jsonb(event)", Cost::FewRows(ONE)),
    begins("select account from unnest($1::text[]) as account", Cost::FewRows(ONE)),
    begins("select max(seq) from refunds_v1.refund_events", Cost::FewRows(ONE)),
    begins("begin isolation level read committed read only", Cost::NoPlan),
    // quarantine
    file("src/store/quarantine/insert.sql", Cost::FewRows(GROUP)),
    file("src/store/quarantine/evict.sql", Cost::FewRows(GROUP)),
    // It counts the quarantine, whose size is limited, once a minute.
    file(
        "src/store/quarantine/measure.sql",
        Cost::WholeTables(&["refused_deliveries", "quarantine_usage"], WHOLE),
    ),
    begins("lock table refund_inbox.quarantine_usage", Cost::NoPlan),
    begins("set local lock_timeout", Cost::NoPlan),
    // retention
    // It reads all that waits, as `status` does, and the exceptions that it noted itself.
    file("src/store/retention/notice_replays.sql", Cost::WholeTables(&["replays"], RETENTION)),
    file("src/store/retention/empty_next.sql", Cost::WholeTables(WAITING, RETENTION)),
    file("src/store/retention/empty_kept.sql", Cost::WholeTables(WAITING, RETENTION)),
    file("src/store/retention/empty_refused.sql", Cost::FewRows(GROUP)),
    file("src/store/retention/waits_in_month.sql", Cost::WholeTables(WAITING, RETENTION)),
    file("src/store/retention/remove_outside.sql", Cost::WholeTables(WAITING, RETENTION)),
    file("src/store/retention/remove_refused.sql", Cost::WholeTables(WAITING, RETENTION)),
    file("src/store/retention/note_kept_months.sql", Cost::WholeTables(WAITING, RETENTION)),
    file("src/store/retention/kept_months.sql", Cost::WholeTables(WAITING, RETENTION)),
    file(
        "src/store/retention/remove_data_keys.sql",
        Cost::WholeTables(&["data_keys", "kept_months"], GROUP),
    ),
    begins("select pg_try_advisory_xact_lock(7301946318027155)", Cost::FewRows(ONE)),
    begins("select relname::text from pg_inherits", Cost::FewRows(GROUP)),
    begins("select relname::text from pg_class", Cost::FewRows(GROUP)),
    begins("lock table refund_inbox.deliveries", Cost::NoPlan),
    begins("alter table refund_inbox.deliveries detach", Cost::NoPlan),
    begins("drop table refund_inbox.", Cost::NoPlan),
    // erasure
    begins("update refund_inbox.refunds set receiving_account = null", Cost::FewRows(ONE)),
    file("src/store/erasure/erase_events.sql", Cost::FewRows(GROUP)),
    // It finds the deliveries of a refund as their list does, and searches the quarantine, whose size
    // is limited.
    file("src/store/erasure/refused_with.sql", Cost::WholeTables(&["refused_deliveries"], WHOLE)),
    file("src/store/erasure/empty_deliveries_of.sql", Cost::WholeTables(WAITING, WHOLE)),
    begins("set local plan_cache_mode", Cost::NoPlan),
    begins("insert into refund_inbox.erasures", Cost::FewRows(ONE)),
    file("src/store/erasure/later_arrivals.sql", Cost::WholeTables(&["erasures"], RETENTION)),
    // at_rest
    begins("insert into refund_inbox.data_keys", Cost::FewRows(ONE)),
    begins("update refund_inbox.data_keys", Cost::FewRows(ONE)),
    begins("select month, data_key_id, wrapped, wrapped_by", Cost::FewRows(ONE)),
    // The quarantine of an account is limited.
    file("src/store/at_rest/sealed_refused.sql", Cost::FewRows(WHOLE)),
    // schema
    begins("set statement_timeout = 0", Cost::NoPlan),
    file("src/store/schema/last_event.sql", Cost::FewRows(ONE)),
    begins("delete from refund_inbox.history_to_complete", Cost::FewRows(GROUP)),
    begins("select seq, delivery_id, received_at, to_jsonb(event)", Cost::FewRows(ONE)),
    begins("update refund_inbox.refund_events as event set refund_after", Cost::FewRows(ONE)),
    begins("select pg_try_advisory_lock(", Cost::FewRows(ONE)),
    begins("select pg_advisory_unlock(", Cost::FewRows(ONE)),
    begins("select name from unnest($1::text[]) with ordinality", Cost::FewRows(GROUP)),
    begins("select name from unnest($1::text[]) as wanted", Cost::FewRows(ONE)),
    begins("select indisvalid from pg_index", Cost::FewRows(ONE)),
    begins("select relkind = 'p' from pg_class", Cost::FewRows(ONE)),
    begins("create index if not exists", Cost::NoPlan),
    begins("select partition.relname::text from pg_inherits", Cost::FewRows(GROUP)),
    begins("alter index refund_inbox.", Cost::NoPlan),
    begins("drop index concurrently", Cost::NoPlan),
    begins("create index concurrently", Cost::NoPlan),
    begins("select to_regclass('refund_inbox.schema_migrations')", Cost::FewRows(ONE)),
    begins("select version from refund_inbox.schema_migrations", Cost::FewRows(ONE)),
    begins("select rolsuper or rolcreaterole from pg_roles", Cost::FewRows(ONE)),
    begins("select coalesce(bool_or( has_table_privilege", Cost::FewRows(ONE)),
    begins("select pg_advisory_xact_lock(7301946318027151)", Cost::FewRows(ONE)),
    begins("select pg_advisory_xact_lock(7301946318027153)", Cost::FewRows(ONE)),
    begins("select refund_inbox.create_delivery_partitions", Cost::FewRows(GROUP)),
];

/// Tables whose size does not depend on the number of deliveries.
pub const BOUNDED: [&str; 3] = ["commit_probe", "quarantine_usage", "schema_migrations"];

impl Statement {
    /// Returns whether this is the statement with this text. `read` reads a file of the repository.
    pub fn is(&self, text: &str, read: impl Fn(&str) -> String) -> bool {
        match self.text {
            Text::File(path) => with_single_spaces(text).contains(&with_single_spaces(&read(path))),
            Text::Begins(begin) => with_single_spaces(text).starts_with(begin),
        }
    }
}

/// Returns a text with each sequence of white space replaced by one space.
pub fn with_single_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
