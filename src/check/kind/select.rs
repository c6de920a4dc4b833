//! `where`: which records a check is about, streamed.

use crate::document::decode::{Fields, some_text};
use crate::document::{Place, Problems};
use crate::query::{Condition, Evaluator};
use crate::snapshot::{RowBatch, Table};
use crate::value::{CellRef, Key};

use super::super::evidence::Evidence;
use super::super::finding::Severity;
use super::super::outcome::Outcome;
use super::clause::Clause;
use super::collect::Collector;
use super::reading::{self, doubtful};
use super::words;

/// A `where` with the reason that it needs.
#[derive(Clone, Debug)]
pub(super) struct Where {
    pub(super) clause: Clause,
    pub(super) reason: String,
}

impl Where {
    /// Where it asks for the site, if it does.
    pub(super) fn asks_site(&self) -> Option<Place> {
        self.clause.asks_site()
    }
}

/// Reads `where` and `reason`: one needs the other.
pub(super) fn decode(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Where> {
    let clause = fields.get("where", problems, |n, p| Clause::decode("where", n, p));
    let reason_node = fields.optional("reason");
    let reason = reason_node.and_then(|n| some_text(n, problems));
    if let Some(clause) = clause {
        if reason_node.is_none() {
            let place = fields.node().place.clone();
            problems.add(&place, "`where` leaves records out, so it needs a `reason`").expected("add `reason: …`");
        }
        return reason.map(|reason| Where { clause, reason: reason.value });
    }
    if let Some(reason) = reason
        && fields.optional("where").is_none()
    {
        problems.add(&reason.place, "this `reason` has no `where` that it would explain").help("remove it, or add `where`");
    }
    None
}

/// The records of one dataset that a check is about.
pub(super) struct Selection<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) at: words::At<'a>,
    pub(super) table: &'a Table,
    pub(super) r#where: Option<&'a Where>,
    /// Severity of cells that `where` cannot read.
    pub(super) severity: Severity,
}

/// One selected record.
pub(super) struct Record<'r> {
    batch: &'r RowBatch,
    row: usize,
    positions: &'r [usize],
}

impl<'r> Record<'r> {
    /// Its business key.
    pub(super) fn key(&self) -> Key {
        Key::from_bytes(self.batch.key(self.row)).unwrap_or(Key { rung: crate::value::NO_KEY, parts: Vec::new() })
    }

    /// Its cell in the `c`-th of the columns that were wanted.
    pub(super) fn cell(&self, c: usize) -> CellRef<'r> {
        self.batch.cell(self.row, self.positions[c])
    }
}

impl Selection<'_> {
    /// Visits the selected records with the cells of the wanted columns. A record whose `where` is null is selected and counted
    /// undecided. Gives false when nothing could be read; the reasons are in the outcome.
    pub(super) fn each(
        &self,
        wanted: &[usize],
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
        visit: impl FnMut(&Record<'_>, &mut Collector<'_>, &mut Outcome),
    ) -> bool {
        let Ok(mut filter) = self.filter(outcome) else { return false };
        match self.read(wanted, filter.as_mut(), collector, outcome, visit) {
            Ok(()) => {
                self.warn(outcome);
                true
            }
            Err(why) => {
                doubtful(outcome, why);
                false
            }
        }
    }

    fn read(
        &self,
        wanted: &[usize],
        filter: Option<&mut Filter>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
        mut visit: impl FnMut(&Record<'_>, &mut Collector<'_>, &mut Outcome),
    ) -> Result<(), String> {
        let mut columns: Vec<usize> = wanted.iter().chain(filter.iter().flat_map(|f| f.condition.reads())).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        let position = |column: &usize| columns.binary_search(column).unwrap_or_default();
        let positions: Vec<usize> = wanted.iter().map(position).collect();
        let tested: Vec<usize> = filter.iter().flat_map(|f| f.condition.reads()).map(position).collect();
        let started = filter.map(|f| f.evaluator.start()).transpose();
        let mut run = started.map_err(|why| format!("`where` cannot be run: {why}"))?;
        for batch in self.table.rows(&columns, None).map_err(|e| e.what)? {
            let batch = batch.map_err(|e| e.what)?;
            let mut cells: Vec<CellRef<'_>> = Vec::with_capacity(tested.len());
            for row in 0..batch.len() {
                let record = Record { batch: &batch, row, positions: &positions };
                if let Some(run) = &mut run {
                    cells.clear();
                    cells.extend(tested.iter().map(|&p| batch.cell(row, p)));
                    let answer = match cells.iter().position(|c| c.state.is_broken()) {
                        None => run.test(&cells).unwrap_or_else(|why| {
                            doubtful(outcome, format!("`where` cannot be computed for a record of `{}`: {why}", self.at.dataset));
                            None
                        }),
                        Some(broken) => {
                            let field = &self.table.entry().columns[columns[tested[broken]]].name;
                            let noun = &self.table.entry().noun;
                            collector.add(self.at.broken(self.severity, noun, record.key(), field, cells[broken].to_cell()));
                            None
                        }
                    };
                    match answer {
                        Some(false) => {
                            outcome.ledger.excluded += 1;
                            continue;
                        }
                        Some(true) => {}
                        None => outcome.ledger.undecided += 1,
                    }
                }
                outcome.ledger.selected += 1;
                visit(&record, collector, outcome);
            }
        }
        Ok(())
    }

    fn filter(&self, outcome: &mut Outcome) -> Result<Option<Filter>, ()> {
        let Some(Where { clause, .. }) = self.r#where else { return Ok(None) };
        let condition = clause.compile(self.table.entry()).map_err(|why| doubtful(outcome, why))?;
        let names = reading::names_read(&condition, self.table.entry());
        reading::columns(self.table.entry(), self.at.environment, &names, outcome).ok_or(())?;
        let evaluator = condition.evaluator(&reading::moment(self.evidence)).map_err(|why| doubtful(outcome, why))?;
        Ok(Some(Filter { condition, evaluator }))
    }

    fn warn(&self, outcome: &mut Outcome) {
        if let Some(Where { clause, reason }) = self.r#where {
            let (selected, all) = (outcome.ledger.selected, outcome.ledger.selected + outcome.ledger.excluded);
            outcome.ledger.notes.push(format!("`{}` selects {selected} of {all} in {}: {reason}", clause.shown(), self.at.environment));
        }
    }
}

struct Filter {
    condition: Condition,
    evaluator: Evaluator,
}
