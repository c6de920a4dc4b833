//! Where the findings of a query are: the environment to repair, and the dataset whose key they carry.

use crate::document::{At, Problems, suggest};

use super::super::super::evidence::Pair;
use super::super::target;
use super::Query;

/// Environment and dataset of the findings. Unless the check says so: production when `find` names it, else the environment that it
/// names first; and the dataset of it that `find` names first.
pub(super) fn of(query: &Query, pair: &Pair) -> (String, String) {
    let named: Vec<(String, String)> = query.find.named().map(|(e, d)| (target::environment(&e, pair).to_owned(), d.value)).collect();
    let environment = match &query.environment {
        Some(environment) => target::environment(environment, pair).to_owned(),
        None if named.iter().any(|(e, _)| *e == pair.production) => pair.production.clone(),
        None => named.first().map(|(e, _)| e.clone()).unwrap_or_default(),
    };
    let dataset = match &query.dataset {
        Some(dataset) => dataset.value.clone(),
        None => named.iter().find(|(e, _)| *e == environment).or(named.first()).map(|(_, d)| d.clone()).unwrap_or_default(),
    };
    (environment, dataset)
}

/// `in` and `dataset` name what `find` reads.
pub(super) fn lint(query: &Query, pair: &Pair, problems: &mut Problems) {
    let named: Vec<(At<String>, At<String>)> = query.find.named().collect();
    if let Some(environment) = &query.environment
        && !named.iter().any(|(e, _)| target::environment(e, pair) == target::environment(environment, pair))
    {
        let help = suggest::nearest_or_all(environment, named.iter().map(|(e, _)| e.value.as_str()));
        let message = format!("`find` reads nothing of `{}`", environment.value);
        problems.add(&environment.place, message).expected("an environment that `find` names").help(help);
    }
    if let Some(dataset) = &query.dataset
        && !named.iter().any(|(_, d)| d.value == dataset.value)
    {
        let help = suggest::nearest_or_all(dataset, named.iter().map(|(_, d)| d.value.as_str()));
        let message = format!("`find` does not read `{}`", dataset.value);
        problems.add(&dataset.place, message).expected("a dataset that `find` names").help(help);
    }
}
