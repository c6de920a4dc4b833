//! A dataset as a login sees it: what it is called, what has to be read for it, and under which definition.
//!
//! A view is read from the login's own files and judged by its own totals. Only references are followed into the administrator's
//! datasets: ids mean the same in both extracts, and whether the login may see what it points at is a question of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::environment::{Environment, Login, TakenAt};
use crate::system::{Complete, Dataset, System};

/// What a dataset is called as a login sees it: `clinics@booking_clerk`.
pub fn view_name(dataset: &str, login: &str) -> String {
    format!("{dataset}@{login}")
}

/// Dataset and login of a view's name; `None` for the name of a dataset.
pub fn split_view(name: &str) -> Option<(&str, &str)> {
    name.split_once('@')
}

/// What was asked for, apart by who looks.
pub(super) struct Asked<'e> {
    /// What the administrator has to see, with what the views refer to.
    pub(super) own: BTreeSet<String>,
    /// Datasets by login, with those that tell age, instance and reader; sorted by login.
    pub(super) logins: Vec<(&'e Login, BTreeSet<String>)>,
    /// Views by logins that the environment does not have.
    pub(super) unknown: Vec<String>,
}

impl<'e> Asked<'e> {
    /// Takes apart what a plan asks of one environment.
    pub(super) fn new(environment: &'e Environment, system: &System, datasets: &BTreeSet<String>) -> Self {
        let (mut own, mut unknown) = (BTreeSet::new(), Vec::new());
        let mut by_login: BTreeMap<&str, (&Login, BTreeSet<String>)> = BTreeMap::new();
        for name in datasets {
            let Some((dataset, login)) = split_view(name) else {
                own.insert(name.clone());
                continue;
            };
            match environment.login(login) {
                Some(login) => by_login.entry(&login.name.value).or_insert((login, BTreeSet::new())).1.insert(dataset.to_owned()),
                None => {
                    unknown.push(name.clone());
                    continue;
                }
            };
        }
        let mut logins: Vec<(&Login, BTreeSet<String>)> = by_login.into_values().collect();
        for (login, seen) in &mut logins {
            if let TakenAt::Column { dataset, .. } = environment.taken_at_of(login) {
                seen.insert(dataset.value.clone());
            }
            seen.extend(environment.instance_of(login).map(|i| i.dataset.value.clone()));
            seen.extend(login.reader.as_ref().map(|r| r.dataset.value.clone()));
            // Who read the administrator's own data has to be known to tell the two apart.
            own.extend(login.reader.as_ref().map(|r| r.dataset.value.clone()));
            let columns = seen.iter().filter_map(|name| system.dataset(name)).flat_map(|d| &d.columns);
            own.extend(columns.filter_map(|c| c.references.as_ref()).map(|target| target.value.clone()));
        }
        Self { own, logins, unknown }
    }
}

/// The definition under which a login's view is read. What a person said of the administrator's files is not said of others: neither
/// how many rows they have, nor that an absent one means no rows.
pub(super) fn definition(dataset: &Dataset, login: &Login) -> Dataset {
    let mut view = dataset.clone();
    view.name.value = view_name(&dataset.name.value, &login.name.value);
    view.none_means_empty = None;
    view.also.iter_mut().for_each(|part| part.none_means_empty = None);
    view.complete = match (login.signed(&dataset.name.value), &dataset.complete) {
        (Some(s), _) => Complete::Declared { rows: Some(s.rows), by: s.by.clone(), on: s.on, reason: s.reason.clone() },
        (None, from_file @ Complete::ControlFile { .. }) => from_file.clone(),
        (None, Complete::Unknown | Complete::Declared { .. }) => Complete::Unknown,
    };
    view
}
