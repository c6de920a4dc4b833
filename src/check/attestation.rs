//! Attestations: what people signed, and whether the documents they quote are still the same. `checks/attestations/<check>.yaml`.

use std::collections::BTreeMap;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};

use crate::document::decode::{Fields, entries, entry_name, instant, list, some_text, text, version};
use crate::document::{At, Content, Document, Node, Problems, Style, sha256, suggest};
use crate::value::decimal;

use super::file::{CheckFile, check_id};

/// What people signed for one check.
#[derive(Clone, Debug)]
pub struct AttestationFile {
    /// Id of the check: also the name of the file.
    pub check: At<String>,
    /// The attestations, in the order of the file.
    pub attestations: Vec<Attestation>,
    /// Shown path.
    pub path: String,
    /// SHA-256 of its text.
    pub digest: String,
}

/// One signature under the statement of a check.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The words that were signed.
    pub statement: At<String>,
    /// Who signed, by name.
    pub person: String,
    /// In which role.
    pub role: String,
    /// When.
    pub date: At<DateTime<Utc>>,
    /// When it ends, if earlier than the check says.
    pub expires: Option<At<DateTime<Utc>>>,
    /// What was measured, by name.
    pub measured: Vec<(At<String>, BigDecimal)>,
    /// What proves it.
    pub document: Option<SignedDocument>,
    /// The build it was signed for.
    pub build: Option<At<String>>,
}

/// A document as it was when somebody signed.
#[derive(Clone, Debug)]
pub struct SignedDocument {
    /// Path below the project's folder, with `/`.
    pub path: At<String>,
    /// SHA-256 of its bytes, in lower-case hex.
    pub sha256: String,
}

/// A document as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentNow {
    /// SHA-256 of its bytes.
    Is(String),
    /// There is no such file.
    Absent,
    /// It is there and cannot be read: why.
    Unreadable(String),
}

/// Everything that people signed, as evidence.
#[derive(Clone, Debug, Default)]
pub struct Attestations {
    /// By id of the check.
    pub files: BTreeMap<String, AttestationFile>,
    /// The documents they quote, by path.
    pub documents: BTreeMap<String, DocumentNow>,
}

impl Attestations {
    /// What was signed for a check, in the order of its file.
    pub fn of(&self, check: &str) -> &[Attestation] {
        self.files.get(check).map_or(&[], |f| &f.attestations)
    }

    /// Every attestation.
    pub fn all(&self) -> impl Iterator<Item = &Attestation> {
        self.files.values().flat_map(|f| &f.attestations)
    }

    /// When somebody signed last: a clock that says an earlier time is wrong.
    pub fn newest(&self) -> Option<DateTime<Utc>> {
        self.all().map(|a| a.date.value).max()
    }
}

/// Decodes one file of attestations; every mistake goes to `problems`.
pub fn decode_attestations(document: &Document, problems: &mut Problems) -> Option<AttestationFile> {
    let mut fields = Fields::open(&document.root, "a file of attestations", problems)?;
    version(&mut fields, problems);
    let check = fields.need("check", problems, check_id);
    let node = fields.required("attestations", problems);
    fields.close(problems);
    let attestations = list(node?, problems, attestation)?;
    if matches!(&node?.content, Content::List(items) if items.is_empty()) {
        problems.add(&node?.place, "nobody has signed here").expected("at least one attestation").help("take the file away");
    }
    let (check, path) = (check?, &document.file.path);
    let stem = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(stem, _)| stem);
    if stem != check.value {
        let message = format!("the attestations of `{}` lie in a file that is called after another check", check.value);
        problems.add(&check.place, message).expected(format!("in {}.yaml", check.value));
        return None;
    }
    Some(AttestationFile { check, attestations, path: path.clone(), digest: sha256(&document.file.text) })
}

fn attestation(node: &Node, problems: &mut Problems) -> Option<Attestation> {
    let mut fields = Fields::open(node, "an attestation", problems)?;
    let statement = fields.need("statement", problems, some_text);
    let person = fields.need("person", problems, some_text);
    let role = fields.need("role", problems, some_text);
    let date = fields.need("date", problems, instant);
    let expires = fields.get("expires", problems, instant);
    let measured = fields.get("measured", problems, measured).unwrap_or_default();
    let document = fields.get("document", problems, document);
    let build = fields.get("build", problems, some_text);
    fields.close(problems);
    let date = date?;
    if let Some(expires) = expires.as_ref().filter(|e| e.value <= date.value) {
        problems.add(&expires.place, "this attestation ends before it was signed").expected("a moment after `date`");
    }
    let (person, role) = (person?.value, role?.value);
    Some(Attestation { statement: statement?, person, role, date, expires, measured, document, build })
}

fn measured(node: &Node, problems: &mut Problems) -> Option<Vec<(At<String>, BigDecimal)>> {
    let numbers = entries(node, "the numbers that were measured", problems)?;
    let one = |e| Some((entry_name(e, problems), number(&e.value, problems)?));
    Some(numbers.iter().filter_map(one).filter_map(|(name, number)| Some((name?, number.value))).collect())
}

fn document(node: &Node, problems: &mut Problems) -> Option<SignedDocument> {
    let mut fields = Fields::open(node, "a document", problems)?;
    let path = fields.need("path", problems, some_text);
    let sha256 = fields.need("sha256", problems, digest);
    fields.close(problems);
    let path = path?;
    // The same words must mean the same file on every system.
    let inside = path.value.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']));
    if !inside {
        let problem = problems.add(&path.place, "a document lies inside the project, so that it goes where the project goes");
        problem.expected("a path from the project's folder, with `/`").help("such as checks/attestations/documents/report.pdf");
        return None;
    }
    Some(SignedDocument { path, sha256: sha256? })
}

fn digest(node: &Node, problems: &mut Problems) -> Option<String> {
    let found = some_text(node, problems)?;
    if found.value.len() != 64 || !found.value.bytes().all(|b| b.is_ascii_hexdigit()) {
        problems.add(&found.place, "this is no SHA-256").expected("64 hexadecimal digits").help("`sha256sum FILE` prints it");
        return None;
    }
    Some(found.value.to_ascii_lowercase())
}

/// An exact number as users write it.
pub(super) fn number(node: &Node, problems: &mut Problems) -> Option<At<BigDecimal>> {
    let written = text(node, problems)?;
    let plain = matches!(&node.content, Content::Scalar(s) if s.style == Style::Plain);
    let value = measured_number(&written.value).filter(|_| plain);
    if value.is_none() {
        problems.add(&written.place, format!("`{}` is no number", written.value)).expected("a number, such as 42 or 4.5");
    }
    value.map(|value| At { value, place: written.place })
}

/// The number that a text is, exactly; `None` when it is none.
pub fn measured_number(text: &str) -> Option<BigDecimal> {
    decimal(text).and_then(|plain| BigDecimal::from_str(&plain).ok())
}

/// Lints what people signed against the checks: every file is about an attested check and says only what that check asks.
///
/// `every_check` is false when some check file could not be understood: then nobody can say that a check does not exist.
pub fn lint_attestations(files: &[CheckFile], attestations: &Attestations, every_check: bool, problems: &mut Problems) {
    let checks = || files.iter().flat_map(|f| &f.checks);
    for file in attestations.files.values() {
        let id = &file.check;
        let Some(check) = checks().find(|c| c.id.value == id.value) else {
            if every_check {
                let signed: Vec<&str> = checks().filter(|c| c.test.attested().is_some()).map(|c| c.id.value.as_str()).collect();
                let help = suggest::nearest_or_all(&id.value, signed.iter().copied());
                problems.add(&id.place, format!("there is no check `{}`", id.value)).expected("an attested check").help(help);
            }
            continue;
        };
        let Some(attested) = check.test.attested() else {
            let message = format!("`{}` is a check of kind {}, which nobody signs", id.value, check.test.word());
            problems.add(&id.place, message).expected("an attested check").help("take the file away");
            continue;
        };
        file.attestations.iter().for_each(|a| attested.lint_attestation(a, problems));
    }
}

#[cfg(test)]
mod tests;
