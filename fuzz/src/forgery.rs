//! Requests without a new signature: changes of real requests may give only refunds that a real
//! request contains.

use std::collections::HashSet;
use std::sync::OnceLock;

use refund_providers::contract::{Delivery, judge};
use refund_providers::refund::{Authenticity, RefundEvent};
use serde_json::{Map, Value};
use testing::fixtures::facts;
use time::OffsetDateTime;

use crate::fixtures::{self, Fixture};
use crate::{Account, choice, content, header_map, judge_delivery};

/// The accounts of a provider's fixtures, and the events of all fixtures.
pub struct Forgery {
    provider: &'static str,
    fixtures: Vec<Fixture>,
    places: Vec<Place>,
}

/// An account, a path and a time at which a request may arrive.
struct Place {
    settings: Map<String, Value>,
    account: Account,
    path: String,
    received_at: OffsetDateTime,
    known: OnceLock<HashSet<String>>,
}

impl Place {
    fn is_of(&self, fixture: &Fixture) -> bool {
        self.settings == fixture.account
            && self.path == fixture.path
            && self.received_at == fixture.received_at
    }

    /// Returns the events of all fixtures when they arrive here.
    fn known(&self, provider: &str, fixtures: &[Fixture]) -> HashSet<String> {
        let mut known = HashSet::new();
        for fixture in fixtures {
            let headers = fixture.headers.iter();
            let headers = header_map(headers.map(|(name, value)| (&**name, &**value)));
            let delivery = Delivery {
                path_and_query: &self.path,
                headers: &headers,
                redacted: &[],
                body: &fixture.body,
                received_at: self.received_at,
            };
            let judgement = judge(&*self.account, &delivery);
            known.extend(judgement.events().iter().map(|event| signed_part(provider, event)));
        }
        known
    }
}

/// Returns what an event says by what its provider signs, as a text that is equal for equal ones.
fn signed_part(provider: &str, event: &RefundEvent) -> String {
    let mut part = facts(provider).signed_part(event);
    // It contains parts that change without changing the event, such as the time of sending.
    part.as_object_mut().map(|members| members.remove("payload"));
    part.to_string()
}

impl Forgery {
    /// Reads the fixtures of a provider.
    pub fn new(provider: &'static str) -> Self {
        let fixtures = fixtures::of(provider);
        let mut places: Vec<Place> = Vec::new();
        for fixture in &fixtures {
            if !places.iter().any(|place| place.is_of(fixture)) {
                places.push(Place {
                    settings: fixture.account.clone(),
                    account: fixture.configured(),
                    path: fixture.path.clone(),
                    received_at: fixture.received_at,
                    known: OnceLock::new(),
                });
            }
        }
        Self { provider, fixtures, places }
    }

    /// Returns the place of a fixture's request, for a seed.
    pub fn place_of(&self, fixture: &Fixture) -> u8 {
        let index = self.places.iter().position(|place| place.is_of(fixture));
        u8::try_from(index.unwrap() % 256).unwrap()
    }

    /// Reads a content at a place as if it had just been verified.
    pub fn normalize(&self, input: &[u8]) {
        let Some((place, content)) = choice(input, self.places.len()) else { return };
        content::normalize(&self.places[place].account, &content::vouched(content));
    }

    /// Judges a place, header lines, an empty line and a body.
    pub fn run(&self, input: &[u8]) {
        let Some((place, request)) = choice(input, self.places.len()) else { return };
        let place = &self.places[place];
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
            redacted: &[],
            body,
            received_at: place.received_at,
        };
        let judgement = judge_delivery(&place.account, &delivery);
        // Encryption alone does not protect against moved blocks, and its grade says so.
        let verified = |event: &&RefundEvent| event.authenticity == Authenticity::Verified;
        for event in judgement.events().iter().filter(verified) {
            let known = place.known.get_or_init(|| place.known(self.provider, &self.fixtures));
            assert!(known.contains(&signed_part(self.provider, event)), "in no fixture: {event:?}");
        }
    }
}
