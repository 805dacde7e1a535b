//! The errors of the store, classified by how callers react to them.

use std::time::Duration;

use sqlx::error::DatabaseError;

/// The kind of a failure. Each kind means that nothing was committed, except those for which
/// [`Self::outcome_unknown`] returns true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreErrorKind {
    /// There was no connection, or it was lost.
    Unreachable,
    /// The server takes no writes: it is a standby, or in the middle of a failover.
    ReadOnly,
    /// A delivery of the group is stored already: an earlier attempt was committed after all.
    Repeated,
    /// Another transaction interfered: a serialization failure, a deadlock, or a lock that was not
    /// granted in time.
    Contention,
    /// It took longer than allowed.
    Timeout,
    /// The server, or our pool, has no connection, memory or disk space left.
    Exhausted,
    /// The server refuses a value in the statement. It would refuse the value again.
    Content,
    /// A stored row does not have the form that we write.
    Corrupt,
    /// Another replay of one of these deliveries was committed first.
    Superseded,
    /// The server refuses the statement: the program has a bug, or the schema is not migrated.
    Rejected,
}

impl StoreErrorKind {
    /// Returns whether the work may be committed in spite of the error: the answer was lost, or we
    /// stopped waiting for it.
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

    /// Returns whether the same work may succeed a moment later.
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

    /// Returns the label in logs and metrics.
    pub const fn as_str(self) -> &'static str {
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

/// The end of the message of what the database user may not do.
const INSUFFICIENT_PRIVILEGE: &str = "(SQLSTATE 42501)";

/// A failure of the database, with its message. The message never contains values of a statement.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {message}", .kind.as_str())]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
}

impl StoreError {
    /// Returns the kind of the failure.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Returns whether the database user may not do this.
    pub(super) fn lacks_privilege(&self) -> bool {
        self.message.ends_with(INSUFFICIENT_PRIVILEGE)
    }

    /// Creates the error of a stored row that does not have the form that we write.
    pub(super) fn corrupt(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Corrupt, message: message.into() }
    }

    /// Creates the error of a row whose id is missing.
    pub(crate) fn without_an_id() -> Self {
        Self::corrupt("a row has no valid id")
    }

    /// Creates the error of a group of unknown kind.
    pub(crate) fn unknown_kind(kind: &str) -> Self {
        Self::corrupt(format!("unknown kind {kind:?} of what waits"))
    }

    /// Creates the error of work that another instance or person did first.
    pub(super) fn superseded(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Superseded, message: message.into() }
    }

    /// Creates the error of a server that refused a statement or did not do what it says.
    pub(super) fn rejected(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Rejected, message: message.into() }
    }

    /// Creates the error of a missing or lost connection.
    pub(super) fn unreachable(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Unreachable, message: message.into() }
    }

    /// Creates the error of a server that takes no writes.
    pub(super) fn read_only(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::ReadOnly, message: message.into() }
    }

    /// Creates the error of a check in which no server qualified, from the name and the error of
    /// each server. If the errors are of different kinds, the kind is
    /// [`StoreErrorKind::Unreachable`]: we could not reach a server that qualifies.
    pub(super) fn no_server(reasons: &[(&str, Self)]) -> Self {
        let mut kinds = reasons.iter().map(|(_, error)| error.kind);
        let kind = kinds.next().filter(|first| kinds.all(|other| other == *first));
        let kind = kind.unwrap_or(StoreErrorKind::Unreachable);
        let reasons: Vec<String> =
            reasons.iter().map(|(server, error)| format!("{server}: {error}")).collect();
        Self { kind, message: format!("no usable server: {}", reasons.join("; ")) }
    }

    /// Creates the error of another transaction that interfered.
    pub(super) fn contention(message: impl Into<String>) -> Self {
        Self { kind: StoreErrorKind::Contention, message: message.into() }
    }

    /// Creates the error of work that ended without a result, because it panicked.
    pub(crate) fn bug() -> Self {
        Self::rejected("bug in refund-inbox: the work ended without a result")
    }

    /// Creates the error of work that did not finish in time.
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
            // Only the primary message: the detail of a constraint violation contains values.
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                match (&*code, code.get(..2)) {
                    // The messages of this class contain the value.
                    (_, Some("22")) => format!("the server refused a value (SQLSTATE {code})"),
                    ("42P01" | "3F000", _) => {
                        "the schema does not exist yet: run `refund-inbox migrate`".to_owned()
                    }
                    _ => format!("{} (SQLSTATE {code})", database.message()),
                }
            }
            other => other.to_string(),
        };
        Self { kind, message }
    }
}

/// Returns the kind of an error that the server reports. The codes are those of
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn by_sqlstate(error: &dyn DatabaseError) -> StoreErrorKind {
    let code = error.code().unwrap_or_default();
    match &*code {
        "25006" => StoreErrorKind::ReadOnly,
        // Deliveries are the only rows that are ever written again with the same id.
        "23505" if error.table().is_some_and(|table| table.starts_with("deliveries")) => {
            StoreErrorKind::Repeated
        }
        // Another group recorded one of the same refunds or tokens first.
        "23505" if matches!(error.table(), Some("refunds" | "used_tokens")) => {
            StoreErrorKind::Contention
        }
        "40001" | "40P01" | "55P03" => StoreErrorKind::Contention,
        "57014" | "25P03" | "25P04" => StoreErrorKind::Timeout,
        // The schema lacks an object.
        "42P01" | "3F000" => StoreErrorKind::Rejected,
        "57P01" | "57P02" | "57P03" | "57P05" => StoreErrorKind::Unreachable,
        "53300" => StoreErrorKind::Exhausted,
        _ => match code.get(..2) {
            // No connection, access denied, or no such database.
            Some("08" | "28" | "3D") => StoreErrorKind::Unreachable,
            Some("53" | "58") => StoreErrorKind::Exhausted,
            // A value out of range, a violated constraint, or a server limit on a row or an index.
            Some("22" | "23" | "54") => StoreErrorKind::Content,
            Some(_) | None => StoreErrorKind::Rejected,
        },
    }
}
