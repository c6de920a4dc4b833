//! Writes one dataset's Parquet file. Its bytes follow from the rows alone: not from threads, time or the order of input.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, FixedSizeBinaryBuilder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::value::{CellRef, State};

use super::digest::{DigestedFile, Digests};
use super::manifest::DatasetEntry;
use super::row::take_cell;
use super::scalar::Stored;
use super::schema;
use super::sort::Sorted;

/// Rows of a row group, fixed so that bytes are the same everywhere; small enough to skip what a comparison does not need.
const ROWS_PER_GROUP: usize = 128 * 1024;
/// Rows handed to Parquet at once.
const ROWS_PER_BATCH: usize = 8 * 1024;
/// Bytes of different values up to which a column of a row group keeps a dictionary.
const DICTIONARY: usize = 256 << 10;
/// Text handed to Parquet at once; far below Arrow's 32-bit offsets.
const BYTES_PER_BATCH: usize = 64 << 20;

pub(super) struct TableWriter {
    writer: ArrowWriter<DigestedFile>,
    schema: Arc<Schema>,
    key: BinaryBuilder,
    hash: FixedSizeBinaryBuilder,
    columns: Vec<ColumnBuilder>,
    id: Option<StringBuilder>,
    rows: usize,
    bytes: usize,
}

impl TableWriter {
    /// Creates the file. `entry` must already hold the counts of cells by state.
    pub(super) fn create(path: &Path, entry: &DatasetEntry) -> Result<Self, ParquetError> {
        let schema = schema::of(entry);
        let options = ArrowWriterOptions::new().with_properties(properties(entry)).with_skip_arrow_metadata(true);
        let file = DigestedFile::new(File::create_new(path)?);
        Ok(Self {
            writer: ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)?,
            schema,
            key: BinaryBuilder::new(),
            hash: FixedSizeBinaryBuilder::new(schema::HASH_BYTES),
            columns: entry.columns.iter().map(ColumnBuilder::new).collect(),
            id: entry.has_id.then(StringBuilder::new),
            rows: 0,
            bytes: 0,
        })
    }

    /// Writes one row; rows come in their final order.
    pub(super) fn push(&mut self, row: Sorted<'_>) -> Result<(), ParquetError> {
        let mut rest = row.body;
        self.key.append_value(row.key);
        self.hash.append_value(row.hash).map_err(|e| ParquetError::External(Box::new(e)))?;
        for column in &mut self.columns {
            column.push(take_cell(&mut rest)?)?;
        }
        let id = take_cell(&mut rest)?;
        if let Some(ids) = &mut self.id {
            ids.append_option((id.state == State::Value).then_some(id.text));
        }
        self.rows += 1;
        self.bytes += row.key.len() + row.body.len();
        if self.rows == ROWS_PER_BATCH || self.bytes >= BYTES_PER_BATCH {
            self.flush()?;
        }
        Ok(())
    }

    /// Closes and syncs the file; gives its digests.
    pub(super) fn finish(mut self) -> Result<Digests, ParquetError> {
        self.flush()?;
        Ok(self.writer.into_inner()?.seal()?)
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        arrays.push(Arc::new(self.key.finish()));
        arrays.push(Arc::new(self.hash.finish()));
        if let Some(ids) = &mut self.id {
            arrays.push(Arc::new(ids.finish()));
        }
        for column in &mut self.columns {
            column.finish(&mut arrays);
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|e| ParquetError::External(Box::new(e)))?;
        (self.rows, self.bytes) = (0, 0);
        self.writer.write(&batch)
    }
}

fn properties(entry: &DatasetEntry) -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name);
    let mut properties = WriterProperties::builder()
        .set_created_by("gonogo".to_owned())
        // A comparison decodes the columns of every row group that has a changed row: LZ4 gives them back four times as fast
        // as Zstandard, for a file that is larger by a third.
        .set_compression(Compression::LZ4_RAW)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        // A column of ever new texts gives up its dictionary early: each row group would have to be read past it.
        .set_dictionary_page_size_limit(DICTIONARY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        // Every comparison reads all keys, so they are stored to be given back fast: one piece of bytes and the lengths.
        // That sorted keys repeat each other is left to LZ4; prefixes (DELTA_BYTE_ARRAY) are smaller, and slower to put together.
        .set_column_dictionary_enabled(path(schema::KEY), false)
        .set_column_encoding(path(schema::KEY), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        // Hashes are noise: neither a dictionary nor compression nor statistics gain anything.
        .set_column_dictionary_enabled(path(schema::HASH), false)
        .set_column_encoding(path(schema::HASH), Encoding::PLAIN)
        .set_column_compression(path(schema::HASH), Compression::UNCOMPRESSED)
        .set_column_statistics_enabled(path(schema::HASH), EnabledStatistics::None);
    let first = entry.key.first().and_then(|rung| rung.first()).and_then(|name| entry.column(name)).map(|i| &entry.columns[i]);
    if let Some(first) = first.filter(|c| Stored::of(c) == Stored::Text) {
        // Sorted texts: each repeats the beginning of the one before.
        properties = properties
            .set_column_dictionary_enabled(path(&first.name), false)
            .set_column_encoding(path(&first.name), Encoding::DELTA_BYTE_ARRAY);
    }
    properties.build()
}

enum Values {
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Moment(TimestampMicrosecondBuilder),
    Text(StringBuilder),
}

struct ColumnBuilder {
    stored: Stored,
    values: Values,
    states: Option<StringBuilder>,
    raws: Option<StringBuilder>,
}

impl ColumnBuilder {
    fn new(column: &super::ColumnEntry) -> Self {
        let stored = Stored::of(column);
        Self {
            stored,
            values: match stored {
                Stored::Integer => Values::Integer(Int64Builder::new()),
                Stored::Boolean => Values::Boolean(BooleanBuilder::new()),
                Stored::Date => Values::Date(Date32Builder::new()),
                Stored::Moment => Values::Moment(TimestampMicrosecondBuilder::new().with_timezone(schema::ZONE)),
                Stored::Text => Values::Text(StringBuilder::new()),
            },
            states: schema::has_states(column).then(StringBuilder::new),
            raws: schema::has_raws(column).then(StringBuilder::new),
        }
    }

    fn push(&mut self, cell: CellRef<'_>) -> Result<(), ParquetError> {
        let value = (cell.state == State::Value).then_some(cell.text);
        let unfit = || ParquetError::General(format!("a cell does not have the form of its type: {:?}", self.stored));
        let number = match value {
            Some(text) if self.stored != Stored::Text => Some(self.stored.parse(text).ok_or_else(unfit)?),
            _ => None,
        };
        match &mut self.values {
            Values::Integer(b) => b.append_option(number),
            Values::Boolean(b) => b.append_option(number.map(|n| n != 0)),
            Values::Date(b) => b.append_option(number.map(i32::try_from).transpose().map_err(|_| unfit())?),
            Values::Moment(b) => b.append_option(number),
            Values::Text(b) => b.append_option(value),
        }
        if let Some(states) = &mut self.states {
            states.append_option(word_of(cell.state));
        }
        if let Some(raws) = &mut self.raws {
            raws.append_option(cell.state.is_broken().then_some(cell.text));
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<ArrayRef>) {
        out.push(match &mut self.values {
            Values::Integer(b) => Arc::new(b.finish()),
            Values::Boolean(b) => Arc::new(b.finish()),
            Values::Date(b) => Arc::new(b.finish()),
            Values::Moment(b) => Arc::new(b.finish()),
            Values::Text(b) => Arc::new(b.finish()),
        });
        out.extend(self.states.as_mut().map(|b| Arc::new(b.finish()) as ArrayRef));
        out.extend(self.raws.as_mut().map(|b| Arc::new(b.finish()) as ArrayRef));
    }
}

/// The word of a state in a file; values have none.
pub(super) fn word_of(state: State) -> Option<&'static str> {
    match state {
        State::Value => None,
        State::Absent => Some("absent"),
        State::Null => Some("null"),
        State::Empty => Some("empty"),
        State::Invalid => Some("invalid"),
        State::Unresolved => Some("unresolved"),
    }
}

/// The state of a word in a file.
pub(super) fn state_of(word: &str) -> Option<State> {
    [State::Absent, State::Null, State::Empty, State::Invalid, State::Unresolved].into_iter().find(|s| word_of(*s) == Some(word))
}
