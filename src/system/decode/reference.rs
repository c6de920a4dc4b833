//! References between the datasets of one system.

use std::collections::BTreeMap;

use crate::document::{At, Problems, suggest};

use super::super::{Dataset, System};

/// Reports references to datasets that are not there or keep no ids, and keys that need each other.
pub(super) fn check(system: &System, problems: &mut Problems) {
    let datasets = &system.datasets;
    let by_name: BTreeMap<&str, &Dataset> = datasets.iter().map(|d| (d.name.value.as_str(), d)).collect();
    for dataset in datasets {
        for target in dataset.columns.iter().filter_map(|c| c.references.as_ref()) {
            match by_name.get(target.value.as_str()) {
                // Whatever is wrong with a damaged dataset is reported where it is defined.
                None if !system.lacks(&target.value) => {}
                None => {
                    let help = suggest::nearest_or_all(&target.value, by_name.keys().copied());
                    problems
                        .add(&target.place, format!("`{}` is no dataset of this system", target.value))
                        .expected("unknown dataset")
                        .help(help);
                }
                Some(found) if found.id.is_none() => {
                    let message = format!("`{}` has no `id`, so that its rows cannot be referred to", target.value);
                    problems.add(&target.place, message).expected("a dataset with `id`").help(format!("add `id: …` to `{}`", target.value));
                }
                Some(_) => {}
            }
        }
    }
    for dataset in datasets {
        let Some((target, round)) = cycle(dataset, &by_name) else { continue };
        let problem = problems.add(&target.place, format!("these keys need each other and can never be known: {round}"));
        problem.expected("a key that needs itself").help("take the reference out of the key of one of them");
    }
}

/// References that the key of a dataset needs.
fn key_references(dataset: &Dataset) -> impl Iterator<Item = &At<String>> {
    let is_part = |name: &str| dataset.key.iter().flatten().any(|part| part.value == name);
    dataset.columns.iter().filter(move |c| is_part(&c.name.value)).filter_map(|c| c.references.as_ref())
}

/// The way from a dataset through key references back to itself: its first reference and the names on the way.
fn cycle<'a>(from: &'a Dataset, by_name: &BTreeMap<&str, &'a Dataset>) -> Option<(&'a At<String>, String)> {
    let mut seen: Vec<&str> = Vec::new();
    let mut open: Vec<(&'a At<String>, &'a At<String>, Vec<&str>)> =
        key_references(from).map(|r| (r, r, vec![from.name.value.as_str()])).collect();
    while let Some((first, at, mut way)) = open.pop() {
        way.push(at.value.as_str());
        if at.value == from.name.value {
            // One cycle is reported once, from its first dataset by name.
            let least = way.iter().min().is_some_and(|least| *least == from.name.value);
            return least.then(|| (first, way.join(" → ")));
        }
        if seen.contains(&at.value.as_str()) {
            continue;
        }
        seen.push(at.value.as_str());
        if let Some(next) = by_name.get(at.value.as_str()) {
            open.extend(key_references(next).map(|r| (first, r, way.clone())));
        }
    }
    None
}
