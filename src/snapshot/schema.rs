//! Which Parquet columns a dataset's file has. It follows from the manifest alone, so that a file can be held to it.
//!
//! `_key`, `_hash` and, where the system keeps surrogate ids, `_id` come first; then the dataset's columns. A column whose
//! cells are not all values is followed by `_state_<column>` (null = value), one with texts that did not fit also by
//! `_raw_<column>`. Names of columns never begin with `_`, so nothing clashes, and none needs quoting in SQL.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, TimeUnit};

use super::manifest::{ColumnEntry, DatasetEntry};
use super::scalar::Stored;

pub(super) const KEY: &str = "_key";
pub(super) const HASH: &str = "_hash";
pub(super) const ID: &str = "_id";
pub(super) const HASH_BYTES: i32 = 16;

/// Name of the column that tells why cells of `column` have no value.
pub(super) fn state_name(column: &str) -> String {
    format!("_state_{column}")
}

/// Name of the column that keeps what did not fit `column`.
pub(super) fn raw_name(column: &str) -> String {
    format!("_raw_{column}")
}

/// True when some cell of the column has no value.
pub(super) fn has_states(column: &ColumnEntry) -> bool {
    let c = &column.cells;
    [c.absent, c.null, c.empty].iter().any(|n| *n > 0) || has_raws(column)
}

/// True when some cell of the column keeps a text that did not fit.
pub(super) fn has_raws(column: &ColumnEntry) -> bool {
    column.cells.invalid > 0 || column.cells.unresolved > 0
}

/// The zone of stored moments, as Parquet's `isAdjustedToUTC` reads back.
pub(super) const ZONE: &str = "UTC";

fn data_type(stored: Stored) -> DataType {
    match stored {
        Stored::Integer => DataType::Int64,
        Stored::Boolean => DataType::Boolean,
        Stored::Date => DataType::Date32,
        Stored::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some(ZONE.into())),
        Stored::Text => DataType::Utf8,
    }
}

/// The schema of a dataset's file.
pub(super) fn of(entry: &DatasetEntry) -> Arc<Schema> {
    let mut fields = vec![Field::new(KEY, DataType::Binary, false), Field::new(HASH, DataType::FixedSizeBinary(HASH_BYTES), false)];
    if entry.has_id {
        fields.push(Field::new(ID, DataType::Utf8, true));
    }
    for column in &entry.columns {
        // Without blanks there are no definition levels to decode.
        fields.push(Field::new(&column.name, data_type(Stored::of(column)), has_states(column)));
        if has_states(column) {
            fields.push(Field::new(state_name(&column.name), DataType::Utf8, true));
        }
        if has_raws(column) {
            fields.push(Field::new(raw_name(&column.name), DataType::Utf8, true));
        }
    }
    Arc::new(Schema::new(fields))
}
