//! A request for a page: who asks, in which zone, and for what.

use axum::extract::FromRequestParts;
use http::request::Parts;
use maud::{Markup, html};
use time::OffsetDateTime;

use super::page::{Failed, Frame, Section, query};
use crate::access::Caller;
use crate::api::Problem;
use crate::operator::Operator;
use crate::query::{Times, Words};

/// A visit to a page.
pub(super) struct Visit {
    /// Who visits.
    pub caller: Caller,
    /// What surrounds the page.
    pub frame: Frame,
    /// The times of this visit, in its zone.
    pub times: Times,
    /// The parameters that nobody has taken yet. The zone is taken.
    pub words: Words,
    /// The query of the URL.
    pub query: String,
}

impl FromRequestParts<Operator> for Visit {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, operator: &Operator) -> Result<Self, Failed> {
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(Problem::bug)?;
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let mut words = Words::read(&query)?;
        let zone = words.text("zone")?;
        let times = Times::at(operator.clock.now(), zone.as_deref().unwrap_or("UTC"))?;
        let frame = Frame::new(parts.uri.path(), Some(&caller), zone);
        Ok(Self { caller, frame, times, words, query })
    }
}

impl Visit {
    /// Requires that every parameter was taken.
    pub(super) fn finish(&mut self) -> Result<(), Failed> {
        Ok(std::mem::take(&mut self.words).finish()?)
    }

    /// Returns the page.
    pub(super) fn page(&self, section: Section, title: &str, content: &Markup) -> Markup {
        self.frame.page(Some(section), title, content)
    }

    /// Returns the reference to a page of the console, with the zone of this visit.
    pub(super) fn link(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let zone = self.frame.zone.as_deref().map(|zone| ("zone", zone));
        let all: Vec<(&str, &str)> = parameters.iter().copied().chain(zone).collect();
        format!("{}{path}{}", self.frame.root, query::of(&all))
    }

    /// Shows a time that the database wrote.
    pub(super) fn time(&self, text: &str) -> Markup {
        match Times::parse(text) {
            Some(at) => self.at(at),
            None => html! { (text) },
        }
    }

    /// Shows a time in the zone of the visit, and in UTC to who points at it.
    pub(super) fn at(&self, at: OffsetDateTime) -> Markup {
        let exact = Times::utc(at);
        let utc = format!("{} UTC", to_the_second(&exact));
        html! { time datetime=(exact) title=(utc) { (to_the_second(&self.times.show(at))) } }
    }

    /// Says when something was counted that all visitors share for a while.
    pub(super) fn counted(&self, at: OffsetDateTime) -> Markup {
        html! { "Counted at " (self.at(at)) "." }
    }

    /// Returns how long ago a time is, in its largest unit.
    pub(super) fn ago(&self, at: OffsetDateTime) -> String {
        let age = self.times.now - at;
        let (amount, unit) = match age.whole_seconds().unsigned_abs() {
            seconds @ 0..60 => (seconds, "s"),
            seconds @ 60..3600 => (seconds / 60, "min"),
            seconds @ 3600..86_400 => (seconds / 3600, "h"),
            seconds => (seconds / 86_400, "d"),
        };
        if age.is_negative() {
            format!("in {amount} {unit}")
        } else {
            format!("{amount} {unit} ago")
        }
    }
}

/// Returns `2026-11-22 09:30:00` of a time in RFC 3339.
fn to_the_second(text: &str) -> String {
    text.chars().take("2026-11-22T09:30:00".len()).collect::<String>().replace('T', " ")
}
