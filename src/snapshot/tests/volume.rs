//! Many rows through little memory, from a source that makes them up.

use std::path::Path;

use crate::source::{RawRow, ReadSummary, SourceError};
use crate::system::Dataset;
use crate::value::{Raw, State, Type};

use super::super::*;
use super::define::*;

/// More than a row group, and many times the memory given.
const ROWS: u64 = 150_001;

/// Rows in an order that has nothing to do with their keys; every row refers to one of 100 wards.
fn made_up(
    dataset: &Dataset,
    _: &Path,
    _: Option<&str>,
    sink: &mut dyn FnMut(RawRow) -> Result<(), SourceError>,
) -> Result<ReadSummary, SourceError> {
    let rows = if dataset.name.value == "wards" { 100 } else { ROWS };
    for i in 0..rows {
        let n = (i * 7_919) % rows;
        let cells = match dataset.name.value.as_str() {
            "wards" => vec![Raw::Text(format!("WARD-{n:02}"))],
            _ => vec![Raw::Text(format!("CARD-{n:07}")), Raw::Text((n % 100).to_string()), Raw::Number((n % 40).to_string())],
        };
        sink(RawRow { cells, id: Raw::Text(n.to_string()), origin: String::new() })?;
    }
    Ok(ReadSummary { rows, ..ReadSummary::default() })
}

#[test]
fn many_rows_are_captured_within_a_small_budget() {
    let project = tempfile::tempdir().unwrap();
    let system = system(vec![
        with_id(dataset("slots", vec![text("code"), reference("ward", "wards"), typed("capacity", Type::Integer)])),
        with_id(dataset("wards", vec![text("code")])),
    ]);
    let limits = Limits { threads: 1, memory: 600_000, ..Limits::default() };
    let snapshot = run(project.path(), &environment(), &system, &["slots"], limits, made_up).unwrap();
    let table = snapshot.table("slots").unwrap();
    assert_eq!((table.entry().rows, table.entry().rows_with_shared_key), (ROWS, 0));
    let (mut next, mut previous) = (0, Vec::new());
    for batch in table.keys().unwrap() {
        let batch = batch.unwrap();
        assert_eq!(batch.first, next);
        for i in 0..batch.len() {
            assert!(previous.as_slice() < batch.key(i));
            previous = batch.key(i).to_vec();
        }
        next += batch.len() as u64;
    }
    assert_eq!(next, ROWS);
    let only = [0, 131_071, 131_072, 140_001, ROWS - 1];
    let mut seen = Vec::new();
    for batch in table.rows(&[1, 2], Some(&only)).unwrap() {
        let batch = batch.unwrap();
        seen.extend((0..batch.len()).map(|i| {
            assert_eq!(batch.cell(i, 0).state, State::Value);
            (batch.rows[i], batch.cell(i, 0).text.to_owned(), batch.number(i, 1), batch.id(i).map(str::to_owned))
        }));
    }
    let expected = only.map(|n| (n, format!("WARD-{:02}", n % 100), Some((n % 40) as i64), Some(n.to_string())));
    assert_eq!(seen, expected);
}
