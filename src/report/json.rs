//! JSON, version 1: a published shape of its own, so that the result type may change without breaking readers.
//! Its schema is `report/schema/report.schema.json`; adding a member raises no version, changing or removing one does.

mod check;
mod since;
mod waiver;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::verdict::{Counts, LoginResult, RunResult};

use super::Style;
use super::text::is_hostile;

pub(super) fn render(result: &RunResult, style: Style) -> anyhow::Result<Vec<u8>> {
    let _ = style;
    let report = Report::of(result);
    Ok(escape(&serde_json::to_string_pretty(&report)?).into_bytes())
}

#[derive(Serialize)]
struct Report<'a> {
    format: &'static str,
    version: u32,
    tool: &'a str,
    title: &'a str,
    verdict: &'static str,
    exit_code: u8,
    reasons: &'a [String],
    verdict_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    todo: Vec<Todo<'a>>,
    as_of: String,
    go_live: String,
    days_left: i64,
    training: &'a str,
    production: &'a str,
    replay: bool,
    narrowed: &'a [String],
    new_since: Option<since::NewSince<'a>>,
    sites: &'a [String],
    block_at: &'static str,
    deviations: &'a [String],
    counts: Totals,
    environments: Vec<Environment<'a>>,
    required: Vec<Required<'a>>,
    hazards: Vec<Hazard<'a>>,
    checks: Vec<check::Check<'a>>,
    waivers: Vec<waiver::Waiver<'a>>,
    digests: Vec<FileDigest<'a>>,
}

#[derive(Serialize)]
struct Todo<'a> {
    place: &'a str,
    field: &'a str,
}

#[derive(Serialize)]
struct Totals {
    findings: Numbers,
    waived: Numbers,
    cannot_tell: Numbers,
    checks: Checks,
}

#[derive(Serialize)]
struct Checks {
    total: u64,
    passed: u64,
    failed: u64,
    waived: u64,
    cannot_tell: u64,
    skipped: u64,
}

#[derive(Serialize)]
struct Numbers {
    total: u64,
    blocker: u64,
    major: u64,
    minor: u64,
    info: u64,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    role: &'a str,
    system: &'a str,
    origin: &'a str,
    content_id: Option<&'a str>,
    taken_at: Option<String>,
    age_seconds: Option<i64>,
    instance: Option<&'a str>,
    datasets: u64,
    rows: u64,
    doubts: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logins: Vec<Login<'a>>,
}

#[derive(Serialize)]
struct Login<'a> {
    name: &'a str,
    origin: &'a str,
    taken_at: Option<String>,
    reader: Option<&'a str>,
    datasets: u64,
    rows: u64,
    doubts: &'a [String],
}

#[derive(Serialize)]
struct Required<'a> {
    criterion: &'a str,
    title: &'a str,
    checks: &'a [String],
    answered: bool,
    not_applicable: Option<&'a str>,
}

#[derive(Serialize)]
struct Hazard<'a> {
    id: &'a str,
    hazard: &'a str,
    effect: &'a str,
    risk: u8,
    residual_risk: Option<u8>,
    checks: &'a [String],
    control: &'static str,
}

#[derive(Serialize)]
struct FileDigest<'a> {
    path: &'a str,
    sha256: &'a str,
}

impl<'a> Report<'a> {
    fn of(result: &'a RunResult) -> Self {
        Self {
            format: "gonogo-report",
            version: 1,
            tool: &result.tool,
            title: &result.title,
            verdict: result.decision.word(),
            exit_code: result.decision.exit(false).code(),
            reasons: &result.reasons,
            verdict_on: result.verdict_on.as_deref(),
            todo: result.todo.iter().map(|t| Todo { place: &t.place, field: &t.field }).collect(),
            as_of: moment(result.as_of),
            go_live: moment(result.go_live),
            days_left: (result.go_live - result.as_of).num_days(),
            training: &result.training,
            production: &result.production,
            replay: result.replay,
            narrowed: &result.narrowed,
            new_since: result.new_since.as_ref().map(since::NewSince::of),
            sites: &result.sites,
            block_at: result.block_at.word(),
            deviations: &result.deviations,
            counts: Totals {
                findings: Numbers::of(&result.findings),
                waived: Numbers::of(&result.waived),
                cannot_tell: Numbers::of(&result.cannot_tell),
                checks: Checks {
                    total: result.checks.len() as u64,
                    passed: result.passed,
                    failed: result.failed,
                    waived: result.waived_checks,
                    cannot_tell: result.untold,
                    skipped: result.skipped,
                },
            },
            environments: result
                .environments
                .iter()
                .map(|e| Environment {
                    name: &e.name,
                    role: &e.role,
                    system: &e.system,
                    origin: &e.origin,
                    content_id: e.content_id.as_deref(),
                    taken_at: e.taken_at.map(moment),
                    age_seconds: e.taken_at.map(|t| (result.as_of - t).num_seconds()),
                    instance: e.instance.as_deref(),
                    datasets: e.datasets,
                    rows: e.rows,
                    doubts: &e.doubts,
                    logins: e.logins.iter().map(Login::of).collect(),
                })
                .collect(),
            required: result
                .required
                .iter()
                .map(|r| Required {
                    criterion: &r.criterion,
                    title: &r.title,
                    checks: &r.checks,
                    answered: r.answered,
                    not_applicable: r.not_applicable.as_deref(),
                })
                .collect(),
            hazards: result
                .hazards
                .iter()
                .map(|h| Hazard {
                    id: &h.id,
                    hazard: &h.hazard,
                    effect: &h.effect,
                    risk: h.risk,
                    residual_risk: h.residual_risk,
                    checks: &h.checks,
                    control: h.control.word(),
                })
                .collect(),
            checks: result.checks.iter().map(|c| check::Check::of(c, &result.keys)).collect(),
            waivers: result.waivers.iter().map(waiver::Waiver::of).collect(),
            digests: result.digests.iter().map(|(path, sha256)| FileDigest { path, sha256 }).collect(),
        }
    }
}

impl<'a> Login<'a> {
    fn of(login: &'a LoginResult) -> Self {
        Self {
            name: &login.name,
            origin: &login.origin,
            taken_at: login.taken_at.map(moment),
            reader: login.reader.as_deref(),
            datasets: login.datasets,
            rows: login.rows,
            doubts: &login.doubts,
        }
    }
}

impl Numbers {
    fn of(counts: &Counts) -> Self {
        Self { total: counts.total(), blocker: counts.blocker, major: counts.major, minor: counts.minor, info: counts.info }
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// JSON escapes for characters that would play with a terminal or an editor; the values stay the same.
/// Outside strings JSON has none of them but the newline.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c != '\n' && is_hostile(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests;
