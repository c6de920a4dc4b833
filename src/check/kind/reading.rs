//! Opening what a check reads, with every reason why it may not be relied on.

use crate::query::{Condition, Moment};
use crate::snapshot::{DatasetEntry, Grade, Table, split_view};

use super::super::evidence::Evidence;
use super::super::ledger::ReadCount;
use super::super::outcome::Outcome;

/// Opens a dataset of an environment. `None` when there is nothing to judge; each reason is in the outcome, and so is the ledger's line.
pub(super) fn open(evidence: &Evidence, environment: &str, dataset: &str, outcome: &mut Outcome) -> Option<Table> {
    let mut line = ReadCount { environment: environment.to_owned(), dataset: dataset.to_owned(), ..ReadCount::default() };
    let table = table(evidence, environment, dataset, &mut line, outcome);
    if !outcome.ledger.read.iter().any(|r| r.environment == line.environment && r.dataset == line.dataset) {
        outcome.ledger.read.push(line);
    }
    table
}

fn table(evidence: &Evidence, environment: &str, dataset: &str, line: &mut ReadCount, outcome: &mut Outcome) -> Option<Table> {
    let snapshot = match evidence.snapshot(environment) {
        Ok(snapshot) => snapshot,
        Err(doubts) => {
            doubts.into_iter().for_each(|doubt| doubtful(outcome, doubt));
            return None;
        }
    };
    let of_login = split_view(dataset).map_or_else(Vec::new, |(_, login)| evidence.login_doubts(environment, login));
    if !of_login.is_empty() {
        of_login.into_iter().for_each(|doubt| doubtful(outcome, doubt));
        return None;
    }
    let stored = evidence.stored_name(snapshot.manifest(), dataset);
    let Some(entry) = snapshot.manifest().dataset(&stored) else {
        doubtful(outcome, format!("`{dataset}` is not in the snapshot of {environment}"));
        return None;
    };
    line.dataset.clone_from(&entry.name);
    line.expected = entry.completeness.expected;
    line.completeness = grade(entry);
    if let Some(why) = &entry.unread {
        doubtful(outcome, format!("`{dataset}` of {environment} could not be read wholly: {why}"));
        return None;
    }
    line.rows = Some(entry.measured.unwrap_or(entry.rows));
    if entry.completeness.grade == Grade::Unknown {
        doubtful(outcome, format!("nobody says how many rows `{dataset}` of {environment} should have ({})", entry.completeness.method));
    }
    match snapshot.table(&stored) {
        Ok(table) => Some(table),
        Err(e) => {
            doubtful(outcome, format!("`{dataset}` of {environment} could not be opened: {}", e.what));
            None
        }
    }
}

fn grade(entry: &DatasetEntry) -> String {
    let grade = match entry.completeness.grade {
        Grade::Proven => "proven",
        Grade::Declared => "declared",
        Grade::Unknown => "unknown",
    };
    if entry.completeness.method.is_empty() { grade.to_owned() } else { format!("{grade}: {}", entry.completeness.method) }
}

/// Adds a reason once.
pub(super) fn doubtful(outcome: &mut Outcome, reason: String) {
    if !outcome.cannot_tell.contains(&reason) {
        outcome.cannot_tell.push(reason);
    }
}

/// Positions of columns by name. A column that is not there, not offered or unread makes the check CANNOT TELL; `None` then.
pub(super) fn columns(entry: &DatasetEntry, environment: &str, names: &[&str], outcome: &mut Outcome) -> Option<Vec<usize>> {
    let found: Vec<Option<usize>> = names.iter().map(|name| column(entry, environment, name, outcome)).collect();
    found.into_iter().collect()
}

fn column(entry: &DatasetEntry, environment: &str, name: &str, outcome: &mut Outcome) -> Option<usize> {
    let why = match entry.column(name).map(|i| (i, &entry.columns[i])) {
        None => "it was not captured".to_owned(),
        Some((i, column)) => match (&column.not_offered, &column.unread) {
            (Some(why), _) => format!("the system does not offer it: {why}"),
            (None, Some(why)) => why.clone(),
            (None, None) => return Some(i),
        },
    };
    unread(entry, environment, name, &why, outcome);
    None
}

/// Says that a column cannot be read.
pub(super) fn unread(entry: &DatasetEntry, environment: &str, name: &str, why: &str, outcome: &mut Outcome) {
    doubtful(outcome, format!("`{name}` of `{}` in {environment} cannot be read: {why}", entry.name));
    let line = (name.to_owned(), format!("{environment}: {why}"));
    if !outcome.ledger.columns_unread.contains(&line) {
        outcome.ledger.columns_unread.push(line);
    }
}

/// What the columns are called that a condition reads.
pub(super) fn names_read<'e>(condition: &Condition, entry: &'e DatasetEntry) -> Vec<&'e str> {
    condition.reads().iter().map(|&i| entry.columns[i].name.as_str()).collect()
}

/// What `go_live()`, `as_of()` and `site()` give.
pub(super) fn moment(evidence: &Evidence) -> Moment {
    Moment { go_live: evidence.go_live, as_of: evidence.as_of, site: evidence.site.clone() }
}
