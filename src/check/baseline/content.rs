//! Digests of what a dataset says and how it is defined. Times, versions, surrogate ids, volatile columns and the order of the source
//! are not in them.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use crate::document::hex;
use crate::snapshot::{DatasetEntry, Manifest, SnapshotError, Table};

/// Columns that a freeze of the dataset covers beside the key: all that can move, but for the one that says how old the data are.
pub(crate) fn frozen_columns(entry: &DatasetEntry, age: Option<&str>) -> Vec<String> {
    hashed(entry).filter(|name| Some(*name) != age).map(str::to_owned).collect()
}

fn hashed(entry: &DatasetEntry) -> impl Iterator<Item = &str> {
    entry.columns.iter().filter(|c| c.hashed).map(|c| c.name.as_str())
}

/// SHA-256 over the keys of all records, in their order, and what these columns say of each.
///
/// # Errors
/// The file cannot be read.
pub fn content_digest(table: &Table, columns: &[String]) -> Result<String, SnapshotError> {
    // The usual case needs two columns of the file, however many are frozen.
    if hashed(table.entry()).eq(columns.iter().map(String::as_str)) { by_hash(table) } else { by_cells(table, columns) }
}

fn by_hash(table: &Table) -> Result<String, SnapshotError> {
    let mut content = Content::default();
    for batch in table.keys()? {
        let batch = batch?;
        (0..batch.len()).for_each(|i| content.record(batch.key(i), batch.hash(i)));
    }
    Ok(content.finish())
}

fn by_cells(table: &Table, columns: &[String]) -> Result<String, SnapshotError> {
    let columns: Vec<usize> = columns.iter().filter_map(|name| table.entry().column(name)).collect();
    let mut content = Content::default();
    let mut cells = Vec::new();
    for batch in table.rows(&columns, None)? {
        let batch = batch?;
        for i in 0..batch.len() {
            cells.clear();
            for slot in 0..columns.len() {
                let cell = batch.cell(i, slot);
                cells.push(cell.state as u8);
                cells.extend_from_slice(&(cell.text.len() as u64).to_le_bytes());
                cells.extend_from_slice(cell.text.as_bytes());
            }
            content.record(batch.key(i), xxh3_128(&cells));
        }
    }
    Ok(content.finish())
}

/// A digest of records that come in the order of their keys; those that share one count in the order of what they say.
#[derive(Default)]
struct Content {
    hash: Sha256,
    key: Vec<u8>,
    records: Vec<u128>,
}

impl Content {
    fn record(&mut self, key: &[u8], says: u128) {
        if key != self.key.as_slice() {
            self.flush();
            self.key.clear();
            self.key.extend_from_slice(key);
        }
        self.records.push(says);
    }

    fn flush(&mut self) {
        self.records.sort_unstable();
        for says in self.records.drain(..) {
            self.hash.update((self.key.len() as u64).to_le_bytes());
            self.hash.update(&self.key);
            self.hash.update(says.to_le_bytes());
        }
    }

    fn finish(mut self) -> String {
        self.flush();
        hex(&self.hash.finalize())
    }
}

/// SHA-256 over the definitions of a dataset and of all that it refers to: their keys are in its cells.
pub fn definition_digest(manifest: &Manifest, dataset: &str) -> String {
    let mut names = BTreeSet::from([dataset]);
    let mut open = vec![dataset];
    while let Some(entry) = open.pop().and_then(|name| manifest.dataset(name)) {
        for target in entry.columns.iter().filter_map(|c| c.references.as_deref()) {
            if names.insert(target) {
                open.push(target);
            }
        }
    }
    let mut hash = Sha256::new();
    for name in names {
        let definition = manifest.dataset(name).map_or("", |d| d.definition.as_str());
        for text in [name, definition] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
    }
    hex(&hash.finalize())
}

/// Why the content of a dataset cannot be told from its digest, one reason per line; empty when it can.
pub(crate) fn unreadable(entry: &DatasetEntry) -> Vec<String> {
    if let Some(why) = &entry.unread {
        return vec![format!("it could not be read wholly: {why}")];
    }
    let columns = entry.columns.iter().filter(|c| !c.volatile && c.not_offered.is_none());
    let mut reasons: Vec<String> =
        columns.filter_map(|c| c.unread.as_ref().map(|why| format!("`{}` cannot be read: {why}", c.name))).collect();
    if entry.rows_without_key > 0 {
        // Parts of a key that is not whole are in no digest.
        reasons.push(format!("{} of its records have no key", entry.rows_without_key));
    }
    reasons
}
