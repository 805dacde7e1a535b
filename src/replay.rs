//! The path of a kept delivery. A delivery that was refused, unreadable or only partly read is judged
//! again, with today's keys and code, as of the time at which it was received.
//!
//! The steps are those of [`receive`](crate::receive), with two differences: the bytes come from
//! the database, and no provider waits for an answer. If the judgement is the same as before,
//! nothing changes. Otherwise the kept delivery becomes a new delivery. That happens once, even if
//! several people replay it at the same time.

mod ending;

use std::borrow::Cow;
use std::collections::BTreeSet;

use http::HeaderMap;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Accounts;
use crate::config::RecordingSettings;
use crate::id::{new_id, new_salt};
use crate::recording::{NotRecorded, commit_group};
use crate::store::{
    DeliveryRecord, KeptDelivery, KeptFilter, ReceivedDelivery, ReplayOf, STORE_REFUSED, Store,
    StoreError, StoreErrorKind, TurnedAway,
};
use refund_providers::contract::{Judgement, Meaning, Outcome, Refusal, Reply, Verdict, judge};
use refund_providers::kit::rules::is_encoded;
use refund_providers::refund::{RefundEvent, RefundStatus};

pub use ending::{Ending, reason_now};

/// A replay of kept deliveries: one run over those that a filter selects.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    /// The accounts, with today's keys.
    pub accounts: &'a Accounts,
    /// The store that keeps the deliveries and records the new ones.
    pub store: &'a Store,
    /// How new deliveries are recorded.
    pub recording: &'a RecordingSettings,
    /// When the run began. Deliveries that arrive later are not part of it.
    pub began: OffsetDateTime,
    /// Whether the run writes anything.
    pub mode: Mode,
}

/// Whether a run writes what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only report what a replay would do. Write nothing.
    DryRun,
    /// Record the new deliveries.
    Apply,
}

/// A kept delivery that was judged again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The kept delivery.
    pub kept: KeptDelivery,
    /// The result of judging it again, or in a dry run the expected one.
    pub fate: Fate,
}

/// The result of judging a kept delivery again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It became a new delivery, or in a dry run it would.
    Recorded(NewDelivery),
    /// It is refused today. Nothing changes.
    Refused(Refusal),
    /// It is turned away today as it was then: a part of a body, or a coded body, is never judged.
    /// Nothing changes.
    TurnedAway(TurnedAway),
    /// It is still unreadable, for the same reason as before. Nothing changes.
    StillUnreadable,
    /// It is recorded, and today's code reads no more of it. Nothing changes.
    NothingNew,
    /// Another replay recorded it first, while this run judged it.
    Superseded,
    /// Its account is not configured, so it cannot be judged.
    NoSuchAccount,
    /// Its stored headers are damaged, so it cannot be judged.
    Damaged,
    /// As far as we know it was not committed. It can be replayed again.
    NotStored(NotRecorded),
}

impl Fate {
    /// Returns the delivery that it became or would become.
    pub fn new_delivery(&self) -> Option<&NewDelivery> {
        match self {
            Self::Recorded(new) => Some(new),
            Self::Refused(_)
            | Self::TurnedAway(_)
            | Self::StillUnreadable
            | Self::NothingNew
            | Self::Superseded
            | Self::NoSuchAccount
            | Self::Damaged
            | Self::NotStored(_) => None,
        }
    }

    /// Returns whether the run must end, because the database would not take the next delivery
    /// either.
    pub fn ends_the_run(&self) -> bool {
        match self {
            Self::NotStored(NotRecorded::Store(
                StoreErrorKind::Content | StoreErrorKind::Corrupt | StoreErrorKind::Superseded,
            )) => false,
            Self::NotStored(_) => true,
            Self::Recorded(_)
            | Self::Refused(_)
            | Self::TurnedAway(_)
            | Self::StillUnreadable
            | Self::NothingNew
            | Self::Superseded
            | Self::NoSuchAccount
            | Self::Damaged => false,
        }
    }
}

/// The delivery that a kept one became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id, or `None` in a dry run.
    pub delivery_id: Option<Uuid>,
    /// Its outcome.
    pub outcome: Outcome,
    /// Why it contains no refund.
    pub reason: Option<String>,
    /// The merchant's refund ids that it mentions, each with the status that it reports.
    pub refunds: Vec<(String, RefundStatus)>,
}

impl Replay<'_> {
    /// Replays the deliveries that match `filter`, at most `limit`, in order of receipt. It reads
    /// them in pages and commits the new deliveries of a page together. Then it calls `report` with
    /// each delivery of the page. It ends early if the database does not take the deliveries.
    pub async fn run<E: From<StoreError>>(
        &self,
        filter: &KeptFilter,
        limit: Option<i64>,
        mut report: impl FnMut(Replayed) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut filter = filter.clone();
        if filter.delivery_ids.is_none() {
            filter.until = Some(filter.until.map_or(self.began, |until| until.min(self.began)));
        }
        let (mut after, mut left) = (Uuid::nil(), limit.unwrap_or(i64::MAX));
        // A new delivery may be unreadable again. Its id may be ahead of this page, but this run
        // must not replay it.
        let mut created = BTreeSet::new();
        while left > 0 {
            let mut page = self.store.kept(&filter, after, left).await?;
            let Some(last) = page.last() else { break };
            after = last.delivery_id;
            page.retain(|kept| !created.contains(&kept.delivery_id));
            left = left.saturating_sub(page.len().try_into().unwrap_or(i64::MAX));
            let mut ends_early = false;
            for replayed in self.replay_page(page).await? {
                ends_early |= replayed.fate.ends_the_run();
                created.extend(replayed.fate.new_delivery().and_then(|new| new.delivery_id));
                report(replayed)?;
            }
            // The next pages begin after `after`.
            created = created.split_off(&after);
            if ends_early {
                break;
            }
        }
        Ok(())
    }

    /// Judges the deliveries of a page, and records the new ones together.
    async fn replay_page(&self, page: Vec<KeptDelivery>) -> Result<Vec<Replayed>, StoreError> {
        let (mut judged, mut records) = (Vec::with_capacity(page.len()), Vec::new());
        for kept in page {
            let new = self.judge(&kept).map(|record| {
                let new = self.new_delivery(&record);
                records.push(record);
                new
            });
            judged.push((kept, new));
        }
        // One outcome for each record, in order.
        let mut outcomes = self.record(records).await?.into_iter();
        let replayed = judged.into_iter().map(|(kept, new)| {
            let fate = match new {
                Ok(new) => {
                    let outcome = outcomes.next().unwrap_or(Err(NotRecorded::Stopped));
                    fate_of(&kept, new, outcome)
                }
                Err(fate) => fate,
            };
            Replayed { kept, fate }
        });
        Ok(replayed.collect())
    }

    /// Judges a kept delivery. Returns the record of the new delivery, or why there is nothing to
    /// record.
    fn judge(&self, kept: &KeptDelivery) -> Result<DeliveryRecord, Fate> {
        let account = self
            .accounts
            .find(kept.provider.clone(), kept.account.clone())
            .ok_or(Fate::NoSuchAccount)?;
        let delivery = kept.delivery().ok_or(Fate::Damaged)?;
        let is_refused = kept.verdict == Verdict::Refused;
        if let Some(why) = turned_away(is_refused, kept.reason.as_deref(), delivery.headers) {
            return Err(Fate::TurnedAway(why));
        }
        let (proof, meaning) = match judge(&*account.provider, &delivery) {
            Judgement::Authentic(proof, meaning) => (proof, meaning),
            Judgement::Refused(refusal) => return Err(Fate::Refused(refusal)),
        };
        if fails_as_before(kept, &meaning) {
            return Err(Fate::StillUnreadable);
        }
        if kept.verdict == Verdict::Recorded && !reads_more(kept, &meaning) {
            return Err(Fate::NothingNew);
        }
        let received = ReceivedDelivery::new(
            new_id(kept.received_at),
            account.provider_name,
            account.name.as_str(),
            kept.client_address.clone(),
            &delivery,
            // Earlier versions stored tokens and passwords as they were.
            new_salt(),
        );
        let replayed_from =
            ReplayOf { delivery_id: kept.delivery_id, reason: kept.reason.clone(), at: self.began };
        let record = DeliveryRecord::new(received, &proof, meaning, Reply::none());
        Ok(DeliveryRecord { replayed_from: Some(replayed_from), ..record })
    }

    /// Records new deliveries, or in a dry run finds out what their outcomes would be.
    async fn record(
        &self,
        mut records: Vec<DeliveryRecord>,
    ) -> Result<Vec<Result<Outcome, NotRecorded>>, StoreError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        match self.mode {
            Mode::DryRun => {
                let group: Vec<&DeliveryRecord> = records.iter().collect();
                Ok(self.store.dry_run(&group).await?.into_iter().map(Ok).collect())
            }
            Mode::Apply => {
                for record in &mut records {
                    self.store.seal(&mut record.received).await?;
                }
                Ok(commit_group(self.store.clone(), records, self.recording.deadline()).await)
            }
        }
    }

    /// Describes the new delivery for the case that it is stored and contains something new.
    fn new_delivery(&self, record: &DeliveryRecord) -> NewDelivery {
        let events = record.events().iter();
        let refunds = events.map(|event| (event.merchant_refund_id.clone(), event.status));
        NewDelivery {
            delivery_id: match self.mode {
                Mode::DryRun => None,
                Mode::Apply => Some(record.received.delivery_id),
            },
            outcome: Outcome::Recorded,
            reason: record.reason().map(Cow::into_owned),
            refunds: refunds.collect(),
        }
    }
}

/// Returns why the request is turned away today, before it is judged. `reason` is why it was refused
/// then, if it was. Only the part of a body that arrived is kept of some requests. That part can be a
/// whole message, with a signature that fits, which the sender never sent.
pub fn turned_away(
    is_refused: bool,
    reason: Option<&str>,
    headers: &HeaderMap,
) -> Option<TurnedAway> {
    let then = reason.and_then(TurnedAway::from_word);
    let is_part = |why: &TurnedAway| is_refused && !why.keeps_whole_body();
    then.filter(is_part).or_else(|| is_encoded(headers).then_some(TurnedAway::ContentEncoding))
}

/// Returns whether the delivery is unreadable today for the same reason for which it is kept, and no
/// more of its items can be read.
fn fails_as_before(kept: &KeptDelivery, meaning: &Meaning) -> bool {
    kept.verdict == Verdict::Unreadable
        && kept.event_count == meaning.events().len()
        && meaning.reason().is_some_and(|reason| kept.reason.as_deref() == Some(&*reason))
}

/// Returns whether one of the partly read events of the delivery is read otherwise today.
fn reads_more(kept: &KeptDelivery, meaning: &Meaning) -> bool {
    let read_now: BTreeSet<_> = meaning.events().iter().map(RefundEvent::digest).collect();
    !read_now.is_empty() && kept.partly_read.iter().any(|then| !read_now.contains(&then.digest()))
}

/// Combines the new delivery with the outcome of recording it.
fn fate_of(kept: &KeptDelivery, new: NewDelivery, outcome: Result<Outcome, NotRecorded>) -> Fate {
    match outcome {
        Ok(Outcome::Unreadable) if new.reason.is_none() => Fate::Recorded(NewDelivery {
            outcome: Outcome::Unreadable,
            reason: Some(STORE_REFUSED.to_owned()),
            ..new
        }),
        Ok(Outcome::Refused) => Fate::Refused(Refusal::TransmissionReused),
        Ok(outcome) => Fate::Recorded(NewDelivery { outcome, ..new }),
        Err(NotRecorded::Store(StoreErrorKind::Superseded)) => Fate::Superseded,
        Err(NotRecorded::Store(StoreErrorKind::Content | StoreErrorKind::Corrupt))
            if kept.reason.as_deref() == Some(STORE_REFUSED) =>
        {
            Fate::StillUnreadable
        }
        Err(why) => Fate::NotStored(why),
    }
}
