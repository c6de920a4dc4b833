//! What a check found, and how bad it is.

use serde::{Deserialize, Serialize};

use crate::value::{Cell, Key, State};

/// How bad a finding is. Ordered: `Info` < `Minor` < `Major` < `Blocker`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information.
    Info,
    /// Worth knowing.
    Minor,
    /// Blocks unless a named person signs a dated waiver.
    Major,
    /// Blocks.
    Blocker,
}

impl Severity {
    /// The word users write, per severity, worst first.
    pub const WORDS: &'static [(&'static str, Severity)] =
        &[("blocker", Severity::Blocker), ("major", Severity::Major), ("minor", Severity::Minor), ("info", Severity::Info)];

    /// The word users write.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, s)| *s == self).map_or("", |(w, _)| w)
    }
}

/// What kind of thing was found. The words are a public contract (JSON, JUnit, worklists).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// In training (or in the signed list), not in production.
    Missing,
    /// In production, not in training (or not in the signed list).
    Extra,
    /// An administrator sees it, a login that has to see it does not: it is there, and hidden.
    NotVisible,
    /// A field differs.
    Changed,
    /// A field that must differ between the sides is equal.
    NotDifferent,
    /// The same record under another key.
    Renamed,
    /// The same record found by another rung of the key ladder.
    Rekeyed,
    /// Several records share one key.
    DuplicateKey,
    /// A record has no key on any rung.
    MissingKey,
    /// A cell does not fit its type.
    Invalid,
    /// A reference points at nothing.
    Unresolved,
    /// A condition is not true of a record.
    Violated,
    /// A condition could not be decided for a record (null).
    Undecided,
    /// A number of rows is out of bounds.
    Count,
    /// Nobody has signed.
    Unsigned,
    /// A signature ends too early.
    Expired,
    /// Other words were signed.
    OtherStatement,
    /// Somebody signed in a role that may not.
    OtherRole,
    /// A signature is for another build.
    OtherBuild,
    /// A number that was measured is out of its limits.
    OutOfLimits,
    /// A number was not measured.
    Unmeasured,
    /// No document proves what was signed.
    NoDocument,
    /// The document that was signed is not there.
    DocumentMissing,
    /// The document is not the one that was signed.
    DocumentChanged,
    /// A dataset as a whole, or a file that judges, is not as it was frozen.
    Moved,
}

/// A field that differs within a renamed or re-keyed record, which is reported once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The column.
    pub field: String,
    /// What staff were trained on, or what was signed.
    pub expected: Cell,
    /// What is there.
    pub found: Cell,
}

/// One thing that a check found, with its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// The environment it is about (the one to repair, by default production).
    pub environment: String,
    /// The dataset.
    pub dataset: String,
    /// The record's business key.
    pub key: Key,
    /// The column, where one is meant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What staff were trained on, or what was signed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<Cell>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found: Option<Cell>,
    /// Renamed and re-keyed records: the other key, and the fields that differ as well.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub other_key: Option<Key>,
    /// Fields that differ in a renamed or re-keyed record.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changes: Vec<FieldChange>,
    /// One sentence that stands alone.
    pub message: String,
    /// Cause that it shares with others; groups partition the findings of a check.
    pub cause: String,
    /// `f1:` and 32 hex digits over check, object, field and both values (and what stands in the message alone); stable across runs.
    pub fingerprint: String,
}

impl Finding {
    /// Computes [`Finding::fingerprint`] for the check with this id.
    pub fn fingerprint_for(&self, check: &str) -> String {
        self.fingerprint_seeing(check, &[])
    }

    /// The same, over cells besides: what was seen of the record and is in none of the finding's own fields, or only shortened.
    ///
    /// A waiver holds for a fingerprint. Whatever would make another decision necessary is therefore part of it, and every part
    /// is fed with its length and whether it is there, so that no two findings feed the same bytes.
    pub fn fingerprint_seeing(&self, check: &str, seen: &[(State, &str)]) -> String {
        let mut feed = Feed(xxhash_rust::xxh3::Xxh3::new());
        feed.text(check);
        feed.text(&format!("{:?}", self.kind));
        feed.text(&self.environment);
        feed.text(&self.dataset);
        feed.key(&self.key);
        feed.option(self.other_key.as_ref(), Feed::key);
        feed.option(self.field.as_deref(), Feed::text);
        feed.option(self.expected.as_ref(), Feed::cell);
        feed.option(self.found.as_ref(), Feed::cell);
        feed.number(self.changes.len());
        for change in &self.changes {
            feed.text(&change.field);
            feed.cell(&change.expected);
            feed.cell(&change.found);
        }
        feed.option(self.only_in_words().then_some(self.message.as_str()), Feed::text);
        feed.number(seen.len());
        for (state, text) in seen {
            feed.text(&format!("{state:?}"));
            feed.text(text);
        }
        format!("f1:{:032x}", feed.0.digest128())
    }

    /// True when what was demanded or found stands in the message alone: a condition, how many records share a key.
    /// A missing or an extra record is said whole by its key.
    fn only_in_words(&self) -> bool {
        let both = self.expected.is_some() && self.found.is_some();
        !both && !matches!(self.kind, FindingKind::Missing | FindingKind::Extra)
    }
}

/// What goes into a fingerprint, unambiguously.
struct Feed(xxhash_rust::xxh3::Xxh3);

impl Feed {
    fn number(&mut self, n: usize) {
        self.0.update(&(n as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text.as_bytes());
    }

    fn key(&mut self, key: &Key) {
        self.number(usize::from(key.rung));
        self.number(key.parts.len());
        key.parts.iter().for_each(|p| self.text(p));
    }

    fn cell(&mut self, cell: &Cell) {
        self.text(&format!("{:?}", cell.state));
        self.text(&cell.text);
    }

    fn option<T: ?Sized>(&mut self, value: Option<&T>, feed: fn(&mut Self, &T)) {
        self.number(usize::from(value.is_some()));
        if let Some(value) = value {
            feed(self, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: FindingKind) -> Finding {
        Finding {
            kind,
            severity: Severity::Major,
            environment: "production".into(),
            dataset: "clinics".into(),
            key: Key::new(["C1"]),
            field: None,
            expected: None,
            found: None,
            other_key: None,
            changes: Vec::new(),
            message: "clinic C1 is there 2 times".into(),
            cause: "several records share a key".into(),
            fingerprint: String::new(),
        }
    }

    #[test]
    fn every_part_that_a_person_decides_on_is_in_the_fingerprint() {
        let change = |expected: &str| FieldChange { field: "name".into(), expected: Cell::value(expected), found: Cell::value("b") };
        let base = finding(FindingKind::DuplicateKey);
        type Edit = Box<dyn Fn(&mut Finding)>;
        let edits: Vec<Edit> = vec![
            Box::new(|_| ()),
            Box::new(|f| f.kind = FindingKind::Violated),
            Box::new(|f| f.environment = "training".into()),
            Box::new(|f| f.dataset = "sessions".into()),
            Box::new(|f| f.key = Key::new(["C", "1"])),
            Box::new(|f| f.key.rung = 1),
            Box::new(|f| f.other_key = Some(Key::new(["C1"]))),
            Box::new(|f| f.field = Some(String::new())),
            Box::new(|f| f.expected = Some(Cell::value("a"))),
            Box::new(|f| f.found = Some(Cell::value("a"))),
            Box::new(|f| f.found = Some(Cell::none(State::Null))),
            Box::new(|f| f.found = Some(Cell::none(State::Empty))),
            Box::new(|f| f.found = Some(Cell::invalid("a"))),
            Box::new(|f| (f.expected, f.found) = (Some(Cell::value("a")), Some(Cell::value("b")))),
            Box::new(move |f| f.changes = vec![change("a")]),
            Box::new(move |f| f.changes = vec![change("c")]),
            Box::new(|f| f.message = "clinic C1 is there 3 times".into()),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for (n, edit) in edits.iter().enumerate() {
            let mut edited = base.clone();
            edit(&mut edited);
            assert!(seen.insert(edited.fingerprint_for("clinics-match")), "edit {n} changes no fingerprint");
        }
        assert!(seen.insert(base.fingerprint_for("clinics-open")));
        assert!(seen.insert(base.fingerprint_seeing("clinics-match", &[(State::Value, "long")])));
        assert!(seen.insert(base.fingerprint_seeing("clinics-match", &[(State::Value, "longer")])));
    }

    #[test]
    fn wording_cause_and_severity_are_not() {
        let mut missing = finding(FindingKind::Missing);
        let before = missing.fingerprint_for("c");
        missing.message = "clinic C1 is missing, but on the list (line 12)".into();
        missing.cause = "another".into();
        missing.severity = Severity::Info;
        assert_eq!(missing.fingerprint_for("c"), before, "a line added to a list must not end every waiver");
        let mut changed = finding(FindingKind::Changed);
        (changed.expected, changed.found) = (Some(Cell::value("a")), Some(Cell::value("b")));
        let before = changed.fingerprint_for("c");
        changed.message = "name was 'a' and is 'b'".into();
        assert_eq!(changed.fingerprint_for("c"), before, "both values say it all");
    }
}
