//! How it is known that all rows were read, and with what certainty.

use crate::source::ReadSummary;
use crate::system::{Complete, Dataset};

use super::manifest::{Completeness, Grade};

/// Holds the number of rows to what is said of it; an error is the reason why the dataset is unread.
pub(super) fn judge(dataset: &Dataset, summary: &ReadSummary, rows: u64) -> Result<Completeness, String> {
    let known = |grade, method: String, expected| Ok(Completeness { grade, method, expected });
    if summary.no_file {
        // Each kind of file must be allowed to be absent; the first one's reason stands for all.
        if let Some(part) = std::iter::once(dataset).chain(&dataset.also).find(|part| part.none_means_empty.is_none()) {
            return Err(format!("there is no file {}", part.read.pattern.value));
        }
        let reason = dataset.none_means_empty.as_ref().map_or("", |reason| reason.value.as_str());
        return match summary.control_rows {
            Some(n) if n > 0 => Err(format!("there is no file {}, {} says {n} rows", dataset.read.pattern.value, control(dataset))),
            _ => known(Grade::Declared, format!("no file is declared to mean no rows: {reason}"), Some(0)),
        };
    }
    match &dataset.complete {
        Complete::Unknown => known(Grade::Unknown, "nobody says how many rows there should be".to_owned(), None),
        Complete::ControlFile { file, dataset: line, .. } => match summary.control_rows {
            Some(n) if n == rows => known(Grade::Proven, format!("{} says {n} rows", file.value), Some(n)),
            Some(n) => Err(format!("read {rows} rows, {} says {n}", file.value)),
            None => known(Grade::Unknown, format!("{} does not say how many rows {line} has", file.value), None),
        },
        Complete::Declared { rows: Some(n), by, on, .. } if *n != rows => Err(format!("read {rows} rows, {by} signed for {n} on {on}")),
        Complete::Declared { rows: n, by, on, reason } => known(Grade::Declared, format!("{by} signed on {on}: {reason}"), *n),
    }
}

fn control(dataset: &Dataset) -> &str {
    match &dataset.complete {
        Complete::ControlFile { file, .. } => &file.value,
        Complete::Unknown | Complete::Declared { .. } => "the control file",
    }
}
