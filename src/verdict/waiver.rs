//! What waivers cover. A waiver names the exact difference, so whatever happens to that difference ends it; and a waiver that does
//! not hold says why, since somebody relies on it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::check::{Finding, Severity};

use super::group::Group;
use super::project::Policy;
use super::result::{CheckResult, Counts};
use super::waiver_file::{Members, Waiver, same_person};

/// Whether a waiver holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaiverState {
    /// It covers what it names, which does not block.
    InForce,
    /// It is over before the moment that is judged for.
    Expired,
    /// Nothing that was found has its fingerprint.
    Unused,
    /// Nothing that was found has its fingerprint, but checks were left out or gave no answer.
    NotJudged,
    /// It names more than one finding without saying how many and which.
    OverBroad,
    /// Its group is another one than was accepted: members joined, left or changed.
    Ended,
    /// The policy does not allow it.
    Refused,
}

impl WaiverState {
    /// The words that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Expired => "expired",
            Self::Unused => "unused",
            Self::NotJudged => "not judged",
            Self::OverBroad => "over-broad",
            Self::Ended => "ended",
            Self::Refused => "refused",
        }
    }
}

/// One waiver as judged in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaiverResult {
    /// `path:line` of the waiver.
    pub place: String,
    /// Fingerprint that it names.
    pub finding: String,
    /// The check that found it; what the file says when nothing was found.
    pub check: Option<String>,
    /// How many findings the file says its group has.
    pub members: Option<u64>,
    /// Digest that the file says its group has.
    pub digest: Option<String>,
    /// Who owns the difference.
    pub owner: String,
    /// Who accepts it.
    pub approver: String,
    /// Why it is safe.
    pub reason: String,
    /// Until when.
    pub expires: DateTime<Utc>,
    /// Whole days from as-of to then; negative after it.
    pub days_left: i64,
    /// Whether it holds.
    pub state: WaiverState,
    /// Why it does not hold; `None` when it does.
    pub why: Option<String>,
    /// What it is about today: the finding's sentence, or the cause of the group; `None` when nothing was found.
    pub about: Option<String>,
    /// Findings that it is about today, by severity. They are waived only when it holds.
    pub covers: Counts,
}

/// What waivers are judged by.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// When we judge.
    pub as_of: DateTime<Utc>,
    /// What we judge for.
    pub go_live: DateTime<Utc>,
}

/// Waivers as judged, and what those that hold cover.
pub(super) struct Judged {
    pub(super) results: Vec<WaiverResult>,
    /// Per check (by position), finding (by position) and waiver (by position); sorted.
    pub(super) covered: Vec<(usize, usize, usize)>,
}

/// Judges waivers against what was found: one result per waiver, in the order of the file.
pub fn judge_waivers(waivers: &[Waiver], checks: &[CheckResult], terms: Terms<'_>) -> Vec<WaiverResult> {
    judge(waivers, checks, terms).results
}

pub(super) fn judge(waivers: &[Waiver], checks: &[CheckResult], terms: Terms<'_>) -> Judged {
    let found = occurrences(waivers, checks);
    let nowhere = Vec::new();
    let mut named: Vec<Named<'_>> =
        waivers.iter().map(|waiver| one(waiver, found.get(waiver.finding.value.as_str()).unwrap_or(&nowhere), checks, terms)).collect();
    cap(waivers, &mut named, terms.policy);
    let mut covered: Vec<(usize, usize, usize)> = Vec::new();
    for (index, named) in named.iter().enumerate().filter(|(_, n)| n.state == WaiverState::InForce) {
        covered.extend(named.findings.iter().map(|finding| (named.check, *finding, index)));
    }
    covered.sort_unstable();
    // Two waivers may cover one finding: it is waived once, by the first.
    covered.dedup_by_key(|(check, finding, _)| (*check, *finding));
    let results = waivers.iter().zip(named).map(|(waiver, named)| named.result(waiver, checks, terms)).collect();
    Judged { results, covered }
}

/// Where the fingerprints that waivers name occur: check and finding, by position.
fn occurrences<'w>(waivers: &'w [Waiver], checks: &[CheckResult]) -> BTreeMap<&'w str, Vec<(usize, usize)>> {
    let mut found: BTreeMap<&str, Vec<(usize, usize)>> = waivers.iter().map(|w| (w.finding.value.as_str(), Vec::new())).collect();
    for (c, check) in checks.iter().enumerate() {
        for (f, finding) in check.outcome.findings.iter().enumerate() {
            if let Some(places) = found.get_mut(finding.fingerprint.as_str()) {
                places.push((c, f));
            }
        }
    }
    found
}

/// What a waiver names today, and whether it holds.
struct Named<'a> {
    state: WaiverState,
    why: Option<String>,
    /// Position of the check; meaningless without findings.
    check: usize,
    /// Positions of the findings.
    findings: Vec<usize>,
    group: Option<&'a Group>,
}

impl<'a> Named<'a> {
    fn nothing(state: WaiverState, why: String) -> Self {
        Self { state, why: Some(why), check: 0, findings: Vec::new(), group: None }
    }

    fn but(self, state: WaiverState, why: String) -> Self {
        Self { state, why: Some(why), ..self }
    }

    fn result(self, waiver: &Waiver, checks: &[CheckResult], terms: Terms<'_>) -> WaiverResult {
        let check = checks.get(self.check).filter(|_| !self.findings.is_empty());
        let findings: Vec<&Finding> = check.map_or_else(Vec::new, |c| self.findings.iter().map(|f| &c.outcome.findings[*f]).collect());
        let mut covers = Counts::default();
        findings.iter().for_each(|f| covers.add(f.severity, 1));
        let about = match self.group {
            Some(group) => Some(group.cause.clone()),
            None => findings.first().map(|f| f.message.clone()),
        };
        WaiverResult {
            place: format!("{}:{}", waiver.place.file.path, waiver.place.line()),
            finding: waiver.finding.value.clone(),
            check: check.map(|c| c.id.clone()).or_else(|| waiver.check.as_ref().map(|c| c.value.clone())),
            members: waiver.members.as_ref().map(|m| m.count),
            digest: waiver.members.as_ref().map(|m| m.digest.clone()),
            owner: waiver.owner.value.clone(),
            approver: waiver.approver.value.clone(),
            reason: waiver.reason.clone(),
            expires: waiver.expires.value,
            days_left: (waiver.expires.value - terms.as_of).num_days(),
            state: self.state,
            why: self.why,
            about,
            covers,
        }
    }
}

/// One waiver against what has its fingerprint. In force is the last branch, reached only when nothing speaks against it.
fn one<'a>(waiver: &Waiver, places: &[(usize, usize)], checks: &'a [CheckResult], terms: Terms<'_>) -> Named<'a> {
    let named = match &waiver.members {
        None => single(places, checks),
        Some(members) => group(members, places, checks),
    };
    if let Some(why) = expired(waiver, terms) {
        return named.but(WaiverState::Expired, why);
    }
    match named.state {
        WaiverState::Unused => unused(named, waiver, checks),
        WaiverState::InForce => match objection(waiver, &named, &checks[named.check], terms.policy) {
            Some(why) => named.but(WaiverState::Refused, why),
            None => named,
        },
        _ => named,
    }
}

fn single<'a>(places: &[(usize, usize)], checks: &'a [CheckResult]) -> Named<'a> {
    let Some((check, _)) = places.first().copied() else { return gone() };
    let findings = places.iter().filter(|(c, _)| *c == check).map(|(_, f)| *f).collect();
    let named = Named { state: WaiverState::InForce, why: None, check, findings, group: None };
    if places.len() == 1 {
        return named;
    }
    let id = &checks[check].id;
    let why = format!("{} findings of {id} have this fingerprint; `members` and `digest` are needed for more than one", places.len());
    named.but(WaiverState::OverBroad, why)
}

fn group<'a>(members: &Members, places: &[(usize, usize)], checks: &'a [CheckResult]) -> Named<'a> {
    let mut groups: Vec<(usize, &Group)> = Vec::new();
    for (check, finding) in places {
        for group in checks[*check].groups.iter().filter(|g| g.findings.contains(finding)) {
            if !groups.iter().any(|(_, known)| std::ptr::eq(*known, group)) {
                groups.push((*check, group));
            }
        }
    }
    let Some((check, group)) = groups.first().copied() else { return gone() };
    let named = Named { state: WaiverState::InForce, why: None, check, findings: group.findings.clone(), group: Some(group) };
    if groups.len() > 1 {
        let why = format!("{} groups have a member with this fingerprint", groups.len());
        return named.but(WaiverState::OverBroad, why);
    }
    match ended(members, group) {
        // Members that were known at a freeze are told apart: they have not left.
        Some(_) if !checks[check].baselined.is_empty() => {
            let why = format!("findings of {} that were known at the freeze are told apart", checks[check].id);
            named.but(WaiverState::NotJudged, why)
        }
        Some(why) => named.but(WaiverState::Ended, why),
        None => named,
    }
}

/// What has become of a group since it was accepted.
fn ended(accepted: &Members, today: &Group) -> Option<String> {
    let (was, is) = (accepted.count, today.members);
    let what = if is > was {
        format!("{} joined: {is} today, {was} accepted", members(is - was))
    } else if is < was {
        format!("{} left: {is} today, {was} accepted", members(was - is))
    } else if accepted.digest != today.digest {
        format!("a member changed: {is} today as accepted, but not the same")
    } else {
        return None;
    };
    Some(format!("{what}; digest today {}", today.digest))
}

fn members(n: u64) -> String {
    if n == 1 { "1 member".to_owned() } else { format!("{n} members") }
}

fn gone<'a>() -> Named<'a> {
    Named::nothing(WaiverState::Unused, "nothing that was found has this fingerprint: it was repaired, or it has changed".to_owned())
}

/// What matched nothing is unused only where all that could have found it has answered.
fn unused<'a>(named: Named<'a>, waiver: &Waiver, checks: &[CheckResult]) -> Named<'a> {
    let asked = |c: &&CheckResult| waiver.check.as_ref().is_none_or(|id| id.value == c.id);
    let in_part = |c: &&CheckResult| !c.outcome.cannot_tell.is_empty() || !c.outcome.beyond.is_empty() || !c.baselined.is_empty();
    let silent = |c: &&CheckResult| c.outcome.skipped.is_some() || in_part(c);
    let silent: Vec<&str> = checks.iter().filter(asked).filter(silent).map(|c| c.id.as_str()).collect();
    match silent.as_slice() {
        [] => named,
        [one] => named.but(WaiverState::NotJudged, format!("{one} was left out or could not be answered in full")),
        many => named.but(WaiverState::NotJudged, format!("{} checks were left out or could not be answered in full", many.len())),
    }
}

/// A waiver must hold when staff begin to work, not only when somebody looks.
fn expired(waiver: &Waiver, terms: Terms<'_>) -> Option<String> {
    let expires = waiver.expires.value;
    let said = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    if expires < terms.as_of {
        Some(format!("it expired on {}", said(expires)))
    } else if expires < terms.go_live {
        Some(format!("it expires on {}, before the go-live on {}", said(expires), said(terms.go_live)))
    } else {
        None
    }
}

/// Why the policy does not allow it.
fn objection(waiver: &Waiver, named: &Named<'_>, check: &CheckResult, policy: &Policy) -> Option<String> {
    if let Some(said) = waiver.check.as_ref().filter(|c| c.value != check.id) {
        return Some(format!("it says that it is about {}, but {} found this", said.value, check.id));
    }
    if same_person(&waiver.owner, &waiver.approver) {
        return Some(format!("{} owns the difference and cannot approve it", waiver.approver.value));
    }
    if named.group.is_some() && !check.outcome.beyond.is_empty() {
        return Some(format!("{} found more than are kept, so that the group is not known whole", check.id));
    }
    let severities: BTreeSet<Severity> = named.findings.iter().map(|f| check.outcome.findings[*f].severity).collect();
    let worst = *severities.last()?;
    if let Some(severity) = severities.iter().rev().find(|s| policy.never_waive.contains(s)) {
        return Some(format!("the policy waives no {} findings", severity.word()));
    }
    let may = policy.approvers_of(worst);
    if may.contains(&waiver.approver.value.as_str()) {
        return None;
    }
    Some(match may.as_slice() {
        [] => format!("the policy names nobody who may approve {} findings", worst.word()),
        names => format!("{} may not approve {} findings: the policy names {}", waiver.approver.value, worst.word(), names.join(", ")),
    })
}

/// Above the policy's caps no waiver applies: so many known differences are not known any more.
fn cap(waivers: &[Waiver], named: &mut [Named<'_>], policy: &Policy) {
    let Some(most) = policy.max_waived else { return };
    let in_force = || named.iter().zip(waivers).filter(|(n, _)| n.state == WaiverState::InForce);
    let findings: BTreeSet<(usize, usize)> = in_force().flat_map(|(n, _)| n.findings.iter().map(|f| (n.check, *f))).collect();
    let groups = in_force().filter(|(_, w)| w.members.is_some()).count() as u64;
    let findings = findings.len() as u64;
    let why = if findings > most.findings {
        format!("{findings} findings would be waived, more than the {} that the policy allows: no waiver applies", most.findings)
    } else if groups > most.groups {
        format!("{groups} groups would be waived, more than the {} that the policy allows: no waiver applies", most.groups)
    } else {
        return;
    };
    for one in named.iter_mut().filter(|n| n.state == WaiverState::InForce) {
        one.state = WaiverState::Refused;
        one.why = Some(why.clone());
    }
}
