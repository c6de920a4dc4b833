//! The checks of the hospital, with severities that change from plan to plan.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::beside::MOST_LEVEL;
use super::datasets::{DATASETS, GO_LIVE};
use super::random::Random;

/// How bad the findings of a check are.
#[derive(Clone, Copy)]
pub(super) struct Severities {
    pub(super) missing: &'static str,
    pub(super) extra: &'static str,
    pub(super) changed: &'static str,
}

/// Severities, mildest first.
const WORDS: [&str; 4] = ["info", "minor", "major", "blocker"];

/// The worse of two.
fn worse(left: &'static str, right: &'static str) -> &'static str {
    let rank = |word| WORDS.iter().position(|w| *w == word);
    if rank(left) > rank(right) { left } else { right }
}

impl Severities {
    /// Any three.
    pub(super) fn some(random: &mut Random) -> Self {
        let [missing, extra, changed] = [(); 3].map(|()| *random.one_of(&WORDS));
        Self { missing, extra, changed }
    }

    /// Of a kind of finding.
    pub(super) fn of(self, kind: &str) -> &'static str {
        match kind {
            "missing" | "not_visible" => self.missing,
            "extra" => self.extra,
            // The record that staff know is missing, and it differs.
            "renamed" => worse(self.missing, self.changed),
            _ => self.changed,
        }
    }

    /// Adds a check to a file.
    pub(super) fn check(self, file: &mut String, id: &str, kind: &str) {
        let Self { missing, extra, changed } = self;
        let _ = writeln!(file, "  - id: {id}\n    severity: {{missing: {missing}, extra: {extra}, changed: {changed}}}\n    {kind}");
    }
}

/// How a file of checks begins.
pub(super) const HEADING: &str = "version: 1\narea: planted\nowner: test\nchecks:\n";

/// What a plan varies in the checks.
pub(super) struct Checks {
    severities: BTreeMap<String, Severities>,
    /// Parity looks for records under another key.
    pub(super) renames: bool,
    /// Sessions of a clinic may be so many more or fewer.
    pub(super) within: u64,
    /// Interfaces that there should be.
    pub(super) interfaces: usize,
}

/// What makes columns equal that do not read the same; the generator's near misses rely on it.
const RULES: &[(&str, &str)] = &[
    ("organisations", ", where: active, reason: closed organisations are not used, covers: 10%"),
    (
        "clinics",
        ", ignore: [{field: comment, reason: free text}], normalise: [{field: name, with: [trim, casefold, unicode]}], \
         tolerance: {field: first_ratio, absolute: 0.05, reason: rounding}",
    ),
    ("sessions", ", normalise: [{field: note, with: [trim, blank]}]"),
    ("interfaces", ", relations: [{field: address, relation: must_differ, reason: training must not write to production}]"),
];

impl Checks {
    pub(super) fn new(interfaces: usize, random: &mut Random) -> Self {
        let mut severities = BTreeMap::new();
        let parity = DATASETS.iter().map(|d| format!("{}-match", d.name));
        for id in parity.chain(OTHERS.map(str::to_owned)) {
            severities.insert(id, Severities::some(random));
        }
        Self { severities, renames: random.chance(75), within: random.below(2) as u64, interfaces }
    }

    pub(super) fn severity(&self, check: &str) -> Severities {
        *self.severities.get(check).unwrap_or_else(|| panic!("no check {check}"))
    }

    /// The check file.
    pub(super) fn file(&self) -> String {
        let mut text = HEADING.to_owned();
        for dataset in DATASETS {
            let name = dataset.name;
            let rules = RULES.iter().find(|(of, _)| *of == name).map_or("", |(_, rules)| rules);
            let renames = if self.renames { "" } else { ", renames: false" };
            let id = format!("{name}-match");
            self.severity(&id).check(&mut text, &id, &format!("parity: {{dataset: {name}{rules}{renames}}}"));
        }
        let (within, interfaces) = (self.within, self.interfaces);
        let kinds = [
            "present: {dataset: reasons, in: production, rows: lists/reasons.csv, exactly: true}".to_owned(),
            "resolves: {dataset: clinics, in: production, field: location, to: locations}".to_owned(),
            "expect: {dataset: sessions, in: production, that: \"slots > 0 AND slot_minutes BETWEEN 5 AND 900\"}".to_owned(),
            format!("count: {{dataset: sessions, in: production, by: [clinic], equal_to: training, within: {within}}}"),
            format!("count: {{dataset: interfaces, in: production, equal_to: {interfaces}}}"),
            "visible: {dataset: roles, in: production, to: [clerk]}".to_owned(),
            format!(
                "query:\n      over: SELECT count(*) FROM production.roles\n      \
                 find: SELECT name AS key, 'level' AS field, level AS found, 'too high' AS problem FROM production.roles WHERE level > {MOST_LEVEL}"
            ),
        ];
        for (id, kind) in OTHERS.iter().zip(kinds) {
            self.severity(id).check(&mut text, id, &kind);
        }
        text
    }
}

/// Checks beside parity, in the order of the file.
const OTHERS: [&str; 7] = [
    "reasons-signed-off",
    "clinic-locations-exist",
    "sessions-bookable",
    "sessions-per-clinic",
    "interfaces-counted",
    "roles-visible",
    "roles-below-level",
];

/// The project's own file.
pub(super) fn project() -> String {
    format!(
        "version: 1\ntitle: Planted (synthetic)\ngo_live: {GO_LIVE}\npair: {{training: training, production: production}}\n\
         policy: {{block_at: major, max_age: 36500d, max_skew: 12h}}\nrequire: {{criteria: none, reason: a test of what is found}}\n"
    )
}

/// One side's environment file.
pub(super) fn environment(side: &str) -> String {
    let (is, logins) = match side {
        "training" => ("TRAIN", ""),
        _ => ("PROD", "logins: {clerk: {files: production-as_clerk}}\n"),
    };
    format!(
        "version: 1\nname: {side}\nrole: {side}\nsystem: planted_hospital\nfiles: {side}\n{logins}\
         extract: {{taken_at: {{dataset: build, column: extracted_at}}}}\ninstance: {{dataset: build, column: domain, is: {is}}}\n"
    )
}
