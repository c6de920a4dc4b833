//! Snapshots: what one environment looked like, written whole or not at all, verified when read.
//!
//! A snapshot is a folder: `manifest.json` and one Parquet file per dataset, rows sorted by key bytes and then by row
//! hash, so that two of them are compared by reading two columns.

mod anchor;
mod batch;
mod capture;
mod complete;
mod digest;
mod draft;
mod entry;
mod gather;
mod ladder;
mod manifest;
mod measure;
mod order;
mod plan;
mod probe;
mod references;
mod row;
mod scalar;
mod schema;
mod sort;
mod spool;
mod staging;
mod store;
mod table;
mod verify;
mod view;
mod write;

#[cfg(test)]
mod tests;

pub use batch::{KeyBatch, RowBatch};
pub use capture::{CaptureRequest, Limits, capture, capture_within};
pub use draft::{Draft, Row};
pub use manifest::{CellCounts, ColumnEntry, Completeness, DatasetEntry, FORMAT, Grade, Instance, LoginEntry, Manifest, Reader};
pub use measure::{RECORDS, shown as records_shown};
pub use plan::{BodyTest, Plan, Probe};
pub use probe::{PROBES, Probed, Probing, Sample, nearest_rank, write as write_probes};
pub use store::{Snapshot, SnapshotError, Store};
pub use table::{KeyBatches, RowBatches, Table};
pub use view::{split_view, view_name};
