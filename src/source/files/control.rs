//! Control files: how many rows each dataset should have, by the word of the system that exported it.

use std::path::Path;

use super::csv::mistake;
use super::delimited::{Record, Records};
use super::intake::Digesting;
use super::pattern::{self, Found};
use super::text::Utf8Reader;
use crate::source::SourceError;

/// The number of rows that the control file names for `dataset`: from the row whose first field is its name.
pub(super) fn rows(file: &str, dataset: &str, column: &str, root: &Path, site: Option<&str>) -> Result<u64, SourceError> {
    let files = pattern::find(root, file, site, &[])?;
    let [found] = files.as_slice() else {
        let what = if files.is_empty() { "there is no control file" } else { "several files match the control file" };
        return Err(SourceError::new(what, file, "export it with the data, and name it in `complete: rows_from:`"));
    };
    let failed = |e| mistake(e, found);
    let mut records = Records::new(Utf8Reader::new(Digesting::open(found)?, encoding_rs::UTF_8), delimiter(found)?);
    let mut record = Record::default();
    let headed = records.next(&mut record).map_err(failed)?;
    let Some(at) = record.iter().position(|h| headed && h.trim() == column) else {
        let there = record.iter().map(|h| format!("`{}`", h.trim())).collect::<Vec<_>>().join(", ");
        return Err(SourceError::new(
            format!("the control file has no heading `{column}`; what is there: {there}"),
            &found.shown,
            "correct `column:` of `rows_from:`",
        ));
    };
    let mut total = None;
    while records.next(&mut record).map_err(failed)? {
        if record.get(0).map(str::trim) != Some(dataset) {
            continue;
        }
        let place = format!("{}:{}", found.shown, record.line);
        if total.is_some() {
            return Err(SourceError::new(format!("the control file names `{dataset}` twice"), place, "keep one row per dataset"));
        }
        let text = record.get(at).unwrap_or("").trim();
        total = Some(
            text.parse::<u64>()
                .map_err(|_| SourceError::new(format!("`{text}` is no number of rows"), place, "export the control file again"))?,
        );
    }
    total.ok_or_else(|| {
        SourceError::new(
            format!("the control file does not name `{dataset}`"),
            &found.shown,
            "its first column must hold the name, as in `dataset:` of `rows_from:`",
        )
    })
}

/// Whichever of the usual delimiters the headings have most of.
fn delimiter(found: &Found) -> Result<u8, SourceError> {
    let mut records = Records::new(Utf8Reader::new(Digesting::open(found)?, encoding_rs::UTF_8), b'\n');
    let mut record = Record::default();
    records.next(&mut record).map_err(|e| mistake(e, found))?;
    let headings = record.get(0).unwrap_or("");
    Ok([b',', b';', b'\t'].into_iter().max_by_key(|d| (headings.bytes().filter(|b| b == d).count(), *d == b',')).unwrap_or(b','))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, at, heading};
    use crate::system::{Complete, FileFormat};

    fn case(control: &str) -> Case {
        Case::new(FileFormat::Csv, "a.csv").column("code", heading("Code")).file("a.csv", "Code\n1\n").file("control.csv", control).with(
            |d| {
                d.complete =
                    Complete::ControlFile { file: at("control.csv".to_owned()), dataset: "clinics".to_owned(), column: "rows".to_owned() };
            },
        )
    }

    #[test]
    fn the_total_is_in_the_row_of_the_dataset() {
        for control in ["dataset,rows\nwards,9\nclinics,25\n", "dataset;rows;at\nclinics;25;now\n", "dataset\trows\n clinics \t 25\n"] {
            let (_, summary) = case(control).read().unwrap();
            assert_eq!(summary.control_rows, Some(25));
            assert_eq!(summary.sources.len(), 1, "a control file is no data: it may well be the same on two sides");
        }
    }

    #[test]
    fn a_total_that_is_not_there_is_an_error() {
        assert!(case("dataset,rows\nwards,9\n").error().what.contains("`clinics`"));
        assert!(case("dataset,count\nclinics,9\n").error().what.contains("what is there: `dataset`, `count`"));
        assert!(case("dataset,rows\nclinics,many\n").error().what.contains("`many`"));
        assert!(case("dataset,rows\nclinics,1\nclinics,2\n").error().what.contains("twice"));
        let case = case("");
        std::fs::remove_file(case.dir.path().join("control.csv")).unwrap();
        assert!(case.error().what.contains("no control file"));
        std::fs::remove_file(case.dir.path().join("a.csv")).unwrap();
        assert!(case.read().unwrap().1.no_file, "the missing data is what matters then");
        assert!(case.with(|d| d.none_means_empty = Some(at("none yet".to_owned()))).error().what.contains("no control file"));
    }
}
