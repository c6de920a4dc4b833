//! The dataset `probes`: one row per request, with every sample, so that other limits can be judged later without asking again.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde_json::Value;

use crate::value::{Cell, Key, State, Type, canonical_json};

use super::super::draft::{Draft, Row};
use super::super::entry;
use super::super::manifest::{CellCounts, ColumnEntry, Completeness, DatasetEntry, Grade};
use super::super::store::SnapshotError;
use super::{PROBES, Probed, Sample, nearest_rank};

/// Columns, with the type of their cells; what people look for first comes first.
const COLUMNS: &[(&str, Type)] = &[
    ("request", Type::Text),
    ("answered", Type::Integer),
    ("samples_taken", Type::Integer),
    ("p50_ms", Type::Decimal),
    ("p95_ms", Type::Decimal),
    ("max_ms", Type::Decimal),
    ("statuses", Type::Json),
    ("failures", Type::Json),
    ("error", Type::Text),
    ("certificate_ends", Type::Datetime),
    ("tls", Type::Text),
    ("opening_ms", Type::Decimal),
    ("min_ms", Type::Decimal),
    ("p90_ms", Type::Decimal),
    ("p99_ms", Type::Decimal),
    ("method", Type::Text),
    ("path", Type::Text),
    ("body", Type::Text),
    ("samples_asked", Type::Integer),
    ("body_met", Type::Integer),
    ("body_found", Type::Text),
    ("body_bytes", Type::Integer),
    ("body_sha256", Type::Text),
    ("bodies_differing", Type::Integer),
    ("redirect", Type::Text),
    ("opening", Type::Json),
    ("samples", Type::Json),
];

/// Columns that say what was asked; all others are measured.
const ASKED: [&str; 5] = ["request", "method", "path", "body", "samples_asked"];

/// The entry of the dataset before its rows; `unread` says why nothing could be asked.
pub(in crate::snapshot) fn entry(unread: Option<String>) -> DatasetEntry {
    let column = |(name, kind): &(&str, Type)| ColumnEntry {
        name: (*name).to_owned(),
        kind: *kind,
        list: None,
        hashed: false,
        volatile: !ASKED.contains(name),
        references: None,
        normalise: Vec::new(),
        unread: None,
        not_offered: None,
        cells: CellCounts::default(),
    };
    DatasetEntry {
        noun: "probe".to_owned(),
        unread,
        key: vec![vec!["request".to_owned()]],
        columns: COLUMNS.iter().map(column).collect(),
        definition: crate::document::sha256(format!("{COLUMNS:?}")),
        ..entry::undefined(PROBES, String::new())
    }
}

/// Writes what was measured into a snapshot that is being made.
pub fn write(draft: &Draft, probed: &[Probed]) -> Result<DatasetEntry, SnapshotError> {
    let asked: u64 = probed.iter().map(|p| p.probe.samples).sum();
    let taken: usize = probed.iter().map(|p| p.samples.len()).sum();
    let completeness = Completeness {
        grade: Grade::Proven,
        method: format!("{taken} of {asked} samples that were asked for"),
        expected: Some(probed.len() as u64),
    };
    draft.dataset(DatasetEntry { completeness, ..entry(None) }, probed.iter().map(row), 1 << 20)
}

fn row(probed: &Probed) -> Row {
    let request = probed.probe.to_string();
    let cells = COLUMNS.iter().map(|(name, _)| cell(name, &request, probed)).collect();
    Row { key: Key::new([request]), id: None, cells }
}

fn cell(column: &str, request: &str, probed: &Probed) -> Cell {
    let text = |text: Option<String>| text.map_or_else(|| Cell::none(State::Null), Cell::value);
    let number = |n: u64| Cell::value(n.to_string());
    let percentile = |percent| text(at_rank(&probed.samples, percent).map(milliseconds));
    match column {
        "request" => Cell::value(request),
        "method" => Cell::value("GET"),
        "path" => Cell::value(&probed.probe.path),
        "body" => text(probed.probe.body.as_ref().map(ToString::to_string)),
        "samples_asked" => number(probed.probe.samples),
        "samples_taken" => number(probed.samples.len() as u64),
        "answered" => number(probed.samples.iter().filter(|s| s.is_answered()).count() as u64),
        "statuses" => tally(probed.requests().filter_map(|s| s.status.map(|status| status.to_string()))),
        "failures" => tally(probed.requests().filter_map(|s| s.failed.clone())),
        "error" => text(probed.error.clone()),
        "opening_ms" => text(probed.opening.as_ref().and_then(|s| s.us).map(milliseconds)),
        "min_ms" => text(probed.samples.iter().filter_map(|s| s.us).min().map(milliseconds)),
        "p50_ms" => percentile(50),
        "p90_ms" => percentile(90),
        "p95_ms" => percentile(95),
        "p99_ms" => percentile(99),
        "max_ms" => percentile(100),
        "body_met" => number(probed.requests().filter(|s| s.met == Some(true)).count() as u64),
        "body_found" => text(probed.body_found.clone()),
        "body_bytes" => text(probed.body_bytes.map(|n| n.to_string())),
        "body_sha256" => text(probed.body_sha256.clone()),
        "bodies_differing" => number(probed.bodies_differing),
        "redirect" => text(probed.redirect.clone()),
        "tls" => text(probed.tls.clone()),
        "certificate_ends" => text(probed.certificate_ends.map(|m| m.to_rfc3339_opts(SecondsFormat::Secs, true))),
        "opening" => probed.opening.as_ref().map_or_else(|| Cell::none(State::Null), json),
        "samples" => json(&probed.samples),
        // The table of columns and this one are side by side; a cell that does not fit can answer nothing.
        other => Cell::invalid(other),
    }
}

fn json(value: &impl serde::Serialize) -> Cell {
    serde_json::to_value(value).map_or_else(|e| Cell::invalid(e.to_string()), |v| Cell::value(canonical_json(&v)))
}

fn tally(words: impl Iterator<Item = String>) -> Cell {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    Cell::value(canonical_json(&Value::from_iter(counts)))
}

/// A percentile of the samples. One that was not answered is slower than any that was.
fn at_rank(samples: &[Sample], percent: u32) -> Option<u64> {
    let mut times: Vec<u64> = samples.iter().map(|s| s.us.unwrap_or(u64::MAX)).collect();
    times.sort_unstable();
    times.get(nearest_rank(times.len(), percent)?).copied().filter(|us| *us < u64::MAX)
}

/// Milliseconds as a decimal in canonical form.
fn milliseconds(us: u64) -> String {
    let text = format!("{}.{:03}", us / 1000, us % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_written_as_exact_milliseconds() {
        for (us, ms) in [(0, "0"), (1, "0.001"), (1_000, "1"), (10_000, "10"), (1_234_500, "1234.5")] {
            assert_eq!(milliseconds(us), ms);
        }
    }

    #[test]
    fn a_sample_without_an_answer_is_slower_than_any() {
        let sample = |us| Sample { us, status: us.map(|_| 200), ..Sample::default() };
        let samples: Vec<Sample> = [Some(30), None, Some(10), Some(20)].map(sample).to_vec();
        assert_eq!([50, 75, 90, 100].map(|p| at_rank(&samples, p)), [Some(20), Some(30), None, None]);
    }
}
