//! Plain files without a definition: partitioned by key hash, no snapshot written.
//!
//! Both files are read once. Of each row only three numbers are kept: a hash of its key, a hash of what is compared, and
//! its place in the file. Rows that have an equal partner need nothing more; only the others are read again. Whatever
//! equal hashes of different keys might suggest is settled by the rows themselves.

mod csv_side;
mod json_hash;
mod json_side;
mod partition;
mod probe;
mod records;
mod resolve;
mod side;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::difference::{Comparison, Side};
use super::order::Sink;
use csv_side::CsvSide;
use json_side::JsonSide;
use partition::Partitions;
use side::{Scanned, Source};

/// One file of a plain comparison.
#[derive(Clone, Debug)]
pub struct PlainSide {
    /// Where it is.
    pub path: PathBuf,
    /// The path as it is shown, `/` on every system.
    pub shown: String,
    /// What is in it.
    pub format: PlainFormat,
}

/// Formats of plain files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainFormat {
    /// Delimited text with a row of headings.
    Csv {
        /// Between cells.
        delimiter: u8,
    },
    /// An array of objects, or one object per line.
    Json,
}

/// What a plain comparison is to do.
#[derive(Clone, Debug)]
pub struct PlainOptions {
    /// Headings (or top-level members) that identify a row.
    pub key: Vec<String>,
    /// Headings (or top-level members) that are not compared.
    pub ignore: Vec<String>,
    /// JSON: arrays are sets, at every depth; order and repeats do not count.
    pub unordered: bool,
    /// Threads to use, at least 1. The findings do not depend on it.
    pub threads: usize,
    /// Bytes to hold in memory before rows' numbers go to temporary files; about the same again is used to re-read rows.
    pub memory: usize,
    /// Differences to keep.
    pub limit: usize,
    /// Folder for temporary files; the system's own when `None`.
    pub temporary: Option<PathBuf>,
}

impl PlainOptions {
    /// Options with this key, and the defaults.
    pub fn new<S: Into<String>>(key: impl IntoIterator<Item = S>) -> Self {
        Self {
            key: key.into_iter().map(Into::into).collect(),
            ignore: Vec::new(),
            unordered: false,
            threads: 2,
            memory: 256 << 20,
            limit: 100_000,
            temporary: None,
        }
    }
}

/// What a plain comparison looked at, beside its findings. Columns that only one file has are no differences of a row:
/// the files are not equal when there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainInfo {
    /// Headings compared, in the order of the left file. Empty for JSON, where every record has its own members.
    pub compared: Vec<String>,
    /// Headings not compared because they were to be ignored.
    pub ignored: Vec<String>,
    /// Headings of the left file only.
    pub only_left: Vec<String>,
    /// Headings of the right file only.
    pub only_right: Vec<String>,
}

/// Why two plain files cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlainError {
    /// What was asked for does not fit the files: a heading that does not exist.
    #[error("{0}")]
    Usage(Refusal),
    /// A file is missing, empty, damaged or not what its format says: nothing can be told.
    #[error("{0}")]
    CannotTell(Refusal),
}

/// What is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}\n  {place}\n  {advice}")]
pub struct Refusal {
    /// What is wrong.
    pub what: String,
    /// Which file, and line where one is meant.
    pub place: String,
    /// What to do.
    pub advice: String,
}

impl PlainError {
    fn usage(what: impl Into<String>, place: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Usage(Refusal { what: what.into(), place: place.into(), advice: advice.into() })
    }

    fn cannot_tell(what: impl Into<String>, place: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::CannotTell(Refusal { what: what.into(), place: place.into(), advice: advice.into() })
    }
}

/// Compares two plain files by key. Duplicate and missing keys are differences; files that cannot be read wholly, or
/// that have no rows, are errors.
pub fn diff(left: &PlainSide, right: &PlainSide, options: &PlainOptions) -> Result<(Comparison, PlainInfo), PlainError> {
    if options.key.is_empty() {
        return Err(PlainError::usage("no key is given", &left.shown, "name the heading that identifies a row: --key HEADING"));
    }
    match (left.format, right.format) {
        (PlainFormat::Csv { delimiter: l }, PlainFormat::Csv { delimiter: r }) => {
            let (left, right, info) = csv_side::open((left, l), (right, r), options)?;
            Ok((compare::<CsvSide>(&left, &right, options)?, info))
        }
        (PlainFormat::Json, PlainFormat::Json) => {
            let (left, right) = (JsonSide::open(left, options)?, JsonSide::open(right, options)?);
            let info = PlainInfo { ignored: options.ignore.clone(), ..PlainInfo::default() };
            Ok((compare::<JsonSide>(&left, &right, options)?, info))
        }
        _ => Err(PlainError::usage(
            "a CSV file cannot be compared with a JSON file",
            format!("{} and {}", left.shown, right.shown),
            "give two files of the same format",
        )),
    }
}

fn compare<S: Source>(left: &S, right: &S, options: &PlainOptions) -> Result<Comparison, PlainError> {
    let bytes = left.bytes().max(right.bytes());
    let (on_left, on_right) = if options.threads > 1 {
        std::thread::scope(|scope| {
            let other = scope.spawn(|| read(right, bytes, options));
            let own = read(left, bytes, options);
            let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok::<_, PlainError>((own?, other?))
        })?
    } else {
        (read(left, bytes, options)?, read(right, bytes, options)?)
    };
    for (side, rows) in [(left, &on_left), (right, &on_right)] {
        if rows.rows == 0 {
            return Err(PlainError::cannot_tell("the file has no rows", side.shown(), "nothing compared with nothing proves nothing"));
        }
    }
    let suspects = probe::probe(on_left.partitions, on_right.partitions, options.threads)
        .map_err(|e| PlainError::cannot_tell(format!("a temporary file could not be read: {e}"), left.shown(), "make room for it"))?;
    let mut sink = Sink::new(options.limit);
    let mut counts = resolve::resolve(left, right, suspects, options, &mut sink)?;
    resolve::tell_keyless(left, Side::Left, &on_left.keyless, &mut sink)?;
    resolve::tell_keyless(right, Side::Right, &on_right.keyless, &mut sink)?;
    counts.left = on_left.rows;
    counts.right = on_right.rows;
    counts.selected_sides = (counts.left, counts.right);
    counts.selected += (on_left.keyless.len() + on_right.keyless.len()) as u64;
    let (differences, beyond) = sink.finish();
    Ok(Comparison { differences, beyond, counts, notes: Vec::new() })
}

/// What one pass over a file gives.
struct Rows {
    rows: u64,
    partitions: Partitions,
    /// Places of rows without a key.
    keyless: Vec<u64>,
}

fn read<S: Source>(side: &S, bytes: u64, options: &PlainOptions) -> Result<Rows, PlainError> {
    let trouble = |e: std::io::Error| {
        let advice = "make room in the folder for temporary files";
        PlainError::cannot_tell(format!("a temporary file could not be written: {e}"), side.shown(), advice)
    };
    let mut rows = Rows { rows: 0, partitions: Partitions::new(bytes, options), keyless: Vec::new() };
    side.scan(&mut |row| {
        rows.rows += 1;
        match row {
            Scanned::Keyed(entry) => rows.partitions.push(entry).map_err(trouble),
            Scanned::Keyless(place) => {
                rows.keyless.push(place);
                Ok(())
            }
        }
    })?;
    Ok(rows)
}
