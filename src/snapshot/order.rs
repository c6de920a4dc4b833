//! In which order datasets are read: what a key refers to comes before the key.

use std::collections::{BTreeMap, BTreeSet};

use crate::environment::{Environment, TakenAt};
use crate::system::{Dataset, System};

/// The datasets that are asked for, with those they refer to and those that tell age and instance.
pub(super) fn wanted(environment: &Environment, system: &System, asked: &BTreeSet<String>) -> BTreeSet<String> {
    let mut wanted = asked.clone();
    if let TakenAt::Column { dataset, .. } = &environment.taken_at {
        wanted.insert(dataset.value.clone());
    }
    wanted.extend(environment.instance.as_ref().map(|i| i.dataset.value.clone()));
    let mut open: Vec<String> = wanted.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for target in system.dataset(&name).into_iter().flat_map(|d| &d.columns).filter_map(|c| c.references.as_ref()) {
            if wanted.insert(target.value.clone()) {
                open.push(target.value.clone());
            }
        }
    }
    wanted
}

/// Datasets in stages: each needs only earlier stages for its key. What is left over refers to itself in a circle.
pub(super) fn stages<'s>(datasets: &[&'s Dataset]) -> (Vec<Vec<&'s Dataset>>, Vec<&'s Dataset>) {
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = datasets.iter().map(|d| (d.name.value.as_str(), key_targets(d))).collect();
    let mut left: Vec<&Dataset> = datasets.to_vec();
    let mut stages = Vec::new();
    loop {
        let (ready, waiting): (Vec<_>, Vec<_>) = left.into_iter().partition(|d| {
            // A target that is not captured at all has no stage to wait for.
            needs.get(d.name.value.as_str()).is_none_or(|n| n.iter().all(|target| !needs.contains_key(target)))
        });
        if ready.is_empty() {
            return (stages, waiting);
        }
        for dataset in &ready {
            needs.remove(dataset.name.value.as_str());
        }
        stages.push(ready);
        left = waiting;
    }
}

/// Datasets that key parts refer to.
fn key_targets(dataset: &Dataset) -> BTreeSet<&str> {
    let parts = dataset.key.iter().flatten().filter_map(|name| dataset.column(&name.value));
    parts.filter_map(|c| c.references.as_ref()).map(|target| target.value.as_str()).collect()
}
