//! The standard catalogue in a project: built-in check files, or the project's own of the same names, without what does not fit.

use std::path::Path;

use crate::check::{CheckFile, Hazard, STANDARD, STANDARD_FOLDER, STANDARD_HAZARDS, STANDARD_LISTS, StandardFile};
use crate::document::{self, At, Document, Problems, suggest};
use crate::verdict::Project;

/// What the catalogue adds to a project.
#[derive(Default)]
pub(super) struct Standard {
    pub(super) files: Vec<CheckFile>,
    /// Where the project deviates from the catalogue, in words.
    pub(super) deviations: Vec<String>,
    /// SHA-256 of the built-in files that judge, by shown path.
    pub(super) digests: Vec<(String, String)>,
}

/// Takes the catalogue's checks, when the project asks for them. `read` loads a file of the project.
pub(super) fn load(
    root: &Path,
    project: &Project,
    read: &mut impl FnMut(&Path, &mut Problems) -> Option<Document>,
    problems: &mut Problems,
) -> Standard {
    let Some(asked) = &project.catalogue else { return Standard::default() };
    let mut found = Standard::default();
    let mut ids: Vec<String> = Vec::new();
    for built_in in STANDARD {
        let own = root.join(built_in.path);
        let is_own = std::fs::read(&own).is_ok_and(|bytes| bytes != built_in.text.as_bytes());
        let standard = decode(document::load(built_in.path, built_in.text.as_bytes(), problems), problems);
        let file = if is_own { decode(read(&own, problems), problems) } else { decode(built_in_document(built_in, &mut found), problems) };
        let (Some(standard), Some(mut file)) = (standard, file) else { continue };
        if is_own {
            found.deviations.push(format!("{} takes the place of the built-in one: {}", built_in.path, difference(&file, &standard)));
        }
        ids.extend(file.checks.iter().map(|c| c.id.value.clone()));
        file.checks.retain(|check| {
            let excused = |id: &str| project.require.not_applicable.iter().any(|c| c.id.value == id);
            let named = |id: &At<String>| id.value == check.id.value;
            let left_out =
                asked.without.iter().any(|w| named(&w.check)) || asked.only.as_ref().is_some_and(|o| !o.checks.iter().any(named));
            !left_out && !check.criterion.as_ref().is_some_and(|c| excused(c.as_str()))
        });
        found.files.push(file);
    }
    if let Some(only) = &asked.only {
        let taken = only.checks.iter().filter(|id| ids.contains(&id.value)).count();
        let (reason, approver) = (&only.reason, &only.approver);
        found.deviations.push(format!("of the {} standard checks, {taken} are asked: {reason} (agreed by {approver})", ids.len()));
        only.checks.iter().for_each(|id| unknown(id, &ids, problems));
    }
    for without in &asked.without {
        if ids.contains(&without.check.value) {
            let (check, reason, approver) = (&without.check.value, &without.reason, &without.approver);
            found.deviations.push(format!("the standard check {check} is left out: {reason} (agreed by {approver})"));
        }
        unknown(&without.check, &ids, problems);
    }
    found
}

/// Reports a name that no check of the catalogue has.
fn unknown(id: &At<String>, ids: &[String], problems: &mut Problems) {
    if ids.contains(&id.value) {
        return;
    }
    let help = suggest::nearest(&id.value, ids.iter().map(String::as_str))
        .map_or_else(|| format!("the checks are in {STANDARD_FOLDER}"), |near| format!("did you mean `{near}`?"));
    problems.add(&id.place, format!("`{}` is no check of the catalogue", id.value)).expected("a check of the catalogue").help(help);
}

fn built_in_document(file: &StandardFile, found: &mut Standard) -> Option<Document> {
    found.digests.push((file.path.to_owned(), document::sha256(file.text)));
    document::load(file.path, file.text.as_bytes(), &mut Problems::default())
}

fn decode(document: Option<Document>, problems: &mut Problems) -> Option<CheckFile> {
    document.and_then(|d| crate::check::decode(&d, problems)).map(CheckFile::of_the_catalogue)
}

/// Checks that a project's own file adds, lacks or says otherwise.
fn difference(own: &CheckFile, standard: &CheckFile) -> String {
    let said = |file: &CheckFile, id: &str| file.checks.iter().find(|c| c.id.value == id).map(|c| c.place.text().to_owned());
    let mut told: Vec<String> = Vec::new();
    for check in &standard.checks {
        let id = &check.id.value;
        match said(own, id) {
            None => told.push(format!("{id} is not there")),
            Some(text) if Some(&text) != said(standard, id).as_ref() => told.push(format!("{id} is another")),
            Some(_) => {}
        }
    }
    let added = own.checks.iter().filter(|c| said(standard, &c.id.value).is_none());
    told.extend(added.map(|c| format!("{} is added", c.id.value)));
    if told.is_empty() { "its comments or heading differ".to_owned() } else { told.join(", ") }
}

/// The text of a list that the catalogue brings for a check of its own, where the project has none.
pub(super) fn list(shown: &str) -> Option<&'static [u8]> {
    let name = shown.strip_prefix("checks/")?;
    let file = STANDARD_LISTS.iter().find(|f| f.path.strip_prefix("checks/standard/") == Some(name))?;
    Some(file.text.as_bytes())
}

/// The project's hazards, and those of the catalogue that its log does not name.
pub(super) fn hazards(own: Option<Vec<Hazard>>, project: &Project, problems: &mut Problems) -> Option<Vec<Hazard>> {
    if project.catalogue.is_none() {
        return own;
    }
    let mut hazards = own.unwrap_or_default();
    let standard = crate::check::decode_hazards(STANDARD_HAZARDS.path, STANDARD_HAZARDS.text.as_bytes(), problems);
    hazards.extend(standard.into_iter().filter(|s| !hazards.iter().any(|h| h.id.value == s.id.value)).collect::<Vec<_>>());
    Some(hazards)
}
