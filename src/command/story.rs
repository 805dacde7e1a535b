//! The stories of `simulate --story`: several notifications about one refund or order, in turn.

use tokio::task::JoinSet;

use super::Failure;
use super::http_client::{PROVIDER_TIMEOUT, http_client, send};
use super::notification::{Occasion, make_at};
use super::terminal::output;
use crate::config::ConfiguredAccount;
use refund_providers::contract::simulation::Scenario;
use refund_providers::crypto::SigningKey;
use serde_json::json;

/// What a provider does with one refund, or with the refunds of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// It is pending, then it succeeds.
    Lifecycle,
    /// It succeeds, then it fails after all.
    Reversal,
    /// It fails, then it succeeds after all.
    LateSuccess,
    /// Two refunds of one order succeed, each of a part of the money.
    Partial,
    /// The success arrives before the notification that it is pending.
    OutOfOrder,
    /// The success arrives fifty times at once.
    Storm,
}

/// How many times a storm sends its notification.
const STORM: usize = 50;

/// The seconds between two notifications, by the provider's clock. All are in the past, and recent.
const STEP: i64 = 10;

impl Story {
    const ALL: [Self; 6] = [
        Self::Lifecycle,
        Self::Reversal,
        Self::LateSuccess,
        Self::Partial,
        Self::OutOfOrder,
        Self::Storm,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Lifecycle => "lifecycle",
            Self::Reversal => "reversal",
            Self::LateSuccess => "late-success",
            Self::Partial => "partial",
            Self::OutOfOrder => "out-of-order",
            Self::Storm => "storm",
        }
    }

    /// Reads the name of a story.
    pub(super) fn read(word: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|story| story.as_str() == word).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            Failure::Usage(format!("--story: expected one of {known}, found {word:?}"))
        })
    }

    /// Returns the notifications in the order in which they are sent, each with the seconds by which
    /// it is older than the newest one.
    fn steps(self) -> &'static [(Scenario, i64)] {
        match self {
            Self::Lifecycle => &[(Scenario::Pending, STEP), (Scenario::Succeeded, 0)],
            Self::Reversal => &[(Scenario::Succeeded, STEP), (Scenario::Failed, 0)],
            Self::LateSuccess => &[(Scenario::Failed, STEP), (Scenario::Succeeded, 0)],
            Self::Partial => &[(Scenario::Succeeded, STEP), (Scenario::Succeeded, 0)],
            Self::OutOfOrder => &[(Scenario::Succeeded, 0), (Scenario::Pending, STEP)],
            Self::Storm => &[(Scenario::Succeeded, 0)],
        }
    }

    /// Sends the notifications, and prints the answers.
    pub(super) async fn send(
        self,
        account: &ConfiguredAccount,
        signing_key: Option<&SigningKey>,
        occasion: &Occasion,
        url: &str,
        as_json: bool,
    ) -> Result<(), Failure> {
        let client = http_client(PROVIDER_TIMEOUT)?;
        let mut made = Vec::new();
        let mut occasion = occasion.made_before(STEP);
        for (earlier, (scenario, age)) in (0..).zip(self.steps()) {
            if self == Self::Partial {
                occasion = occasion.of_same_order(earlier);
            }
            let simulated = make_at(account, *scenario, signing_key, &occasion.moved(-age))?;
            made.push((*scenario, simulated));
        }
        let times = if self == Self::Storm { STORM } else { 1 };
        for (scenario, simulated) in made {
            let mut under_way = JoinSet::new();
            for _ in 0..times {
                let (client, url, simulated) = (client.clone(), url.to_owned(), simulated.clone());
                under_way.spawn(async move { send(&client, &url, &simulated).await });
            }
            while let Some(joined) = under_way.join_next().await {
                let answer = joined.map_err(|error| Failure::Other(error.to_string()))??;
                let (status, body, scenario) = (answer.status, answer.body, scenario.as_str());
                if as_json {
                    output::json_line(
                        &json!({ "scenario": scenario, "status": status, "body": body }),
                    )?;
                } else {
                    output::line(format!("{scenario}: {status} {body}"))?;
                }
            }
        }
        Ok(())
    }
}
