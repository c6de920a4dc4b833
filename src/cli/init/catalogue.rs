//! What of the standard catalogue a drafted system can answer, and what the rest is in want of.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Catalogue, Check, Pair, STANDARD_LISTS, needs, standard};
use crate::document::{self, Problem, Problems};
use crate::environment::Environment;
use crate::snapshot::Plan;
use crate::system::{Shared, System};

use super::super::load::list_of;
use super::exports::SIDES;

/// A check of the catalogue that fits.
pub(super) struct Fitting {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) criterion: String,
    /// The word of its kind.
    kind: &'static str,
    /// Datasets that it reads.
    needs: BTreeSet<String>,
}

/// The catalogue as a system can answer it.
#[derive(Default)]
pub(super) struct Fits {
    /// Checks that fit, in the catalogue's order.
    pub(super) checks: Vec<Fitting>,
    /// Ids of the others by what they are in want of.
    pub(super) wanting: BTreeMap<Want, Vec<String>>,
}

/// Why a check is left out: the first thing that it wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// Datasets that the exports do not hold.
    Datasets(String),
    /// Columns that they do not hold.
    Columns(String),
    /// A list that people sign.
    List(String),
    /// What one of the staff sees, as `logins` of an environment.
    Login(String),
    /// A live server.
    Server,
    /// A freeze.
    Freeze(String),
    /// Somebody's signature.
    Signature,
}

impl Want {
    /// What to bring, for a comment.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Datasets(names) => format!("exports of {names}"),
            Self::Columns(names) => format!("the column {names}"),
            Self::List(path) => format!("the signed list {path}"),
            Self::Login(name) => format!("an export as {name} sees it (`logins` of an environment)"),
            Self::Server => "a server to ask (`url` of an environment)".to_owned(),
            Self::Freeze(name) => format!("`gonogo freeze {name}`"),
            Self::Signature => "somebody's signature (`gonogo attest`); add it when it can be given".to_owned(),
        }
    }

    /// What kind of thing it is, for a count.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Datasets(_) => "exports",
            Self::Columns(_) => "columns",
            Self::List(_) => "signed lists",
            Self::Login(_) => "what a role sees",
            Self::Server => "a live server",
            Self::Freeze(_) => "a freeze",
            Self::Signature => "signatures",
        }
    }
}

impl Fits {
    /// Tries every check of the catalogue on a system and its two environments, given as the texts of their files.
    pub(super) fn of(system: &str, environments: &[(String, String)], shared: &Shared) -> Self {
        let parse = |name: &str, text: &str| document::load(name, text.as_bytes(), &mut Problems::default());
        let decoded = |hold: bool| -> Option<System> {
            let mut system = crate::system::decode(&parse("system", system)?, false, &mut Problems::default())?;
            if hold {
                crate::system::hold(&mut system, shared, &mut Problems::default());
            } else {
                system.datasets.iter_mut().for_each(|d| d.not_offered.clear());
            }
            Some(system)
        };
        let (Some(held), Some(bare)) = (decoded(true), decoded(false)) else { return Self::default() };
        let environments: BTreeMap<String, Environment> = environments
            .iter()
            .filter_map(|(name, text)| Some((name.clone(), crate::environment::decode(&parse(name, text)?, &mut Problems::default())?)))
            .collect();
        let pair = Pair { training: SIDES[0].to_owned(), production: SIDES[1].to_owned() };
        let lists =
            STANDARD_LISTS.iter().filter_map(|f| Some((f.path.replace("/standard/", "/"), list_of(f.text.as_bytes()).ok()?))).collect();
        let (baselines, none) = (BTreeMap::new(), BTreeSet::new());
        let by_name = |system: &System| BTreeMap::from([(system.name.value.clone(), system.clone())]);
        let (held, bare) = (by_name(&held), by_name(&bare));
        let catalogue = |systems| Catalogue {
            environments: &environments,
            systems,
            pair: &pair,
            lists: &lists,
            baselines: &baselines,
            unread_baselines: &none,
        };
        let (held, bare) = (catalogue(&held), catalogue(&bare));
        let mut fits = Self::default();
        for check in standard(&mut Problems::default()).iter().flat_map(|file| &file.checks) {
            match want(check, &held, &bare, shared) {
                None => fits.checks.push(Fitting {
                    id: check.id.value.clone(),
                    title: check.title.clone(),
                    criterion: check.criterion.as_ref().map(|c| c.value.clone()).unwrap_or_default(),
                    kind: check.test.word(),
                    needs: needs(check),
                }),
                Some(want) => fits.wanting.entry(want).or_default().push(check.id.value.clone()),
            }
        }
        fits
    }

    /// True when a check of the catalogue compares the two sides of a dataset.
    pub(super) fn compares(&self, dataset: &str) -> bool {
        self.checks.iter().any(|c| c.kind == "parity" && c.needs.contains(dataset))
    }

    /// True when a check of the catalogue follows references from a dataset to another.
    pub(super) fn resolves(&self, dataset: &str, target: &str) -> bool {
        self.checks.iter().any(|c| c.kind == "resolves" && c.needs.contains(dataset) && c.needs.contains(target))
    }

    /// Criteria that the fitting checks answer, each once.
    pub(super) fn criteria(&self) -> Vec<&str> {
        let criteria: BTreeSet<&str> = self.checks.iter().map(|c| c.criterion.as_str()).collect();
        criteria.into_iter().collect()
    }

    /// How many checks are left out.
    pub(super) fn left_out(&self) -> usize {
        self.wanting.values().map(Vec::len).sum()
    }
}

/// What a check wants that the project does not have.
fn want(check: &Check, held: &Catalogue<'_>, bare: &Catalogue<'_>, shared: &Shared) -> Option<Want> {
    let mut plan = Plan::default();
    check.test.plan(held.pair, &mut plan);
    let offered = |name: &str| held.systems.values().any(|s| s.dataset(name).is_some());
    let missing: BTreeSet<String> = needs(check).into_iter().filter(|name| !offered(name) && name != "probes").collect();
    if check.test.attested().is_some() {
        return Some(Want::Signature);
    }
    if !plan.probes.is_empty() {
        return Some(Want::Server);
    }
    if let Some((name, _)) = check.test.baselines(held.pair).first() {
        return Some(Want::Freeze(name.clone()));
    }
    if !missing.is_empty() {
        return Some(Want::Datasets(missing.into_iter().collect::<Vec<_>>().join(", ")));
    }
    if let Some(login) = plan.datasets.values().flatten().find_map(|name| name.split_once('@')) {
        return Some(Want::Login(login.1.to_owned()));
    }
    if let Some((list, _)) = check.test.lists().iter().find(|(list, _)| !held.lists.contains_key(&list.value)) {
        return Some(Want::List(list.value.clone()));
    }
    let mut problems = Problems::default();
    // Parity compares what is there; every other check needs each column that it names.
    let catalogue = if check.test.word() == "parity" { held } else { bare };
    check.test.lint(catalogue, &mut problems);
    let columns: BTreeSet<String> = problems.sorted().into_iter().map(|p| blamed(p, check, bare, shared)).collect();
    (!columns.is_empty()).then(|| Want::Columns(columns.into_iter().collect::<Vec<_>>().join(", ")))
}

/// The column that a problem is about, with its dataset.
fn blamed(problem: &Problem, check: &Check, bare: &Catalogue<'_>, shared: &Shared) -> String {
    let named = problem.place.text().rsplit('.').next().unwrap_or_default().trim();
    let quoted = problem.message.split('`').skip(1).step_by(2);
    let missing = |name: &str| {
        let lacks = |dataset: &String| {
            let known = shared.datasets.get(dataset).is_some_and(|d| d.columns.contains_key(name));
            known && bare.systems.values().any(|s| s.dataset(dataset).is_some_and(|d| d.column(name).is_none()))
        };
        needs(check).into_iter().find(lacks).map(|dataset| format!("{name} of {dataset}"))
    };
    std::iter::once(named).chain(quoted).find_map(missing).unwrap_or_else(|| problem.message.clone())
}
