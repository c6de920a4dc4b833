//! Dates, times of day and moments. Within a condition a moment is written without its `Z`, so that text order is time order:
//! `…06:00:00` sorts before `…06:00:00.5`, which `…06:00:00Z` would not.

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::super::condition::Moment;
use super::super::typing::Kind;
use super::{add, decimal, error, text_of};

/// A stored moment in the form that sorts.
pub(in crate::query) fn sortable(canonical: &str) -> &str {
    canonical.strip_suffix('Z').unwrap_or(canonical)
}

/// A literal of a condition as a date, time or moment that exists, in the form that sorts.
pub(in crate::query) fn literal(written: &str, kind: Kind) -> Option<String> {
    match kind {
        Kind::Date => date(written).map(|_| written.to_owned()),
        Kind::Time => {
            let shape = if written.len() == 5 { "%H:%M" } else { "%H:%M:%S%.f" };
            NaiveTime::parse_from_str(written, shape).ok().map(show_time)
        }
        Kind::Datetime => DateTime::parse_from_rfc3339(written).ok().map(|m| show(m.naive_utc())),
        _ => None,
    }
}

/// True for text that begins as a date does, in ISO's order or another.
pub(in crate::query) fn looks_like_a_date(text: &str) -> bool {
    let head = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = head.split(['-', '/', '.']).collect();
    let digits = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits) && parts.iter().any(|p| p.len() == 4)
}

fn date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn parse(text: &str) -> Option<NaiveDateTime> {
    match date(text) {
        Some(day) => Some(day.and_time(NaiveTime::MIN)),
        None => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok(),
    }
}

fn show(moment: NaiveDateTime) -> String {
    format!("{}T{}", moment.date(), show_time(moment.time()))
}

fn show_time(time: NaiveTime) -> String {
    if time.nanosecond() < 1_000 {
        return time.format("%H:%M:%S").to_string();
    }
    time.format("%H:%M:%S%.6f").to_string().trim_end_matches('0').to_owned()
}

/// A shift in time: the part of SQLite's modifiers that has one meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Shift {
    Seconds(i64),
    Months(i32),
    StartOfDay,
    StartOfMonth,
    StartOfYear,
}

impl Shift {
    /// Reads `'+7 days'`, `'-1 month'`, `'start of year'`.
    pub(in crate::query) fn parse(written: &str) -> Option<Self> {
        let words: Vec<String> = written.split_whitespace().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["start", "of", "day"] => Some(Self::StartOfDay),
            ["start", "of", "month"] => Some(Self::StartOfMonth),
            ["start", "of", "year"] => Some(Self::StartOfYear),
            [number, unit] => {
                let n = number.strip_prefix('+').unwrap_or(number).parse::<i32>().ok().filter(|n| n.abs() <= 1_000_000)?;
                let seconds = |each: i64| Some(Self::Seconds(i64::from(n) * each));
                match unit.strip_suffix('s').unwrap_or(unit) {
                    "second" => seconds(1),
                    "minute" => seconds(60),
                    "hour" => seconds(3_600),
                    "day" => seconds(86_400),
                    "month" => Some(Self::Months(n)),
                    "year" => n.checked_mul(12).map(Self::Months),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Shifts a moment; a month that is too short ends on its last day. `None` beyond the calendar.
    fn apply(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Seconds(n) => at.checked_add_signed(Duration::try_seconds(n)?),
            Self::Months(n) if n < 0 => at.checked_sub_months(Months::new(n.unsigned_abs())),
            Self::Months(n) => at.checked_add_months(Months::new(n.unsigned_abs())),
            Self::StartOfDay => Some(at.date().and_time(NaiveTime::MIN)),
            Self::StartOfMonth => Some(at.date().with_day(1)?.and_time(NaiveTime::MIN)),
            Self::StartOfYear => Some(at.date().with_ordinal(1)?.and_time(NaiveTime::MIN)),
        }
    }
}

pub(super) fn register(connection: &Connection, moment: &Moment) -> Result<()> {
    let (go_live, as_of, site) = (show(moment.go_live.naive_utc()), show(moment.as_of.naive_utc()), moment.site.clone());
    add(connection, "go_live", 0, move |_| Ok(go_live.clone()))?;
    add(connection, "as_of", 0, move |_| Ok(as_of.clone()))?;
    add(connection, "site", 0, move |_| Ok(site.clone()))?;
    add(connection, "moment_date", -1, |c| Ok(shifted(c)?.map(|m| m.date().to_string())))?;
    add(connection, "moment_datetime", -1, |c| Ok(shifted(c)?.map(show)))?;
    add(connection, "moment_time", -1, |c| Ok(shifted(c)?.map(|m| show_time(m.time()))))?;
    add(connection, "moment_julianday", -1, |c| Ok(shifted(c)?.and_then(julian_day)))
}

fn shifted(context: &Context<'_>) -> Result<Option<NaiveDateTime>> {
    let Some(text) = text_of(context, 0)? else { return Ok(None) };
    let mut at = parse(text).ok_or_else(|| error(format!("`{text}` is no date that exists")))?;
    for i in 1..context.len() {
        let Some(written) = text_of(context, i)? else { return Ok(None) };
        at = Shift::parse(written).and_then(|s| s.apply(at)).ok_or_else(|| error(format!("`{text}` cannot be shifted by `{written}`")))?;
    }
    Ok(Some(at))
}

/// Days since noon of 24 November 4714 BC, exact to ten digits after the point.
fn julian_day(at: NaiveDateTime) -> Option<String> {
    let days = i64::from(at.date().num_days_from_ce()) + 1_721_424;
    let micros = i64::from(at.num_seconds_from_midnight()) * 1_000_000 + i64::from(at.nanosecond() / 1_000);
    let tenths = i128::from(days) * 10_000_000_000 + 5_000_000_000 + i128::from(micros) * 10_000_000_000 / 86_400_000_000;
    decimal::canonical(&format!("{}.{:010}", tenths / 10_000_000_000, tenths % 10_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_dates_that_exist() {
        assert_eq!(literal("2028-02-29", Kind::Date).as_deref(), Some("2028-02-29"));
        assert_eq!(literal("2026-02-31", Kind::Date), None);
        assert_eq!(literal("31/12/2025", Kind::Date), None);
        assert_eq!(literal("2027-02-24T06:00:00Z", Kind::Datetime).as_deref(), Some("2027-02-24T06:00:00"));
        assert_eq!(literal("2027-02-24T06:00:00.500+01:00", Kind::Datetime).as_deref(), Some("2027-02-24T05:00:00.5"));
        assert_eq!(literal("2027-02-24T06:00:00", Kind::Datetime), None);
        assert_eq!(literal("06:00", Kind::Time).as_deref(), Some("06:00:00"));
        assert_eq!(literal("06:30:10.250", Kind::Time).as_deref(), Some("06:30:10.25"));
        assert_eq!(literal("25:00", Kind::Time), None);
    }

    #[test]
    fn shifts_stay_in_the_month() {
        let at = parse("2027-01-31").unwrap();
        assert_eq!(Shift::parse("+1 months").unwrap().apply(at).unwrap().date().to_string(), "2027-02-28");
        assert_eq!(Shift::parse("-1 day").unwrap().apply(at).unwrap().date().to_string(), "2027-01-30");
        assert_eq!(Shift::parse("start of year").unwrap().apply(at).unwrap().date().to_string(), "2027-01-01");
        for wrong in ["localtime", "utc", "7", "+7 fortnights", "weekday 1", "+99999999999 days"] {
            assert_eq!(Shift::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn julian_days_are_those_of_the_calendar() {
        assert_eq!(julian_day(parse("2000-01-01T12:00:00").unwrap()).as_deref(), Some("2451545"));
        assert_eq!(julian_day(parse("2000-01-02").unwrap()).as_deref(), Some("2451545.5"));
    }
}
