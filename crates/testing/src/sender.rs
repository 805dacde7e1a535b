//! One provider that sends to services, over connections that are kept alive.

use std::time::{Duration, Instant};

use crate::client::{Answer, answer};
use crate::ledger::Attempt;
use crate::place::Place;
use crate::provider_sim::{Notification, Understood};
use crate::scenario::now;

/// How long a provider waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends notifications to services on one database, as if through a load balancer.
#[derive(Clone)]
pub struct Sender {
    number: usize,
    client: reqwest::Client,
    places: Vec<Place>,
}

impl Sender {
    /// Makes a sender with this number.
    pub fn new(number: usize, places: Vec<Place>) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { number, client, places }
    }

    /// Sends once to one of the services. Returns the attempt, and the answer as text.
    pub async fn send(&self, notification: &Notification, choice: usize) -> (Attempt, String) {
        let place = &self.places[choice % self.places.len()];
        let url = place.public(notification.provider.route());
        let (sent, sent_at) = (Instant::now(), now());
        let answer = self.post(&url, notification).await;
        let answered = Instant::now();
        let account = notification.provider.account();
        let (understood, text) = match answer {
            Ok(answer) => {
                let understood = notification.understood(&answer, sent_at, now());
                (understood, format!("{account}: {answer:?}"))
            }
            Err(error) => (Understood::NoAnswer, format!("{account}: {error:?}")),
        };
        (Attempt { sender: self.number, sent, answered, understood }, text)
    }

    async fn post(&self, url: &str, notification: &Notification) -> Result<Answer, reqwest::Error> {
        let request = self.client.post(url).headers(notification.headers.clone());
        answer(request.body(notification.body.clone()).send().await?).await
    }
}
