//! Where a project is milder or stricter than the standard policy: said in every report.

use crate::check::{Check, Severities, Severity};

use super::project::{MaxWaived, Policy};

/// Deviations of the policy and of the checks' severities, one sentence each.
pub(super) fn deviations(policy: &Policy, checks: &[&Check]) -> Vec<String> {
    let mut found = of_policy(policy, &Policy::standard());
    found.extend(of_checks(checks));
    found.extend(checks.iter().flat_map(|check| at_site(check)));
    found
}

fn of_policy(policy: &Policy, standard: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, is: String, should: String| {
        if is != should {
            found.push(format!("{what} {is} (standard: {should})"));
        }
    };
    compare("findings block from severity", policy.block_at.word().to_owned(), standard.block_at.word().to_owned());
    compare("data may be as old as", exact(policy.max_age), exact(standard.max_age));
    compare("the two sides may be apart by", exact(policy.max_skew), exact(standard.max_skew));
    let cap = |cap: Option<MaxWaived>| {
        cap.map_or("without limit".to_owned(), |c| format!("up to {} findings and {} groups", c.findings, c.groups))
    };
    compare("waivers apply", cap(policy.max_waived), cap(standard.max_waived));
    compare("never waived:", words(&policy.never_waive), words(&standard.never_waive));
    found
}

/// A length of time in the largest unit that says it exactly: what differs must not look alike.
fn exact(length: chrono::Duration) -> String {
    match length.num_seconds() {
        s if s % 86_400 == 0 && s > 2 * 86_400 => format!("{} days", s / 86_400),
        s if s % 3600 == 0 => format!("{} hours", s / 3600),
        s if s % 60 == 0 => format!("{} minutes", s / 60),
        s => format!("{s} seconds"),
    }
}

fn words(severities: &[Severity]) -> String {
    let mut sorted = severities.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.dedup();
    match sorted.as_slice() {
        [] => "nothing".to_owned(),
        some => some.iter().map(|s| s.word()).collect::<Vec<_>>().join(", "),
    }
}

/// Severities that checks lower, one sentence per way of lowering them, in the order of the first check that does.
fn of_checks(checks: &[&Check]) -> Vec<String> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for check in checks {
        let severity = check.site.as_ref().map_or(check.severity, |site| site.base);
        let Some(how) = lowered(&severity, &Severities::STANDARD, "standard") else { continue };
        match found.iter_mut().find(|(known, _)| *known == how) {
            Some((_, ids)) if ids.last() == Some(&check.id.value.as_str()) => {}
            Some((_, ids)) => ids.push(&check.id.value),
            None => found.push((how, vec![&check.id.value])),
        }
    }
    found.into_iter().map(|(how, ids)| format!("{how}: {}", ids.join(", "))).collect()
}

/// What a site adjusts in a check, with its reason and who agreed.
fn at_site(check: &Check) -> Vec<String> {
    let Some((site, adjustment)) = check.site.as_ref().and_then(|site| Some((site, site.adjustment.as_deref()?))) else {
        return Vec::new();
    };
    let agreed = adjustment.approver.as_ref().map_or_else(String::new, |a| format!(" (agreed by {})", a.value));
    let why = format!(": {}{agreed}", adjustment.reason);
    let mut found = Vec::new();
    if adjustment.drop.is_some() {
        found.push(format!("{} is not asked{why}", check.name()));
    }
    if let Some(how) = lowered(&check.severity, &site.base, "elsewhere") {
        found.push(format!("{}: {how}{why}", check.name()));
    }
    for ignored in &adjustment.ignore {
        found.push(format!("{} ignores {}: {}", check.name(), ignored.field.value, ignored.reason));
    }
    if let Some(list) = &adjustment.rows {
        found.push(format!("{} is held to {}{why}", check.name(), list.rows.value));
    }
    found
}

/// How severities are lowered below others, in words; `whose` says whose those are.
fn lowered(severity: &Severities, standard: &Severities, whose: &str) -> Option<String> {
    let lowered: Vec<String> = [
        ("missing", severity.missing, standard.missing),
        ("extra", severity.extra, standard.extra),
        ("changed", severity.changed, standard.changed),
    ]
    .into_iter()
    .filter(|(_, is, should)| is < should)
    .map(|(what, is, should)| format!("{what} counts as {} ({whose}: {})", is.word(), should.word()))
    .collect();
    (!lowered.is_empty()).then(|| lowered.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn the_standard_policy_does_not_deviate() {
        assert!(of_policy(&Policy::standard(), &Policy::standard()).is_empty());
        assert_eq!(lowered(&Severities::STANDARD, &Severities::STANDARD, "standard"), None);
    }

    #[test]
    fn every_part_of_the_policy_is_compared() {
        let policy = Policy {
            block_at: Severity::Blocker,
            max_age: Duration::hours(24) + Duration::seconds(1),
            max_skew: Duration::days(3),
            max_waived: None,
            never_waive: Vec::new(),
            approvers: Vec::new(),
        };
        assert_eq!(
            of_policy(&policy, &Policy::standard()),
            [
                "findings block from severity blocker (standard: major)",
                "data may be as old as 86401 seconds (standard: 24 hours)",
                "the two sides may be apart by 3 days (standard: 12 hours)",
                "waivers apply without limit (standard: up to 400 findings and 10 groups)",
                "never waived: nothing (standard: blocker)",
            ]
        );
    }

    #[test]
    fn lengths_that_differ_are_never_said_alike() {
        let said = [(59, "59 seconds"), (60, "1 minutes"), (5400, "90 minutes"), (7200, "2 hours"), (172_800, "48 hours")];
        for (seconds, words) in said.into_iter().chain([(176_400, "49 hours"), (259_200, "3 days"), (259_260, "4321 minutes")]) {
            assert_eq!(exact(Duration::seconds(seconds)), words);
        }
    }

    #[test]
    fn a_lowered_severity_is_said_a_raised_one_is_not() {
        let severity = Severities { missing: Severity::Major, extra: Severity::Blocker, changed: Severity::Info };
        let said = "missing counts as major (standard: blocker), changed counts as info (standard: blocker)";
        assert_eq!(lowered(&severity, &Severities::STANDARD, "standard").unwrap(), said);
    }
}
