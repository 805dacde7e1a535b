//! What waits for a person, from the database and from the configuration.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::config::ConfiguredAccount;
use crate::query::Times;
use crate::store::{AccountActivity, KeptMonth, QuarantineLimits, Store, StoreError, Waiting};
use refund_providers::contract::{Outcome, Verdict};

/// How long before a certificate expires it waits for a person.
const EXPIRES_SOON: Duration = Duration::days(30);

/// How many refusals without an accepted delivery in between make an account one that only refuses.
const MANY_REFUSALS: i64 = 3;

/// How many deliveries were usual in the hours in which an account is silent.
const USUAL: i64 = 10;

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Deliveries that are authentic and that we could not read.
    Unreadable,
    /// Deliveries that are authentic and that our key does not open.
    Undecryptable,
    /// Deliveries that were refused for one reason.
    Refused,
    /// Refunds for which the provider reported different final statuses.
    Conflicting,
    /// Refunds with a status word that we do not know.
    UnknownStatus,
    /// Refunds that need attention for another reason.
    Attention,
    /// Refunds that are open for longer than the account's `pending_alarm`.
    Pending,
    /// An account that receives nothing in hours in which deliveries are usual.
    Silent,
    /// An account of which every delivery is refused.
    OnlyRefused,
    /// A key whose certificate expires soon.
    KeyExpires,
    /// A quarantine in which each refused delivery evicts an older one.
    QuarantineFull,
    /// Deliveries in no month's partition.
    DefaultPartition,
    /// A month that `[retention]` would drop, and in which something waits.
    KeptMonth,
}

impl Kind {
    const ALL: [Self; 13] = [
        Self::Unreadable,
        Self::Undecryptable,
        Self::Refused,
        Self::Conflicting,
        Self::UnknownStatus,
        Self::Attention,
        Self::Pending,
        Self::Silent,
        Self::OnlyRefused,
        Self::KeyExpires,
        Self::QuarantineFull,
        Self::DefaultPartition,
        Self::KeptMonth,
    ];

    /// Returns the word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => Verdict::Unreadable.as_str(),
            Self::Undecryptable => Outcome::Undecryptable.as_str(),
            Self::Refused => Verdict::Refused.as_str(),
            Self::Conflicting => "conflicting",
            Self::UnknownStatus => "unknown_status",
            Self::Attention => "attention",
            Self::Pending => "pending",
            Self::Silent => "silent",
            Self::OnlyRefused => "only_refused",
            Self::KeyExpires => "key_expires",
            Self::QuarantineFull => "quarantine_full",
            Self::DefaultPartition => "default_partition",
            Self::KeptMonth => "kept_month",
        }
    }

    /// Returns the words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable deliveries",
            Self::Undecryptable => "undecryptable deliveries",
            Self::Refused => "refused deliveries",
            Self::Conflicting => "conflicting refunds",
            Self::UnknownStatus => "unknown status words",
            Self::Attention => "refunds that need attention",
            Self::Pending => "refunds open for too long",
            Self::Silent => "silent account",
            Self::OnlyRefused => "account that only refuses",
            Self::KeyExpires => "key that expires soon",
            Self::QuarantineFull => "quarantine that evicts",
            Self::DefaultPartition => "deliveries outside of months",
            Self::KeptMonth => "month that cannot be dropped",
        }
    }
}

/// A row of `status`.
#[derive(Clone, Debug)]
pub struct StatusRow {
    /// What waits.
    pub kind: Kind,
    /// The account, if it is of one.
    pub account: Option<String>,
    /// How many wait.
    pub count: i64,
    /// When the oldest of them was received, or another time that `note` names.
    pub oldest: Option<OffsetDateTime>,
    /// When the newest of them was received.
    pub newest: Option<OffsetDateTime>,
    /// The sum of the refunds, in minor units.
    pub amount_minor: Option<i64>,
    /// The currency of the refunds.
    pub currency: Option<String>,
    /// The decimals of its minor unit.
    pub currency_exponent: Option<i16>,
    /// The reason of refused deliveries.
    pub reason: Option<String>,
    /// What is known about them.
    pub note: Option<String>,
    /// The command to run next.
    pub next: String,
}

impl StatusRow {
    /// Returns the row for programs.
    pub fn to_json(&self) -> Value {
        json!({
            "kind": self.kind.as_str(),
            "account": self.account,
            "count": self.count,
            "oldest": self.oldest.map(Times::utc),
            "newest": self.newest.map(Times::utc),
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "currency_exponent": self.currency_exponent,
            "reason": self.reason,
            "note": self.note,
            "next": self.next,
        })
    }

    fn new(kind: Kind, account: Option<&str>, count: i64, next: String) -> Self {
        Self {
            kind,
            account: account.map(str::to_owned),
            count,
            oldest: None,
            newest: None,
            amount_minor: None,
            currency: None,
            currency_exponent: None,
            reason: None,
            note: None,
            next,
        }
    }
}

/// Returns what waits for a person, by kind and account.
pub async fn status(
    accounts: &[&ConfiguredAccount],
    quarantine: QuarantineLimits,
    store: &Store,
    times: &Times,
) -> Result<Vec<StatusRow>, StoreError> {
    let alarms: Vec<(String, OffsetDateTime)> = accounts
        .iter()
        .filter_map(|account| {
            Some((account.name.to_string(), times.now.checked_sub(account.pending_alarm?)?))
        })
        .collect();
    let names: Vec<String> = accounts.iter().map(|account| account.name.to_string()).collect();
    let activity = store.activity(&names, times.now).await?;
    let mut rows = Vec::new();
    let waiting = store.waiting(&alarms).await?;
    let groups: Vec<(String, OffsetDateTime)> =
        waiting.iter().map(|group| (group.account.clone(), group.oldest)).collect();
    let reloads = store.last_reloads(&groups).await?;
    for (waiting, reload) in waiting.into_iter().zip(reloads) {
        rows.push(of_waiting(waiting, &activity, reload, times)?);
    }
    for account in &activity {
        rows.extend(silent(account));
        rows.extend(only_refused(account));
    }
    for account in accounts {
        for key in account.provider.keys() {
            let Some(expires) = key.expires_at.filter(|at| *at - times.now < EXPIRES_SOON) else {
                continue;
            };
            let name = account.name.as_str();
            let next = "refund-inbox check-config".to_owned();
            rows.push(StatusRow {
                oldest: Some(expires),
                note: Some(format!("{} expires then", key.key_id)),
                ..StatusRow::new(Kind::KeyExpires, Some(name), 1, next)
            });
        }
    }
    for (account, deliveries) in store.full_quarantines(quarantine).await? {
        let next = format!(
            "refund-inbox deliveries list --account {account} --verdict {}",
            Verdict::Refused.as_str()
        );
        let row = StatusRow::new(Kind::QuarantineFull, Some(&account), deliveries, next);
        let note = "each refused delivery evicts an older one: raise [quarantine]".to_owned();
        rows.push(StatusRow { note: Some(note), ..row });
    }
    let (count, oldest) = store.in_default_partition().await?;
    if count > 0 {
        let next = "refund-inbox migrate".to_owned();
        rows.push(StatusRow {
            oldest,
            note: Some("no month's partition has them".to_owned()),
            ..StatusRow::new(Kind::DefaultPartition, None, count, next)
        });
    }
    rows.extend(store.kept_months().await?.into_iter().map(kept_month));
    rows.sort_by(|a, b| (a.kind, &a.account, &a.reason).cmp(&(b.kind, &b.account, &b.reason)));
    Ok(rows)
}

/// Returns the row of a group in the database. `reload` is when the account last changed before the
/// first of the group arrived.
fn of_waiting(
    waiting: Waiting,
    activity: &[AccountActivity],
    reload: Option<OffsetDateTime>,
    times: &Times,
) -> Result<StatusRow, StoreError> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == waiting.kind);
    let kind = kind.ok_or_else(|| StoreError::unknown_kind(&waiting.kind))?;
    let account = &waiting.account;
    let reason = waiting.reason.as_deref().unwrap_or_default();
    let next = match kind {
        Kind::Unreadable | Kind::Undecryptable => format!(
            "refund-inbox deliveries list --waiting --account {account} --verdict {}",
            kind.as_str()
        ),
        Kind::Refused => {
            format!("refund-inbox deliveries list --waiting --account {account} --reason {reason}")
        }
        Kind::Conflicting => {
            format!("refund-inbox refunds list --attention --conflicting --account {account}")
        }
        Kind::UnknownStatus => {
            format!("refund-inbox refunds list --attention --status unknown --account {account}")
        }
        Kind::Pending => format!("refund-inbox refunds list --open --account {account}"),
        Kind::Attention
        | Kind::Silent
        | Kind::OnlyRefused
        | Kind::KeyExpires
        | Kind::QuarantineFull
        | Kind::DefaultPartition
        | Kind::KeptMonth => {
            format!("refund-inbox refunds list --attention --account {account}")
        }
    };
    let of_account = activity.iter().find(|one| one.account == *account);
    let accepted = of_account.and_then(|one| one.last_accepted);
    let note = (kind == Kind::Refused).then(|| match (accepted, reload) {
        (accepted, Some(reload)) if accepted.is_none_or(|at| at < reload) => {
            format!("all since the reload at {}", times.show(reload))
        }
        (Some(at), _) if at < waiting.oldest => {
            "nothing was accepted since the first of them".to_owned()
        }
        (Some(_), _) => "other deliveries were accepted meanwhile".to_owned(),
        (None, _) => "the account has accepted nothing yet".to_owned(),
    });
    Ok(StatusRow {
        kind,
        account: Some(account.clone()),
        count: waiting.count,
        oldest: Some(waiting.oldest),
        newest: Some(waiting.newest),
        amount_minor: waiting.amount_minor,
        currency: waiting.currency,
        currency_exponent: waiting.currency_exponent,
        reason: waiting.reason,
        note,
        next,
    })
}

fn kept_month(kept: KeptMonth) -> StatusRow {
    let KeptMonth { month, count, oldest, has_unreadable } = kept;
    let next = match has_unreadable {
        true => {
            format!("refund-inbox deliveries list --waiting --verdict unreadable --since {month}")
        }
        false => "refund-inbox refunds list --attention".to_owned(),
    };
    let note = format!("{month} and later: older than [retention] deliveries_months");
    StatusRow {
        oldest: Some(oldest),
        note: Some(note),
        ..StatusRow::new(Kind::KeptMonth, None, count, next)
    }
}

fn silent(account: &AccountActivity) -> Option<StatusRow> {
    if account.usual < USUAL {
        return None;
    }
    let name = account.account.as_str();
    let next = format!("refund-inbox deliveries list --account {name} --since 2d");
    let note = "nothing for six hours, in which deliveries are usual; since the time shown";
    Some(StatusRow {
        oldest: account.last_accepted,
        note: Some(note.to_owned()),
        ..StatusRow::new(Kind::Silent, Some(name), 1, next)
    })
}

fn only_refused(account: &AccountActivity) -> Option<StatusRow> {
    if account.refused < MANY_REFUSALS {
        return None;
    }
    let name = account.account.as_str();
    let next = format!(
        "refund-inbox deliveries list --account {name} --verdict {}",
        Verdict::Refused.as_str()
    );
    let note = "every delivery since then was refused: compare the secret, the URL and the proxy";
    Some(StatusRow {
        oldest: account.first_refused,
        note: Some(note.to_owned()),
        ..StatusRow::new(Kind::OnlyRefused, Some(name), account.refused, next)
    })
}
