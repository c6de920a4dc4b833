//! Loading what the queries read: only those columns, and nothing that does not fit its type.

use crate::query::{Column, Compiled, Database, Draft, Limits, TableRead, reads_of};
use crate::snapshot::Table;
use crate::value::{Key, NO_KEY};

use super::super::super::evidence::Evidence;
use super::super::super::outcome::Outcome;
use super::super::collect::Collector;
use super::super::reading::{self, doubtful};
use super::super::{Context, words};
use super::Opened;
use super::sql::columns;

/// Fills a database. `None` when the queries cannot be run: a column is unread, a cell does not fit its type, or there is too much.
pub(super) fn load(
    queries: &[&Compiled],
    opened: &Opened,
    evidence: &Evidence,
    context: &Context<'_>,
    collector: &mut Collector<'_>,
    outcome: &mut Outcome,
    limits: Limits,
) -> Option<Database> {
    let reads = reads_of(queries);
    let tables: Vec<crate::query::Table> = opened
        .iter()
        .map(|((environment, dataset), table)| crate::query::Table {
            environment: environment.clone(),
            dataset: dataset.clone(),
            columns: columns(table),
            ..crate::query::Table::default()
        })
        .collect();
    let mut positions = Vec::new();
    for read in &reads {
        let table = opened.get(&(read.environment.clone(), read.dataset.clone()))?;
        let names: Vec<&str> = read.columns.iter().map(String::as_str).collect();
        outcome.ledger.columns_compared.extend(names.iter().map(|n| format!("{}.{}.{n}", read.environment, read.dataset)));
        positions.push((read, table, reading::columns(table.entry(), &read.environment, &names, outcome)));
    }
    let run = || -> Result<Option<Draft>, String> {
        let mut draft = Draft::new(queries, &tables, &reading::moment(evidence), limits)?;
        let mut sound = true;
        for (read, table, positions) in positions {
            let Some(positions) = positions else { return Ok(None) };
            sound &= fill(&mut draft, read, table, &positions, context, collector, outcome)?;
        }
        Ok(sound.then_some(draft))
    };
    match run().and_then(|draft| draft.map(Draft::seal).transpose()) {
        Ok(database) => database,
        Err(why) => {
            doubtful(outcome, format!("the query cannot be run: {why}"));
            None
        }
    }
}

/// Loads one dataset; false when a cell of it does not fit its type, which is a finding and leaves the query unanswered.
fn fill(
    draft: &mut Draft,
    read: &TableRead,
    table: &Table,
    positions: &[usize],
    context: &Context<'_>,
    collector: &mut Collector<'_>,
    outcome: &mut Outcome,
) -> Result<bool, String> {
    let entry = table.entry();
    let all = columns(table);
    let wanted: Vec<&Column> = positions.iter().map(|&p| &all[p]).collect();
    let at = words::At { environment: &read.environment, dataset: &read.dataset };
    let mut loading = draft.load(read, &wanted)?;
    let mut broken = 0_u64;
    for batch in table.rows(positions, None).map_err(|e| e.what)? {
        let batch = batch.map_err(|e| e.what)?;
        for row in 0..batch.len() {
            let cell = |c: usize| batch.cell(row, c);
            let faulty = (0..positions.len()).filter(|&c| cell(c).state.is_broken());
            let mut sound = true;
            for c in faulty {
                sound = false;
                broken += 1;
                let key = Key::from_bytes(batch.key(row)).unwrap_or(Key { rung: NO_KEY, parts: Vec::new() });
                collector.add(at.broken(context.severity.changed, &entry.noun, key, &wanted[c].name, cell(c).to_cell()));
            }
            if sound && broken == 0 {
                loading.push((0..positions.len()).map(cell))?;
            }
        }
    }
    if broken > 0 {
        let (environment, dataset) = (&read.environment, &read.dataset);
        doubtful(outcome, format!("{broken} cells of `{dataset}` in {environment} that the query reads do not fit: it was not run"));
    }
    Ok(broken == 0)
}
