//! Requests that are not signed anew: whatever an attacker makes of real ones, nothing may come of
//! it but what the real ones tell.

use std::collections::HashSet;
use std::sync::OnceLock;

use refund_inbox::config::ConfiguredAccount;
use refund_providers::contract::{Delivery, Judgement, judge};
use refund_providers::refund::{Authenticity, EventDigest, RefundEvent};
use time::OffsetDateTime;

use crate::fixtures::{self, Fixture};
use crate::{header_map, judge_delivery};

/// The accounts of a provider's fixtures, and everything that they were really told.
pub struct Forgery {
    fixtures: Vec<Fixture>,
    places: Vec<Place>,
}

/// Where a request may arrive: an account, a path and a time.
struct Place {
    settings: String,
    account: ConfiguredAccount,
    path: String,
    received_at: OffsetDateTime,
    told: OnceLock<HashSet<EventDigest>>,
}

impl Place {
    fn is_of(&self, fixture: &Fixture, settings: &str) -> bool {
        self.settings == settings
            && self.path == fixture.path
            && self.received_at == fixture.received_at
    }

    /// What comes of all fixtures when they arrive here.
    fn told(&self, fixtures: &[Fixture]) -> HashSet<EventDigest> {
        let mut told = HashSet::new();
        for fixture in fixtures {
            let headers = fixture.headers.iter();
            let headers = header_map(headers.map(|(name, value)| (&**name, &**value)));
            let delivery = Delivery {
                path_and_query: &self.path,
                headers: &headers,
                body: &fixture.body,
                received_at: self.received_at,
            };
            if let Judgement::Refunds(_, events) = judge(&*self.account.reader, &delivery) {
                told.extend(events.iter().map(|event| event.digest()));
            }
        }
        told
    }
}

impl Forgery {
    /// Reads the fixtures.
    pub fn new(provider: &str) -> Self {
        let fixtures = fixtures::of(provider);
        let mut places: Vec<Place> = Vec::new();
        for fixture in &fixtures {
            let settings = fixture.account_toml();
            if !places.iter().any(|place| place.is_of(fixture, &settings)) {
                places.push(Place {
                    settings,
                    account: fixture.configured(),
                    path: fixture.path.clone(),
                    received_at: fixture.received_at,
                    told: OnceLock::new(),
                });
            }
        }
        Self { fixtures, places }
    }

    /// Which place a fixture's request arrives at, for a seed.
    pub fn place_of(&self, fixture: &Fixture) -> u8 {
        let settings = fixture.account_toml();
        let index = self.places.iter().position(|place| place.is_of(fixture, &settings));
        u8::try_from(index.unwrap() % 256).unwrap()
    }

    /// Judges a place, header lines, an empty line and a body.
    pub fn run(&self, input: &[u8]) {
        let Some((place, request)) = input.split_first() else { return };
        let place = &self.places[usize::from(*place) % self.places.len()];
        let end = request.windows(2).position(|pair| pair == b"\n\n");
        let (lines, body) = match (end, request.strip_prefix(b"\n")) {
            (_, Some(body)) => (&b""[..], body),
            (Some(end), None) => (&request[..end], &request[end + 2..]),
            (None, None) => (&b""[..], request),
        };
        let Ok(lines) = std::str::from_utf8(lines) else { return };
        let headers = header_map(lines.split('\n').filter_map(|line| line.split_once(": ")));
        let delivery = Delivery {
            path_and_query: &place.path,
            headers: &headers,
            body,
            received_at: place.received_at,
        };
        let judgement = judge_delivery(&place.account, &delivery);
        let Judgement::Refunds(_, events) = judgement else { return };
        // Encryption alone does not protect against blocks being moved, and says so.
        let verified = |event: &&RefundEvent| event.authenticity == Authenticity::Verified;
        for event in events.iter().filter(verified) {
            let told = place.told.get_or_init(|| place.told(&self.fixtures));
            assert!(told.contains(&event.digest()), "never told: {event:?}");
        }
    }
}
