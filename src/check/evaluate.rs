//! Judging all checks: those that anchor others come first, and each for its site.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::file::{Check, CheckFile};
use super::kind::{Anchor, Context};
use super::outcome::Outcome;
use super::site::{Adjustment, what_was_hidden};

/// Judges every check that is selected; gives one outcome per check, by its name. A function of the evidence alone: the same evidence
/// gives the same outcomes.
pub fn evaluate_all(files: &[CheckFile], evidence: &Evidence, selected: impl Fn(&Check) -> bool) -> BTreeMap<String, Outcome> {
    let (dropped, checks): (Vec<&Check>, Vec<&Check>) =
        files.iter().flat_map(|f| &f.checks).filter(|c| selected(c)).partition(|c| c.dropped().is_some());
    let judged = Judged::new(evidence, checks.iter().chain(&dropped).copied());
    let mut outcomes = BTreeMap::new();
    let mut anchors = Anchors::default();
    for check in &checks {
        let offered = check.test.anchors(judged.evidence(check));
        if offered.is_empty() {
            continue;
        }
        let outcome = judged.outcome(check, &[]);
        // A list that is not the signed one, or a count that could not be taken, holds nothing.
        if outcome.cannot_tell.is_empty() {
            anchors.add(check.site_name(), offered);
        }
        outcomes.insert(check.name(), outcome);
    }
    for check in checks {
        outcomes.entry(check.name()).or_insert_with(|| judged.outcome(check, &anchors.of(check.site_name())));
    }
    for check in dropped {
        let mut outcome = Outcome { skipped: check.dropped().map(why_dropped), ..Outcome::default() };
        judged.hidden(check, &anchors.of(check.site_name()), &mut outcome);
        outcomes.insert(check.name(), outcome);
    }
    outcomes
}

fn why_dropped(adjustment: &Adjustment) -> String {
    let approver = adjustment.approver.as_ref().map_or("nobody", |a| &a.value);
    format!("dropped at {}: {} (agreed by {approver})", adjustment.site, adjustment.reason)
}

/// The evidence as each site sees it.
struct Judged<'e> {
    shared: &'e Evidence,
    sites: BTreeMap<String, Evidence>,
}

impl<'e> Judged<'e> {
    fn new<'c>(shared: &'e Evidence, checks: impl Iterator<Item = &'c Check>) -> Self {
        let sites: BTreeSet<&str> = checks.filter_map(Check::site_name).collect();
        Self { shared, sites: sites.into_iter().map(|site| (site.to_owned(), shared.at(site))).collect() }
    }

    fn evidence(&self, check: &Check) -> &Evidence {
        check.site_name().and_then(|site| self.sites.get(site)).unwrap_or(self.shared)
    }

    fn outcome(&self, check: &Check, anchors: &[Anchor]) -> Outcome {
        let context = Context { check: &check.id.value, site: check.site_name(), severity: check.severity, anchors };
        let mut outcome = check.test.evaluate(self.evidence(check), &context);
        self.hidden(check, anchors, &mut outcome);
        outcome
    }

    fn hidden(&self, check: &Check, anchors: &[Anchor], outcome: &mut Outcome) {
        if let Some(at) = &check.site {
            what_was_hidden(check, at, self.evidence(check), anchors, outcome);
        }
    }
}

/// Anchors by the site that has them.
#[derive(Default)]
struct Anchors(BTreeMap<Option<String>, Vec<Anchor>>);

impl Anchors {
    fn add(&mut self, site: Option<&str>, anchors: Vec<Anchor>) {
        self.0.entry(site.map(str::to_owned)).or_default().extend(anchors);
    }

    /// Those that hold for all sites and those of this one: the list of one site says nothing of what another should have.
    fn of(&self, site: Option<&str>) -> Vec<Anchor> {
        let shared = self.0.get(&None);
        let own = site.and_then(|s| self.0.get(&Some(s.to_owned())));
        shared.into_iter().chain(own).flatten().cloned().collect()
    }
}
