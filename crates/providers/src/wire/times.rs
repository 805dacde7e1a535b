//! Times in the formats of the providers.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

const WITH_SEPARATORS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const DIGITS_ONLY: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day][hour][minute][second]");
const OFFSET: &[BorrowedFormatItem<'_>] =
    format_description!("[offset_hour sign:mandatory]:[offset_minute]");

/// The earliest year that is accepted. No refund is older, and the database has no year 0.
const EARLIEST_YEAR: i32 = 1970;

/// Reads `yyyy-MM-dd HH:mm:ss`, which has no zone, as a time at `offset`.
pub fn read_local(text: &str, offset: UtcOffset) -> Option<OffsetDateTime> {
    let local = PrimitiveDateTime::parse(text, WITH_SEPARATORS).ok()?;
    // Near the ends of the calendar, an offset can lead outside it.
    let at = local.assume_offset(offset).checked_to_offset(UtcOffset::UTC)?;
    storable(at)
}

/// Reads `yyyyMMddHHmmss`, which has no zone, as a time at `offset`.
pub fn read_digits(text: &str, offset: UtcOffset) -> Option<OffsetDateTime> {
    let local = PrimitiveDateTime::parse(text, DIGITS_ONLY).ok()?;
    storable(local.assume_offset(offset).checked_to_offset(UtcOffset::UTC)?)
}

/// Reads `yyyy-MM-dd HH:mm:ss` with or without a fraction of up to nine digits, at `offset`.
pub fn read_local_fraction(text: &str, offset: UtcOffset) -> Option<OffsetDateTime> {
    let Some((whole, fraction)) = text.split_once('.') else { return read_local(text, offset) };
    let is_fraction =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let nanoseconds: u32 = is_fraction.then(|| format!("{fraction:0<9}"))?.parse().ok()?;
    storable(read_local(whole, offset)?.replace_nanosecond(nanoseconds).ok()?)
}

/// Reads RFC 3339, such as `2026-01-01T07:59:58+08:00`.
pub fn read_rfc3339(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    storable(at.checked_to_offset(UtcOffset::UTC)?)
}

/// Reads RFC 3339, or the same with an offset without a colon, such as `2026-01-01T07:59:58+0800`.
pub fn read_iso8601(text: &str) -> Option<OffsetDateTime> {
    read_rfc3339(text).or_else(|| {
        let (before, minutes) = text.split_at_checked(text.len().checked_sub(2)?)?;
        read_rfc3339(&format!("{before}:{minutes}"))
    })
}

/// Reads a whole number of seconds since 1970 in decimal digits.
pub fn read_unix_seconds(text: &str) -> Option<OffsetDateTime> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    storable(OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok()?)
}

/// Cuts a time to the microseconds that the database stores, so that it compares equal when read
/// back. Returns `None` before [`EARLIEST_YEAR`].
fn storable(at: OffsetDateTime) -> Option<OffsetDateTime> {
    (at.year() >= EARLIEST_YEAR).then(|| at.truncate_to_microsecond())
}

/// Writes `yyyy-MM-dd HH:mm:ss` at `offset`.
pub fn write_local(at: OffsetDateTime, offset: UtcOffset) -> String {
    at.to_offset(offset).format(WITH_SEPARATORS).unwrap_or_default()
}

/// Writes `yyyyMMddHHmmss` at `offset`.
pub fn write_digits(at: OffsetDateTime, offset: UtcOffset) -> String {
    at.to_offset(offset).format(DIGITS_ONLY).unwrap_or_default()
}

/// Reads an offset such as `+08:00`.
pub fn read_offset(text: &str) -> Option<UtcOffset> {
    UtcOffset::parse(text, OFFSET).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::{
        read_digits, read_iso8601, read_local, read_offset, read_unix_seconds, write_digits,
    };

    #[test]
    fn a_local_time_is_read_at_its_offset_and_nothing_else_is_a_time() {
        let read = |text| read_local(text, offset!(+8));
        assert_eq!(read("2020-01-20 10:35:34"), Some(datetime!(2020-01-20 02:35:34 UTC)));
        for text in [
            "",
            "2020-01-20",
            "2020-02-30 10:35:34",
            "2020-01-20T10:35:34",
            "2020-01-20 10:35:34 ",
            "2020-01-20 10:35:34Z",
            "20200120103534",
            "2020-01-20 24:00:00",
            "0000-01-01 00:00:00",
            "1969-12-31 23:59:59",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_offset_may_lack_its_colon_and_nothing_else() {
        let at = Some(datetime!(2024-07-15 07:41:31 UTC));
        for text in
            ["2024-07-15T07:41:31Z", "2024-07-15T07:41:31+00:00", "2024-07-15T07:41:31+0000"]
        {
            assert_eq!(read_iso8601(text), at, "{text:?}");
        }
        assert_eq!(read_iso8601("2024-07-15T13:11:31+0530"), at);
        assert_eq!(
            read_iso8601("2024-07-15T02:11:31.25-0530"),
            Some(datetime!(2024-07-15 07:41:31.25 UTC))
        );
        for text in [
            "",
            "0",
            "é",
            "2024-07-15T07:41:31",
            "2024-07-15T07:4131Z",
            "2024-07-15T07:41:31+00",
            "2024-07-15T07:41:31+0:000",
            "2024-07-15T07:41:31 0000",
            "2024-07-15T07:41:31+2400",
        ] {
            assert_eq!(read_iso8601(text), None, "{text:?}");
        }
    }

    #[test]
    fn seconds_since_1970_are_digits_of_a_year_up_to_9999() {
        assert_eq!(read_unix_seconds("1767323045"), Some(datetime!(2026-01-02 03:04:05 UTC)));
        assert_eq!(read_unix_seconds("0"), Some(datetime!(1970-01-01 00:00 UTC)));
        for text in ["", "-1", "+1", "1.0", "1e9", "1767323045000", "99999999999999999999"] {
            assert_eq!(read_unix_seconds(text), None, "{text:?}");
        }
    }

    #[test]
    fn digits_and_offsets_are_written_and_read() {
        let at = datetime!(2023-06-09 03:06:45 UTC);
        assert_eq!(write_digits(at, offset!(+8)), "20230609110645");
        assert_eq!(read_digits("20230609110645", offset!(+8)), Some(at));
        for text in ["", "2023060911064", "202306091106450", "20230229110645", "+0230609110645"] {
            assert_eq!(read_digits(text, offset!(+8)), None, "{text:?}");
        }
        assert_eq!(read_offset("+08:00"), Some(offset!(+8)));
        assert_eq!(read_offset("-05:30"), Some(offset!(-5:30)));
        assert_eq!(read_offset("8"), None);
    }
}
