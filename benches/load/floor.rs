//! The floor: what the database itself can do. It writes the rows of a run again into the same
//! tables, with the same indexes and constraints, in groups of the same size. Each group is one
//! transaction that is on disk before its connection begins the next. There is no HTTP, no
//! verification and no planning: the server receives prepared rows in the binary form of `copy`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use testing::core_time::time_of;
use tokio::task::JoinSet;

use crate::database::{Database, Postgres};
use crate::rows::{FEED_LOCK, Rows, TABLES};
use crate::run::quantile;

/// The most times that the same rows are written.
const MOST_ROUNDS: usize = 8;

/// The measured floor.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    pub(crate) connections: usize,
    pub(crate) group_size: usize,
    /// Deliveries a second.
    pub(crate) rate: f64,
    /// The times within which 50 % and 99 % of groups were committed.
    pub(crate) group_time: [Duration; 2],
    /// Time of Postgres and of us on a core, for each delivery.
    pub(crate) time: [Duration; 2],
}

/// Everything that is sent for one group: a `copy` for each table.
type Group = [Vec<u8>; 3];

/// Groups that are ready to be sent, and the statements that receive them.
pub(crate) struct Groups {
    statements: [String; 3],
    groups: Vec<Arc<Group>>,
    size: usize,
    deliveries: usize,
}

impl Groups {
    /// Prepares the rows that a run has left in `database`, and empties its tables.
    pub(crate) async fn prepare(postgres: &Postgres, database: &mut Database, size: usize) -> Self {
        let rows = Rows::take(database).await;
        let statements = [0, 1, 2].map(|table| {
            let (name, columns) = (TABLES[table], rows.names(table));
            format!("copy refund_inbox.{name} ({columns}) from stdin (format binary)")
        });
        let mut tables = Vec::new();
        for table in 0..TABLES.len() {
            tables.push(rows.binary_groups(postgres, database, table, size).await.into_iter());
        }
        let groups = std::iter::from_fn(|| {
            let mut next = || tables.iter_mut().map(Iterator::next).collect::<Option<Vec<_>>>();
            next().map(|group| Arc::new(Group::try_from(group).unwrap()))
        });
        let groups = groups.collect();
        Self { statements, groups, size, deliveries: rows.count }
    }

    /// Writes all groups over these connections. Repeats this with emptied tables until it has
    /// taken `long_enough`.
    pub(crate) async fn write(
        &self,
        postgres: &Postgres,
        database: &mut Database,
        connections: usize,
        long_enough: Duration,
    ) -> Floor {
        let mut sessions = Vec::new();
        for _ in 0..connections {
            sessions.push(PgConnection::connect(&database.url).await.unwrap());
        }
        let (mut took, mut rounds) = (Duration::ZERO, 0);
        let (mut spent, mut group_times) = ([Duration::ZERO; 2], Vec::new());
        let times = || [postgres.time(), time_of(std::process::id())];
        while rounds == 0 || (took < long_enough && rounds < MOST_ROUNDS) {
            database.run("truncate refund_inbox.deliveries, refund_inbox.refunds, refund_inbox.refund_events cascade").await;
            database.settle().await;
            let (began, before) = (Instant::now(), times());
            group_times.extend(self.write_once(&mut sessions).await);
            took += began.elapsed();
            let after = times();
            spent = [0, 1].map(|which| spent[which] + after[which] - before[which]);
            rounds += 1;
        }
        group_times.sort_unstable();
        let deliveries = self.deliveries * rounds;
        let each = u32::try_from(deliveries.max(1)).unwrap();
        Floor {
            connections,
            group_size: self.size,
            rate: deliveries as f64 / took.as_secs_f64(),
            group_time: [0.5, 0.99].map(|share| quantile(&group_times, share)),
            time: spent.map(|time| time / each),
        }
    }

    /// Writes all groups. Returns how long each took.
    async fn write_once(&self, sessions: &mut Vec<PgConnection>) -> Vec<Duration> {
        let connections = sessions.len();
        let mut writers = JoinSet::new();
        for (number, mut session) in sessions.drain(..).enumerate() {
            let statements = self.statements.clone();
            let groups: Vec<_> =
                self.groups.iter().skip(number).step_by(connections).map(Arc::clone).collect();
            writers.spawn(async move {
                let mut times = Vec::with_capacity(groups.len());
                for group in groups {
                    let began = Instant::now();
                    write(&mut session, &statements, &group).await;
                    times.push(began.elapsed());
                }
                (session, times)
            });
        }
        let mut all = Vec::new();
        for (session, times) in writers.join_all().await {
            sessions.push(session);
            all.extend(times);
        }
        all
    }
}

async fn write(session: &mut PgConnection, statements: &[String; 3], group: &Group) {
    session.execute("begin").await.unwrap();
    for (table, (statement, rows)) in statements.iter().zip(group).enumerate() {
        if TABLES[table] == "refund_events" {
            session.execute(AssertSqlSafe(FEED_LOCK)).await.unwrap();
        }
        let mut copy = session.copy_in_raw(statement).await.unwrap();
        copy.send(rows.as_slice()).await.unwrap();
        copy.finish().await.unwrap();
    }
    session.execute("commit").await.unwrap();
}
