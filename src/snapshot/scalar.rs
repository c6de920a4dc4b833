//! Canonical texts as the numbers that Parquet stores, and back. Both ways are exact: a text that the way back would not
//! give again has no number.

use crate::value::Type;

use super::manifest::ColumnEntry;

/// How the cells of a column are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Integer,
    Boolean,
    Date,
    Moment,
    Text,
}

impl Stored {
    pub(super) fn of(column: &ColumnEntry) -> Self {
        match column.kind {
            _ if column.list.is_some() => Self::Text,
            Type::Integer => Self::Integer,
            Type::Boolean => Self::Boolean,
            Type::Date => Self::Date,
            Type::Datetime => Self::Moment,
            Type::Text | Type::Decimal | Type::Time | Type::Json => Self::Text,
        }
    }

    /// The number of a canonical text; `None` when the text is not canonical for this storage. Texts have no number.
    pub(super) fn parse(self, text: &str) -> Option<i64> {
        match self {
            Self::Integer => parse_integer(text),
            Self::Boolean => match text {
                "true" => Some(1),
                "false" => Some(0),
                _ => None,
            },
            Self::Date => parse_date(text.as_bytes()),
            Self::Moment => parse_moment(text.as_bytes()),
            Self::Text => None,
        }
    }

    /// Appends the canonical text of a number.
    pub(super) fn push(self, out: &mut String, number: i64) {
        match self {
            Self::Integer => push_integer(out, number),
            Self::Boolean => out.push_str(if number == 0 { "false" } else { "true" }),
            Self::Date => push_date(out, number),
            Self::Moment => push_moment(out, number),
            Self::Text => {}
        }
    }
}

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

fn parse_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits.len() == 1 || !digits.starts_with('0')) && text != "-0";
    if plain { text.parse().ok() } else { None }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

fn parse_date(b: &[u8]) -> Option<i64> {
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&b[..4])?, digits(&b[5..7])?, digits(&b[8..])?);
    let days = days_of(year, month, day);
    (civil_of(days) == (year, month, day)).then_some(days)
}

fn parse_moment(b: &[u8]) -> Option<i64> {
    if b.len() < 20 || b[10] != b'T' || b[13] != b':' || b[16] != b':' || b[b.len() - 1] != b'Z' {
        return None;
    }
    let (hour, minute, second) = (digits(&b[11..13])?, digits(&b[14..16])?, digits(&b[17..19])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = match &b[19..b.len() - 1] {
        [] => 0,
        [b'.', fraction @ ..] if (1..=6).contains(&fraction.len()) && fraction.last() != Some(&b'0') => {
            (fraction.len()..6).fold(digits(fraction)?, |n, _| n * 10)
        }
        _ => return None,
    };
    let seconds = parse_date(&b[..10])? * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    Some(seconds * MICROS_PER_SECOND + micros)
}

fn push_integer(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    push_padded(out, number.unsigned_abs(), 1);
}

fn push_padded(out: &mut String, number: u64, width: usize) {
    let mut reversed = [b'0'; 20];
    let (mut rest, mut len) = (number, 0);
    while rest > 0 || len < width {
        reversed[len] = b'0' + (rest % 10) as u8;
        rest /= 10;
        len += 1;
    }
    out.extend(reversed[..len].iter().rev().map(|b| char::from(*b)));
}

fn push_date(out: &mut String, days: i64) {
    let (year, month, day) = civil_of(days);
    push_padded(out, year.unsigned_abs(), 4);
    out.push('-');
    push_padded(out, month.unsigned_abs(), 2);
    out.push('-');
    push_padded(out, day.unsigned_abs(), 2);
}

fn push_moment(out: &mut String, micros: i64) {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    push_date(out, seconds.div_euclid(SECONDS_PER_DAY));
    let of_day = seconds.rem_euclid(SECONDS_PER_DAY).unsigned_abs();
    for (mark, part) in [('T', of_day / 3600), (':', of_day / 60 % 60), (':', of_day % 60)] {
        out.push(mark);
        push_padded(out, part, 2);
    }
    let fraction = micros.rem_euclid(MICROS_PER_SECOND).unsigned_abs();
    if fraction != 0 {
        out.push('.');
        push_padded(out, fraction, 6);
        out.truncate(out.trim_end_matches('0').len());
    }
    out.push('Z');
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that the leap day comes last.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, of_year - (153 * march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDate, SecondsFormat};
    use proptest::prelude::*;

    fn text(stored: Stored, number: i64) -> String {
        let mut out = String::new();
        stored.push(&mut out, number);
        out
    }

    proptest! {
        #[test]
        fn integers_round_trip(n: i64) {
            prop_assert_eq!(text(Stored::Integer, n), n.to_string());
            prop_assert_eq!(Stored::Integer.parse(&n.to_string()), Some(n));
        }

        #[test]
        fn dates_are_those_of_the_calendar(days in -719_528i64..2_932_896) {
            let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            prop_assert_eq!(text(Stored::Date, days), date.to_string());
            prop_assert_eq!(Stored::Date.parse(&date.to_string()), Some(days));
        }

        #[test]
        fn moments_are_those_of_the_calendar(micros in -62_167_219_200_000_000i64..253_402_300_799_999_999) {
            let shown = text(Stored::Moment, micros);
            prop_assert_eq!(Stored::Moment.parse(&shown), Some(micros));
            let other = DateTime::from_timestamp_micros(micros).unwrap().to_rfc3339_opts(SecondsFormat::Micros, true);
            prop_assert_eq!(DateTime::parse_from_rfc3339(&shown).unwrap(), DateTime::parse_from_rfc3339(&other).unwrap());
        }

        #[test]
        fn what_parses_is_given_back_as_it_was(s in "-?[0-9]{0,3}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,7})?Z)?|true|false|TRUE") {
            for stored in [Stored::Integer, Stored::Boolean, Stored::Date, Stored::Moment] {
                if let Some(number) = stored.parse(&s) {
                    prop_assert_eq!(text(stored, number), s.clone());
                }
            }
        }
    }

    #[test]
    fn other_spellings_have_no_number() {
        for s in ["", "-", "+1", "01", "-0", "1.0", "9223372036854775808"] {
            assert_eq!(Stored::Integer.parse(s), None, "{s}");
        }
        for s in ["2027-02-29", "2027-13-01", "2027-00-10", "27-02-01", "2027-2-01"] {
            assert_eq!(Stored::Date.parse(s), None, "{s}");
        }
        for s in ["2027-02-24T06:00:00", "2027-02-24T24:00:00Z", "2027-02-24T06:00:00.10Z", "2027-02-24T06:00:00.Z", "2027-02-24T06:00:60Z"]
        {
            assert_eq!(Stored::Moment.parse(s), None, "{s}");
        }
    }
}
