//! What happens to refunds beyond single notifications: a reversal, a conflict, a field that nobody
//! can read, and a refused delivery that a replay records.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::sender::{Row, Sender, row};
use crate::account::Accounts;
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::notification::{Given, Occasion};
use crate::config::{RecordingSettings, read_account};
use crate::replay::{Ending, Mode, Replay, Replayed};
use crate::store::{KeptFilter, Store};
use refund_providers::contract::Verdict;
use refund_providers::contract::simulation::Scenario;

/// The account of the incidents: its provider signs with a secret and reports all of them.
pub(super) const ACCOUNT: &str = "demo-eftpay";

/// The account of the conflict.
const CONFLICT_ACCOUNT: &str = "demo-stripe";

/// The secret to which the provider changes before the operator does.
const NEXT_SECRET: &str = "the-provider-s-next-secret";

/// The seconds between two notifications about one refund.
const STEP: i64 = 10;

/// How long the quarantine's writer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait until the next replay.
const AGAIN: Duration = Duration::from_millis(50);

/// Sends what happens to refunds in incidents. Returns rows of the answers.
pub(super) async fn send(sender: &Sender<'_>) -> Result<Vec<Row>, Failure> {
    let now = Clock::System.now();
    let mut rows = Vec::new();
    let reversed = Occasion::new(now, Given::default()).made_before(STEP);
    let late = Occasion::new(now, Given::default()).made_before(STEP);
    for (account, incident, occasion, scenario, age) in [
        (ACCOUNT, "reversal", &reversed, Scenario::Succeeded, STEP),
        (ACCOUNT, "reversal", &reversed, Scenario::Failed, 0),
        (CONFLICT_ACCOUNT, "late-success", &late, Scenario::Failed, STEP),
        (CONFLICT_ACCOUNT, "late-success", &late, Scenario::Succeeded, 0),
    ] {
        let occasion = occasion.moved(-age);
        let answer = sender.send(account, scenario, &occasion).await?;
        rows.push(row(account, &format!("{incident}: {scenario}"), &answer));
    }
    // A number longer than any provider documents.
    let order = Some("9".repeat(200));
    let unread = Occasion::new(now, Given { order, ..Given::default() });
    let answer = sender.send(ACCOUNT, Scenario::Succeeded, &unread).await?;
    rows.push(row(ACCOUNT, "unread field", &answer));
    Ok(rows)
}

/// Sends a notification that is signed with a secret that the account does not have yet, and replays
/// it with that secret. Returns a row of the answer, and one of the replay.
pub(super) async fn replay(
    sender: &Sender<'_>,
    settings: &str,
    recording: &RecordingSettings,
    store: &Store,
) -> Result<(Row, [String; 4]), Failure> {
    let newest = format!("secrets = [\"{NEXT_SECRET}\", ");
    let rotated = read_account(ACCOUNT, &settings.replace("secrets = [", &newest))?;
    let occasion = Occasion::new(Clock::System.now(), Given::default());
    let answer = sender.send_as(&rotated, Scenario::Succeeded, &occasion).await?;
    let answered = row(ACCOUNT, "next secret", &answer);
    let accounts = Accounts::new(vec![rotated]);
    let replayed = async {
        loop {
            // The quarantine is written after the answer.
            if let Some(replayed) = replay_once(&accounts, recording, store).await? {
                return Ok(replayed);
            }
            sleep(AGAIN).await;
        }
    };
    let late = "the demo's refused delivery was not recorded by a replay: this is a bug";
    let replayed = timeout(PATIENCE, replayed);
    let replayed = replayed.await.unwrap_or_else(|_| Err(Failure::Other(late.to_owned())))?;
    Ok((answered, replayed))
}

/// Replays the refused deliveries. Returns what became of the one that is recorded now.
async fn replay_once(
    accounts: &Accounts,
    recording: &RecordingSettings,
    store: &Store,
) -> Result<Option<[String; 4]>, Failure> {
    let began = Clock::System.now();
    let replay = Replay { accounts, store, recording, began, mode: Mode::Apply };
    let filter = KeptFilter {
        verdicts: Some(vec![Verdict::Refused]),
        account: Some(ACCOUNT.to_owned()),
        ..KeptFilter::default()
    };
    let mut replayed = None;
    let report = |one: Replayed| -> Result<(), Failure> {
        if let Some(new) = one.fate.new_delivery() {
            let refunds = new.refunds.iter().map(|(id, status)| format!("{id} {status}"));
            let was = format!("refused {}", one.kept.reason.as_deref().unwrap_or_default());
            let is = Ending::of(&one).words(Mode::Apply);
            let refunds = refunds.collect::<Vec<_>>().join(", ");
            replayed = Some([one.kept.account.clone(), was, is, refunds]);
        }
        Ok(())
    };
    replay.run(&filter, None, report).await?;
    Ok(replayed)
}
