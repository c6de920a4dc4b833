//! A dataset's entry in the manifest, before its rows are counted.

use crate::source::ReadSummary;
use crate::system::Dataset;
use crate::value::Type;

use super::ladder::Ladder;
use super::manifest::{CellCounts, ColumnEntry, Completeness, DatasetEntry, Grade};
use super::measure::RECORDS;

/// The entry of a dataset that was read. Columns that the system does not offer come last, with no cells.
pub(super) fn read(dataset: &Dataset, ladder: &Ladder, summary: &ReadSummary, completeness: Completeness) -> DatasetEntry {
    let key = ladder.columns_of_all();
    let mut entry = DatasetEntry { completeness, sources: summary.sources.clone(), ..bare(dataset) };
    for (i, (column, definition)) in entry.columns.iter_mut().zip(&dataset.columns).enumerate() {
        column.hashed = !definition.volatile && !key.contains(&i);
        column.unread = summary.unread.get(i).cloned().flatten().filter(|_| !definition.optional);
    }
    if summary.no_file {
        entry.declared_empty = dataset.none_means_empty.as_ref().map(|reason| reason.value.clone());
    }
    entry
}

/// The entry of a dataset that could not be read wholly.
pub(super) fn unread(dataset: &Dataset, reason: String) -> DatasetEntry {
    DatasetEntry { unread: Some(reason), ..bare(dataset) }
}

/// The entry of a dataset that the system does not define.
pub(super) fn undefined(name: &str, reason: String) -> DatasetEntry {
    DatasetEntry {
        name: name.to_owned(),
        noun: name.to_owned(),
        unread: Some(reason),
        rows: 0,
        file: None,
        sha256: None,
        blake3: None,
        completeness: not_known(),
        definition: String::new(),
        key: Vec::new(),
        has_id: false,
        effective: None,
        columns: Vec::new(),
        rows_without_key: 0,
        rows_with_shared_key: 0,
        sources: Vec::new(),
        declared_empty: None,
        measured: None,
    }
}

fn not_known() -> Completeness {
    Completeness { grade: Grade::Unknown, method: "it was not read".to_owned(), expected: None }
}

fn bare(dataset: &Dataset) -> DatasetEntry {
    let column = |name: &str, kind| ColumnEntry {
        name: name.to_owned(),
        kind,
        list: None,
        hashed: false,
        volatile: false,
        references: None,
        normalise: Vec::new(),
        unread: None,
        not_offered: None,
        cells: CellCounts::default(),
    };
    let mut columns: Vec<ColumnEntry> = dataset
        .columns
        .iter()
        .map(|c| ColumnEntry {
            list: c.list.as_ref().map(|l| l.kind),
            volatile: c.volatile,
            normalise: c.normalise.clone(),
            references: c.references.as_ref().map(|r| r.value.clone()),
            // A reference holds the key it points at, and that is text.
            ..column(&c.name.value, if c.references.is_some() { Type::Text } else { c.kind })
        })
        .collect();
    if dataset.measured {
        columns.push(column(RECORDS, Type::Integer));
    }
    for (name, reason) in dataset.not_offered.iter().filter(|(name, _)| dataset.column(name).is_none()) {
        columns.push(ColumnEntry { not_offered: Some(reason.clone()), ..column(name, Type::Text) });
    }
    DatasetEntry {
        noun: dataset.noun.clone(),
        unread: None,
        definition: dataset.digest.clone(),
        key: dataset.key.iter().map(|rung| rung.iter().map(|c| c.value.clone()).collect()).collect(),
        has_id: dataset.id.is_some(),
        effective: dataset.effective.as_ref().map(|e| (e.from.clone(), e.to.clone())),
        columns,
        ..undefined(&dataset.name.value, String::new())
    }
}
