//! Findings on their way into an outcome: kept up to a limit, counted beyond it, sorted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::value::State;

use super::super::finding::{Finding, Severity};
use super::super::outcome::Outcome;
use super::Context;

/// Findings that one check keeps; more are counted.
pub(super) const LIMIT: usize = 100_000;

/// Findings of one check.
pub(super) struct Collector<'a> {
    /// The check, with its site where it has one: what is known at one site is not known at another.
    check: Cow<'a, str>,
    findings: Vec<Finding>,
    beyond: BTreeMap<Severity, u64>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        Self { check: context.name(), findings: Vec::new(), beyond: BTreeMap::new() }
    }

    /// Adds a finding, which gets its fingerprint.
    pub(super) fn add(&mut self, finding: Finding) {
        self.add_seeing(finding, &[]);
    }

    /// Adds a finding that shows only a part of what was seen: the whole is in its fingerprint.
    pub(super) fn add_seeing(&mut self, mut finding: Finding, seen: &[(State, &str)]) {
        if self.findings.len() == LIMIT {
            self.count(finding.severity, 1);
            return;
        }
        finding.fingerprint = finding.fingerprint_seeing(&self.check, seen);
        self.findings.push(finding);
    }

    /// Counts findings that are not kept.
    pub(super) fn count(&mut self, severity: Severity, findings: u64) {
        if findings > 0 {
            *self.beyond.entry(severity).or_default() += findings;
        }
    }

    /// The findings so far, to name their causes.
    pub(super) fn findings_mut(&mut self) -> &mut [Finding] {
        &mut self.findings
    }

    /// Puts them into the outcome: worst first, then by dataset, key, field and kind.
    pub(super) fn finish(mut self, outcome: &mut Outcome) {
        self.findings.sort_by(|a, b| {
            b.severity.cmp(&a.severity).then_with(|| {
                (&a.dataset, &a.key, &a.field, a.kind, &a.environment, &a.fingerprint).cmp(&(
                    &b.dataset,
                    &b.key,
                    &b.field,
                    b.kind,
                    &b.environment,
                    &b.fingerprint,
                ))
            })
        });
        outcome.findings = self.findings;
        outcome.beyond = self.beyond.into_iter().rev().map(|(severity, n)| (severity.word().to_owned(), n)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{FindingKind, Severities};
    use crate::value::Key;

    fn context<'a>(check: &'a str, site: Option<&'a str>) -> Context<'a> {
        Context { check, site, severity: Severities::STANDARD, anchors: &[] }
    }

    fn finding() -> Finding {
        let at = super::super::words::At { environment: "production", dataset: "clinics" };
        at.finding(FindingKind::Missing, Severity::Blocker, Key::new(["CARD01"]), "clinic CARD01 is missing".into())
    }

    #[test]
    fn what_is_not_kept_is_counted_the_worst_first() {
        let mut collector = Collector::new(&context("a", None));
        for (severity, n) in [(Severity::Minor, 2), (Severity::Blocker, 3), (Severity::Major, 0), (Severity::Blocker, 4)] {
            collector.count(severity, n);
        }
        let mut outcome = Outcome::default();
        collector.finish(&mut outcome);
        assert_eq!(outcome.beyond, [("blocker".to_owned(), 7), ("minor".to_owned(), 2)]);
    }

    #[test]
    fn the_limit_keeps_so_many_and_counts_the_rest() {
        let mut collector = Collector::new(&context("a", None));
        collector.findings = vec![finding(); LIMIT - 1];
        collector.add(finding());
        collector.add(finding());
        let mut outcome = Outcome::default();
        collector.finish(&mut outcome);
        assert_eq!((outcome.findings.len(), &outcome.beyond[..]), (LIMIT, &[("blocker".to_owned(), 1)][..]));
    }

    #[test]
    fn a_finding_of_another_check_or_site_is_another() {
        let fingerprint = |check, site| {
            let mut collector = Collector::new(&context(check, site));
            collector.add(finding());
            collector.findings_mut()[0].fingerprint.clone()
        };
        let all = [("a", None), ("b", None), ("a", Some("north")), ("a", Some("south"))].map(|(check, site)| fingerprint(check, site));
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{all:?}");
        assert_eq!(fingerprint("a", Some("north")), all[2]);
    }
}
