//! CSV files: all cells are text, headings are matched by name.

use std::collections::BTreeSet;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::compare::difference::FieldDifference;
use crate::document::suggest::nearest_or_all;
use crate::value::{Cell, State, push_part};

use super::partition::Entry;
use super::records::Records;
use super::side::{Row, Scanned, Source};
use super::{PlainError, PlainInfo, PlainOptions, PlainSide};

/// Read-ahead of a pass over the whole file, in bytes.
const AHEAD: usize = 1 << 18;

/// Read-ahead around a single row.
const AROUND: usize = 1 << 11;

/// Reading one row in this many, or more, is done in one pass over the file.
const DENSE: u64 = 16;

/// A CSV file with the places of the columns that matter.
pub(super) struct CsvSide {
    file: PlainSide,
    delimiter: u8,
    bytes: u64,
    headings: Vec<String>,
    key: Vec<usize>,
    /// In the order of the left file, on both sides.
    compared: Vec<usize>,
    names: Vec<String>,
    /// `compared` as runs of columns that are neighbours in both files, so that they are copied at once.
    runs: Vec<Range<usize>>,
}

/// Opens both files and matches their headings.
pub(super) fn open(
    left: (&PlainSide, u8),
    right: (&PlainSide, u8),
    options: &PlainOptions,
) -> Result<(CsvSide, CsvSide, PlainInfo), PlainError> {
    let on_left = headings(left.0, left.1)?;
    let on_right = headings(right.0, right.1)?;
    for (side, headings) in [(left.0, &on_left), (right.0, &on_right)] {
        if let Some(key) = options.key.iter().find(|key| !headings.contains(key)) {
            let advice = nearest_or_all(key, headings.iter().map(String::as_str));
            return Err(PlainError::usage(format!("there is no heading `{key}` to use as the key"), &side.shown, advice));
        }
    }
    if let Some(name) = options.ignore.iter().find(|name| !on_left.contains(name) && !on_right.contains(name)) {
        let advice = nearest_or_all(name, on_left.iter().chain(&on_right).map(String::as_str));
        return Err(PlainError::usage(format!("there is no heading `{name}` to ignore"), &left.0.shown, advice));
    }
    let only = |own: &[String], other: &[String]| -> Vec<String> {
        own.iter().filter(|h| !other.contains(h) && !options.ignore.contains(h)).cloned().collect()
    };
    let compared: Vec<String> =
        on_left.iter().filter(|h| on_right.contains(h) && !options.key.contains(h) && !options.ignore.contains(h)).cloned().collect();
    let info = PlainInfo {
        only_left: only(&on_left, &on_right),
        only_right: only(&on_right, &on_left),
        ignored: options.ignore.clone(),
        compared: compared.clone(),
    };
    let at = |headings: &[String], names: &[String]| -> Vec<usize> {
        names.iter().filter_map(|n| headings.iter().position(|h| h == n)).collect()
    };
    let places = (at(&on_left, &compared), at(&on_right, &compared));
    // Positions in `compared` where a new run begins.
    let apart = |i: usize| places.0[i] != places.0[i - 1] + 1 || places.1[i] != places.1[i - 1] + 1 || left.1 != right.1;
    let begins: Vec<usize> = (0..compared.len()).filter(|i| *i == 0 || apart(*i)).collect();
    let side = |(file, delimiter): (&PlainSide, u8), headings: Vec<String>, places: &[usize]| {
        let ends = begins.iter().skip(1).copied().chain([compared.len()]);
        let runs = begins.iter().zip(ends).map(|(begin, end)| places[*begin]..places[end - 1] + 1).collect();
        let bytes = std::fs::metadata(&file.path).map(|m| m.len()).unwrap_or(0);
        let key = at(&headings, &options.key);
        CsvSide { file: file.clone(), delimiter, bytes, key, compared: places.to_vec(), names: compared.clone(), runs, headings }
    };
    Ok((side(left, on_left, &places.0), side(right, on_right, &places.1), info))
}

fn headings(file: &PlainSide, delimiter: u8) -> Result<Vec<String>, PlainError> {
    let mut records = Records::open(file, delimiter, AROUND)?;
    if !records.read()? {
        return Err(PlainError::cannot_tell("the file is empty", &file.shown, "give a file with a row of headings and rows"));
    }
    let headings: Vec<String> = (0..records.len()).map(|h| String::from_utf8_lossy(records.cell(h)).into_owned()).collect();
    let mut seen = BTreeSet::new();
    match headings.iter().find(|h| !seen.insert(h.as_str())) {
        Some(twice) => Err(PlainError::cannot_tell(
            format!("two columns have the heading `{twice}`"),
            format!("{}:1", file.shown),
            "give every column its own heading",
        )),
        None => Ok(headings),
    }
}

impl CsvSide {
    /// Key bytes; false when a part is blank.
    fn key(&self, record: &Records<'_>, key: &mut Vec<u8>) -> bool {
        key.clear();
        key.push(0);
        for column in &self.key {
            let cell = record.cell(*column);
            if cell.is_empty() {
                return false;
            }
            push_part(key, cell);
        }
        true
    }

    /// What is compared, in a form that two files share whatever the order of their columns: lengths, then bytes.
    fn row(&self, record: &Records<'_>, row: &mut Vec<u8>) {
        for column in &self.compared {
            row.extend_from_slice(&(record.length(*column) as u32).to_le_bytes());
        }
        for run in &self.runs {
            record.run(run.clone(), row);
        }
    }

    fn check_width(&self, record: &Records<'_>) -> Result<(), PlainError> {
        if record.len() == self.headings.len() {
            return Ok(());
        }
        Err(PlainError::cannot_tell(
            format!("the row has {} cells, the headings are {}", record.len(), self.headings.len()),
            format!("{}:{}", self.file.shown, record.line()?),
            "check the row, and whether a quote before it was left open",
        ))
    }

    /// Reads the records at these ascending places.
    fn records(&self, places: &[u64], tell: &mut dyn FnMut(&Records<'_>)) -> Result<(), PlainError> {
        let dense = (places.len() as u64) * DENSE > self.bytes / 128;
        let mut records = Records::open(&self.file, self.delimiter, if dense { AHEAD } else { AROUND })?;
        for place in places {
            if !dense {
                records.seek(*place)?;
            }
            loop {
                if !records.read()? || records.place() > *place {
                    let advice = "compare again when nobody writes to it";
                    return Err(PlainError::cannot_tell("the file changed while it was read", &self.file.shown, advice));
                }
                if records.place() == *place {
                    break;
                }
            }
            self.check_width(&records)?;
            tell(&records);
        }
        Ok(())
    }
}

impl Source for CsvSide {
    /// Bytes of all compared cells, with the end of each.
    type Cells = (Vec<u8>, Vec<u32>);

    fn shown(&self) -> &str {
        &self.file.shown
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn scan(&self, tell: &mut dyn FnMut(Scanned) -> Result<(), PlainError>) -> Result<(), PlainError> {
        let mut records = Records::open(&self.file, self.delimiter, AHEAD)?;
        let (mut key, mut row) = (Vec::new(), Vec::new());
        records.read()?;
        while records.read()? {
            self.check_width(&records)?;
            if !self.key(&records, &mut key) {
                tell(Scanned::Keyless(records.place()))?;
                continue;
            }
            row.clear();
            row.extend_from_slice(&key);
            self.row(&records, &mut row);
            tell(Scanned::Keyed(Entry { key: xxh3_64(&key), row: xxh3_64(&row), place: records.place() }))?;
        }
        Ok(())
    }

    fn keys(&self, places: &[u64], tell: &mut dyn FnMut(&[u8])) -> Result<(), PlainError> {
        let mut key = Vec::new();
        self.records(places, &mut |record| {
            self.key(record, &mut key);
            tell(&key);
        })
    }

    fn rows(&self, places: &[u64], tell: &mut dyn FnMut(Row<Self::Cells>)) -> Result<(), PlainError> {
        self.records(places, &mut |record| {
            let (mut key, mut bytes) = (Vec::new(), Vec::new());
            self.key(record, &mut key);
            let end = |column: &usize| {
                bytes.extend_from_slice(record.cell(*column));
                bytes.len() as u32
            };
            let ends = self.compared.iter().map(end).collect();
            tell(Row { key, cells: (bytes, ends) });
        })
    }

    fn in_words(&self, places: &[u64], tell: &mut dyn FnMut(String)) -> Result<(), PlainError> {
        self.records(places, &mut |record| {
            let cells = self.headings.iter().enumerate().map(|(c, name)| (name.as_str(), String::from_utf8_lossy(record.cell(c))));
            tell(crate::compare::align::in_words(cells));
        })
    }

    fn differences(&self, left: &Self::Cells, right: &Self::Cells) -> Vec<FieldDifference> {
        let field = |c: usize| {
            let (l, r) = (bytes_of(left, c), bytes_of(right, c));
            (l != r).then(|| FieldDifference { field: self.names[c].clone(), left: cell(l), right: cell(r) })
        };
        (0..self.names.len()).filter_map(field).collect()
    }
}

fn bytes_of((bytes, ends): &(Vec<u8>, Vec<u32>), column: usize) -> &[u8] {
    let start = column.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start as usize..ends[column] as usize]
}

fn cell(bytes: &[u8]) -> Cell {
    if bytes.is_empty() { Cell::none(State::Empty) } else { Cell::value(String::from_utf8_lossy(bytes)) }
}
