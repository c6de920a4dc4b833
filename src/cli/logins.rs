//! What environment files say of logins: that each looks for itself, and has the datasets and columns that tell who looked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::SecondsFormat;

use crate::check::Evidence;
use crate::document::{At, Problems, suggest};
use crate::environment::{Environment, Login, TakenAt};
use crate::system::System;

use super::environments::{age, told_by};
use super::load::Loaded;

/// Checks the logins of all environments.
pub(super) fn lint(root: &Path, environments: &BTreeMap<String, Environment>, systems: &BTreeMap<String, System>, problems: &mut Problems) {
    let mut seen: Vec<(PathBuf, String)> = Vec::new();
    for environment in environments.values() {
        seen.extend(environment.folder(root).map(|folder| (real(folder), format!("`{}`", environment.name.value))));
    }
    for environment in environments.values() {
        for login in &environment.logins {
            lint_folder(root, environment, login, &mut seen, problems);
            if let Some(system) = systems.get(&environment.system.value) {
                lint_columns(system, login, problems);
            }
        }
    }
}

/// A login that reads another one's files sees what the other one sees: everything would be visible.
fn lint_folder(root: &Path, environment: &Environment, login: &Login, seen: &mut Vec<(PathBuf, String)>, problems: &mut Problems) {
    let folder = real(login.folder(root));
    if let Some((_, other)) = seen.iter().find(|(other, _)| *other == folder) {
        problems
            .add(&login.files.place, format!("the login `{}` reads the same folder as {other}", login.name.value))
            .expected("another folder")
            .help("point it at the extract that was taken with this login");
    }
    seen.push((folder, format!("the login `{}` of `{}`", login.name.value, environment.name.value)));
}

fn lint_columns(system: &System, login: &Login, problems: &mut Problems) {
    if let Some(taken_at) = &login.taken_at {
        age(system, taken_at, problems);
    }
    for said in login.instance.iter().chain(&login.reader) {
        told_by(system, &said.dataset, &said.column, problems);
    }
    let mut signed: Vec<&At<String>> = Vec::new();
    for dataset in login.complete.iter().map(|s| &s.dataset) {
        if system.lacks(&dataset.value) {
            let help = suggest::nearest_or_all(&dataset.value, system.datasets.iter().map(|d| d.name.value.as_str()));
            let message = format!("the system `{}` has no dataset `{}`", system.name.value, dataset.value);
            problems.add(&dataset.place, message).expected("a dataset").help(help);
        }
        if let Some(first) = signed.iter().find(|s| s.value == dataset.value) {
            let message = format!("the rows of `{}` are already signed for in line {}", dataset.value, first.place.line());
            problems.add(&dataset.place, message).expected("a second number").help("keep one of them");
        }
        signed.push(dataset);
    }
}

/// The same folder under every spelling.
fn real(folder: PathBuf) -> PathBuf {
    std::fs::canonicalize(&folder).unwrap_or(folder)
}

/// What people vouch for instead of the data of the logins that were looked at, for every report.
pub(super) fn stated(loaded: &Loaded, evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, side) in &evidence.snapshots {
        let Some(environment) = loaded.environments.get(environment) else { continue };
        let captured = side.snapshot.iter().flat_map(|s| &s.manifest().logins);
        for login in captured.filter_map(|l| environment.login(&l.name)) {
            found.extend(vouched(environment, login));
        }
    }
    found
}

fn vouched(environment: &Environment, login: &Login) -> Vec<String> {
    let name = format!("{} as {}", environment.name.value, login.name.value);
    let mut found = Vec::new();
    if let TakenAt::Stated { at, by, reason } = environment.taken_at_of(login) {
        let moment = at.value.to_rfc3339_opts(SecondsFormat::Secs, true);
        found.push(format!("the age of {name} is not in its data: {by} states {moment} ({reason})"));
    }
    if let Some(reason) = &login.same_files {
        found.push(format!("{name} may hold the same bytes as another extract ({})", reason.value));
    }
    found
}
