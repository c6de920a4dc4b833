//! Reading: the only stage that touches files and servers. One file per protocol.

mod error;
pub mod files;
pub mod http;

pub use error::SourceError;

use crate::value::Raw;
use crate::value::SourceEntry;

/// One row as read, cells in the order of the dataset's columns.
#[derive(Clone, Debug)]
pub struct RawRow {
    /// One per column of the definition.
    pub cells: Vec<Raw>,
    /// The surrogate id, when the definition names one.
    pub id: Raw,
    /// Where it was read: file and line, row or position, for messages.
    pub origin: String,
}

/// What reading a dataset told besides its rows.
#[derive(Clone, Debug, Default)]
pub struct ReadSummary {
    /// The files that were read, sorted by path.
    pub sources: Vec<SourceEntry>,
    /// Rows given to the sink.
    pub rows: u64,
    /// Per column: why nothing was selected in any record, with the nearest names; `None` when something was.
    pub unread: Vec<Option<String>>,
    /// Total according to the control file.
    pub control_rows: Option<u64>,
    /// No file was found (the caller knows whether that may mean an empty dataset).
    pub no_file: bool,
}
