//! Findings with one cause, together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::hex;

use crate::check::{Finding, FindingKind, Severity};

/// Findings with one cause. Groups partition the findings of a check: members add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The cause, one sentence.
    pub cause: String,
    /// The kind that its members share.
    pub kind: FindingKind,
    /// The worst severity among its members.
    pub severity: Severity,
    /// How many findings.
    pub members: u64,
    /// How many distinct records; a record with two causes is in two groups.
    pub records: u64,
    /// SHA-256 over the members' sorted fingerprints: any member joining, leaving or changing changes it.
    pub digest: String,
    /// Indexes into the check's findings.
    pub findings: Vec<usize>,
}

/// Groups findings by kind and cause: worst first, then largest, then by cause.
pub fn group(findings: &[Finding]) -> Vec<Group> {
    let mut by_cause: BTreeMap<(&str, FindingKind), Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        by_cause.entry((&finding.cause, finding.kind)).or_default().push(index);
    }
    let mut groups: Vec<Group> = by_cause.into_iter().map(|((cause, kind), members)| one(findings, cause, kind, members)).collect();
    groups.sort_by(|a, b| {
        let order = |g: &Group| (Reverse(g.severity), Reverse(g.members));
        order(a).cmp(&order(b)).then_with(|| (&a.cause, a.kind).cmp(&(&b.cause, b.kind)))
    });
    groups
}

fn one(findings: &[Finding], cause: &str, kind: FindingKind, members: Vec<usize>) -> Group {
    let severity = members.iter().map(|i| findings[*i].severity).max().unwrap_or(Severity::Blocker);
    let mut fingerprints: Vec<&str> = members.iter().map(|i| findings[*i].fingerprint.as_str()).collect();
    fingerprints.sort_unstable();
    let mut hash = Sha256::new();
    for fingerprint in fingerprints {
        hash.update(fingerprint.as_bytes());
        hash.update(b"\n");
    }
    Group {
        cause: cause.to_owned(),
        kind,
        severity,
        members: members.len() as u64,
        records: records(members.iter().map(|i| &findings[*i])),
        digest: hex(&hash.finalize()),
        findings: members,
    }
}

/// Distinct records among findings.
pub(super) fn records<'f>(findings: impl Iterator<Item = &'f Finding>) -> u64 {
    findings.map(|f| (&f.environment, &f.dataset, &f.key)).collect::<BTreeSet<_>>().len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Key;
    use proptest::prelude::*;

    fn finding(cause: u8, kind: FindingKind, severity: Severity, key: u8, n: usize) -> Finding {
        Finding {
            kind,
            severity,
            environment: "production".into(),
            dataset: "clinics".into(),
            key: Key::new([format!("C{key}")]),
            field: None,
            expected: None,
            found: None,
            other_key: None,
            changes: Vec::new(),
            message: "a clinic".into(),
            cause: format!("cause {cause}"),
            fingerprint: format!("f1:{n:032x}"),
        }
    }

    fn some_findings() -> impl Strategy<Value = Vec<Finding>> {
        let kinds = prop_oneof![Just(FindingKind::Missing), Just(FindingKind::Changed)];
        let severities = prop_oneof![Just(Severity::Info), Just(Severity::Major), Just(Severity::Blocker)];
        proptest::collection::vec((0u8..4, kinds, severities, 0u8..6), 0..40)
            .prop_map(|all| all.into_iter().enumerate().map(|(n, (c, k, s, key))| finding(c, k, s, key, n)).collect())
    }

    proptest! {
        #[test]
        fn groups_partition_the_findings(findings in some_findings()) {
            let groups = group(&findings);
            let mut seen: Vec<usize> = groups.iter().flat_map(|g| g.findings.clone()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..findings.len()).collect::<Vec<_>>());
            prop_assert_eq!(groups.iter().map(|g| g.members).sum::<u64>(), findings.len() as u64);
            for g in &groups {
                prop_assert!(g.findings.iter().all(|i| findings[*i].cause == g.cause && findings[*i].kind == g.kind));
                prop_assert!(g.findings.iter().all(|i| findings[*i].severity <= g.severity));
                prop_assert!(g.records >= 1 && g.records <= g.members);
            }
            prop_assert!(groups.is_sorted_by(|a, b| (a.severity, a.members) >= (b.severity, b.members)));
        }

        #[test]
        fn the_digest_sees_every_member_and_no_order(findings in some_findings()) {
            let digests = |f: &[Finding]| { let mut d: Vec<String> = group(f).into_iter().map(|g| g.digest).collect(); d.sort(); d };
            let mut turned = findings.clone();
            turned.reverse();
            prop_assert_eq!(digests(&findings), digests(&turned));
            if let Some((_, rest)) = findings.split_first() {
                prop_assert_ne!(digests(&findings), digests(rest));
                let mut changed = findings.clone();
                changed[0].fingerprint = "f1:other".into();
                prop_assert_ne!(digests(&findings), digests(&changed));
            }
        }
    }

    #[test]
    fn a_record_counts_once_per_cause() {
        let found = [finding(0, FindingKind::Changed, Severity::Major, 1, 0), finding(0, FindingKind::Changed, Severity::Major, 1, 1)];
        assert_eq!((group(&found)[0].members, group(&found)[0].records), (2, 1));
        let two = [found[0].clone(), finding(0, FindingKind::Changed, Severity::Major, 2, 1)];
        assert_eq!((group(&two)[0].members, group(&two)[0].records), (2, 2));
    }
}
