//! A signature as it was typed: everything that is missing or wrong is said at once, and nothing is asked.

use std::path::Path;

use bigdecimal::BigDecimal;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::check::{Attested, Check, DocumentNow, Proof, measured_number};
use crate::context::Context;
use crate::document::suggest;

use super::super::args::AttestArgs;
use super::super::load::{Loaded, below};
use super::super::{Failure, attestations};
use super::build_now;

/// A signature that is complete; whether it is good enough for the check is told, not refused.
pub(super) struct Draft {
    pub(super) statement: String,
    pub(super) person: String,
    pub(super) role: String,
    pub(super) date: DateTime<Utc>,
    pub(super) expires: Option<DateTime<Utc>>,
    /// In the order of the check.
    pub(super) measured: Vec<(String, BigDecimal)>,
    /// Path below the project, and SHA-256.
    pub(super) document: Option<(String, String)>,
    pub(super) build: Option<String>,
    /// The build as the newest snapshot has it.
    pub(super) build_now: Option<String>,
}

impl Draft {
    pub(super) fn new(typed: &AttestArgs, check: &Check, attested: &Attested, loaded: &Loaded, context: &Context) -> Result<Self, Failure> {
        let mut objections = Vec::new();
        let some = |text: &Option<String>| text.as_deref().map(one_line).filter(|t| !t.is_empty());
        let person = some(&typed.person);
        if person.is_none() {
            objections.push("--person NAME is needed: who signs".to_owned());
        }
        let role = role(typed, attested, &mut objections);
        let date = match &typed.date {
            None => context.now,
            Some(text) => moment("--date", text, context, &mut objections).unwrap_or(context.now),
        };
        if date > context.now {
            objections.push(format!("--date {} is later than now: nobody can sign in the future", shown(date)));
        }
        let expires = typed.expires.as_ref().and_then(|text| moment("--expires", text, context, &mut objections));
        if let Some(expires) = expires.filter(|e| *e <= date) {
            objections.push(format!("--expires {} is not later than the signature, {}", shown(expires), shown(date)));
        }
        let measured = measured(typed, attested, &mut objections);
        let document = document(typed, attested, loaded, context, &mut objections);
        let (build, build_now) = build(typed, attested, loaded, context, &mut objections);
        let statement = one_line(&attested.statement);
        match (person, role) {
            (Some(person), Some(role)) if objections.is_empty() => {
                Ok(Self { statement, person, role, date, expires, measured, document, build, build_now })
            }
            _ => {
                let id = &check.id.value;
                let mut text = format!("{id} was not signed, and nothing was written\nstatement: {statement}");
                objections.iter().for_each(|o| text.push_str(&format!("\n- {o}")));
                Err(Failure::Usage(text))
            }
        }
    }
}

fn role(typed: &AttestArgs, attested: &Attested, objections: &mut Vec<String>) -> Option<String> {
    let roles = || attested.by.iter().map(|r| r.value.as_str());
    let Some(role) = typed.role.as_deref().map(one_line).filter(|r| !r.is_empty()) else {
        objections.push(format!("--role ROLE is needed: {}", attested.roles()));
        return None;
    };
    if !roles().any(|r| one_line(r) == role) {
        let help = suggest::nearest_or_all(&role, roles());
        objections.push(format!("--role `{role}` may not sign this; {help}"));
    }
    Some(role)
}

fn moment(flag: &str, text: &str, context: &Context, objections: &mut Vec<String>) -> Option<DateTime<Utc>> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => Some(moment.with_timezone(&Utc)),
        Err(_) => {
            objections.push(format!("{flag} `{text}` is no moment; write it with its time zone, such as {}", shown(context.now)));
            None
        }
    }
}

fn measured(typed: &AttestArgs, attested: &Attested, objections: &mut Vec<String>) -> Vec<(String, BigDecimal)> {
    let names = || attested.measured.iter().map(|(name, _)| name.value.as_str());
    let mut given: Vec<(&str, BigDecimal)> = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    for text in &typed.measured {
        let Some((name, number)) = text.split_once('=') else {
            objections.push(format!("--measured `{text}` needs a name and a number, such as rto_minutes=42"));
            continue;
        };
        if !names().any(|n| n == name) {
            objections.push(format!("--measured: the check measures no `{name}`; {}", suggest::nearest_or_all(name, names())));
        } else if named.contains(&name) {
            objections.push(format!("--measured {name} is given twice"));
        } else {
            named.push(name);
            match measured_number(number.trim()) {
                Some(number) => given.push((name, number)),
                None => objections.push(format!("--measured {name}: `{number}` is no number")),
            }
        }
    }
    let mut found = Vec::new();
    for (name, limit) in &attested.measured {
        match given.iter().find(|(n, _)| *n == name.value) {
            Some((_, number)) => found.push((name.value.clone(), number.clone())),
            None if named.contains(&name.value.as_str()) => {}
            None => objections.push(format!("--measured {}=NUMBER is needed: {limit}", name.value)),
        }
    }
    found
}

fn document(
    typed: &AttestArgs,
    attested: &Attested,
    loaded: &Loaded,
    context: &Context,
    objections: &mut Vec<String>,
) -> Option<(String, String)> {
    let Some(file) = &typed.document else {
        if attested.evidence == Proof::Required {
            objections.push("--document FILE is needed: what proves it".to_owned());
        }
        return None;
    };
    if attested.evidence == Proof::None {
        objections.push("--document: the check says `evidence: none`".to_owned());
        return None;
    }
    let path = context.cwd.join(file);
    let name = below(&context.cwd, &path);
    let sha256 = match attestations::now(&path) {
        DocumentNow::Is(sha256) => sha256,
        DocumentNow::Absent => {
            objections.push(format!("--document {name} is not there"));
            return None;
        }
        DocumentNow::Unreadable(why) => {
            objections.push(format!("--document {name} cannot be read: {why}"));
            return None;
        }
    };
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (root, path) = (real(&loaded.root), real(&path));
    if !path.starts_with(&root) {
        objections.push(format!("--document {name} is not in the project; copy it to checks/attestations/documents/ and name the copy"));
        return None;
    }
    Some((below(&root, &path), sha256))
}

/// The build to sign for, and the build now.
fn build(
    typed: &AttestArgs,
    attested: &Attested,
    loaded: &Loaded,
    context: &Context,
    objections: &mut Vec<String>,
) -> (Option<String>, Option<String>) {
    let Some(environment) = attested.built_in(&loaded.pair) else {
        if typed.build.is_some() {
            let help =
                "the check does not say where the build is read; add `build: {in: production, dataset: build, column: version}` to it";
            objections.push(format!("--build: {help}"));
        }
        return (None, None);
    };
    match (build_now(loaded, attested, context), &typed.build) {
        (now, Some(typed)) => (Some(typed.clone()), now.ok().flatten()),
        (Ok(Some(now)), None) => (Some(now.clone()), Some(now)),
        (Ok(None), None) => {
            objections.push(format!("--build BUILD is needed: the build of {environment}"));
            (None, None)
        }
        (Err(why), None) => {
            objections.push(format!("--build BUILD is needed: the build of {environment} is not known ({why})"));
            (None, None)
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A moment as it is written into files.
pub(super) fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
