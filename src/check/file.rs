//! Check files: what users write. `checks/**/*.yaml`.

use std::sync::Arc;

use crate::document::decode::{Fields, list, one_of, one_or_list, some_text, version};
use crate::document::{At, Content, Document, Node, Place, Problems, sha256, suggest};

use super::finding::Severity;
use super::kind::{KINDS, Kind};
use super::site::AtSite;

/// One check file.
pub struct CheckFile {
    /// Its checks.
    pub checks: Vec<Check>,
    /// Shown path.
    pub path: String,
    /// SHA-256 of its text.
    pub digest: String,
    /// True for a file of the standard catalogue: what it asks of datasets, lists and environments that a project does not have
    /// is no mistake of the project, and CANNOT TELL when it is judged.
    pub standard: bool,
}

impl CheckFile {
    /// Marks a file of the standard catalogue.
    pub fn of_the_catalogue(self) -> Self {
        Self { standard: true, ..self }
    }
}

/// One check.
#[derive(Clone)]
pub struct Check {
    /// Its id, kebab-case, unique in the project.
    pub id: At<String>,
    /// What it makes sure of, one line.
    pub title: String,
    /// Area of the hospital (`outpatients`).
    pub area: String,
    /// Who repairs what it finds.
    pub owner: String,
    /// Criterion of the go-live it answers (`CLN-1`).
    pub criterion: Option<At<String>>,
    /// Severities by kind of finding.
    pub severity: Severities,
    /// Hazard whose control it is.
    pub hazard: Option<At<String>>,
    /// Training material it affects.
    pub lesson: Option<String>,
    /// What to do about its findings.
    pub fix: Option<String>,
    /// Words for `--tag`.
    pub tags: Vec<String>,
    /// Environment it judges, for the message; the kind's own business otherwise.
    pub test: Arc<dyn Kind>,
    /// The site whose answer it gives; `None` when one answer holds for all sites.
    pub site: Option<AtSite>,
    /// Where it begins.
    pub place: Place,
}

/// Severities by kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Severities {
    /// Missing in production.
    pub missing: Severity,
    /// Extra in production.
    pub extra: Severity,
    /// Changed, and everything else.
    pub changed: Severity,
}

impl Severities {
    /// Defaults for parity: what staff were taught and is not there blocks, what they were not taught is major.
    pub const STANDARD: Self = Self { missing: Severity::Blocker, extra: Severity::Major, changed: Severity::Blocker };

    /// The worst of the three: what a check counts with when it cannot be answered.
    pub fn worst(&self) -> Severity {
        self.missing.max(self.extra).max(self.changed)
    }
}

/// Decodes one check file; every mistake goes to `problems`. Checks with mistakes are left out of the file.
pub fn decode(document: &Document, problems: &mut Problems) -> Option<CheckFile> {
    let mut fields = Fields::open(&document.root, "a check file", problems)?;
    version(&mut fields, problems);
    let area = fields.need("area", problems, some_text);
    let owner = fields.need("owner", problems, some_text);
    let (area, owner) = (area.map(|a| a.value), owner.map(|o| o.value));
    let one = |n: &Node, p: &mut Problems| check(n, area.as_deref(), owner.as_deref(), p);
    let checks = fields.need("checks", problems, |n, p| list(n, p, one));
    fields.close(problems);
    Some(CheckFile { checks: checks?, path: document.file.path.clone(), digest: sha256(&document.file.text), standard: false })
}

fn check(node: &Node, area: Option<&str>, owner: Option<&str>, problems: &mut Problems) -> Option<Check> {
    let mut fields = Fields::open(node, "a check", problems)?;
    let id = fields.need("id", problems, check_id);
    let title = fields.get("title", problems, some_text);
    let own_area = fields.get("area", problems, some_text);
    let own_owner = fields.get("owner", problems, some_text);
    let criterion = fields.get("criterion", problems, some_text);
    let severity = fields.get("severity", problems, severities).unwrap_or(Severities::STANDARD);
    let hazard = fields.get("hazard", problems, some_text);
    let lesson = fields.get("lesson", problems, some_text);
    let fix = fields.get("fix", problems, some_text);
    let tags = fields.get("tags", problems, |n, p| one_or_list(n, p, some_text)).unwrap_or_default();
    let test = the_kind(&mut fields, problems);
    fields.close(problems);
    let id = id?;
    Some(Check {
        title: title.map_or_else(|| title_from(&id.value), |t| t.value),
        area: own_area.map(|a| a.value).or_else(|| area.map(str::to_owned))?,
        owner: own_owner.map(|o| o.value).or_else(|| owner.map(str::to_owned))?,
        id,
        criterion,
        severity,
        hazard,
        lesson: lesson.map(|l| l.value),
        fix: fix.map(|f| f.value),
        tags: tags.into_iter().map(|t| t.value).collect(),
        test: Arc::from(test?),
        site: None,
        place: node.place.clone(),
    })
}

/// The one kind of a check. A check asks one question: with two kinds its severity and fix would be ambiguous.
fn the_kind(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut found: Option<Box<dyn Kind>> = None;
    let mut first: Option<&str> = None;
    for (word, decode) in KINDS {
        let Some(entry) = fields.entry(word) else { continue };
        if let Some(first) = first {
            let message = format!("a check is of one kind, but this one is `{first}` and `{word}`");
            problems.add(&entry.key_place, message).expected("a second kind").help("make it a check of its own");
        }
        first.get_or_insert(word);
        let before = problems.len();
        let decoded = decode(&entry.value, problems);
        if decoded.is_none() && problems.len() == before {
            // A check must never vanish without a word: what is not judged would not be missed.
            problems.add(&entry.key_place, format!("this `{word}` cannot be understood")).expected("here");
        }
        found = found.or(decoded);
    }
    if first.is_none() {
        let kinds = || KINDS.iter().map(|(word, _)| *word);
        // A mistyped kind is reported as an unknown key, with the nearest name.
        if !fields.unknown_keys().any(|key| suggest::nearest(key, kinds()).is_some()) {
            let words = kinds().collect::<Vec<_>>().join(", ");
            problems.add(&fields.first_place(), "this check asks nothing").expected("a check needs a kind").help(format!("one of {words}"));
        }
    }
    found
}

/// Ids are quoted in waivers, tickets and file names: kebab-case.
pub(super) fn check_id(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let id = some_text(node, problems)?;
    let kebab = id.value.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    if !kebab || !id.value.starts_with(|c: char| c.is_ascii_lowercase()) {
        let problem = problems.add(&id.place, format!("`{}` cannot be the id of a check", id.value));
        problem.expected("lower-case words joined by hyphens, such as `clinics-match`");
        return None;
    }
    Some(id)
}

fn title_from(id: &str) -> String {
    let mut words = id.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn severities(node: &Node, problems: &mut Problems) -> Option<Severities> {
    let one = |n: &Node, p: &mut Problems| one_of(n, "severity", Severity::WORDS, p).map(|s| s.value);
    if let Content::Scalar(_) = node.content {
        return one(node, problems).map(|s| Severities { missing: s, extra: s, changed: s });
    }
    let mut fields = Fields::open(node, "`severity`", problems)?;
    let standard = Severities::STANDARD;
    let missing = fields.get("missing", problems, one).unwrap_or(standard.missing);
    let extra = fields.get("extra", problems, one).unwrap_or(standard.extra);
    let changed = fields.get("changed", problems, one).unwrap_or(standard.changed);
    fields.close(problems);
    Some(Severities { missing, extra, changed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(check: &str) -> (Option<CheckFile>, Vec<String>) {
        let mut problems = Problems::default();
        let text = format!("version: 1\narea: a\nowner: o\nchecks:\n  - {{{check}}}\n");
        let document = crate::document::load("checks/a.yaml", text.as_bytes(), &mut problems).unwrap();
        let file = decode(&document, &mut problems);
        (file, problems.sorted().iter().map(|p| p.message.clone()).collect())
    }

    #[test]
    fn an_id_is_words_joined_by_hyphens() {
        for id in ["clinics-match", "a", "rtt-18-weeks"] {
            assert_eq!(decoded(&format!("id: {id}, parity: {{dataset: clinics}}")).1, Vec::<String>::new(), "{id}");
        }
        for id in ["Clinics", "a--b", "a-", "-a", "18-weeks", "a_b", "a b"] {
            let (_, mistakes) = decoded(&format!("id: \"{id}\", parity: {{dataset: clinics}}"));
            assert_eq!(mistakes, [format!("`{id}` cannot be the id of a check")]);
        }
    }

    #[test]
    fn a_check_is_called_by_its_title_or_by_its_id() {
        let title = |check: &str| decoded(check).0.unwrap().checks[0].title.clone();
        assert_eq!(title("id: clinics-match, parity: {dataset: clinics}"), "Clinics match");
        assert_eq!(title("id: clinics-match, title: The same, parity: {dataset: clinics}"), "The same");
    }

    #[test]
    fn a_check_asks_one_thing() {
        assert_eq!(decoded("id: a, title: T").1, ["this check asks nothing"]);
        let mistyped = decoded("id: a, partiy: {dataset: clinics}").1;
        assert_eq!(mistyped.len(), 1, "{mistyped:?}");
        assert!(mistyped[0].contains("no key `partiy`"), "{mistyped:?}");
        assert_eq!(decoded("id: a, parity: {dataset: clinics}, count: {dataset: clinics, in: production, at_least: 1}").1.len(), 1);
    }

    #[test]
    fn a_file_of_the_catalogue_is_marked() {
        let file = decoded("id: a, parity: {dataset: clinics}").0.unwrap();
        assert!(!file.standard && file.of_the_catalogue().standard);
    }
}
