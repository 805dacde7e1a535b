//! The floor: what the database itself can do. The rows that a run has recorded are put into the
//! same, emptied tables again, with the same indexes and constraints, in groups of the same size,
//! each group one transaction that is on disk before the next begins. No HTTP, no verification, no
//! planning, and not even a byte on the wire: the rows come from copies beside the tables.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use crate::database::{Database, Postgres};

/// Copies of the rows, numbered by delivery, and a function that puts a range of them back. It is
/// written for whatever columns the tables have.
const PREPARE: &str = r#"
create schema load_floor;
create table load_floor.deliveries as
    select row_number() over (order by delivery_id) as place, stored.*
    from refund_inbox.deliveries as stored;
create table load_floor.refund_events as
    select delivery.place, stored.*
    from refund_inbox.refund_events as stored
    join load_floor.deliveries as delivery using (delivery_id);
create table load_floor.refunds as
    select told.place, stored.*
    from refund_inbox.refunds as stored
    join (select refund_id, min(place) as place from load_floor.refund_events group by refund_id)
        as told using (refund_id);
create index on load_floor.deliveries (place);
create index on load_floor.refund_events (place);
create index on load_floor.refunds (place);
truncate refund_inbox.deliveries, refund_inbox.refunds, refund_inbox.refund_events;
vacuum analyze load_floor.deliveries, load_floor.refund_events, load_floor.refunds;

do $make$
declare
    columns_of constant text := $$
        select string_agg(quote_ident(column_name), ', ' order by ordinal_position)
        from information_schema.columns
        where table_schema = 'refund_inbox' and table_name = $1
            and is_generated = 'NEVER' and column_name <> 'seq'
    $$;
    deliveries text;
    refunds text;
    events text;
begin
    execute columns_of into deliveries using 'deliveries';
    execute columns_of into refunds using 'refunds';
    execute columns_of into events using 'refund_events';
    execute format($function$
        create function load_floor.record(first bigint, last bigint) returns void
        language plpgsql as $body$
        begin
            insert into refund_inbox.deliveries (%1$s)
                select %1$s from load_floor.deliveries where place between first and last;
            insert into refund_inbox.refunds (%2$s)
                select %2$s from load_floor.refunds where place between first and last;
            perform pg_advisory_xact_lock(7301946318027152);
            insert into refund_inbox.refund_events (seq, %3$s)
                select nextval('refund_inbox.refund_events_seq'), %3$s
                from load_floor.refund_events where place between first and last;
        end
        $body$
    $function$, deliveries, refunds, events);
end
$make$;
"#;

/// What the database did.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    pub(crate) connections: usize,
    pub(crate) group_size: i64,
    pub(crate) deliveries: i64,
    /// Deliveries a second.
    pub(crate) rate: f64,
    /// Of one group: the time of which half are not longer.
    pub(crate) group_time: Duration,
    /// Time of Postgres on a core for each delivery.
    pub(crate) time: Duration,
}

/// Turns the database that a run has left into one in which floors are measured.
pub(crate) async fn prepare(database: &mut Database) {
    // Each by itself: some refuse to run within a transaction, which a text of several is.
    let (statements, function) = PREPARE.split_once("\n\n").unwrap();
    for statement in statements.split(";\n") {
        database.run(statement).await;
    }
    database.run(function).await;
}

/// Puts all rows back, in groups of this size, over so many connections.
pub(crate) async fn measure(
    postgres: &Postgres,
    database: &mut Database,
    group_size: i64,
    connections: usize,
) -> Floor {
    database
        .run("truncate refund_inbox.deliveries, refund_inbox.refunds, refund_inbox.refund_events")
        .await;
    let deliveries: i64 = sqlx::query_scalar("select count(*) from load_floor.deliveries")
        .fetch_one(&mut database.connection)
        .await
        .unwrap();
    let mut sessions = Vec::new();
    for _ in 0..connections {
        let mut session = PgConnection::connect(&database.url).await.unwrap();
        // Prepares and plans everything; there is nothing in this range.
        for _ in 0..6 {
            record(&mut session, -1, -1).await;
        }
        sessions.push(session);
    }
    database.settle().await;
    let starts: Vec<i64> = (1..=deliveries).step_by(group_size.try_into().unwrap()).collect();
    let (began, before) = (Instant::now(), postgres.time());
    let mut workers = tokio::task::JoinSet::new();
    for (number, mut session) in sessions.into_iter().enumerate() {
        let mine: Vec<i64> = starts.iter().skip(number).step_by(connections).copied().collect();
        workers.spawn(async move {
            let mut times = Vec::with_capacity(mine.len());
            for start in mine {
                let began = Instant::now();
                record(&mut session, start, start + group_size - 1).await;
                times.push(began.elapsed());
            }
            times
        });
    }
    let mut times = workers.join_all().await.concat();
    let (took, spent) = (began.elapsed(), postgres.time() - before);
    times.sort_unstable();
    Floor {
        connections,
        group_size,
        deliveries,
        rate: deliveries as f64 / took.as_secs_f64(),
        group_time: crate::run::quantile(&times, 0.5),
        time: spent / u32::try_from(deliveries.max(1)).unwrap(),
    }
}

async fn record(session: &mut PgConnection, first: i64, last: i64) {
    sqlx::query("select load_floor.record($1, $2)")
        .bind(first)
        .bind(last)
        .execute(session)
        .await
        .unwrap();
}
