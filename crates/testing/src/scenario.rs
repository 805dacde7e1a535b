//! What a provider sends about one refund, and the state that the refund must have at the end,
//! whatever the order of arrival.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use refund_inbox::clock::Clock;
use refund_providers::contract::simulation::Scenario;
use time::OffsetDateTime;

use crate::provider_sim::{Notification, ProviderSim};

/// The notifications about one refund.
#[derive(Clone, Debug)]
pub struct RefundScenario {
    /// The refund.
    pub refund: Refund,
    /// Its notifications.
    pub steps: Vec<Step>,
}

/// A refund, and the state that it must have at the end.
#[derive(Clone, Debug)]
pub struct Refund {
    /// The account's name.
    pub account: String,
    /// The key by which the service knows the refund.
    pub key: String,
    /// The status at the end.
    pub status: &'static str,
    /// Whether the notifications contradict each other.
    pub conflicting: bool,
}

/// One notification, and its event by digest.
#[derive(Clone, Debug)]
pub struct Step {
    /// The notification.
    pub notification: Notification,
    /// The digest of its event.
    pub digest: [u8; 32],
}

/// The time between two steps, by the provider's clock.
const APART: Duration = Duration::from_secs(10);

/// The possible courses of a refund: the steps in order, the final status by the provider's time, and
/// whether it is conflicting.
pub const COURSES: [(&[Scenario], &str, bool); 7] = [
    (&[Scenario::Succeeded], "succeeded", false),
    (&[Scenario::Pending], "pending", false),
    (&[Scenario::Pending, Scenario::Succeeded], "succeeded", false),
    (&[Scenario::Pending, Scenario::Failed], "failed", false),
    (&[Scenario::Pending, Scenario::Canceled], "canceled", false),
    (&[Scenario::Pending, Scenario::Failed, Scenario::Succeeded], "succeeded", true),
    (&[Scenario::Pending, Scenario::Canceled, Scenario::Succeeded], "succeeded", true),
];

impl RefundScenario {
    /// Draws a course that this provider supports, and shuffles its steps.
    pub fn draw(provider: &Arc<ProviderSim>, serial: &str, rng: &mut Rng) -> Self {
        loop {
            let (course, status, conflicting) = COURSES[rng.usize(..COURSES.len())];
            let made = Self::of_course(provider, serial, course, status, conflicting);
            if let Some(mut scenario) = made {
                rng.shuffle(&mut scenario.steps);
                return scenario;
            }
        }
    }

    /// Makes the shortest scenario: a refund that succeeds.
    pub fn of_success(provider: &Arc<ProviderSim>, serial: &str) -> Self {
        Self::of_course(provider, serial, &[Scenario::Succeeded], "succeeded", false).unwrap()
    }

    /// Makes the scenario of this course with its steps in order; `None` if the provider lacks one
    /// of them.
    pub fn of_course(
        provider: &Arc<ProviderSim>,
        serial: &str,
        course: &[Scenario],
        status: &'static str,
        conflicting: bool,
    ) -> Option<Self> {
        let now = now();
        let age = |place: usize| APART * u32::try_from(course.len() - 1 - place).unwrap();
        let made = course.iter().enumerate().map(|(place, scenario)| {
            let notification = provider.notification(*scenario, serial, now - age(place))?;
            Some(Step::of(notification))
        });
        let (steps, mut keys): (Vec<Step>, Vec<String>) =
            made.collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let key = keys.pop().unwrap();
        assert!(keys.iter().all(|other| *other == key), "one refund: {keys:?}, {key}");
        let account = provider.account().to_owned();
        // Only the times of final events say which of these came last.
        let events = steps.iter().map(|step| step.notification.event());
        let mut final_events = events.filter(|event| event.status.is_final());
        let is_ranked = final_events.all(|event| event.occurred_at.is_some());
        let status = if is_ranked { status } else { worst(course).unwrap_or(status) };
        Some(Self { refund: Refund { account, key, status, conflicting }, steps })
    }
}

/// Returns the worst final status of a course. It is the final one where no time of the provider
/// says which came last.
fn worst(course: &[Scenario]) -> Option<&'static str> {
    let final_states = [
        (Scenario::Failed, "failed"),
        (Scenario::Canceled, "canceled"),
        (Scenario::Succeeded, "succeeded"),
    ];
    final_states.iter().find(|(scenario, _)| course.contains(scenario)).map(|(_, status)| *status)
}

impl Step {
    /// Makes a step with the digest of the notification's event. Also returns the key of the
    /// refund.
    fn of(notification: Notification) -> (Self, String) {
        let event = notification.event();
        (Self { digest: event.digest().0, notification }, event.key.as_str().to_owned())
    }
}

/// Returns the time, as a provider's clock shows it.
pub fn now() -> OffsetDateTime {
    Clock::System.now()
}
