//! The standard catalogue: the checks of `checks/standard`, which come with gonogo and ask what past go-lives failed by.
//!
//! They use the shared names of datasets and columns, so that they fit every system. A project asks for them with
//! `catalogue: standard`; its own file of the same name takes the place of a built-in one.

use std::collections::BTreeSet;

use crate::document::{self, Problems};
use crate::snapshot::Plan;

use super::evidence::Pair;
use super::file::{Check, CheckFile, decode};

/// Folder of the catalogue within a project, as shown.
pub const STANDARD_FOLDER: &str = "checks/standard";

/// A file of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardFile {
    /// Path within a project, as shown.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(StandardFile {
            path: concat!("checks/standard/", $name),
            text: include_str!(concat!("../../checks/standard/", $name)),
        }),*]
    };
}

/// The check files, by area.
pub const STANDARD: &[StandardFile] = files![
    "access.yaml",
    "build.yaml",
    "codes.yaml",
    "governance.yaml",
    "neighbours.yaml",
    "operations.yaml",
    "outpatients.yaml",
    "records.yaml",
    "screens.yaml",
    "signatures.yaml",
];

/// National lists that the checks quote as `lists/<name>`; a project's own list takes the place of one.
pub const STANDARD_LISTS: &[StandardFile] = files!["lists/attendance-outcomes.csv", "lists/first-attendance.csv", "lists/rtt-status.csv"];

/// The hazards that the checks control; a project's own log takes the place of those with the same id.
pub const STANDARD_HAZARDS: StandardFile =
    StandardFile { path: "checks/standard/hazards.csv", text: include_str!("../../checks/standard/hazards.csv") };

/// The check files of the catalogue, decoded. Problems are mistakes of gonogo, not of a project.
pub fn standard(problems: &mut Problems) -> Vec<CheckFile> {
    STANDARD
        .iter()
        .filter_map(|file| document::load(file.path, file.text.as_bytes(), problems).and_then(|d| decode(&d, problems)))
        .map(CheckFile::of_the_catalogue)
        .collect()
}

/// Datasets that a check needs, by their shared names: what a system must offer for the check to be answered.
pub fn needs(check: &Check) -> BTreeSet<String> {
    let mut plan = Plan::default();
    check.test.plan(&Pair { training: "training".to_owned(), production: "production".to_owned() }, &mut plan);
    let plain = |name: &String| name.split('@').next().unwrap_or_default().to_owned();
    plan.datasets.values().flatten().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{FURTHER_CRITERIA, STANDARD_CRITERIA, decode_hazards, lint_hazards};
    use crate::system::{BUILT_IN_SHARED, SHARED_PATH, decode_shared};

    fn files() -> Vec<CheckFile> {
        let mut problems = Problems::default();
        let files = standard(&mut problems);
        let hazards = decode_hazards(STANDARD_HAZARDS.path, STANDARD_HAZARDS.text.as_bytes(), &mut problems);
        lint_hazards(&files, Some(&hazards), &mut problems);
        assert!(problems.is_empty(), "{}", document::render(&problems, false));
        files
    }

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(STANDARD_FOLDER);
        for entry in walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file()) {
            let shown = format!("{STANDARD_FOLDER}/{}", entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/"));
            let all = || STANDARD.iter().chain(STANDARD_LISTS).chain([&STANDARD_HAZARDS]);
            assert!(all().any(|f| f.path == shown), "{shown} is not built in");
        }
    }

    #[test]
    fn checks_are_whole_and_need_shared_datasets_only() {
        let document = document::load(SHARED_PATH, BUILT_IN_SHARED.as_bytes(), &mut Problems::default()).unwrap();
        let shared = decode_shared(&document, &mut Problems::default()).unwrap();
        let mut ids = BTreeSet::new();
        for check in files().iter().flat_map(|f| &f.checks) {
            let id = check.id.value.as_str();
            assert!(id.starts_with("standard-") && ids.insert(id.to_owned()), "{id}");
            assert!(check.criterion.is_some() && check.fix.is_some(), "{id} has no criterion or fix");
            assert!(check.title.len() <= 100 && !check.title.ends_with('.'), "{id}: {}", check.title);
            for dataset in needs(check) {
                assert!(shared.datasets.contains_key(&dataset) || dataset == "probes", "{id} needs {dataset}, which no system shares");
            }
        }
    }

    #[test]
    fn what_a_check_needs_is_told_without_the_login() {
        let all: BTreeSet<String> = files().iter().flat_map(|f| &f.checks).flat_map(needs).collect();
        assert!(all.contains("clinics") && all.contains("build"), "{all:?}");
        assert!(!all.iter().any(|name| name.contains('@')), "{all:?}");
    }

    #[test]
    fn every_hazard_is_controlled() {
        let files = files();
        let hazards = decode_hazards(STANDARD_HAZARDS.path, STANDARD_HAZARDS.text.as_bytes(), &mut Problems::default());
        for hazard in hazards {
            let controls = files.iter().flat_map(|f| &f.checks).filter(|c| c.hazard.as_ref().is_some_and(|h| h.value == hazard.id.value));
            assert!(controls.count() > 0, "{} has no check", hazard.id.value);
            assert!(hazard.residual_risk.is_some_and(|r| r <= 3), "{}", hazard.id.value);
        }
    }

    #[test]
    fn every_criterion_has_a_check_and_every_check_a_known_criterion() {
        let files = files();
        let asked: BTreeSet<&str> = files.iter().flat_map(|f| &f.checks).filter_map(|c| c.criterion.as_ref()).map(|c| c.as_str()).collect();
        let known: BTreeSet<&str> = STANDARD_CRITERIA.iter().chain(FURTHER_CRITERIA).map(|c| c.id).collect();
        assert_eq!(asked.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(known.difference(&asked).collect::<Vec<_>>(), Vec::<&&str>::new());
    }
}
