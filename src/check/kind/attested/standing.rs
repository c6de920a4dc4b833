//! How an attested check stands: which signature counts, and what speaks against it.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::value::{Cell, State};

use super::super::super::attestation::{Attestation, Attestations, DocumentNow, SignedDocument};
use super::super::super::finding::FindingKind;
use super::{Attested, Proof};

/// What signatures are held against.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// When we judge.
    pub as_of: DateTime<Utc>,
    /// What we judge for.
    pub go_live: DateTime<Utc>,
    /// The build now; `None` when it is not known, or the check does not ask.
    pub build: Option<&'a str>,
}

/// How an attested check stands.
#[derive(Clone, Debug, Default)]
pub struct Standing<'a> {
    /// The signature that counts, or that comes nearest.
    pub counts: Option<&'a Attestation>,
    /// What is wrong; nothing when it is signed.
    pub faults: Vec<Fault>,
    /// Why it cannot be told.
    pub doubts: Vec<String>,
    /// Signatures that do not count beside it.
    pub others: usize,
}

/// One thing that is wrong with a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FindingKind,
    /// Which part of the attestation, or which number.
    pub field: Option<String>,
    /// What the check asks.
    pub expected: Cell,
    /// What was signed.
    pub found: Cell,
    /// One sentence that stands alone.
    pub message: String,
    /// The cause in a few words.
    pub cause: String,
}

impl Attested {
    /// Judges what was signed for the check of that id.
    ///
    /// An attestation speaks for the check when it has the check's words, one of its roles and its build. Of those the newest counts, so
    /// that a later rehearsal which failed is not covered up by an earlier one. When none speaks for it, the newest is told.
    pub fn standing<'a>(&self, check: &str, attestations: &'a Attestations, judged: Judged<'_>) -> Standing<'a> {
        let all = attestations.of(check);
        let mut standing = Standing::default();
        for late in all.iter().filter(|a| a.date.value > judged.as_of) {
            let (who, when) = (who(late), minute(late.date.value));
            standing.doubts.push(format!("{who} signed on {when}, later than the moment judged: either that date or the clock is wrong"));
        }
        let known = || all.iter().filter(|a| a.date.value <= judged.as_of);
        // Of several signed at one moment the last in the file is the newest.
        let newest = known().max_by_key(|a| a.date.value);
        standing.counts = known().filter(|a| self.astray(a, judged.build).is_empty()).max_by_key(|a| a.date.value).or(newest);
        match standing.counts {
            Some(counts) => {
                standing.others = all.len() - 1;
                standing.faults = self.astray(counts, judged.build);
                standing.faults.extend(self.expired(counts, judged));
                standing.faults.extend(self.numbers(counts));
                self.document(counts, attestations, &mut standing);
            }
            None if standing.doubts.is_empty() => standing.faults.push(self.unsigned()),
            None => standing.others = all.len(),
        }
        standing
    }

    /// When a signature ends: as the check says, or earlier when the signature itself does.
    pub fn until(&self, attestation: &Attestation) -> DateTime<Utc> {
        let end = attestation.date.value.checked_add_signed(self.valid).unwrap_or(DateTime::<Utc>::MAX_UTC);
        attestation.expires.as_ref().map_or(end, |e| e.value.min(end))
    }

    fn unsigned(&self) -> Fault {
        let statement = one_line(&self.statement);
        Fault {
            kind: FindingKind::Unsigned,
            field: None,
            message: format!("nobody has signed: {statement} (may be signed by {})", self.roles()),
            expected: Cell::value(statement),
            found: Cell::none(State::Absent),
            cause: "not signed".to_owned(),
        }
    }

    /// Why an attestation does not speak for the check: other words, another role, another build.
    fn astray(&self, attestation: &Attestation, build: Option<&str>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let who = who(attestation);
        let (asked, signed) = (one_line(&self.statement), one_line(&attestation.statement));
        if asked != signed {
            faults.push(Fault {
                kind: FindingKind::OtherStatement,
                field: Some("statement".to_owned()),
                message: format!("{who} signed other words than the check's: {signed}"),
                expected: Cell::value(asked),
                found: Cell::value(signed),
                cause: "other words were signed".to_owned(),
            });
        }
        if !self.by.iter().any(|role| one_line(role) == one_line(&attestation.role)) {
            faults.push(Fault {
                kind: FindingKind::OtherRole,
                field: Some("role".to_owned()),
                message: format!("{who} may not sign this; {} may", self.roles()),
                expected: Cell::value(self.roles()),
                found: Cell::value(attestation.role.clone()),
                cause: "signed in another role".to_owned(),
            });
        }
        let signed = attestation.build.as_ref().map(|b| b.value.as_str());
        if let Some(build) = build.filter(|b| signed != Some(b)) {
            let which = signed.map_or_else(|| "without naming a build".to_owned(), |s| format!("for build {s}"));
            faults.push(Fault {
                kind: FindingKind::OtherBuild,
                field: Some("build".to_owned()),
                message: format!("{who} signed {which}, but the build is {build}"),
                expected: Cell::value(build),
                found: signed.map_or_else(|| Cell::none(State::Absent), Cell::value),
                cause: "signed for another build".to_owned(),
            });
        }
        faults
    }

    fn expired(&self, attestation: &Attestation, judged: Judged<'_>) -> Option<Fault> {
        let until = self.until(attestation);
        if until >= judged.as_of.max(judged.go_live) {
            return None;
        }
        // The moment judged moves on with the clock; the finding stays the same.
        let (expected, when) = if until < judged.go_live {
            (moment(judged.go_live), "before the go-live")
        } else {
            ("the moment judged".to_owned(), "before the moment judged")
        };
        Some(Fault {
            kind: FindingKind::Expired,
            field: Some("valid_until".to_owned()),
            message: format!("what {} signed ends on {}, {when}", who(attestation), minute(until)),
            expected: Cell::value(expected),
            found: Cell::value(moment(until)),
            cause: format!("the signature ends {when}"),
        })
    }

    fn numbers(&self, attestation: &Attestation) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, limit) in &self.measured {
            let found = attestation.measured.iter().find(|(n, _)| n.value == name.value).map(|(_, number)| number);
            let shown = found.map(bigdecimal::BigDecimal::to_plain_string);
            let (kind, message, cause) = match found {
                Some(number) if limit.allows(number) => continue,
                Some(number) => (
                    FindingKind::OutOfLimits,
                    format!("{} is {}, {limit} is asked", name.value, number.to_plain_string()),
                    format!("{} is out of limits", name.value),
                ),
                None => (
                    FindingKind::Unmeasured,
                    format!("{} was not measured, {limit} is asked", name.value),
                    format!("{} was not measured", name.value),
                ),
            };
            faults.push(Fault {
                kind,
                field: Some(name.value.clone()),
                expected: Cell::value(limit.to_string()),
                found: shown.map_or_else(|| Cell::none(State::Absent), Cell::value),
                message,
                cause,
            });
        }
        faults
    }

    fn document(&self, attestation: &Attestation, attestations: &Attestations, standing: &mut Standing<'_>) {
        let fault = |kind, expected: &str, found, message: String, cause: &str| Fault {
            kind,
            field: Some("document".to_owned()),
            expected: Cell::value(expected),
            found,
            message,
            cause: cause.to_owned(),
        };
        let Some(SignedDocument { path, sha256 }) = &attestation.document else {
            if self.evidence == Proof::Required {
                let message = format!("no document proves what {} signed", who(attestation));
                let found = Cell::none(State::Absent);
                standing.faults.push(fault(FindingKind::NoDocument, "a document", found, message, "no document proves it"));
            }
            return;
        };
        let path = &path.value;
        match attestations.documents.get(path) {
            Some(DocumentNow::Is(now)) if now == sha256 => {}
            Some(DocumentNow::Is(now)) => {
                let message = format!("the document {path} is not the one that {} signed: its SHA-256 is another", who(attestation));
                let found = Cell::value(now.clone());
                standing.faults.push(fault(FindingKind::DocumentChanged, sha256, found, message, "the document has changed"));
            }
            Some(DocumentNow::Absent) => {
                let message = format!("the document {path} is not there");
                let found = Cell::none(State::Absent);
                standing.faults.push(fault(FindingKind::DocumentMissing, path, found, message, "the document is not there"));
            }
            Some(DocumentNow::Unreadable(why)) => standing.doubts.push(format!("the document {path} cannot be read: {why}")),
            None => standing.doubts.push(format!("the document {path} was not looked at")),
        }
    }

    /// The roles that may sign, in words.
    pub fn roles(&self) -> String {
        self.by.iter().map(|role| role.value.as_str()).collect::<Vec<_>>().join(" or ")
    }
}

/// Text on one line: how it is folded in the file does not change what was signed.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn who(attestation: &Attestation) -> String {
    format!("{} ({})", attestation.person, attestation.role)
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
