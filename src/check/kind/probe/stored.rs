//! What was measured of a request, read back from a snapshot.

use chrono::{DateTime, Utc};

use crate::snapshot::{Probe, RowBatch, Sample, Table};
use crate::value::State;

/// What was measured of one request.
pub(super) struct Stored {
    pub(super) opening: Option<Sample>,
    pub(super) samples: Vec<Sample>,
    pub(super) error: Option<String>,
    pub(super) body_found: Option<String>,
    pub(super) redirect: Option<String>,
    pub(super) tls: Option<String>,
    pub(super) certificate_ends: Option<DateTime<Utc>>,
}

/// Columns that are read, in the order of their use below.
const COLUMNS: [&str; 8] = ["request", "opening", "samples", "error", "body_found", "redirect", "tls", "certificate_ends"];

impl Stored {
    /// Looks a request up; `Ok(None)` when it was not made. An error says why it cannot be known.
    pub(super) fn find(table: &Table, request: &Probe) -> Result<Option<Self>, String> {
        let columns: Option<Vec<usize>> = COLUMNS.iter().map(|name| table.entry().column(name)).collect();
        let columns = columns.ok_or("the stored probes have other columns than this version writes")?;
        let wanted = request.to_string();
        for batch in table.rows(&columns, None).map_err(|e| e.what)? {
            let batch = batch.map_err(|e| e.what)?;
            if let Some(i) = (0..batch.len()).find(|i| batch.cell(*i, 0).text == wanted) {
                return Self::read(&batch, i).map(Some).ok_or_else(|| "the stored probe cannot be understood".to_owned());
            }
        }
        Ok(None)
    }

    fn read(batch: &RowBatch, i: usize) -> Option<Self> {
        let text = |c: usize| Some(batch.cell(i, c)).filter(|cell| cell.state == State::Value).map(|cell| cell.text);
        let opening = match text(1) {
            Some(json) => Some(serde_json::from_str(json).ok()?),
            None => None,
        };
        let certificate_ends = match text(7) {
            Some(moment) => Some(DateTime::parse_from_rfc3339(moment).ok()?.to_utc()),
            None => None,
        };
        let owned = |c: usize| text(c).map(str::to_owned);
        let samples = serde_json::from_str(text(2)?).ok()?;
        Some(Self { opening, samples, error: owned(3), body_found: owned(4), redirect: owned(5), tls: owned(6), certificate_ends })
    }
}
