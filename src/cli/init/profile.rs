//! What the cells of a column have in common: never the values themselves, only their hashes and which types they fit.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use xxhash_rust::xxh3::xxh3_64;

use crate::value::{Raw, Type, canonical_json};

/// Rows whose hashes are kept to look for a key.
pub(super) const ROWS_KEPT: usize = 200_000;

/// Ways to write a date, each with whether the day comes first.
const DATES: [&str; 8] = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y"];

/// The two that cannot be told apart when no day is beyond the twelfth.
const DAY_FIRST: usize = 1;
const MONTH_FIRST: usize = 2;

/// Said of dates that fit both.
const AMBIGUOUS: &str = "dates whose day and month cannot be told apart: `type: date` needs a `format`";

/// Pairs of words for true and false.
const TRUTH: [[&str; 2]; 4] = [["true", "false"], ["yes", "no"], ["y", "n"], ["t", "f"]];

/// One column of one side.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Hash per row, 0 for a blank; of the first rows only.
    pub(super) hashes: Vec<u64>,
    /// Cells that hold something.
    pub(super) filled: u64,
    /// Cells that hold nothing.
    pub(super) blank: u64,
    /// The column as a whole has one value, and this is its hash.
    pub(super) constant: Option<u64>,
    fits: Fits,
}

/// What every cell so far fits.
#[derive(Clone, Copy, Debug)]
struct Fits {
    integer: bool,
    decimal: bool,
    dates: [bool; DATES.len()],
    zoned: bool,
    local: bool,
    time: bool,
    json: bool,
    truth: [bool; TRUTH.len()],
    /// Per pair of words: which of the two were there.
    said: [[bool; 2]; TRUTH.len()],
    /// Every cell is 0 or 1.
    bit: bool,
    /// Some cell is a number but for zeros that lead it.
    leading_zero: bool,
    /// Some cell is a number.
    some_number: bool,
}

/// The type that is drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drafted {
    pub(super) kind: Type,
    /// Format of dates, when it is not that of ISO.
    pub(super) format: Option<&'static str>,
    /// What was seen, for the comment; empty when there is nothing to say.
    pub(super) note: &'static str,
}

impl Drafted {
    /// Dates that could be told neither way are as the others of the file, when those agree.
    pub(super) fn settle(&mut self, others: Option<&'static str>) {
        if self.note == AMBIGUOUS && others.is_some() {
            *self = Self { kind: Type::Date, format: others, note: "as the other dates of the file" };
        }
    }

    /// Whether the day or the month comes first, where that was seen.
    pub(super) fn order_of_days(&self) -> Option<&'static str> {
        self.format.filter(|f| [DATES[DAY_FIRST], DATES[MONTH_FIRST]].contains(f))
    }
}

impl Profile {
    pub(super) fn new() -> Self {
        let fits = Fits {
            integer: true,
            decimal: true,
            dates: [true; DATES.len()],
            zoned: true,
            local: true,
            time: true,
            json: true,
            truth: [true; TRUTH.len()],
            said: [[false; 2]; TRUTH.len()],
            bit: true,
            leading_zero: false,
            some_number: false,
        };
        Self { hashes: Vec::new(), filled: 0, blank: 0, constant: None, fits }
    }

    /// Takes the next row's cell.
    pub(super) fn add(&mut self, raw: &Raw) {
        let text = match raw {
            Raw::Absent | Raw::Null => String::new(),
            Raw::Text(t) | Raw::Number(t) | Raw::Broken(t) => t.clone(),
            Raw::Boolean(b) => b.to_string(),
            Raw::Moment(m) => m.to_string(),
            Raw::Document(v) => canonical_json(v),
            Raw::Many(_) => "[]".to_owned(),
        };
        let hash = if text.trim().is_empty() { 0 } else { xxh3_64(text.as_bytes()).max(1) };
        if self.hashes.len() < ROWS_KEPT {
            self.hashes.push(hash);
        }
        if self.filled + self.blank == 0 {
            self.constant = Some(hash).filter(|h| *h != 0);
        } else if self.constant.is_some_and(|c| c != hash) {
            self.constant = None;
        }
        if hash == 0 {
            self.blank += 1;
        } else {
            self.filled += 1;
            self.fits.add(raw, text.trim());
        }
    }

    /// True when every cell is one of two words for true and false; one of the two may be missing, as where nothing is switched off.
    pub(super) fn is_truth(&self) -> bool {
        let digits = self.fits.integer && self.fits.bit;
        self.filled == 0 || digits || self.fits.truth.contains(&true)
    }

    /// The type that all cells of all sides fit; text when in doubt.
    pub(super) fn drafted(sides: &[&Self]) -> Drafted {
        let text = |note| Drafted { kind: Type::Text, format: None, note };
        let typed = |kind, note| Drafted { kind, format: None, note };
        if sides.iter().all(|s| s.filled == 0) {
            return text("blank in every row");
        }
        let every = |test: &dyn Fn(&Fits) -> bool| sides.iter().filter(|s| s.filled > 0).all(|s| test(&s.fits));
        let any = |test: &dyn Fn(&Fits) -> bool| sides.iter().any(|s| test(&s.fits));
        if every(&|f| f.json) {
            return typed(Type::Json, "nested, compared as a whole");
        }
        if (0..TRUTH.len()).any(|i| every(&|f| f.truth[i]) && (0..2).all(|w| any(&|f| f.said[i][w]))) {
            return typed(Type::Boolean, "");
        }
        if every(&|f| f.integer) {
            return typed(Type::Integer, "");
        }
        if every(&|f| f.decimal) {
            return typed(Type::Decimal, "");
        }
        let dates: Vec<usize> = (0..DATES.len()).filter(|i| every(&|f| f.dates[*i])).collect();
        match dates.as_slice() {
            [] => {}
            [DAY_FIRST, MONTH_FIRST] => return text(AMBIGUOUS),
            [0, ..] => return typed(Type::Date, ""),
            [one, ..] => return Drafted { kind: Type::Date, format: Some(DATES[*one]), note: "" },
        }
        if every(&|f| f.zoned) {
            return typed(Type::Datetime, "");
        }
        if every(&|f| f.local) {
            return text("moments without a time zone: `type: datetime` needs `timezone` in both environments");
        }
        if every(&|f| f.time) {
            return typed(Type::Time, "");
        }
        if any(&|f| f.leading_zero) {
            return text("numbers with leading zeros, kept as text");
        }
        text(if any(&|f| f.some_number) { "numbers and other text" } else { "" })
    }
}

impl Fits {
    fn add(&mut self, raw: &Raw, text: &str) {
        let (integer, decimal) = match raw {
            Raw::Text(_) | Raw::Number(_) => number(text),
            _ => (false, false),
        };
        self.bit &= matches!(text, "0" | "1");
        let digits = text.trim_start_matches('-');
        self.leading_zero |= digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
        self.some_number |= integer || decimal;
        self.integer &= integer;
        self.decimal &= decimal;
        let midnight = match raw {
            Raw::Moment(m) => Some(m.time() == NaiveTime::MIN),
            _ => None,
        };
        for (i, format) in DATES.iter().enumerate() {
            self.dates[i] = self.dates[i]
                && match (raw, midnight) {
                    // A workbook's own dates need no format.
                    (_, Some(midnight)) => i == 0 && midnight,
                    (Raw::Text(_), None) => is_date(text, format),
                    _ => false,
                };
        }
        self.zoned &= matches!(raw, Raw::Text(_)) && DateTime::parse_from_rfc3339(text).is_ok();
        self.local &= match raw {
            Raw::Moment(_) => true,
            Raw::Text(_) => ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"]
                .iter()
                .any(|f| NaiveDateTime::parse_from_str(text, f).is_ok()),
            _ => false,
        };
        self.time &= matches!(raw, Raw::Text(_))
            && matches!(text.len(), 5 | 8)
            && ["%H:%M", "%H:%M:%S"].iter().any(|f| NaiveTime::parse_from_str(text, f).is_ok());
        self.json &= matches!(raw, Raw::Document(_));
        let word = text.to_lowercase();
        for (i, pair) in TRUTH.iter().enumerate() {
            match pair.iter().position(|w| *w == word) {
                Some(which) => self.said[i][which] = true,
                None => self.truth[i] = false,
            }
        }
    }
}

/// Whether a text is a whole number, and whether it is a number, as a definition reads them: what leads with zeros is a code.
fn number(text: &str) -> (bool, bool) {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
    let plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let is_code = whole.len() > 1 && whole.starts_with('0');
    let decimal = plain(whole) && part.is_none_or(plain) && !is_code && digits.len() <= 30;
    (decimal && part.is_none() && text.parse::<i64>().is_ok(), decimal)
}

fn is_date(text: &str, format: &str) -> bool {
    // The library takes `1/2/27` for a date of the year 27.
    let year = NaiveDate::parse_from_str(text, format).map(|d| chrono::Datelike::year(&d));
    year.is_ok_and(|y| (1000..=9999).contains(&y)) && (format != "%Y-%m-%d" || text.len() == 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafted(cells: &[&str]) -> (Type, Option<&'static str>, &'static str) {
        let mut profile = Profile::new();
        cells.iter().for_each(|c| profile.add(&Raw::Text((*c).to_owned())));
        let Drafted { kind, format, note } = Profile::drafted(&[&profile]);
        (kind, format, note)
    }

    #[test]
    fn types_are_what_every_cell_fits() {
        assert_eq!(drafted(&["1", "", "-20"]).0, Type::Integer);
        assert_eq!(drafted(&["1", "2.50"]).0, Type::Decimal);
        assert_eq!(drafted(&["007", "12"]), (Type::Text, None, "numbers with leading zeros, kept as text"));
        assert_eq!(drafted(&["1", "x"]), (Type::Text, None, "numbers and other text"));
        assert_eq!(drafted(&["Y", "n", ""]).0, Type::Boolean);
        assert_eq!(drafted(&["Y", "Y"]).0, Type::Text, "one word alone may be a code");
        assert_eq!(drafted(&["1", "0"]).0, Type::Integer);
        assert_eq!(drafted(&["", " "]).2, "blank in every row");
        assert_eq!(drafted(&["1e3"]).0, Type::Text);
        assert_eq!(drafted(&["99999999999999999999"]).0, Type::Decimal);
    }

    #[test]
    fn dates_are_typed_only_when_they_can_be_told() {
        assert_eq!(drafted(&["2027-02-24"]).0, Type::Date);
        assert_eq!(drafted(&["24/02/2027", "01/02/2027"]), (Type::Date, Some("%d/%m/%Y"), ""));
        assert_eq!(drafted(&["02/24/2027"]), (Type::Date, Some("%m/%d/%Y"), ""));
        assert_eq!(drafted(&["01/02/2027"]).0, Type::Text, "day and month cannot be told apart");
        assert_eq!(drafted(&["2027-02-30"]).0, Type::Text);
        assert_eq!(drafted(&["1/2/27", "24/2/27"]).0, Type::Text);
        assert_eq!(drafted(&["2027-02-24T06:00:00Z"]).0, Type::Datetime);
        assert!(drafted(&["2027-02-24 06:00:00"]).2.contains("time zone"));
        assert_eq!(drafted(&["09:00", "12:30"]).0, Type::Time);
        assert_eq!(drafted(&["09:00", "midday"]).0, Type::Text);
    }

    #[test]
    fn both_sides_decide() {
        let side = |cell: &str| {
            let mut profile = Profile::new();
            profile.add(&Raw::Text(cell.to_owned()));
            profile
        };
        assert_eq!(Profile::drafted(&[&side("1"), &side("x")]).kind, Type::Text);
        assert_eq!(Profile::drafted(&[&side("1"), &side("")]).kind, Type::Integer);
        assert_eq!(Profile::drafted(&[&side("Y"), &side("N")]).kind, Type::Boolean);
    }
}
