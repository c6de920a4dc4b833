//! Dates, times and moments in canonical text.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};

use super::typing::Moments;

/// The day on which a spreadsheet's bare time of day stands.
const SPREADSHEET_DAY_ZERO: Option<NaiveDate> = NaiveDate::from_ymd_opt(1899, 12, 31);

/// Canonical text of a date; `None` when it is none, or does not exist in the calendar.
pub(crate) fn date(text: &str, moments: &Moments) -> Option<String> {
    let date = match &moments.format {
        None => iso_date(text)?,
        Some(format) => NaiveDate::parse_from_str(text, format).ok().filter(|d| has_full_year(d.year()))?,
    };
    date_text(date)
}

/// Canonical text of a time of day.
pub(crate) fn time(text: &str, moments: &Moments) -> Option<String> {
    let time = match &moments.format {
        None => iso_time(text)?,
        Some(format) => NaiveTime::parse_from_str(text, format).ok()?,
    };
    time_text(time)
}

/// Canonical text of a moment, in UTC. A local time needs a zone, and must be one moment in it: the hour that a change
/// of clocks repeats or leaves out names none.
pub(crate) fn datetime(text: &str, moments: &Moments) -> Option<String> {
    let Some(format) = &moments.format else {
        let moment = DateTime::parse_from_rfc3339(text).ok().map(|m| m.to_utc());
        return utc_text(moment.or_else(|| local(iso_datetime(text)?, moments))?);
    };
    if let Ok(moment) = DateTime::parse_from_str(text, format) {
        return has_full_year(moment.year()).then(|| utc_text(moment.to_utc())).flatten();
    }
    let naive = NaiveDateTime::parse_from_str(text, format).ok().filter(|m| has_full_year(m.year()))?;
    // `%s` counts seconds in UTC.
    if format.contains("%s") { utc_text(naive.and_utc()) } else { utc_text(local(naive, moments)?) }
}

/// Canonical text of a spreadsheet's moment in a date column: it must be a whole day.
pub(crate) fn typed_date(moment: NaiveDateTime) -> Option<String> {
    (moment.time() == NaiveTime::MIN && Some(moment.date()) != SPREADSHEET_DAY_ZERO).then(|| date_text(moment.date())).flatten()
}

/// Canonical text of a spreadsheet's moment in a time column: it must have no date.
pub(crate) fn typed_time(moment: NaiveDateTime) -> Option<String> {
    (Some(moment.date()) == SPREADSHEET_DAY_ZERO).then(|| time_text(moment.time())).flatten()
}

/// Canonical text of a spreadsheet's moment in a datetime column.
pub(crate) fn typed_datetime(moment: NaiveDateTime, moments: &Moments) -> Option<String> {
    if Some(moment.date()) == SPREADSHEET_DAY_ZERO {
        return None;
    }
    utc_text(local(moment, moments)?)
}

/// A spreadsheet's moment as a person would write it: a date, a time of day, or both.
pub(crate) fn plain_text(moment: NaiveDateTime) -> String {
    let time = || clock_text(moment.time());
    if Some(moment.date()) == SPREADSHEET_DAY_ZERO {
        time()
    } else if moment.time() == NaiveTime::MIN {
        moment.date().to_string()
    } else {
        format!("{}T{}", moment.date(), time())
    }
}

fn local(naive: NaiveDateTime, moments: &Moments) -> Option<DateTime<Utc>> {
    match moments.timezone?.from_local_datetime(&naive) {
        LocalResult::Single(moment) => Some(moment.to_utc()),
        LocalResult::Ambiguous(..) | LocalResult::None => None,
    }
}

/// A two-digit year under `%Y` would be a year of antiquity.
fn has_full_year(year: i32) -> bool {
    (1000..=9999).contains(&year)
}

fn iso_date(text: &str) -> Option<NaiveDate> {
    let b = text.as_bytes();
    let form = b.len() == 10 && b.iter().enumerate().all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() });
    if form { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

fn iso_time(text: &str) -> Option<NaiveTime> {
    let b = text.as_bytes();
    let pair = |i: usize| b.len() >= i + 2 && b[i].is_ascii_digit() && b[i + 1].is_ascii_digit();
    let form = pair(0) && b.get(2) == Some(&b':') && pair(3) && (b.len() == 5 || b[5] == b':' && pair(6));
    if !form {
        return None;
    }
    NaiveTime::parse_from_str(text, if b.len() == 5 { "%H:%M" } else { "%H:%M:%S%.f" }).ok()
}

fn iso_datetime(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    matches!(text.as_bytes()[10], b'T' | b' ').then(|| Some(iso_date(date)?.and_time(iso_time(time)?))).flatten()
}

fn date_text(date: NaiveDate) -> Option<String> {
    (1..=9999).contains(&date.year()).then(|| date.format("%Y-%m-%d").to_string())
}

fn time_text(time: NaiveTime) -> Option<String> {
    // A leap second has no place of its own in the canonical text.
    (time.nanosecond() < 1_000_000_000).then(|| clock_text(time))
}

fn clock_text(time: NaiveTime) -> String {
    let mut text = time.format("%H:%M:%S").to_string();
    let micros = time.nanosecond() % 1_000_000_000 / 1_000;
    if micros > 0 {
        text.push('.');
        text.push_str(format!("{micros:06}").trim_end_matches('0'));
    }
    text
}

fn utc_text(moment: DateTime<Utc>) -> Option<String> {
    let naive = moment.naive_utc();
    Some(format!("{}T{}Z", date_text(naive.date())?, time_text(naive.time())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso() -> Moments {
        Moments::default()
    }

    fn london() -> Moments {
        Moments { format: None, timezone: Some(chrono_tz::Europe::London) }
    }

    fn by(format: &str) -> Moments {
        Moments { format: Some(format.to_owned()), timezone: Some(chrono_tz::Europe::London) }
    }

    #[test]
    fn dates_are_iso_or_of_the_given_format() {
        assert_eq!(date("2027-02-24", &iso()).as_deref(), Some("2027-02-24"));
        assert_eq!(date("24/02/2027", &by("%d/%m/%Y")).as_deref(), Some("2027-02-24"));
        for wrong in ["2027-02-31", "2027-2-4", "24/02/2027", "2027-02-24T00:00:00", "", "20270224"] {
            assert_eq!(date(wrong, &iso()), None, "{wrong}");
        }
        assert_eq!(date("24/02/27", &by("%d/%m/%Y")), None, "two digits of a year are no year");
        assert_eq!(date("31/02/2027", &by("%d/%m/%Y")), None);
    }

    #[test]
    fn times_keep_a_fraction_only_when_there_is_one() {
        assert_eq!(time("06:00", &iso()).as_deref(), Some("06:00:00"));
        assert_eq!(time("06:00:01.500", &iso()).as_deref(), Some("06:00:01.5"));
        for wrong in ["24:00", "6:00", "06:60", "0600", "23:59:60"] {
            assert_eq!(time(wrong, &iso()), None, "{wrong}");
        }
        assert_eq!(time("6.30 PM", &by("%I.%M %p")).as_deref(), Some("18:30:00"));
    }

    #[test]
    fn moments_are_kept_in_utc() {
        assert_eq!(datetime("2027-02-24T06:00:00Z", &iso()).as_deref(), Some("2027-02-24T06:00:00Z"));
        assert_eq!(datetime("2027-07-01T06:00:00.250+01:00", &iso()).as_deref(), Some("2027-07-01T05:00:00.25Z"));
        assert_eq!(datetime("2027-07-01 06:00:00", &london()).as_deref(), Some("2027-07-01T05:00:00Z"));
        assert_eq!(datetime("2027-07-01T06:00", &london()).as_deref(), Some("2027-07-01T05:00:00Z"));
        assert_eq!(datetime("01/07/2027 06:00", &by("%d/%m/%Y %H:%M")).as_deref(), Some("2027-07-01T05:00:00Z"));
        assert_eq!(datetime("01/07/2027 06:00 +0000", &by("%d/%m/%Y %H:%M %z")).as_deref(), Some("2027-07-01T06:00:00Z"));
        assert_eq!(datetime("1800000000", &by("%s")).as_deref(), Some("2027-01-15T08:00:00Z"));
    }

    #[test]
    fn a_local_time_that_names_no_single_moment_is_refused() {
        assert_eq!(datetime("2027-02-24T06:00:00", &iso()), None, "no zone is known");
        assert_eq!(datetime("2026-10-25T01:30:00", &london()), None, "the clocks go back: it is twice half past one");
        assert_eq!(datetime("2026-03-29T01:30:00", &london()), None, "the clocks go forward: it is never half past one");
        assert_eq!(datetime("2026-10-25T01:30:00+01:00", &london()).as_deref(), Some("2026-10-25T00:30:00Z"), "an offset decides");
        assert_eq!(datetime("2027-02-24", &london()), None, "a day is no moment");
    }

    #[test]
    fn a_spreadsheets_moment_fits_the_column_or_not() {
        let day = NaiveDate::from_ymd_opt(2027, 2, 24).unwrap();
        let (midnight, six) = (day.and_hms_opt(0, 0, 0).unwrap(), day.and_hms_opt(6, 0, 0).unwrap());
        let clock = SPREADSHEET_DAY_ZERO.unwrap().and_hms_opt(6, 0, 0).unwrap();
        assert_eq!(typed_date(midnight).as_deref(), Some("2027-02-24"));
        assert_eq!(typed_date(six), None);
        assert_eq!(typed_time(clock).as_deref(), Some("06:00:00"));
        assert_eq!(typed_time(six), None);
        assert_eq!(typed_datetime(six, &london()).as_deref(), Some("2027-02-24T06:00:00Z"));
        assert_eq!(typed_datetime(six, &iso()), None);
        assert_eq!(typed_datetime(clock, &london()), None);
        assert_eq!(
            (plain_text(midnight).as_str(), plain_text(clock).as_str(), plain_text(six).as_str()),
            ("2027-02-24", "06:00:00", "2027-02-24T06:00:00")
        );
    }
}
