//! The spans of time of a chart, each with its name.

use time::OffsetDateTime;

use crate::query::Times;

/// Spans of time, one after the other.
#[derive(Clone, Debug)]
pub(in crate::console) struct Spans {
    /// Their beginnings.
    pub begins: Vec<OffsetDateTime>,
    /// The end of the last one.
    pub end: OffsetDateTime,
    /// Their names.
    pub names: Vec<String>,
    /// The zone in which they are named.
    pub zone: String,
}

impl Spans {
    /// Returns the last days of the zone, with the one of `times`.
    pub(in crate::console) fn days(times: &Times, days: u16) -> Self {
        let begins = times.last_days(days);
        // The names are dates of the zone.
        let name = |at: &OffsetDateTime| times.show(*at).chars().take(10).collect();
        let names = begins.iter().map(name).collect();
        Self { names, end: times.now, begins, zone: times.zone_name() }
    }

    /// Returns the last hours, with the one of `times`.
    pub(in crate::console) fn hours(times: &Times, hours: u16) -> Self {
        let seconds = times.now.unix_timestamp();
        let this = OffsetDateTime::from_unix_timestamp(seconds - seconds.rem_euclid(3600));
        let this = this.unwrap_or(times.now);
        let ago = |hours: u16| this.checked_sub(time::Duration::hours(hours.into()));
        let begins: Vec<_> = (0..hours).rev().filter_map(ago).collect();
        let name = |at: &OffsetDateTime| {
            let shown = times.show(*at);
            shown.chars().take(16).collect::<String>().replace('T', " ")
        };
        let names = begins.iter().map(name).collect();
        Self { names, end: times.now, begins, zone: times.zone_name() }
    }

    /// Returns a text that is another one if the spans begin at another time.
    pub(in crate::console) fn question(&self) -> String {
        self.begins.first().copied().map(Times::utc).unwrap_or_default()
    }

    /// Returns the end of a span.
    pub(in crate::console) fn end_of(&self, place: usize) -> OffsetDateTime {
        self.begins.get(place.saturating_add(1)).copied().unwrap_or(self.end)
    }
}
