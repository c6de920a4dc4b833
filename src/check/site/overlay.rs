//! Site files laid over check files: one check becomes one per site where the sites may have different answers.

use std::sync::Arc;

use crate::document::Problems;
use crate::snapshot::Plan;

use super::super::file::{Check, CheckFile, Severities};
use super::super::finding::Severity;
use super::super::kind::{Adjusted, Kind, SiteChange};
use super::super::lint::Catalogue;
use super::{Adjustment, AtSite, Site, base_name, rules};

/// The checks as they are judged.
pub struct Overlaid {
    /// The files; a check that sites answer differently is there once per site.
    pub files: Vec<CheckFile>,
    /// What is worth knowing of the site files, one sentence each with its place: adjustments that adjust nothing.
    pub notes: Vec<String>,
}

/// Lays the site files over the check files. A check that neither asks for `site()`, nor is adjusted, nor reads files of a site
/// stays one for all sites. `approvers` are those of the policy. What is wrong with the site files goes to `problems`.
pub fn overlay(
    files: Vec<CheckFile>,
    sites: &[Site],
    approvers: &[(Severity, Vec<String>)],
    catalogue: &Catalogue<'_>,
    problems: &mut Problems,
) -> Overlaid {
    if sites.is_empty() {
        files.iter().flat_map(|f| &f.checks).for_each(|check| rules::without_sites(check, catalogue, problems));
        return Overlaid { files, notes: Vec::new() };
    }
    rules::lint(sites, &files, problems);
    let mut overlaid = Overlaid { files: Vec::new(), notes: Vec::new() };
    for mut file in files {
        file.checks =
            file.checks.into_iter().flat_map(|check| at_sites(check, sites, approvers, catalogue, &mut overlaid.notes, problems)).collect();
        overlaid.files.push(file);
    }
    overlaid
}

fn at_sites(
    check: Check,
    sites: &[Site],
    approvers: &[(Severity, Vec<String>)],
    catalogue: &Catalogue<'_>,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> Vec<Check> {
    let own = check.test.asks_site().is_some() || reads_site_files(&check, catalogue);
    let mut adjusted = Vec::new();
    for site in sites {
        let adjustment = site.adjustments.iter().find(|a| a.check.value == check.id.value);
        let change = adjustment.and_then(|a| {
            rules::approved(a, check.severity, approvers, problems);
            adjust(&check, a, catalogue, notes, problems).map(|changed| (Arc::clone(a), changed))
        });
        adjusted.push((site, change));
    }
    if !own && adjusted.iter().all(|(_, change)| change.is_none()) {
        return vec![check];
    }
    if !own {
        notes.extend(adjusted.iter().filter_map(|(_, change)| overlapping(&change.as_ref()?.0, sites)));
    }
    let copy = |(site, change): (&Site, Option<(Arc<Adjustment>, Changed)>)| {
        let mut copy = check.clone();
        let adjustment = change.map(|(adjustment, changed)| {
            (copy.severity, copy.test) = (changed.severity, changed.test);
            adjustment
        });
        let name = site.name.value.clone();
        copy.site = Some(AtSite { name, adjustment, base: check.severity, base_test: Arc::clone(&check.test) });
        copy
    };
    adjusted.into_iter().map(copy).collect()
}

/// A check that asks for no site is answered for all records at every site: said where somebody may expect otherwise.
fn overlapping(adjustment: &Adjustment, sites: &[Site]) -> Option<String> {
    let narrows = adjustment.severity.is_some() || !adjustment.ignore.is_empty() || adjustment.drop.is_some();
    (narrows && sites.len() > 1).then(|| {
        let place = rules::line(&adjustment.place);
        let check = &adjustment.check.value;
        format!("{place}: `{check}` does not choose its records by site(): at the other sites, all records are judged as before")
    })
}

/// True when the check reads files that are named by the site.
pub(super) fn reads_site_files(check: &Check, catalogue: &Catalogue<'_>) -> bool {
    let mut plan = Plan::default();
    check.test.plan(catalogue.pair, &mut plan);
    plan.datasets.iter().any(|(environment, datasets)| {
        let per_site = catalogue.per_site(environment);
        datasets.iter().any(|d| per_site.contains(base_name(d)))
    })
}

/// What an adjustment makes of a check.
struct Changed {
    severity: Severities,
    test: Arc<dyn Kind>,
}

/// Applies an adjustment. `None` when nothing differs; what makes no difference is noted.
fn adjust(
    check: &Check,
    adjustment: &Adjustment,
    catalogue: &Catalogue<'_>,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> Option<Changed> {
    let mut changed = adjustment.drop.is_some();
    let mut nothing = |place, why: &str| notes.push(format!("{}: adjusts nothing: {why}", rules::line(place)));
    let severity = adjustment.severity.as_ref().map_or(check.severity, |s| s.value.over(check.severity));
    changed |= severity != check.severity;
    if let Some(said) = adjustment.severity.as_ref().filter(|_| severity == check.severity) {
        nothing(&said.place, &format!("the severities of `{}` are the same without it", check.id.value));
    }
    let ignores = adjustment.ignore.iter().map(|i| (&i.field.place, SiteChange::Ignore { site: &adjustment.site, ignored: i }));
    let list = adjustment.rows.as_ref().map(|l| (&l.rows.place, SiteChange::List(l)));
    let mut test = Arc::clone(&check.test);
    let before = problems.len();
    for (place, change) in ignores.chain(list) {
        match test.adjusted(&change) {
            Adjusted::Test(new) => {
                test = Arc::from(new);
                changed = true;
            }
            Adjusted::Same(why) => nothing(place, &why),
            Adjusted::Refused(why) => drop(problems.add(place, why)),
            Adjusted::NotTaken => {
                let (what, takes) = change.words();
                let message = format!("`{}` is a check of kind {}, which has no {what}", check.id.value, check.test.word());
                problems.add(place, message).expected("nothing of this check").help(format!("kinds that have such: {takes}"));
            }
        }
    }
    if changed && problems.len() == before && !Arc::ptr_eq(&test, &check.test) {
        rules::lint_adjusted(check, test.as_ref(), adjustment, catalogue, problems);
    }
    changed.then_some(Changed { severity, test })
}
