//! The way of a kept delivery: what was refused or could not be read is judged again, with today's
//! keys and code, as of the time at which it was received.
//!
//! The judgement, the content and the recording are those of [`receive`](crate::receive); only that
//! the bytes come out of the database, and that nobody is answered. A delivery that comes to what it
//! came to before stays as it is; any other becomes a new delivery, once, whoever else replays it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Accounts;
use crate::config::RecordingSettings;
use crate::id::new_id;
use crate::recording::{NotRecorded, commit_group};
use crate::store::{
    DeliveryRecord, KeptDelivery, KeptFilter, ReceivedDelivery, ReplayOf, STORE_REFUSED, Store,
    StoreError, StoreErrorKind,
};
use refund_providers::contract::{Judgement, Meaning, Outcome, Refusal, Reply, Verdict, judge};
use refund_providers::refund::RefundStatus;

/// A run over kept deliveries.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    /// The accounts with today's keys.
    pub accounts: &'a Accounts,
    /// Where the deliveries are kept, and where they are recorded.
    pub store: &'a Store,
    /// How they are recorded.
    pub recording: &'a RecordingSettings,
    /// When the run began: what arrives later is not part of it.
    pub began: OffsetDateTime,
    /// Whether anything is written.
    pub mode: Mode,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To see what would come of it. Nothing is written.
    DryRun,
    /// To record.
    Apply,
}

/// A kept delivery that was judged again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The delivery.
    pub kept: KeptDelivery,
    /// What came of it, or would.
    pub fate: Fate,
}

/// What came of judging a kept delivery again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It became a new delivery, or would in a repair.
    Recorded(NewDelivery),
    /// It is not believed: nothing changes.
    Refused(Refusal),
    /// We can still not read it, for the same reason: nothing changes.
    StillUnreadable,
    /// Somebody else replayed it while we did.
    Superseded,
    /// Its account is not configured, so it cannot be judged.
    NoSuchAccount,
    /// Its headers do not read as what we wrote, so it cannot be judged.
    Damaged,
    /// It was not committed, as far as we know. It can be replayed again.
    NotStored(NotRecorded),
}

impl Fate {
    /// The delivery that it became, or would.
    pub fn new_delivery(&self) -> Option<&NewDelivery> {
        match self {
            Self::Recorded(new) => Some(new),
            Self::Refused(_)
            | Self::StillUnreadable
            | Self::Superseded
            | Self::NoSuchAccount
            | Self::Damaged
            | Self::NotStored(_) => None,
        }
    }

    /// Whether the next delivery would fare no better: the database takes nothing.
    pub fn ends_the_run(&self) -> bool {
        match self {
            Self::NotStored(NotRecorded::Store(
                StoreErrorKind::Content | StoreErrorKind::Corrupt | StoreErrorKind::Superseded,
            )) => false,
            Self::NotStored(_) => true,
            Self::Recorded(_)
            | Self::Refused(_)
            | Self::StillUnreadable
            | Self::Superseded
            | Self::NoSuchAccount
            | Self::Damaged => false,
        }
    }
}

/// The delivery that a kept one became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its number; none where nothing was written.
    pub delivery_id: Option<Uuid>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it tells of no refund.
    pub reason: Option<String>,
    /// The merchant's numbers of the refunds that it tells of, and what it says they have come to.
    pub refunds: Vec<(String, RefundStatus)>,
}

impl Replay<'_> {
    /// Judges what the filter lets through, at most so many, in order of receipt and in pages that
    /// are each committed together; `tell` hears of each delivery once that is done. Ends early
    /// where the database takes nothing.
    pub async fn run<E: From<StoreError>>(
        &self,
        filter: &KeptFilter,
        at_most: Option<i64>,
        mut tell: impl FnMut(Replayed) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut filter = filter.clone();
        if filter.delivery_ids.is_none() {
            filter.until = Some(filter.until.map_or(self.began, |until| until.min(self.began)));
        }
        let (mut after, mut left) = (Uuid::nil(), at_most.unwrap_or(i64::MAX));
        // What is unreadable now has a number of its own, which may still be ahead.
        let mut made = BTreeSet::new();
        while left > 0 {
            let mut page = self.store.kept(&filter, after, left).await?;
            let Some(last) = page.last() else { break };
            after = last.delivery_id;
            page.retain(|kept| !made.contains(&kept.delivery_id));
            left = left.saturating_sub(page.len().try_into().unwrap_or(i64::MAX));
            let mut goes_on = true;
            for replayed in self.page(page).await? {
                goes_on &= !replayed.fate.ends_the_run();
                made.extend(replayed.fate.new_delivery().and_then(|new| new.delivery_id));
                tell(replayed)?;
            }
            made = made.split_off(&after);
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    async fn page(&self, page: Vec<KeptDelivery>) -> Result<Vec<Replayed>, StoreError> {
        let (mut judged, mut records) = (Vec::with_capacity(page.len()), Vec::new());
        for kept in page {
            let fate = match self.judge(&kept) {
                Ok(record) => {
                    let new = self.new_delivery(&record);
                    records.push(record);
                    Ok(new)
                }
                Err(fate) => Err(fate),
            };
            judged.push((kept, fate));
        }
        let mut outcomes = self.record(records).await?.into_iter();
        let replayed = judged.into_iter().map(|(kept, fate)| {
            let fate = match fate {
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

    /// What is to be recorded of a kept delivery, or why there is nothing to record.
    fn judge(&self, kept: &KeptDelivery) -> Result<DeliveryRecord, Fate> {
        let account = self
            .accounts
            .find(kept.provider.clone(), kept.account.clone())
            .ok_or(Fate::NoSuchAccount)?;
        let delivery = kept.delivery().ok_or(Fate::Damaged)?;
        let (proof, meaning) = match judge(account.provider(), &delivery) {
            Judgement::Authentic(proof, meaning) => (proof, meaning),
            Judgement::Refused(refusal) => return Err(Fate::Refused(refusal)),
        };
        if is_as_before(kept, &meaning) {
            return Err(Fate::StillUnreadable);
        }
        let received = ReceivedDelivery::new(
            new_id(kept.received_at),
            account.provider_name(),
            account.name(),
            kept.client_address.clone(),
            &delivery,
        );
        let replayed_from =
            ReplayOf { delivery_id: kept.delivery_id, reason: kept.reason.clone(), at: self.began };
        let record = DeliveryRecord::new(received, &proof, meaning, Reply::none());
        Ok(DeliveryRecord { replayed_from: Some(replayed_from), ..record })
    }

    async fn record(
        &self,
        records: Vec<DeliveryRecord>,
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
                Ok(commit_group(self.store.clone(), records, self.recording.deadline()).await)
            }
        }
    }

    /// The new delivery as it is if it can be stored and tells something new.
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

/// Whether today's reading fails as the one did for which the delivery is kept.
fn is_as_before(kept: &KeptDelivery, meaning: &Meaning) -> bool {
    kept.verdict == Verdict::Unreadable
        && meaning.reason().is_some_and(|reason| kept.reason.as_deref() == Some(&*reason))
}

fn fate_of(kept: &KeptDelivery, new: NewDelivery, outcome: Result<Outcome, NotRecorded>) -> Fate {
    match outcome {
        Ok(Outcome::Unreadable) if new.reason.is_none() => Fate::Recorded(NewDelivery {
            outcome: Outcome::Unreadable,
            reason: Some(STORE_REFUSED.to_owned()),
            ..new
        }),
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
