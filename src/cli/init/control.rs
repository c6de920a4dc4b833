//! A control file among the exports: how many rows each of the others should have, by the word of the system that exported them.

use crate::source::SourceError;
use crate::source::files::{each_row, survey};
use crate::value::Raw;

use super::exports::{Pair, stem, words};

/// Headings of the column that counts rows.
const COUNTS: &[&str] = &["rows", "row", "records", "record", "count", "total", "number"];

/// A control file that both sides have alike.
pub(super) struct Control {
    /// Name of the file below each side's folder.
    pub(super) file: String,
    /// Heading of the column that counts rows.
    pub(super) column: String,
    /// What it calls the datasets, in its first column.
    names: Vec<String>,
}

/// True for a pair that its name says is a control file.
pub(super) fn is_control(pair: &Pair) -> bool {
    words(&pair.name).iter().any(|w| w == "control" || w == "manifest")
}

/// Reads a control file; `None` when it does not count the rows of datasets that it names in its first column.
///
/// # Errors
/// It cannot be read.
pub(super) fn read(pair: &Pair, file: &str) -> Result<Option<Control>, SourceError> {
    let mut common: Option<Control> = None;
    for (_, export) in pair.given() {
        let survey = survey(&export.path, &export.shown)?;
        let counts = |heading: &&String| words(heading).iter().any(|w| COUNTS.contains(&w.as_str()));
        let (Some(first), Some(column)) = (survey.names.first(), survey.names.iter().skip(1).find(counts)) else { return Ok(None) };
        let mut names = Vec::new();
        let mut numbers = true;
        each_row(&survey, &export.path, &export.shown, &[first.clone(), column.clone()], &mut |row| {
            if let [Raw::Text(name), Raw::Text(rows)] = row.cells.as_slice() {
                numbers &= rows.trim().parse::<u64>().is_ok();
                names.push(name.trim().to_owned());
            } else {
                numbers = false;
            }
            Ok(())
        })?;
        // What is not plain text in UTF-8 is read otherwise when it is judged.
        if !numbers || survey.header != 1 || survey.encoding.is_some() || !survey.format.is_table() || survey.sheet.is_some() {
            return Ok(None);
        }
        match &mut common {
            None => common = Some(Control { file: file.to_owned(), column: column.clone(), names }),
            Some(known) if known.column == *column => known.names.retain(|name| names.contains(name)),
            Some(_) => return Ok(None),
        }
    }
    Ok(common)
}

impl Control {
    /// What the file calls a dataset, whose own file has this name.
    pub(super) fn name_of(&self, dataset: &str, file: &str) -> Option<&str> {
        let plain = |name: &str| stem(&words(name.split('.').next().unwrap_or_default()).join("_"));
        self.names.iter().map(String::as_str).find(|name| *name == file || plain(name) == stem(dataset))
    }
}
