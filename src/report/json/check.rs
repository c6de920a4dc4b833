//! One check in the JSON report: its counts, its causes, its findings and its ledger.

use std::collections::BTreeMap;

use serde::Serialize;

use super::moment;
use crate::check::{FieldChange, Finding, FindingKind, Ledger, Severity, Signature, Status};
use crate::value::{Cell, Key, State};
use crate::verdict::{CheckResult, Group};

use super::Numbers;

/// Key columns per dataset, one list per rung.
type Keys = BTreeMap<String, Vec<Vec<String>>>;

#[derive(Serialize)]
pub(super) struct Check<'a> {
    id: &'a str,
    site: Option<&'a str>,
    title: &'a str,
    kind: &'a str,
    area: &'a str,
    owner: &'a str,
    criterion: Option<&'a str>,
    hazard: Option<&'a str>,
    lesson: Option<&'a str>,
    fix: Option<&'a str>,
    place: &'a str,
    worst: Severity,
    status: Status,
    dropped: bool,
    blocks: bool,
    counts: Numbers,
    waived: Numbers,
    records: u64,
    cannot_tell: &'a [String],
    skipped: Option<&'a str>,
    groups: Vec<Cause<'a>>,
    findings: Vec<Found<'a>>,
    beyond: Vec<Beyond<'a>>,
    /// Findings known at the freeze since which the run counts.
    baselined: Vec<Found<'a>>,
    ledger: Looked<'a>,
}

#[derive(Serialize)]
struct Cause<'a> {
    kind: FindingKind,
    cause: &'a str,
    severity: Severity,
    members: u64,
    waived: u64,
    records: u64,
    digest: &'a str,
}

#[derive(Serialize)]
struct Found<'a> {
    fingerprint: &'a str,
    kind: FindingKind,
    severity: Severity,
    /// Index into `groups`.
    group: Option<usize>,
    /// Index into the report's `waivers`.
    waiver: Option<usize>,
    environment: &'a str,
    dataset: &'a str,
    key: Vec<KeyPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_key: Option<Vec<KeyPart<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change<'a>>,
    message: &'a str,
}

#[derive(Serialize)]
struct KeyPart<'a> {
    column: Option<&'a str>,
    value: &'a str,
}

#[derive(Serialize)]
struct Value<'a> {
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

#[derive(Serialize)]
struct Change<'a> {
    field: &'a str,
    expected: Value<'a>,
    found: Value<'a>,
}

#[derive(Serialize)]
struct Beyond<'a> {
    severity: &'a str,
    findings: u64,
}

#[derive(Serialize)]
struct Looked<'a> {
    read: Vec<Read<'a>>,
    signed: Vec<Signed<'a>>,
    selected: u64,
    matched: u64,
    undecided: u64,
    excluded: u64,
    waived: u64,
    columns: Columns<'a>,
    notes: &'a [String],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Read<'a> {
    environment: &'a str,
    dataset: &'a str,
    expected: Option<u64>,
    rows: Option<u64>,
    completeness: &'a str,
}

#[derive(Serialize)]
struct Signed<'a> {
    person: &'a str,
    role: &'a str,
    date: String,
    until: String,
    build: Option<&'a str>,
    document: Option<&'a str>,
}

#[derive(Serialize)]
struct Columns<'a> {
    compared: &'a [String],
    ignored: Vec<Reason<'a>>,
    volatile: &'a [String],
    tolerated: Vec<Reason<'a>>,
    unread: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
    column: &'a str,
    reason: &'a str,
}

impl<'a> Check<'a> {
    pub(super) fn of(check: &'a CheckResult, keys: &'a Keys) -> Self {
        let outcome = &check.outcome;
        let mut group_of = vec![None; outcome.findings.len()];
        for (index, group) in check.groups.iter().enumerate() {
            group.findings.iter().filter_map(|f| group_of.get_mut(*f).map(|g| *g = Some(index))).for_each(drop);
        }
        Self {
            id: &check.id,
            site: check.site.as_deref(),
            title: &check.title,
            kind: &check.kind,
            area: &check.area,
            owner: &check.owner,
            criterion: check.criterion.as_deref(),
            hazard: check.hazard.as_deref(),
            lesson: check.lesson.as_deref(),
            fix: check.fix.as_deref(),
            place: &check.place,
            worst: check.worst,
            status: check.status,
            dropped: check.dropped,
            blocks: check.blocks,
            counts: Numbers::of(&check.counts),
            waived: Numbers::of(&check.waived),
            records: check.records,
            cannot_tell: &outcome.cannot_tell,
            skipped: outcome.skipped.as_deref(),
            groups: check.groups.iter().map(|g| Cause::of(check, g)).collect(),
            findings: findings(check, group_of, keys),
            beyond: outcome.beyond.iter().map(|(severity, findings)| Beyond { severity, findings: *findings }).collect(),
            baselined: check.baselined.iter().map(|f| Found::of(f, None, keys)).collect(),
            ledger: Looked::of(&outcome.ledger),
        }
    }
}

impl<'a> Cause<'a> {
    fn of(check: &CheckResult, group: &'a Group) -> Self {
        Self {
            kind: group.kind,
            cause: &group.cause,
            severity: group.severity,
            members: group.members,
            waived: check.waived_in(group),
            records: group.records,
            digest: &group.digest,
        }
    }
}

fn findings<'a>(check: &'a CheckResult, group_of: Vec<Option<usize>>, keys: &'a Keys) -> Vec<Found<'a>> {
    let all = check.outcome.findings.iter().zip(group_of).enumerate();
    all.map(|(i, (finding, group))| Found { waiver: check.waiver_of(i), ..Found::of(finding, group, keys) }).collect()
}

impl<'a> Found<'a> {
    fn of(finding: &'a Finding, group: Option<usize>, keys: &'a Keys) -> Self {
        // A count's key is its group: the field names its columns. What moved as a whole is known by its path, or by nothing.
        let ladder = if matches!(finding.kind, FindingKind::Count | FindingKind::Moved) {
            &[]
        } else {
            keys.get(&finding.dataset).map_or(&[][..], Vec::as_slice)
        };
        let parts = |key| key_parts(key, ladder);
        Self {
            fingerprint: &finding.fingerprint,
            kind: finding.kind,
            severity: finding.severity,
            group,
            waiver: None,
            environment: &finding.environment,
            dataset: &finding.dataset,
            key: parts(&finding.key),
            other_key: finding.other_key.as_ref().map(parts),
            field: finding.field.as_deref(),
            expected: finding.expected.as_ref().map(Value::of),
            found: finding.found.as_ref().map(Value::of),
            changes: finding.changes.iter().map(Change::of).collect(),
            message: &finding.message,
        }
    }
}

fn key_parts<'a>(key: &'a Key, ladder: &'a [Vec<String>]) -> Vec<KeyPart<'a>> {
    let columns = ladder.get(usize::from(key.rung)).filter(|rung| rung.len() == key.parts.len());
    key.parts.iter().enumerate().map(|(i, value)| KeyPart { column: columns.map(|c| c[i].as_str()), value }).collect()
}

impl<'a> Value<'a> {
    fn of(cell: &'a Cell) -> Self {
        let has_text = matches!(cell.state, State::Value | State::Invalid | State::Unresolved);
        Self { state: cell.state, text: has_text.then_some(cell.text.as_str()) }
    }
}

impl<'a> Change<'a> {
    fn of(change: &'a FieldChange) -> Self {
        Self { field: &change.field, expected: Value::of(&change.expected), found: Value::of(&change.found) }
    }
}

impl<'a> Signed<'a> {
    fn of(signature: &'a Signature) -> Self {
        Self {
            person: &signature.person,
            role: &signature.role,
            date: moment(signature.date),
            until: moment(signature.until),
            build: signature.build.as_deref(),
            document: signature.document.as_deref(),
        }
    }
}

impl<'a> Looked<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        fn reasons(columns: &[(String, String)]) -> Vec<Reason<'_>> {
            columns.iter().map(|(column, reason)| Reason { column, reason }).collect()
        }
        Self {
            read: ledger
                .read
                .iter()
                .map(|r| Read {
                    environment: &r.environment,
                    dataset: &r.dataset,
                    expected: r.expected,
                    rows: r.rows,
                    completeness: &r.completeness,
                })
                .collect(),
            signed: ledger.signed.iter().map(Signed::of).collect(),
            selected: ledger.selected,
            matched: ledger.matched,
            undecided: ledger.undecided,
            excluded: ledger.excluded,
            waived: ledger.waived,
            columns: Columns {
                compared: &ledger.columns_compared,
                ignored: reasons(&ledger.columns_ignored),
                volatile: &ledger.columns_volatile,
                tolerated: reasons(&ledger.columns_tolerated),
                unread: reasons(&ledger.columns_unread),
            },
            notes: &ledger.notes,
            warnings: &ledger.warnings,
        }
    }
}
