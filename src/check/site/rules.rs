//! What is wrong with site files, as far as can be known without data.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Place, Problems, suggest};
use crate::snapshot::Plan;

use super::super::file::{Check, CheckFile, Severities};
use super::super::finding::Severity;
use super::super::kind::Kind;
use super::super::lint::Catalogue;
use super::{Adjustment, Site, base_name};

/// `checks/sites/main.yaml:7`.
pub(super) fn line(place: &Place) -> String {
    format!("{}:{}", place.file.path, place.line())
}

/// A check that asks for the site in a project that has none would be answered for nobody.
pub(super) fn without_sites(check: &Check, catalogue: &Catalogue<'_>, problems: &mut Problems) {
    const HELP: &str = "describe each site in checks/sites/<site>.yaml";
    if let Some(place) = check.test.asks_site() {
        problems.add(&place, "`site()` asks for the site, and this project has none").expected("no site").help(HELP);
    }
    let mut plan = Plan::default();
    check.test.plan(catalogue.pair, &mut plan);
    for (environment, datasets) in &plan.datasets {
        let Some(system) = catalogue.environments.get(environment).and_then(|e| catalogue.systems.get(&e.system.value)) else { continue };
        for dataset in datasets.iter().filter_map(|d| system.dataset(base_name(d))) {
            if let Some(pattern) = dataset.site_pattern() {
                let message = format!(
                    "the files of `{}` are named by the site, and this project has none, but `{}` reads it",
                    dataset.name.value, check.id.value
                );
                if !problems.sorted().iter().any(|p| p.place.start == pattern.place.start && p.place.file.path == pattern.place.file.path) {
                    problems.add(&pattern.place, message).expected("no site").help(HELP);
                }
            }
        }
    }
}

/// Each site is there once and adjusts checks that exist, each once.
pub(super) fn lint(sites: &[Site], files: &[CheckFile], problems: &mut Problems) {
    let known: BTreeSet<&str> = files.iter().flat_map(|f| &f.checks).map(|c| c.id.value.as_str()).collect();
    for site in sites {
        let name = &site.name;
        let stem = name.place.file.path.rsplit('/').next().and_then(|n| n.rsplit_once('.')).map_or("", |(stem, _)| stem);
        if stem != name.value {
            let message = format!("the file `{stem}` describes the site `{}`", name.value);
            problems.add(&name.place, message).expected("the name of the file").help(format!("call the file {}.yaml", name.value));
        }
        let mut first: BTreeMap<&str, &Adjustment> = BTreeMap::new();
        for adjustment in &site.adjustments {
            let id = &adjustment.check;
            if !known.contains(id.value.as_str()) {
                let help = suggest::nearest_or_all(&id.value, known.iter().copied());
                problems.add(&id.place, format!("there is no check `{}`", id.value)).expected("unknown check").help(help);
            }
            if let Some(earlier) = first.insert(&id.value, adjustment) {
                let message = format!("`{}` is adjusted twice; the first is in line {}", id.value, earlier.check.place.line());
                problems.add(&id.place, message).help("say all of it in one place");
            }
            let more = adjustment.severity.is_some() || !adjustment.ignore.is_empty() || adjustment.rows.is_some();
            if let (Some(place), true) = (&adjustment.drop, more) {
                let message = "a check that is dropped is not asked, so nothing else of it matters";
                problems.add(place, message).help("keep `drop`, or the other adjustments");
            }
        }
    }
}

/// A severity below what the check says, and a check that is dropped, needs someone who may approve that.
pub(super) fn approved(adjustment: &Adjustment, base: Severities, approvers: &[(Severity, Vec<String>)], problems: &mut Problems) {
    let lowered = adjustment.severity.as_ref().and_then(|s| Some((&s.place, worst_lowered(base, s.value.over(base))?)));
    let Some((place, severity)) = adjustment.drop.as_ref().map(|place| (place, base.worst())).or(lowered) else { return };
    let may = may_approve(severity, approvers);
    match &adjustment.approver {
        None if adjustment.drop.is_none() => {
            let message = format!("`{}` lowers {} here, which needs somebody who agreed", adjustment.check.value, severity.word());
            let expected = if may.is_empty() { "add `approver: …`".to_owned() } else { format!("add `approver: {}`", may[0]) };
            problems.add(place, message).expected(expected);
        }
        Some(person) if !may.is_empty() && !may.contains(&person.value.as_str()) => {
            let help = suggest::nearest_or_all(&person.value, may.iter().copied());
            let message = format!("`{}` may not approve what lowers {}", person.value, severity.word());
            problems.add(&person.place, message).expected("one of the policy's approvers").help(help);
        }
        _ => {}
    }
}

/// The worst severity that is lowered.
fn worst_lowered(base: Severities, here: Severities) -> Option<Severity> {
    let pairs = [(base.missing, here.missing), (base.extra, here.extra), (base.changed, here.changed)];
    pairs.into_iter().filter(|(base, here)| here < base).map(|(base, _)| base).max()
}

/// Who may approve for a severity: those whom the policy names for it, for the next milder one that it names, or for a worse one.
fn may_approve(severity: Severity, approvers: &[(Severity, Vec<String>)]) -> Vec<&str> {
    let named = || approvers.iter().map(|(s, _)| *s);
    let least = named().filter(|s| *s <= severity).max().or(named().min());
    let Some(least) = least else { return Vec::new() };
    approvers.iter().filter(|(s, _)| *s >= least).flat_map(|(_, people)| people).map(String::as_str).collect()
}

/// What is wrong with the check as the site asks it, beyond what is wrong with it anyway.
pub(super) fn lint_adjusted(check: &Check, test: &dyn Kind, adjustment: &Adjustment, catalogue: &Catalogue<'_>, problems: &mut Problems) {
    let (mut base, mut adjusted) = (Problems::default(), Problems::default());
    check.test.lint(catalogue, &mut base);
    test.lint(catalogue, &mut adjusted);
    let same = |a: &crate::document::Problem, b: &crate::document::Problem| a.message == b.message && a.place.start == b.place.start;
    for problem in adjusted.sorted() {
        if base.sorted().iter().any(|b| same(b, problem)) {
            continue;
        }
        if problem.place.file.path == adjustment.place.file.path {
            problems.push(problem.clone());
        } else {
            problems.add(&adjustment.check.place, format!("with this adjustment, {}", problem.message)).expected("adjusted here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_approve_is_named_for_the_severity_or_one_near_it() {
        let approvers = [(Severity::Major, vec!["safety officer".to_owned()]), (Severity::Minor, vec!["lead".to_owned()])];
        assert_eq!(may_approve(Severity::Blocker, &approvers), ["safety officer"]);
        assert_eq!(may_approve(Severity::Major, &approvers), ["safety officer"]);
        assert_eq!(may_approve(Severity::Minor, &approvers), ["safety officer", "lead"]);
        assert_eq!(may_approve(Severity::Info, &approvers), ["safety officer", "lead"]);
        assert_eq!(may_approve(Severity::Info, &[]), Vec::<&str>::new());
    }

    #[test]
    fn the_worst_of_what_is_lowered_counts() {
        let base = Severities::STANDARD;
        assert_eq!(worst_lowered(base, base), None);
        assert_eq!(worst_lowered(base, Severities { extra: Severity::Blocker, ..base }), None);
        assert_eq!(worst_lowered(base, Severities { extra: Severity::Info, ..base }), Some(Severity::Major));
        assert_eq!(worst_lowered(base, Severities { changed: Severity::Major, extra: Severity::Info, ..base }), Some(Severity::Blocker));
    }
}
