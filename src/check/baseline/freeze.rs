//! Making a baseline from a run.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::snapshot::Snapshot;

use super::super::evidence::{Evidence, Side};
use super::super::outcome::Outcome;
use super::content::{content_digest, definition_digest, frozen_columns, unreadable};
use super::file::{FORMAT, VERSION};
use super::{Baseline, FrozenDataset, FrozenEnvironment};

/// What is frozen, beside the evidence.
pub struct Freeze<'a> {
    /// The new name.
    pub name: &'a str,
    /// Who accepts it.
    pub by: Option<&'a str>,
    /// As of when.
    pub at: DateTime<Utc>,
    /// gonogo's version.
    pub tool: &'a str,
    /// Dataset and column that say how old the data of an environment are, by environment: an extract of tomorrow differs in it.
    pub ages: BTreeMap<String, (String, String)>,
}

/// Freezes what a run looked at and found.
///
/// # Errors
/// Every reason why something could not be read, one line each: half a freeze would be taken for a whole one.
pub fn freeze(what: &Freeze<'_>, evidence: &Evidence, outcomes: &BTreeMap<String, Outcome>) -> Result<Baseline, Vec<String>> {
    let mut reasons = Vec::new();
    let mut environments: Vec<FrozenEnvironment> = evidence
        .snapshots
        .iter()
        .filter_map(|(name, side)| environment(name, side, &evidence.baselines.offered, what, &mut reasons))
        .collect();
    environments.retain(|e| !e.datasets.is_empty());
    if environments.is_empty() && reasons.is_empty() {
        reasons.push("no dataset was read: there is nothing to freeze".to_owned());
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let baseline = Baseline {
        format: FORMAT.to_owned(),
        version: VERSION,
        name: what.name.to_owned(),
        frozen_at: what.at,
        by: what.by.map(str::to_owned),
        tool: what.tool.to_owned(),
        training: evidence.pair.training.clone(),
        production: evidence.pair.production.clone(),
        environments,
        rules: evidence.baselines.rules.clone(),
        findings: findings(outcomes),
        seal: String::new(),
    };
    baseline.sealed().map_err(|e| vec![format!("it cannot be written: {e}")])
}

fn environment(
    name: &str,
    side: &Side,
    offered: &BTreeMap<String, BTreeSet<String>>,
    what: &Freeze<'_>,
    reasons: &mut Vec<String>,
) -> Option<FrozenEnvironment> {
    let before = reasons.len();
    reasons.extend(side.doubts.iter().cloned());
    let Some(snapshot) = &side.snapshot else {
        if reasons.len() == before {
            reasons.push(format!("{name} has no snapshot"));
        }
        return None;
    };
    let manifest = snapshot.manifest();
    // What a login sees and what a probe measured is no content of the system.
    let own = |dataset: &str| offered.get(name).is_some_and(|names| names.contains(dataset));
    let entries = manifest.datasets.iter().filter(|d| own(&d.name));
    let datasets: Vec<FrozenDataset> = entries
        .filter_map(|d| {
            let age = what.ages.get(name).filter(|(dataset, _)| *dataset == d.name).map(|(_, column)| column.as_str());
            dataset(snapshot, name, &d.name, age, reasons)
        })
        .collect();
    Some(FrozenEnvironment {
        name: name.to_owned(),
        role: manifest.role.clone(),
        system: manifest.system.clone(),
        instance: manifest.instance.as_ref().map(|i| i.found.clone()).unwrap_or_default(),
        snapshot: snapshot.id(),
        content_id: manifest.content_id.clone(),
        taken_at: manifest.taken_at,
        datasets,
    })
}

fn dataset(snapshot: &Snapshot, environment: &str, name: &str, age: Option<&str>, reasons: &mut Vec<String>) -> Option<FrozenDataset> {
    let entry = snapshot.manifest().dataset(name)?;
    let unreadable = unreadable(entry);
    if !unreadable.is_empty() {
        reasons.extend(unreadable.into_iter().map(|why| format!("`{name}` of {environment}: {why}")));
        return None;
    }
    let columns = frozen_columns(entry, age);
    match snapshot.table(name).and_then(|table| content_digest(&table, &columns)) {
        Ok(content) => Some(FrozenDataset {
            name: name.to_owned(),
            rows: entry.rows,
            content,
            definition: definition_digest(snapshot.manifest(), name),
            key: entry.key.clone(),
            columns,
            complete: entry.completeness.grade,
        }),
        Err(e) => {
            reasons.push(format!("`{name}` of {environment} could not be opened: {}", e.what));
            None
        }
    }
}

fn findings(outcomes: &BTreeMap<String, Outcome>) -> BTreeMap<String, BTreeMap<super::Severity, Vec<String>>> {
    let mut found: BTreeMap<String, BTreeMap<super::Severity, Vec<String>>> = BTreeMap::new();
    for (check, outcome) in outcomes {
        for finding in &outcome.findings {
            let list = found.entry(check.clone()).or_default().entry(finding.severity).or_default();
            list.push(finding.fingerprint.clone());
        }
    }
    found.values_mut().flat_map(BTreeMap::values_mut).for_each(|list| list.sort_unstable());
    found
}
