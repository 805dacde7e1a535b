//! What can go wrong between us and the database, sorted by what is to be done about it.

use std::time::Duration;

use sqlx::error::DatabaseError;

/// What kind of failure it was. Each means that nothing was committed, except
/// those that [`Self::outcome_unknown`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreErrorKind {
    /// No connection, or it was lost.
    Unreachable,
    /// The server takes no writes: a standby, or a primary after failover.
    ReadOnly,
    /// A delivery of the group is stored already: an earlier try was committed after all.
    Repeated,
    /// Another transaction was in the way: serialization, deadlock, a lock not granted.
    Contention,
    /// It took longer than allowed.
    Timeout,
    /// Out of connections, memory or disk.
    Exhausted,
    /// The server does not take a value that we gave it: it will not take it next time either.
    Content,
    /// A row does not read as what we wrote.
    Corrupt,
    /// Somebody else has replayed one of these deliveries in the meantime.
    Superseded,
    /// The server refuses the statement: a bug of ours, or a schema that is not migrated.
    Rejected,
}

impl StoreErrorKind {
    /// Whether what was tried may be committed all the same: the answer was lost, or we did not
    /// wait for it.
    pub fn outcome_unknown(self) -> bool {
        match self {
            Self::Unreachable | Self::Timeout | Self::Repeated => true,
            Self::ReadOnly
            | Self::Contention
            | Self::Exhausted
            | Self::Content
            | Self::Corrupt
            | Self::Superseded
            | Self::Rejected => false,
        }
    }

    /// Whether the same may go through a moment later.
    pub fn is_transient(self) -> bool {
        match self {
            Self::Unreachable
            | Self::ReadOnly
            | Self::Repeated
            | Self::Contention
            | Self::Timeout
            | Self::Exhausted => true,
            Self::Content | Self::Corrupt | Self::Superseded | Self::Rejected => false,
        }
    }

    /// The word in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::ReadOnly => "read_only",
            Self::Repeated => "repeated",
            Self::Contention => "contention",
            Self::Timeout => "timeout",
            Self::Exhausted => "exhausted",
            Self::Content => "content",
            Self::Corrupt => "corrupt",
            Self::Superseded => "superseded",
            Self::Rejected => "rejected",
        }
    }
}

/// A failure of the database, with what it said. It never holds values of a statement.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {message}", .kind.as_str())]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
}

impl StoreError {
    /// What kind of failure it was.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// A row that does not read as what we wrote.
    pub(super) fn corrupt(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Corrupt, message: message.into() }
    }

    /// Somebody else did it first.
    pub(super) fn superseded(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Superseded, message: message.into() }
    }

    /// The server did not do what the statement means.
    pub(super) fn rejected(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Rejected, message: message.into() }
    }

    /// No connection.
    pub(super) fn unreachable(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Unreachable, message: message.into() }
    }

    /// The server takes no writes.
    pub(super) fn read_only(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::ReadOnly, message: message.into() }
    }

    /// None of the servers will do: each by its name, with its reason. Where the reasons are not of
    /// one kind, what remains to be said is that no server could be reached that will.
    pub(super) fn no_server(reasons: &[(&str, Self)]) -> Self {
        let mut kinds = reasons.iter().map(|(_, error)| error.kind);
        let kind = kinds.next().filter(|first| kinds.all(|other| other == *first));
        let kind = kind.unwrap_or(StoreErrorKind::Unreachable);
        let reasons: Vec<String> =
            reasons.iter().map(|(server, error)| format!("{server}: {error}")).collect();
        Self { kind, message: format!("no server will do: {}", reasons.join("; ")) }
    }

    /// Another transaction was in the way.
    pub(super) fn contention(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Contention, message: message.into() }
    }

    /// The deadline passed.
    pub(crate) fn timeout(after: Duration) -> Self {
        let message = format!("not finished within {} ms", after.as_millis());
        Self { kind: StoreErrorKind::Timeout, message }
    }
}

impl From<sqlx::Error> for StoreError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's enumeration is open")]
    fn from(error: sqlx::Error) -> Self {
        let kind = match &error {
            sqlx::Error::Database(database) => by_sqlstate(&**database),
            sqlx::Error::PoolTimedOut => StoreErrorKind::Exhausted,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => StoreErrorKind::Unreachable,
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::RowNotFound => StoreErrorKind::Corrupt,
            _ => StoreErrorKind::Rejected,
        };
        let message = match &error {
            // Only the message proper: the detail of a constraint violation repeats values.
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                match (&*code, code.get(..2)) {
                    // These messages repeat the value.
                    (_, Some("22")) => format!("a value was not taken (SQLSTATE {code})"),
                    ("42P01" | "3F000", _) => {
                        "there is no schema yet: run `refund-inbox migrate`".to_owned()
                    }
                    _ => format!("{} (SQLSTATE {code})", database.message()),
                }
            }
            other => other.to_string(),
        };
        Self { kind, message }
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn by_sqlstate(error: &dyn DatabaseError) -> StoreErrorKind {
    let code = error.code().unwrap_or_default();
    match &*code {
        "25006" => StoreErrorKind::ReadOnly,
        // Of all rows only deliveries are ever written again under the same number.
        "23505" if error.table().is_some_and(|table| table.starts_with("deliveries")) => {
            StoreErrorKind::Repeated
        }
        "40001" | "40P01" | "55P03" => StoreErrorKind::Contention,
        "57014" | "25P03" | "25P04" => StoreErrorKind::Timeout,
        // An object that the schema does not have yet.
        "42P01" | "3F000" => StoreErrorKind::Rejected,
        "57P01" | "57P02" | "57P03" | "57P05" => StoreErrorKind::Unreachable,
        "53300" => StoreErrorKind::Exhausted,
        _ => match code.get(..2) {
            // No connection, not let in, no such database.
            Some("08" | "28" | "3D") => StoreErrorKind::Unreachable,
            Some("53" | "58") => StoreErrorKind::Exhausted,
            // A value out of range, a constraint, a limit of the server's on a row or an index.
            Some("22" | "23" | "54") => StoreErrorKind::Content,
            Some(_) | None => StoreErrorKind::Rejected,
        },
    }
}
