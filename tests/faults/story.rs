//! What a provider tells about one refund, and the state in which the refund must be at the end,
//! whatever the order of arrival.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use refund_inbox::clock::Clock;
use refund_providers::contract::simulation::Scenario;
use refund_providers::contract::{Judgement, Meaning};
use time::OffsetDateTime;

use crate::player::{Notification, Player};

/// The notifications about one refund.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) refund: Refund,
    pub(crate) chapters: Vec<Chapter>,
}

/// A refund, and what must come of it.
#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) account: String,
    pub(crate) key: String,
    pub(crate) status: &'static str,
    pub(crate) conflicting: bool,
}

/// One notification, and the event in it by its digest.
#[derive(Clone, Debug)]
pub(crate) struct Chapter {
    pub(crate) notification: Notification,
    pub(crate) digest: [u8; 32],
}

/// Between two things that happen to one refund, by the provider's clock.
const APART: Duration = Duration::from_secs(10);

/// How a refund may go: what is told, in the order in which it happened; how it ends.
pub(crate) const COURSES: [(&[Scenario], &str, bool); 7] = [
    (&[Scenario::Succeeded], "succeeded", false),
    (&[Scenario::Pending], "pending", false),
    (&[Scenario::Pending, Scenario::Succeeded], "succeeded", false),
    (&[Scenario::Pending, Scenario::Failed], "failed", false),
    (&[Scenario::Pending, Scenario::Canceled], "canceled", false),
    (&[Scenario::Pending, Scenario::Failed, Scenario::Succeeded], "succeeded", true),
    (&[Scenario::Pending, Scenario::Canceled, Scenario::Succeeded], "succeeded", true),
];

impl Story {
    /// A story that this provider can tell, its chapters in an order drawn by lot.
    pub(crate) fn draw(player: &Arc<Player>, serial: &str, rng: &mut Rng) -> Self {
        loop {
            let (course, status, conflicting) = COURSES[rng.usize(..COURSES.len())];
            let told = Self::tell(player, serial, course, status, conflicting);
            if let Some(mut story) = told {
                rng.shuffle(&mut story.chapters);
                return story;
            }
        }
    }

    /// The shortest story: a refund that succeeded.
    pub(crate) fn of_success(player: &Arc<Player>, serial: &str) -> Self {
        Self::tell(player, serial, &[Scenario::Succeeded], "succeeded", false).unwrap()
    }

    /// This story in the order in which it happened; `None` where the provider cannot tell it.
    pub(crate) fn tell(
        player: &Arc<Player>,
        serial: &str,
        course: &[Scenario],
        status: &'static str,
        conflicting: bool,
    ) -> Option<Self> {
        let now = Clock::System.now();
        let age = |place: usize| APART * u32::try_from(course.len() - 1 - place).unwrap();
        let made = course.iter().enumerate().map(|(place, scenario)| {
            let notification = player.notification(*scenario, serial, now - age(place))?;
            Some(Chapter::of(notification))
        });
        let (chapters, mut keys): (Vec<Chapter>, Vec<String>) =
            made.collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let key = keys.pop().unwrap();
        assert!(keys.iter().all(|other| *other == key), "one refund: {keys:?}, {key}");
        let account = player.account().to_owned();
        Some(Self { refund: Refund { account, key, status, conflicting }, chapters })
    }
}

impl Chapter {
    /// The notification with its event's digest, and the key of its refund.
    fn of(notification: Notification) -> (Self, String) {
        let Judgement::Authentic(_, Meaning::Refunds(events)) = notification.judged() else {
            panic!("{:?}", notification.judged());
        };
        assert_eq!(events.len(), 1);
        let key = events[0].key.as_str().to_owned();
        (Self { digest: events[0].digest().0, notification }, key)
    }
}

/// The time, as a provider's clock shows it.
pub(crate) fn now() -> OffsetDateTime {
    Clock::System.now()
}
