//! What can be known of check files before anything is contacted: names, columns, SQL, lists.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{At, Problems};
use crate::environment::Environment;
use crate::snapshot::Plan;
use crate::system::System;

use super::baseline::Baseline;
use super::criterion::objection as criterion_objection;
use super::evidence::{List, Pair};
use super::file::{Check, CheckFile};

/// What check files may refer to.
pub struct Catalogue<'a> {
    /// Environments by name.
    pub environments: &'a BTreeMap<String, Environment>,
    /// Systems by name.
    pub systems: &'a BTreeMap<String, System>,
    /// The two sides.
    pub pair: &'a Pair,
    /// Signed-off lists by shown path.
    pub lists: &'a BTreeMap<String, List>,
    /// Baselines by name.
    pub baselines: &'a BTreeMap<String, Baseline>,
    /// Baselines of which nothing is known: one that is being made, which checks may name already, and those whose file is damaged.
    pub unread_baselines: &'a BTreeSet<String>,
}

impl Catalogue<'_> {
    /// Datasets of an environment that differ by site.
    pub fn per_site(&self, environment: &str) -> BTreeSet<String> {
        let system = self.environments.get(environment).and_then(|e| self.systems.get(&e.system.value));
        system.map(System::per_site).unwrap_or_default()
    }
}

/// Lints all check files together: ids are unique, criteria are known, every kind's own lint is asked.
pub fn lint(files: &[CheckFile], catalogue: &Catalogue<'_>, problems: &mut Problems) {
    let mut first: BTreeMap<&str, &At<String>> = BTreeMap::new();
    for (file, check) in files.iter().flat_map(|f| f.checks.iter().map(move |c| (f, c))) {
        match first.get(check.id.as_str()) {
            Some(earlier) => {
                let message = format!(
                    "the check `{}` is there twice; the first is at {}:{}",
                    check.id.value,
                    earlier.place.file.path,
                    earlier.place.line()
                );
                problems.add(&check.id.place, message).expected("this id is taken").help("give it an id of its own");
            }
            None => {
                first.insert(&check.id.value, &check.id);
            }
        }
        if let Some(criterion) = &check.criterion
            && let Some(help) = criterion_objection(&criterion.value)
        {
            problems.add(&criterion.place, format!("`{}` is no criterion", criterion.value)).expected("unknown criterion").help(help);
        }
        if !file.standard || offers_all(check, catalogue) {
            check.test.lint(catalogue, problems);
        }
    }
}

/// True when every environment that a check names exists and offers what the check needs of it.
fn offers_all(check: &Check, catalogue: &Catalogue<'_>) -> bool {
    let mut plan = Plan::default();
    check.test.plan(catalogue.pair, &mut plan);
    let offers = |environment: &str, dataset: &str| {
        let environment = catalogue.environments.get(environment);
        let system = environment.and_then(|e| catalogue.systems.get(&e.system.value));
        let (name, login) = dataset.split_once('@').map_or((dataset, None), |(name, login)| (name, Some(login)));
        let seen = login.is_none_or(|login| environment.is_some_and(|e| e.login(login).is_some()));
        seen && system.is_some_and(|s| !s.lacks(name))
    };
    let datasets = plan.datasets.iter().all(|(environment, datasets)| datasets.iter().all(|d| offers(environment, d)));
    let known = |name: &str| catalogue.baselines.contains_key(name) || catalogue.unread_baselines.contains(name);
    datasets
        && check.test.baselines(catalogue.pair).iter().all(|(name, _)| known(name))
        && check.test.lists().iter().all(|(list, _)| catalogue.lists.contains_key(&list.value))
}
