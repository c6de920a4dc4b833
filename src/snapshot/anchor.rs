//! What the data says about itself: how old it is, and which instance it comes from.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::environment::{self, TakenAt};
use crate::value::{State, Type};

use super::manifest::Instance;
use super::store::SnapshotError;
use super::table::Table;

/// Values of a wrong instance that are kept; one is enough to stop.
const MOST_VALUES: usize = 20;

/// Age of the data; `None` when it is not known. `table` opens a dataset that was read.
pub(super) fn taken_at(
    said: &TakenAt,
    timezone: Option<Tz>,
    table: impl Fn(&str) -> Option<Result<Table, SnapshotError>>,
) -> Result<Option<DateTime<Utc>>, SnapshotError> {
    let (dataset, column) = match said {
        TakenAt::Unknown => return Ok(None),
        TakenAt::Stated { at, .. } => return Ok(Some(at.value)),
        TakenAt::Column { dataset, column } => (&dataset.value, &column.value),
    };
    let Some(table) = table(dataset).transpose()? else { return Ok(None) };
    let Some(position) = table.entry().column(column) else { return Ok(None) };
    let entry = &table.entry().columns[position];
    if entry.unread.is_some() || entry.list.is_some() {
        return Ok(None);
    }
    let mut oldest = None;
    for batch in table.rows(&[position], None)? {
        let batch = batch?;
        for i in 0..batch.len() {
            let cell = batch.cell(i, 0);
            let moment = (cell.state == State::Value).then(|| moment(cell.text, entry.kind, timezone)).flatten();
            // One row of unknown age makes the age of all unknown.
            let Some(moment) = moment else { return Ok(None) };
            oldest = Some(oldest.map_or(moment, |o: DateTime<Utc>| o.min(moment)));
        }
    }
    Ok(oldest)
}

/// The moment of a canonical text; a date is the beginning of its day, where the instance is.
fn moment(text: &str, kind: Type, timezone: Option<Tz>) -> Option<DateTime<Utc>> {
    match kind {
        Type::Datetime => DateTime::parse_from_rfc3339(text).ok().map(|m| m.to_utc()),
        Type::Date => {
            let midnight = text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN);
            match timezone {
                Some(zone) => zone.from_local_datetime(&midnight).earliest().map(|m| m.to_utc()),
                None => Some(midnight.and_utc()),
            }
        }
        _ => None,
    }
}

/// Which instance answered; every distinct value of the column, sorted, at most 20.
pub(super) fn instance(
    wanted: Option<&environment::Instance>,
    table: impl Fn(&str) -> Option<Result<Table, SnapshotError>>,
) -> Result<Option<Instance>, SnapshotError> {
    let Some(wanted) = wanted else { return Ok(None) };
    let mut found = BTreeSet::new();
    if let Some(table) = table(&wanted.dataset.value).transpose()?
        && let Some(position) = table.entry().column(&wanted.column.value)
    {
        for batch in table.rows(&[position], None)? {
            let batch = batch?;
            for i in 0..batch.len() {
                let cell = batch.cell(i, 0);
                if cell.state == State::Value && found.contains(cell.text) {
                    continue;
                }
                found.insert(cell.to_cell().to_string());
                if found.len() > MOST_VALUES {
                    found.pop_last();
                }
            }
        }
    }
    Ok(Some(Instance { expected: wanted.is.value.clone(), found: found.into_iter().collect() }))
}
