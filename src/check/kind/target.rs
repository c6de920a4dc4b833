//! What a check refers to: environments, datasets and columns, looked up before anything is contacted.

use std::collections::BTreeSet;

use crate::document::{At, Problems, suggest};
use crate::system::{Column, Dataset};

use super::super::evidence::Pair;
use super::super::lint::Catalogue;

/// The environment that a check means: `training` and `production` are the two sides of the pair.
pub(super) fn environment<'a>(word: &'a str, pair: &'a Pair) -> &'a str {
    match word {
        "training" => &pair.training,
        "production" => &pair.production,
        name => name,
    }
}

/// Looks up the environment that a check names.
pub(super) fn lint_environment<'a>(word: &'a At<String>, catalogue: &'a Catalogue<'_>, problems: &mut Problems) -> Option<&'a str> {
    let name = environment(word, catalogue.pair);
    if name != word.value && catalogue.environments.contains_key(&word.value) {
        let message = format!("`{0}` is both an environment and a side of the pair, which is `{name}`", word.value);
        problems.add(&word.place, message).expected(format!("write `{name}`, or another environment's name"));
        return None;
    }
    if catalogue.environments.contains_key(name) {
        return Some(name);
    }
    let names: BTreeSet<&str> = catalogue.environments.keys().map(String::as_str).chain(["training", "production"]).collect();
    let help = suggest::nearest_or_all(&word.value, names.iter().copied());
    problems.add(&word.place, format!("there is no environment `{}`", word.value)).expected("a file in environments/").help(help);
    None
}

/// Looks up a dataset in the system of an environment. Records of patients are counted, and nothing else.
pub(super) fn lint_dataset<'a>(
    environment: &str,
    dataset: &At<String>,
    catalogue: &'a Catalogue<'_>,
    problems: &mut Problems,
) -> Option<&'a Dataset> {
    let found = lint_counted(environment, dataset, catalogue, problems)?;
    if found.measured {
        let message = format!("`{}` are records of patients, of which only counts are kept", dataset.value);
        problems.add(&dataset.place, message).expected("a dataset of configuration").help("ask for numbers with `count`");
        return None;
    }
    Some(found)
}

/// Looks up a dataset that is only counted.
pub(super) fn lint_counted<'a>(
    environment: &str,
    dataset: &At<String>,
    catalogue: &'a Catalogue<'_>,
    problems: &mut Problems,
) -> Option<&'a Dataset> {
    let known = catalogue.environments.get(environment)?;
    if known.is_only_probed() && known.system.value.is_empty() {
        let message = format!("`{environment}` is only probed: it names no files that hold `{}`", dataset.value);
        problems
            .add(&dataset.place, message)
            .expected("an environment with data")
            .help(format!("add `system` and `files` to {}", known.path));
    }
    let system = catalogue.systems.get(&known.system.value)?;
    let found = system.dataset(&dataset.value);
    if system.lacks(&dataset.value) {
        let help = suggest::nearest_or_all(&dataset.value, system.datasets.iter().map(|d| d.name.value.as_str()));
        let message = format!("{environment} has no dataset `{}`: its system `{}` does not define it", dataset.value, system.name.value);
        problems.add(&dataset.place, message).expected("a dataset").help(help);
    }
    found
}

/// Looks up a column. One that the system does not offer is no mistake of the file: the check will be CANNOT TELL.
pub(super) fn lint_column<'a>(dataset: &'a Dataset, column: &At<String>, problems: &mut Problems) -> Option<&'a Column> {
    let found = dataset.column(&column.value);
    if found.is_none() && !dataset.not_offered.contains_key(&column.value) {
        let help = suggest::nearest_or_all(&column.value, dataset.columns.iter().map(|c| c.name.value.as_str()));
        let message = format!("`{}` has no column `{}`", dataset.name.value, column.value);
        problems.add(&column.place, message).expected("a column").help(help);
    }
    found
}
