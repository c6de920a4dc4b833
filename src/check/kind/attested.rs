//! `attested`: what no machine can measure, signed by a person, with a date, an end, numbers within limits and a document.

mod build;
mod limit;
mod standing;

use chrono::Duration;

use crate::document::decode::{Fields, duration, entries, entry_name, one_of, one_or_list, some_text};
use crate::document::{At, Node, Place, Problems, suggest};
use crate::snapshot::Plan;
use crate::value::Key;

use super::super::attestation::Attestation;
use super::super::evidence::{Evidence, Pair};
use super::super::finding::{Finding, FindingKind};
use super::super::ledger::Signature;
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::collect::Collector;
use super::reading::doubtful;
use super::{Context, Kind, Severities, words};
use build::Build;
pub use limit::Limit;
pub use standing::{Fault, Judged, Standing};

/// What a finding about a signature calls its dataset.
const DATASET: &str = "attestations";

/// `{statement, by, valid, evidence, measured, build}`.
pub struct Attested {
    /// What has to be signed.
    pub statement: At<String>,
    /// Roles that may sign it.
    pub by: Vec<At<String>>,
    /// How long a signature holds.
    pub valid: Duration,
    /// Whether a document has to prove it.
    pub evidence: Proof,
    /// Numbers that have to be measured, and their limits.
    pub measured: Vec<(At<String>, Limit)>,
    /// Where the build is read that it has to be signed for.
    build: Option<Build>,
}

/// Whether a document has to prove a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It has to.
    Required,
    /// It may.
    Optional,
    /// It must not: what would prove it is not to be kept with the project.
    None,
}

const PROOF: &[(&str, Proof)] = &[("required", Proof::Required), ("optional", Proof::Optional), ("none", Proof::None)];

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`attested`", problems)?;
    let statement = fields.need("statement", problems, some_text);
    let by = fields.need("by", problems, |n, p| one_or_list(n, p, some_text).map(|roles| (roles, n.place.clone())));
    let valid = fields.need("valid", problems, duration);
    // Without the word the strictest demand holds.
    let evidence = fields.get("evidence", problems, |n, p| one_of(n, "evidence", PROOF, p)).map_or(Proof::Required, |e| e.value);
    let measured = fields.get("measured", problems, limits).unwrap_or_default();
    let build = fields.get("build", problems, build::decode);
    fields.close(problems);
    let (by, place): (Vec<At<String>>, Place) = by?;
    if by.is_empty() {
        problems.add(&place, "nobody may sign this").expected("at least one role");
    }
    let valid = valid?;
    if valid.value <= Duration::zero() {
        problems.add(&valid.place, "a signature that holds for no time proves nothing").expected("such as 30d");
    }
    Some(Box::new(Attested { statement: statement?, by, valid: valid.value, evidence, measured, build }))
}

fn limits(node: &Node, problems: &mut Problems) -> Option<Vec<(At<String>, Limit)>> {
    let numbers = entries(node, "the numbers that are measured", problems)?;
    let one = |e| Some((entry_name(e, problems), limit::decode(&e.value, problems)?));
    Some(numbers.iter().filter_map(one).filter_map(|(name, limit)| Some((name?, limit))).collect())
}

impl Kind for Attested {
    fn word(&self) -> &'static str {
        "attested"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        if let Some(build) = &self.build {
            build.plan(pair, plan);
        }
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        if let Some(build) = &self.build {
            build.lint(catalogue, problems);
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.build.as_ref().and_then(Build::asks_site)
    }

    fn attested(&self) -> Option<&Attested> {
        Some(self)
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut collector = Collector::new(context);
        let build = self.build.as_ref().and_then(|b| b.read(evidence, context.severity.changed, &mut collector, &mut outcome));
        let judged = Judged { as_of: evidence.as_of, go_live: evidence.go_live, build: build.as_deref() };
        let standing = self.standing(context.check, &evidence.attestations, judged);
        let at = words::At { environment: &evidence.pair.production, dataset: DATASET };
        for fault in standing.faults {
            let severity = if fault.kind == FindingKind::Unsigned { context.severity.missing } else { context.severity.changed };
            let finding = at.finding(fault.kind, severity, Key::new([context.check]), fault.message);
            let (expected, found) = (Some(fault.expected), Some(fault.found));
            collector.add(Finding { field: fault.field, expected, found, cause: fault.cause, ..finding });
        }
        standing.doubts.into_iter().for_each(|why| doubtful(&mut outcome, why));
        if let Some(counts) = standing.counts {
            outcome.ledger.signed.push(self.signature(counts));
        }
        if standing.others > 0 {
            outcome.ledger.notes.push(format!("{} more signed, which do not count", standing.others));
        }
        if self.build.is_none() {
            outcome.ledger.notes.push("holds whatever the build".to_owned());
        }
        collector.finish(&mut outcome);
        outcome
    }
}

impl Attested {
    /// The environment whose build it has to be signed for; `None` when it holds whatever the build.
    pub fn built_in<'a>(&'a self, pair: &'a Pair) -> Option<&'a str> {
        self.build.as_ref().map(|b| b.environment(pair))
    }

    /// The build as the evidence has it; `None` when the check does not ask for one. An error says why it cannot be told.
    pub fn build_now(&self, evidence: &Evidence) -> Result<Option<String>, Vec<String>> {
        let Some(build) = &self.build else { return Ok(None) };
        let context = Context { check: "", site: None, severity: Severities::STANDARD, anchors: &[] };
        let (mut collector, mut outcome) = (Collector::new(&context), Outcome::default());
        let found = build.read(evidence, context.severity.changed, &mut collector, &mut outcome);
        if outcome.cannot_tell.is_empty() { Ok(found) } else { Err(outcome.cannot_tell) }
    }

    /// The limit of a number that is measured.
    pub fn limit(&self, name: &str) -> Option<&Limit> {
        self.measured.iter().find(|(n, _)| n.value == name).map(|(_, limit)| limit)
    }

    /// Reports what an attestation says that this check does not ask.
    pub(crate) fn lint_attestation(&self, attestation: &Attestation, problems: &mut Problems) {
        let names = || self.measured.iter().map(|(n, _)| n.value.as_str());
        for (name, _) in attestation.measured.iter().filter(|(n, _)| self.limit(n).is_none()) {
            let help = suggest::nearest_or_all(&name.value, names());
            problems.add(&name.place, format!("the check measures no `{}`", name.value)).expected("a number of the check").help(help);
        }
        if let (Some(document), Proof::None) = (&attestation.document, self.evidence) {
            problems.add(&document.path.place, "the check says `evidence: none`").expected("no document");
        }
        if let (Some(build), None) = (&attestation.build, &self.build) {
            let message = "this names a build, but the check does not say where the build is read: nobody could tell whether it is another";
            let help = "add `build: {in: production, dataset: build, column: version}` to the check, or take it away here";
            problems.add(&build.place, message).expected("no build").help(help);
        }
    }

    fn signature(&self, attestation: &Attestation) -> Signature {
        Signature {
            person: attestation.person.clone(),
            role: attestation.role.clone(),
            date: attestation.date.value,
            until: self.until(attestation),
            build: attestation.build.as_ref().map(|b| b.value.clone()),
            document: attestation.document.as_ref().map(|d| d.sha256.clone()),
        }
    }
}
