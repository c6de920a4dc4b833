//! From outcomes and evidence to the result: every check with its counts and groups, and what it can be relied on for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::check::{Check, CheckFile, Outcome, Severity, Status};
use crate::snapshot::{DatasetEntry, Grade, LoginEntry, Manifest, split_view};

use super::decide::{Facts, Request, judge};
use super::deviations::deviations;
use super::group::{group, records};
use super::hazard;
use super::new_since::Telling;
use super::project::Project;
use super::require::{self, STANDARD_CRITERIA};
use super::result::{CheckResult, Counts, EnvironmentResult, LoginResult, RunResult};
use super::waiver::{self, Terms, WaiverResult};
use super::waiver_file::Waiver;

/// One environment as it was looked at.
#[derive(Clone, Debug)]
pub struct Looked<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its snapshot says; `None` when there is none.
    pub manifest: Option<&'a Manifest>,
    /// Why it may not be relied on.
    pub doubts: &'a [String],
    /// Why what its logins see may not be relied on, by login.
    pub logins: &'a BTreeMap<String, Vec<String>>,
}

/// Puts the result of a run together and decides. `outcomes` holds one outcome per check of `files`, by its name.
pub fn settle(
    project: &Project,
    files: &[CheckFile],
    mut outcomes: BTreeMap<String, Outcome>,
    looked: &[Looked<'_>],
    as_of: DateTime<Utc>,
    request: &Request,
) -> RunResult {
    let block_at = project.policy.block_at;
    let checks: Vec<&Check> = files.iter().flat_map(|f| &f.checks).collect();
    let judged_at = as_of.max(project.go_live.value);
    let mut since = request.since.as_ref().map(Telling::new);
    let mut results: Vec<CheckResult> = Vec::with_capacity(checks.len());
    for check in &checks {
        let mut outcome = outcomes.remove(&check.name());
        let apart = since.as_mut().zip(outcome.as_mut()).map(|(since, outcome)| since.take(&check.name(), outcome));
        let mut result = check_result(check, outcome, looked, judged_at);
        if let (Some(since), Some(apart)) = (&mut since, apart) {
            since.give(&mut result, apart);
        }
        results.push(result);
    }
    let since = since.map(Telling::finish);
    let strays: Vec<String> = outcomes.into_keys().collect();
    let terms = Terms { policy: &project.policy, as_of, go_live: project.go_live.value };
    let waivers = waive(&request.waivers, &mut results, terms);
    for check in &mut results {
        let untold = !check.outcome.cannot_tell.is_empty() && check.worst >= block_at;
        // A check without an outcome blocks whatever its severity.
        check.blocks |= check.open().at_or_above(block_at) > 0 || untold;
    }
    results.sort_by(|a, b| {
        let order = |c: &CheckResult| (std::cmp::Reverse(c.blocks), std::cmp::Reverse(severity_of(c)));
        order(a).cmp(&order(b)).then_with(|| (&a.area, &a.id, &a.site).cmp(&(&b.area, &b.id, &b.site)))
    });
    let required = require::judge(&project.require, STANDARD_CRITERIA, &results);
    let environments: Vec<EnvironmentResult> = looked.iter().map(environment_result).collect();
    let (decision, reasons) = judge(&Facts {
        checks: &results,
        waivers: &waivers,
        environments: &environments,
        required: &required,
        strays: &strays,
        todo: &request.todo,
        narrowed: &request.narrowed,
        replay: request.replay,
        since: since.as_ref(),
        block_at,
    });
    let mut findings = Counts::default();
    let mut waived = Counts::default();
    let mut cannot_tell = Counts::default();
    for check in &results {
        findings.merge(&check.counts);
        waived.merge(&check.waived);
        if !check.outcome.cannot_tell.is_empty() {
            cannot_tell.add(check.worst, 1);
        }
    }
    let with = |status: Status| results.iter().filter(|c| c.status == status).count() as u64;
    RunResult {
        title: project.title.clone(),
        decision,
        reasons,
        verdict_on: required.verdict_on,
        todo: request.todo.clone(),
        as_of,
        go_live: project.go_live.value,
        training: project.training.value.clone(),
        production: project.production.value.clone(),
        replay: request.replay,
        narrowed: request.narrowed.clone(),
        new_since: since,
        sites: request.sites.clone(),
        block_at,
        deviations: deviations(&project.policy, &checks).into_iter().chain(request.deviations.iter().cloned()).collect(),
        findings,
        waived,
        cannot_tell,
        passed: with(Status::Pass),
        failed: with(Status::Fail),
        waived_checks: with(Status::Waived),
        untold: with(Status::CannotTell),
        skipped: with(Status::Skipped),
        environments,
        required: required.results,
        waivers,
        never_waive: project.policy.never_waive.clone(),
        hazards: hazard::judge(&request.hazards, &results),
        keys: keys(looked, &project.production.value),
        checks: results,
        digests: request.digests.clone(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn severity_of(check: &CheckResult) -> Severity {
    check.open().by_severity().into_iter().find(|(_, n)| *n > 0).map_or(Severity::Info, |(severity, _)| severity)
}

/// Takes what valid waivers cover out of what blocks. It stays found and counted, and a check does not pass by it.
fn waive(waivers: &[Waiver], checks: &mut [CheckResult], terms: Terms<'_>) -> Vec<WaiverResult> {
    let judged = waiver::judge(waivers, checks, terms);
    for (check, finding, waiver) in judged.covered {
        let check = &mut checks[check];
        check.waived.add(check.outcome.findings[finding].severity, 1);
        check.waived_by.push((finding, waiver));
        check.outcome.ledger.waived += 1;
    }
    // What was known at a freeze is not waived by it.
    let all_waived =
        |c: &&mut CheckResult| c.status == Status::Fail && c.waived.total() > 0 && c.open().total() == 0 && c.baselined.is_empty();
    for check in checks.iter_mut().filter(all_waived) {
        // What could not be told is not told by waiving the rest.
        check.status = if check.outcome.cannot_tell.is_empty() { Status::Waived } else { Status::CannotTell };
    }
    judged.results
}

fn check_result(check: &Check, outcome: Option<Outcome>, looked: &[Looked<'_>], judged_at: DateTime<Utc>) -> CheckResult {
    let silent = outcome.is_none();
    let mut outcome = outcome.unwrap_or_else(|| Outcome::cannot_tell("the check gave no outcome"));
    if outcome.cannot_tell.is_empty() && outcome.skipped.is_none() {
        outcome.cannot_tell = unproven(check, &outcome, looked, judged_at);
    }
    let counts = counts(&outcome);
    let worst = check.severity.worst().max(outcome.findings.iter().map(|f| f.severity).max().unwrap_or(Severity::Info));
    CheckResult {
        id: check.id.value.clone(),
        site: check.site_name().map(str::to_owned),
        name: check.name(),
        title: check.title.clone(),
        kind: check.test.word().to_owned(),
        area: check.area.clone(),
        owner: check.owner.clone(),
        criterion: check.criterion.as_ref().map(|c| c.value.clone()),
        hazard: check.hazard.as_ref().map(|h| h.value.clone()),
        lesson: check.lesson.clone(),
        fix: check.fix.clone(),
        place: format!("{}:{}", check.place.file.path, check.place.line()),
        worst,
        status: outcome.status(),
        dropped: check.dropped().is_some(),
        blocks: silent,
        counts,
        waived: Counts::default(),
        waived_by: Vec::new(),
        records: records(outcome.findings.iter()),
        groups: group(&outcome.findings),
        baselined: Vec::new(),
        outcome,
    }
}

/// Why an answer proves nothing although its check sees no reason: it names nothing that was read,
/// or what it read is doubtful, unread or of unknown completeness. A second pair of eyes beside those of each kind.
fn unproven(check: &Check, outcome: &Outcome, looked: &[Looked<'_>], judged_at: DateTime<Utc>) -> Vec<String> {
    // Only a check that people sign may rest on a signature instead of data; that nobody signed is itself a finding.
    let signed = check.test.attested().is_some() && (!outcome.ledger.signed.is_empty() || !outcome.findings.is_empty());
    if outcome.ledger.read.is_empty() && !signed {
        return vec!["the check does not say what it looked at".to_owned()];
    }
    let mut reasons = Vec::new();
    if outcome.findings.is_empty() {
        let ended = outcome.ledger.signed.iter().filter(|s| s.until < judged_at);
        reasons.extend(ended.map(|s| format!("what {} signed ends before the moment that is judged for", s.person)));
    }
    for read in &outcome.ledger.read {
        let (environment, dataset) = (&read.environment, &read.dataset);
        let Some(seen) = looked.iter().find(|l| l.name == environment.as_str()) else {
            reasons.push(format!("{environment} was not captured"));
            continue;
        };
        reasons.extend(seen.doubts.iter().cloned());
        if let Some((_, login)) = split_view(dataset) {
            match seen.logins.get(login) {
                Some(doubts) => reasons.extend(doubts.iter().cloned()),
                None => reasons.push(format!("{environment} was not captured as {login}")),
            }
        }
        match seen.manifest.and_then(|m| m.dataset(dataset)) {
            None => reasons.push(format!("{dataset} of {environment} was not captured")),
            Some(entry) => {
                reasons.extend(entry.unread.iter().map(|why| format!("{dataset} of {environment} was not read: {why}")));
                if entry.completeness.grade == Grade::Unknown {
                    reasons.push(format!("nobody says how many rows {dataset} of {environment} should have"));
                }
            }
        }
        if read.rows.is_none() {
            reasons.push(format!("{dataset} of {environment} was not read"));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
    reasons
}

/// Findings by severity, with those beyond the ones that are kept. An unknown word counts as the worst.
fn counts(outcome: &Outcome) -> Counts {
    let mut counts = Counts::default();
    for finding in &outcome.findings {
        counts.add(finding.severity, 1);
    }
    for (word, n) in &outcome.beyond {
        let severity = Severity::WORDS.iter().find(|(w, _)| w == word).map_or(Severity::Blocker, |(_, s)| *s);
        counts.add(severity, *n);
    }
    counts
}

fn environment_result(looked: &Looked<'_>) -> EnvironmentResult {
    let manifest = looked.manifest;
    let read = |login: Option<&str>| -> Vec<&DatasetEntry> {
        let all = manifest.into_iter().flat_map(|m| &m.datasets).filter(|d| d.unread.is_none());
        all.filter(|d| split_view(&d.name).map(|(_, login)| login) == login).collect()
    };
    let own = read(None);
    EnvironmentResult {
        name: looked.name.to_owned(),
        role: manifest.map(|m| m.role.clone()).unwrap_or_default(),
        system: manifest.map(|m| m.system.clone()).unwrap_or_default(),
        origin: manifest.map(|m| m.origin.clone()).unwrap_or_default(),
        content_id: manifest.map(|m| m.content_id.clone()),
        taken_at: manifest.and_then(|m| m.taken_at),
        instance: manifest.and_then(|m| m.instance.as_ref()).map(|i| i.found.join(", ")).filter(|i| !i.is_empty()),
        datasets: own.len() as u64,
        rows: own.iter().map(|d| d.rows).sum(),
        doubts: looked.doubts.to_vec(),
        logins: manifest.into_iter().flat_map(|m| &m.logins).map(|l| login_result(l, &read(Some(&l.name)), looked)).collect(),
    }
}

fn login_result(login: &LoginEntry, read: &[&DatasetEntry], looked: &Looked<'_>) -> LoginResult {
    LoginResult {
        name: login.name.clone(),
        origin: login.origin.clone(),
        taken_at: login.taken_at,
        reader: login.reader.as_ref().map(|r| r.found.join(", ")).filter(|r| !r.is_empty()),
        datasets: read.len() as u64,
        rows: read.iter().map(|d| d.rows).sum(),
        doubts: looked.logins.get(&login.name).cloned().unwrap_or_default(),
    }
}

/// Key columns per dataset; production's where the sides differ.
fn keys(looked: &[Looked<'_>], production: &str) -> BTreeMap<String, Vec<Vec<String>>> {
    let (first, rest): (Vec<&Looked<'_>>, Vec<&Looked<'_>>) = looked.iter().partition(|l| l.name == production);
    let mut keys = BTreeMap::new();
    for dataset in first.into_iter().chain(rest).filter_map(|l| l.manifest).flat_map(|m| &m.datasets) {
        // Findings name a dataset as checks do, also where a snapshot holds it once per site.
        let name = dataset.name.split_once("-site-").map_or(dataset.name.as_str(), |(name, _)| name);
        keys.entry(name.to_owned()).or_insert_with(|| dataset.key.clone());
    }
    keys
}
