//! Reports: money and counts of refunds, now or as they were known at a time.

use sqlx::{Connection, Executor, Postgres, QueryBuilder};
use time::OffsetDateTime;

use super::as_of::recorded_since;
use super::list::Row;
use super::{Store, StoreError};
use refund_providers::refund::RefundStatus;

/// Selects the refunds of a report, by the time of their first receipt. A field that is `None`
/// selects all.
#[derive(Clone, Debug, Default)]
pub struct ReportQuery {
    /// Only refunds of this account.
    pub account: Option<String>,
    /// Only refunds of this provider.
    pub provider: Option<String>,
    /// Only refunds received at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Only refunds received before this time.
    pub until: Option<OffsetDateTime>,
    /// The time as of which refunds are reported; `None` for now.
    pub as_of: Option<OffsetDateTime>,
}

/// The columns of a total, in order.
pub struct Total;

/// The columns of open refunds by age, in order.
pub struct Aged;

/// The columns of a refund that has changed, in order.
pub struct Changed;

impl Total {
    /// The names of the columns.
    pub const COLUMNS: [&'static str; 7] =
        ["provider", "account", "currency", "status", "count", "amount_minor", "currency_exponent"];
}

impl Aged {
    /// The names of the columns.
    pub const COLUMNS: [&'static str; 8] = [
        "provider",
        "account",
        "currency",
        "status",
        "age",
        "count",
        "amount_minor",
        "currency_exponent",
    ];
}

impl Changed {
    /// The names of the columns. Those that end with `_before` are as of the time of the report, and
    /// null if the refund was not known.
    pub const COLUMNS: [&'static str; 13] = [
        "refund_id",
        "provider",
        "account",
        "merchant_refund_id",
        "first_received_at",
        "status_before",
        "status",
        "amount_minor_before",
        "amount_minor",
        "currency_before",
        "currency",
        "currency_exponent_before",
        "currency_exponent",
    ];
}

/// The ages of open refunds: the least number of days, and the word.
const AGES: [(i64, &str); 5] =
    [(30, "30+ days"), (7, "7-30 days"), (3, "3-7 days"), (1, "1-3 days"), (0, "0-1 days")];

/// Begins the transaction of a report. It reads whole tables.
const BEGIN: &str = "set transaction read only; set local plan_cache_mode = force_custom_plan; \
     set local enable_seqscan = on; set local enable_bitmapscan = on; \
     set local enable_hashjoin = on; set local enable_mergejoin = on; \
     set local enable_material = on";

/// Makes the server rest for a millisecond after about 4,000 rows in the first half second, so that
/// recording does not wait for a core.
const REST: &str = " and case
    when random() < 0.00025 and clock_timestamp() < statement_timestamp() + interval '500 ms'
        then pg_sleep(0.001) is not null
    else true
end";

impl Store {
    /// Returns the totals by provider, account, currency and status.
    pub async fn totals(&self, query: &ReportQuery) -> Result<Vec<Row>, StoreError> {
        let mut statement = QueryBuilder::new(
            "select provider, account, currency, currency_exponent, status,
                 count(*) as count, sum(amount_minor)::bigint as amount_minor from ",
        );
        source(&mut statement, query.as_of);
        statement.push(" as refund where true");
        conditions(&mut statement, query, "refund");
        past(&mut statement, query);
        if self.rests {
            statement.push(REST);
        }
        statement.push(" group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5");
        self.report(statement).await
    }

    /// Returns the open refunds by age at `now`, or at the time as of which they are reported.
    pub async fn ageing(
        &self,
        query: &ReportQuery,
        now: OffsetDateTime,
    ) -> Result<Vec<Row>, StoreError> {
        let at = query.as_of.unwrap_or(now);
        let mut statement = QueryBuilder::new(
            "select provider, account, currency, currency_exponent, status, age,
                 count(*) as count, sum(amount_minor)::bigint as amount_minor
             from (select refund.*, case",
        );
        for (days, word) in AGES {
            let before = at.checked_sub(time::Duration::days(days)).unwrap_or(at);
            statement.push(" when first_received_at <= ").push_bind(before);
            statement.push(format!(" then '{word}'"));
        }
        statement.push(" else '0-1 days' end as age from ");
        source(&mut statement, query.as_of);
        statement.push(" as refund where status = any (");
        let open = RefundStatus::ALL.into_iter().filter(|status| !status.is_final());
        let open: Vec<String> = open.map(|status| status.as_str().to_owned()).collect();
        statement.push_bind(open).push(")");
        conditions(&mut statement, query, "refund");
        past(&mut statement, query);
        statement.push(
            ") as aged group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, min(first_received_at)",
        );
        self.report(statement).await
    }

    /// Returns the refunds of a period whose status, amount or currency is now another one than was
    /// known at `then`. A refund is of the period if it is now, or if it was known to be one then.
    pub async fn changed(
        &self,
        query: &ReportQuery,
        then: OffsetDateTime,
    ) -> Result<Vec<Row>, StoreError> {
        let mut statement = QueryBuilder::new(
            "select coalesce(now.refund_id, known.refund_id) as refund_id,
                 now.provider, now.account, now.merchant_refund_id, now.first_received_at,
                 known.status as status_before, now.status,
                 known.amount_minor as amount_minor_before, now.amount_minor,
                 known.currency as currency_before, now.currency,
                 known.currency_exponent as currency_exponent_before, now.currency_exponent
             from refunds_v1.refunds as now left join ",
        );
        source(&mut statement, Some(then));
        statement.push(" as known on known.refund_id = now.refund_id");
        if let Some(since) = query.since {
            // A refund that is of the period now was of it then, or was not known: what it is known
            // by never becomes later.
            recorded_since(&mut statement, "known", since);
        }
        statement.push(
            " where (known.status, known.amount_minor, known.currency)
                 is distinct from (now.status, now.amount_minor, now.currency) and ((true",
        );
        conditions(&mut statement, query, "now");
        statement.push(") or (known.refund_id is not null");
        conditions(&mut statement, query, "known");
        statement.push(")) order by now.first_received_at, now.refund_id");
        self.report(statement).await
    }

    async fn report(&self, statement: QueryBuilder<Postgres>) -> Result<Vec<Row>, StoreError> {
        let mut statement = statement;
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute(BEGIN).await?;
        let query = statement.build().persistent(false);
        let rows = query.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        lease.give_back();
        rows.iter().map(row).collect()
    }
}

/// Writes the refunds as of a time, or as they are now.
fn source(statement: &mut QueryBuilder<Postgres>, as_of: Option<OffsetDateTime>) {
    match as_of {
        None => statement.push("refunds_v1.refunds"),
        Some(at) => statement.push("refunds_v1.refunds_as_of(").push_bind(at).push(")"),
    };
}

/// Writes the bound of a look at the past.
fn past(statement: &mut QueryBuilder<Postgres>, query: &ReportQuery) {
    if let (Some(_), Some(since)) = (query.as_of, query.since) {
        recorded_since(statement, "refund", since);
    }
}

/// Writes the conditions on the refunds of this name.
fn conditions(statement: &mut QueryBuilder<Postgres>, query: &ReportQuery, name: &str) {
    for (column, value) in [("account", &query.account), ("provider", &query.provider)] {
        if let Some(value) = value {
            statement.push(format!(" and {name}.{column} = ")).push_bind(value.clone());
        }
    }
    if let Some(at) = query.since {
        statement.push(format!(" and {name}.first_received_at >= ")).push_bind(at);
    }
    if let Some(at) = query.until {
        statement.push(format!(" and {name}.first_received_at < ")).push_bind(at);
    }
}

/// Returns a row of any report as the names and values of its columns.
fn row(row: &sqlx::postgres::PgRow) -> Result<Row, StoreError> {
    use sqlx::{Column as _, Row as _, TypeInfo as _};
    let mut values = serde_json::Map::new();
    for column in row.columns() {
        let place = column.ordinal();
        let value = match column.type_info().name() {
            "INT8" => serde_json::json!(row.try_get::<Option<i64>, _>(place)?),
            "INT2" => serde_json::json!(row.try_get::<Option<i16>, _>(place)?),
            "UUID" => serde_json::json!(row.try_get::<Option<uuid::Uuid>, _>(place)?),
            "TIMESTAMPTZ" => {
                let at: Option<OffsetDateTime> = row.try_get(place)?;
                let format = &time::format_description::well_known::Rfc3339;
                serde_json::json!(at.and_then(|at| at.format(format).ok()))
            }
            _ => serde_json::json!(row.try_get::<Option<String>, _>(place)?),
        };
        values.insert(column.name().to_owned(), value);
    }
    Ok(Row(values))
}
