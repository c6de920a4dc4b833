//! What an environment file says of its system: that it exists, and has the datasets and columns that tell age and instance.

use std::collections::BTreeMap;

use crate::document::{At, Problems, suggest};
use crate::environment::{Environment, TakenAt};
use crate::system::System;
use crate::value::Type;

/// Checks one environment against the systems of the project.
pub(super) fn lint(environment: &Environment, systems: &BTreeMap<String, System>, problems: &mut Problems) {
    let name = &environment.system;
    if name.value.is_empty() {
        return;
    }
    let Some(system) = systems.get(&name.value) else {
        let help = suggest::nearest_or_all(&name.value, systems.keys().map(String::as_str));
        problems
            .add(&name.place, format!("there is no system `{}` in environments/systems", name.value))
            .expected("a system definition")
            .help(help);
        return;
    };
    age(system, &environment.taken_at, problems);
    if let Some(instance) = &environment.instance {
        told_by(system, &instance.dataset, &instance.column, problems);
    }
}

/// What tells the age of the data exists, and is a moment.
pub(super) fn age(system: &System, taken_at: &TakenAt, problems: &mut Problems) {
    if let TakenAt::Column { dataset, column } = taken_at
        && let Some(kind) = told_by(system, dataset, column, problems)
        && !matches!(kind, Type::Date | Type::Datetime)
    {
        problems
            .add(&column.place, format!("`{}` is of type {}: it does not say how old the data are", column.value, kind.word()))
            .expected("a column of type datetime or date");
    }
}

/// Type of a column that must exist. A system whose file is damaged has made the mistake already.
pub(super) fn told_by(system: &System, dataset: &At<String>, column: &At<String>, problems: &mut Problems) -> Option<Type> {
    let Some(found) = system.dataset(&dataset.value) else {
        if !system.lacks(&dataset.value) {
            return None;
        }
        let help =
            suggest::nearest_or_all(&dataset.value, system.datasets.iter().map(|d| d.name.value.as_str()).collect::<Vec<_>>().into_iter());
        problems
            .add(&dataset.place, format!("the system `{}` has no dataset `{}`", system.name.value, dataset.value))
            .expected("a dataset")
            .help(help);
        return None;
    };
    match found.column(&column.value) {
        Some(column) => Some(column.kind),
        None => {
            let help =
                suggest::nearest_or_all(&column.value, found.columns.iter().map(|c| c.name.value.as_str()).collect::<Vec<_>>().into_iter());
            problems
                .add(&column.place, format!("`{}` has no column `{}`", dataset.value, column.value))
                .expected("a column of the dataset")
                .help(help);
            None
        }
    }
}
