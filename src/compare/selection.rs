//! Which rows take part: effective dates, and the condition of a check.

use chrono::{DateTime, Utc};

use crate::query::{Condition, Evaluator, Moment};
use crate::snapshot::SnapshotError;
use crate::value::{CellRef, State, Type};

use super::columns::{Bound, Layout};
use super::merge::At;
use super::rows::Cells;

/// The moment at which rows have to be effective, in the canonical texts it is compared with.
pub(super) struct Window {
    date: String,
    moment: String,
}

impl Window {
    pub(super) fn new(at: DateTime<Utc>) -> Self {
        Self { date: at.format("%Y-%m-%d").to_string(), moment: at.format("%Y-%m-%dT%H:%M:%S%.f").to_string() }
    }

    /// Why a row is not effective, in words; `None` when it is.
    pub(super) fn outside<B: Cells>(&self, layout: &Layout, (batch, i): At<'_, B>) -> Option<String> {
        let text = |bound: Bound| {
            let cell = batch.cell(i, bound.slot);
            (cell.state == State::Value).then_some((cell.text, bound.kind))
        };
        if let Some((from, kind)) = layout.effective.0.and_then(text)
            && self.is_after(from, kind)
        {
            return Some(format!("starts {from}, after the go-live"));
        }
        if let Some((to, kind)) = layout.effective.1.and_then(text)
            && !self.is_after(to, kind)
        {
            return Some(format!("ends {to}, before the go-live"));
        }
        None
    }

    /// True when the bound lies after the moment. Canonical texts sort as the times do, once the zone's letter is off
    /// (`00.5Z` would sort before `00Z`).
    fn is_after(&self, bound: &str, kind: Type) -> bool {
        match kind {
            Type::Datetime => bound.trim_end_matches('Z') > self.moment.as_str(),
            _ if bound.len() == self.date.len() => bound > self.date.as_str(),
            _ => bound.trim_end_matches('Z') > self.moment.as_str(),
        }
    }
}

/// What a condition says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// SQL's null: the row is selected and counted.
    Undecided,
    /// A cell that the condition reads is invalid or unresolved: the row is selected, the cell is a difference.
    Broken,
}

impl Answer {
    pub(super) fn selects(self) -> bool {
        self != Self::No
    }
}

/// A condition at work.
pub(super) struct Where {
    evaluator: Evaluator,
    /// Names of the columns it reads, in its order.
    pub(super) names: Vec<String>,
    dataset: String,
}

/// Columns that a condition may read without an allocation per row; with more there is one.
const FEW: usize = 16;

impl Where {
    pub(super) fn new(condition: &Condition, moment: &Moment, names: Vec<String>, dataset: &str) -> Result<Self, SnapshotError> {
        let evaluator = condition.evaluator(moment).map_err(|what| refused(what, dataset))?;
        Ok(Self { evaluator, names, dataset: dataset.to_owned() })
    }

    pub(super) fn test<B: Cells>(&mut self, layout: &Layout, (batch, i): At<'_, B>) -> Result<Answer, SnapshotError> {
        let none = CellRef { state: State::Absent, text: "" };
        let cell = |slot: &Option<usize>| slot.map_or(none, |s| batch.cell(i, s));
        if layout.condition.iter().any(|slot| cell(slot).state.is_broken()) {
            return Ok(Answer::Broken);
        }
        let answer = if layout.condition.len() <= FEW {
            let mut cells = [none; FEW];
            for (place, slot) in cells.iter_mut().zip(&layout.condition) {
                *place = cell(slot);
            }
            self.evaluator.test(&cells[..layout.condition.len()])
        } else {
            self.evaluator.test(&layout.condition.iter().map(cell).collect::<Vec<_>>())
        };
        match answer {
            Ok(Some(true)) => Ok(Answer::Yes),
            Ok(Some(false)) => Ok(Answer::No),
            Ok(None) => Ok(Answer::Undecided),
            Err(what) => Err(refused(what, &self.dataset)),
        }
    }
}

fn refused(what: String, dataset: &str) -> SnapshotError {
    SnapshotError {
        what: format!("the condition cannot be evaluated: {what}"),
        place: format!("dataset {dataset}"),
        advice: "correct the `where` of the check".to_owned(),
    }
}
