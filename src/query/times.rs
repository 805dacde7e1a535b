//! Times in words: how they are read and shown.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::Mistake;
use crate::clock::Clock;
use crate::config::age;

/// The zone in which dates are read and times are shown, and the time at which somebody asks.
#[derive(Clone, Debug)]
pub struct Times {
    /// When somebody asks.
    pub now: OffsetDateTime,
    zone: TimeZone,
}

impl Times {
    /// Returns the times of a command that begins now.
    pub fn of(zone: &impl AsRef<str>) -> Result<Self, Mistake> {
        Self::at(Clock::System.now(), zone.as_ref())
    }

    /// Returns the times of a command that begins now and has no zone.
    pub fn in_utc() -> Self {
        Self { now: Clock::System.now(), zone: TimeZone::UTC }
    }

    /// Returns the times at `now` in a zone, such as `Asia/Hong_Kong`.
    pub fn at(now: OffsetDateTime, zone: &str) -> Result<Self, Mistake> {
        let zone = TimeZone::get(zone).map_err(|_| {
            let wanted = "the name of a time zone such as Asia/Hong_Kong";
            Mistake::expected("zone", wanted, zone)
        })?;
        Ok(Self { now, zone })
    }

    /// Reads the time that the parameter `name` gives.
    pub fn read(&self, name: &str, text: Option<&str>) -> Result<Option<OffsetDateTime>, Mistake> {
        let Some(text) = text else { return Ok(None) };
        let time = self.time(text).ok_or_else(|| {
            let wanted = "a time such as 2026-11-22T09:30:00Z, 2026-11-22, today, yesterday or 2h";
            Mistake::expected(name, wanted, text)
        })?;
        Ok(Some(time))
    }

    fn time(&self, text: &str) -> Option<OffsetDateTime> {
        if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
            return Some(time);
        }
        let today = || Some(self.zoned(self.now)?.date());
        let date = match text {
            "now" => return Some(self.now),
            "today" => today()?,
            "yesterday" => today()?.checked_sub(1.day()).ok()?,
            _ if text.len() == "2026-11-22".len() => text.parse::<Date>().ok()?,
            _ if text.contains(['T', ' ']) => {
                let zoned =
                    text.parse::<DateTime>().ok()?.to_zoned_datetime(self.zone.clone()).ok()?;
                return from_jiff(zoned.timestamp());
            }
            _ => return self.now.checked_sub(age(text)?),
        };
        from_jiff(date.to_zoned_datetime(self.zone.clone()).ok()?.timestamp())
    }

    /// Reads the age that the parameter `name` gives, and returns the time that long ago.
    pub fn ago(&self, name: &str, text: Option<&str>) -> Result<Option<OffsetDateTime>, Mistake> {
        let Some(text) = text else { return Ok(None) };
        let time = age(text).and_then(|age| self.now.checked_sub(age));
        let time =
            time.ok_or_else(|| Mistake::expected(name, "an age such as 30m, 2h or 3d", text))?;
        Ok(Some(time))
    }

    /// Returns the name of the zone.
    pub fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }

    /// Returns when the last `days` days of the zone began, the one of now included, in order.
    pub fn last_days(&self, days: u16) -> Vec<OffsetDateTime> {
        let Some(today) = self.zoned(self.now).map(|now| now.date()) else { return Vec::new() };
        let begin = |ago: u16| {
            let day = today.checked_sub(i64::from(ago).days()).ok()?;
            from_jiff(day.to_zoned_datetime(self.zone.clone()).ok()?.timestamp())
        };
        (0..days).rev().filter_map(begin).collect()
    }

    /// Reads a time that the database wrote.
    pub fn parse(text: &str) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(text, &Rfc3339).ok()
    }

    /// Returns a time in UTC, for programs.
    pub fn utc(at: OffsetDateTime) -> String {
        at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default()
    }

    /// Returns a time in the zone, to the second.
    pub fn show(&self, at: OffsetDateTime) -> String {
        let at = at.replace_nanosecond(0).unwrap_or(at);
        self.in_zone(at).format(&Rfc3339).unwrap_or_default()
    }

    /// Returns a time that the database wrote, in the zone and to the second; other text as it is.
    pub fn show_text(&self, text: &str) -> String {
        match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(at) => self.show(at),
            Err(_) => text.to_owned(),
        }
    }

    /// Returns a time that the database wrote, in the zone; other text as it is.
    pub fn show_text_exactly(&self, text: &str) -> String {
        match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(at) => self.in_zone(at).format(&Rfc3339).unwrap_or_default(),
            Err(_) => text.to_owned(),
        }
    }

    fn zoned(&self, at: OffsetDateTime) -> Option<jiff::ZonedDateTime> {
        Some(
            Timestamp::from_nanosecond(at.unix_timestamp_nanos())
                .ok()?
                .to_zoned_datetime(self.zone.clone()),
        )
    }

    fn in_zone(&self, at: OffsetDateTime) -> OffsetDateTime {
        let offset = self.zoned(at).map(|zoned| zoned.offset().seconds());
        // RFC 3339 has no seconds in an offset; zones had some before 1972.
        let offset = offset.filter(|seconds| seconds % 60 == 0);
        let offset = offset.and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
        at.to_offset(offset.unwrap_or(UtcOffset::UTC))
    }
}

fn from_jiff(timestamp: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(timestamp.as_nanosecond()).ok()
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::Times;

    const NOW: OffsetDateTime = datetime!(2026-11-22 20:06:45.123456 UTC);

    #[test]
    fn times_are_read_in_the_zone_and_shown_to_the_second() {
        let cases = [
            ("UTC", "2026-11-22T09:30:00+08:00", "2026-11-22T01:30:00Z"),
            ("UTC", "2026-11-22", "2026-11-22T00:00:00Z"),
            ("UTC", "2026-11-22T09:30", "2026-11-22T09:30:00Z"),
            ("UTC", "now", "2026-11-22T20:06:45Z"),
            ("UTC", "today", "2026-11-22T00:00:00Z"),
            ("UTC", "yesterday", "2026-11-21T00:00:00Z"),
            ("UTC", "2h", "2026-11-22T18:06:45Z"),
            ("UTC", "1d12h", "2026-11-21T08:06:45Z"),
            ("Asia/Hong_Kong", "2026-11-22", "2026-11-22T00:00:00+08:00"),
            ("Asia/Hong_Kong", "today", "2026-11-23T00:00:00+08:00"),
            ("Asia/Hong_Kong", "2026-11-22 09:30", "2026-11-22T09:30:00+08:00"),
            ("Asia/Hong_Kong", "0s", "2026-11-23T04:06:45+08:00"),
            // The clock goes from 0:00 to 1:00.
            ("Asia/Beirut", "2026-03-29", "2026-03-29T01:00:00+03:00"),
        ];
        for (zone, text, expected) in cases {
            let times = Times::at(NOW, zone).unwrap();
            let read = times.read("since", Some(text)).unwrap().unwrap();
            assert_eq!(times.show(read), expected, "{text} in {zone}");
        }
    }

    #[test]
    fn the_last_days_begin_at_midnight_of_the_zone() {
        let times = Times::at(datetime!(2026-11-02 12:00 UTC), "America/New_York").unwrap();
        let shown: Vec<_> = times.last_days(3).into_iter().map(|at| times.show(at)).collect();
        // The clock went back on the first of November.
        let expected =
            ["2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn other_texts_are_no_time_and_the_error_says_what_is_expected() {
        let times = Times::at(NOW, "UTC").unwrap();
        for text in [
            "",
            "h",
            "2",
            "2y",
            "2h3",
            "-2h",
            "tomorrow",
            "2026-13-01",
            "2026-02-30",
            "22.11.2026",
            "99999999999999999999d",
            "999999999999d",
            "2026-11-22T25:00:00Z",
            "２h",
        ] {
            let error = times.read("since", Some(text)).unwrap_err().to_string();
            assert!(error.starts_with("since: expected a time such as"), "{text}: {error}");
        }
        let error = Times::at(NOW, "Hongkong/Asia").unwrap_err().to_string();
        assert!(error.starts_with("zone: expected the name of a time zone"), "{error}");
    }
}
