//! `gonogo init`: the files of a new project, empty or drafted from exports. What only a person can know is left as `TODO`, which
//! keeps the answer from GO until it is given.

mod catalogue;
mod control;
mod dataset;
mod exports;
mod key;
mod profile;
mod shared;
mod text;
mod told;
mod write;

use std::path::Path;

use crate::context::Context;
use crate::document::{self, Problems};
use crate::exit::ExitStatus;
use crate::source::SourceError;
use crate::system::{BUILT_IN_SHARED, SHARED_PATH, Shared, decode_shared};

use super::args::{Args, InitArgs};
use super::load::{PROJECT_FILE, shown};
use super::{Failure, output};
use catalogue::Fits;
use dataset::Dataset;
use exports::{Exports, Pair, SIDES};
use write::{Content, Target};

/// All that was seen, and what is made of it.
struct Draft {
    exports: Exports,
    /// One per pair of exports that holds records.
    datasets: Vec<Dataset>,
    /// The control file, when there is one: its pair, and its name below each side's folder.
    control: Option<(Pair, String)>,
    fits: Fits,
}

pub(super) fn run(args: &Args, typed: &InitArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let base = args.project.as_ref().map_or_else(|| context.cwd.clone(), |dir| context.cwd.join(dir));
    let root = typed.folder.as_ref().map_or_else(|| base.clone(), |folder| base.join(folder));
    if root.exists() && !root.is_dir() {
        return Err(Failure::Usage(format!("this is a file, and a project is a folder\n{}\ngive the name of a folder", shown(&root))));
    }
    if root.join(PROJECT_FILE).symlink_metadata().is_ok() {
        let advice = "`gonogo check` judges it as it is; for another project, name a new folder: gonogo init FOLDER";
        let place = shown(&root.join(PROJECT_FILE));
        return Err(Failure::Usage(format!("nothing was written: this folder is a project already\n{place}\n{advice}")));
    }
    let shared = shared_names(&root);
    let exports = exports::find(typed, &shared, context)?;
    let draft = draft(exports, &shared)?;
    let ignored = root.join(".gitignore").exists();
    let targets = targets(&draft, ignored, &root);
    write::refuse_existing(&root, &targets)?;
    let folders = SIDES.map(|side| format!("environments/extracts/{side}"));
    write::write(&root, &folders, &targets)?;
    if !args.quiet {
        output::stdout(told::told(typed, &draft, &targets, ignored).as_bytes())?;
    }
    Ok(ExitStatus::Go)
}

/// The names that all systems share: the folder's own file of them, when there is a sound one, or the built-in one.
fn shared_names(root: &Path) -> Shared {
    let decoded = |bytes: &[u8]| {
        let mut problems = Problems::default();
        let shared = document::load(SHARED_PATH, bytes, &mut problems).and_then(|d| decode_shared(&d, &mut problems));
        shared.filter(|_| problems.is_empty())
    };
    let own = std::fs::read(root.join(SHARED_PATH)).ok().and_then(|bytes| decoded(&bytes));
    own.or_else(|| decoded(BUILT_IN_SHARED.as_bytes())).unwrap_or_default()
}

/// Reads every export; all that cannot be drafted from is told at once.
fn draft(mut exports: Exports, shared: &Shared) -> Result<Draft, Failure> {
    let mut errors: Vec<SourceError> = Vec::new();
    let mut datasets: Vec<Dataset> = exports.pairs.iter().filter_map(|pair| dataset::read(pair).map_err(|e| errors.push(e)).ok()).collect();
    if !errors.is_empty() {
        let told: Vec<String> = errors.iter().map(|e| format!("{}\n  {}\n  {}", e.what, e.place, e.advice)).collect();
        let (what, first) = (format!("nothing was written: {}", told[0]), told[1..].join("\n"));
        return Err(Failure::Usage(if first.is_empty() { what } else { format!("{what}\n{first}") }));
    }
    dataset::refer(&mut datasets);
    let control = control_of(&mut exports, &mut datasets)?;
    for dataset in &mut datasets {
        if let Some(known) = shared.datasets.get(&dataset.name) {
            shared::fit(dataset, known);
        }
    }
    let environments: Vec<(String, String)> = SIDES.iter().map(|side| ((*side).to_owned(), text::environment(side, &datasets))).collect();
    let fits = if datasets.is_empty() { Fits::default() } else { Fits::of(&text::system(&datasets), &environments, shared) };
    Ok(Draft { exports, datasets, control, fits })
}

/// Takes the control file out of the datasets, and notes for each of the others what it says of it.
fn control_of(exports: &mut Exports, datasets: &mut Vec<Dataset>) -> Result<Option<(Pair, String)>, Failure> {
    let Some(at) = exports.pairs.iter().position(|p| control::is_control(p) && p.sides.iter().all(Option::is_some)) else {
        return Ok(None);
    };
    let file = datasets[at].file.clone();
    let control = control::read(&exports.pairs[at], &file)
        .map_err(|e| Failure::Usage(format!("nothing was written: {}\n{}\n{}", e.what, e.place, e.advice)))?;
    let Some(control) = control else { return Ok(None) };
    for dataset in datasets.iter_mut() {
        dataset.complete = control.name_of(&dataset.name, &dataset.file).map(|name| {
            format!(
                "{{rows_from: {{file: {}, dataset: {}, column: {}}}}}",
                text::scalar(&control.file),
                text::scalar(name),
                text::scalar(&control.column)
            )
        });
    }
    datasets.remove(at);
    Ok(Some((exports.pairs.remove(at), file)))
}

fn targets(draft: &Draft, ignored: bool, root: &Path) -> Vec<Target> {
    let datasets = draft.datasets.as_slice();
    let text = |path: String, text: String| Target { path, content: Content::Text(text) };
    let mut targets = Vec::new();
    let files = draft.exports.pairs.iter().zip(datasets.iter().map(|d| &d.file));
    for (pair, file) in files.chain(draft.control.iter().map(|(pair, file)| (pair, file))) {
        for (side, export) in pair.given() {
            let path = format!("environments/extracts/{side}/{file}");
            // An export that lies in its place already stays there.
            let there = std::fs::canonicalize(root.join(&path)).ok();
            if there.is_none() || there != std::fs::canonicalize(&export.path).ok() {
                targets.push(Target { path, content: Content::Copy(export.path.clone()) });
            }
        }
    }
    targets.extend(SIDES.map(|side| text(format!("environments/{side}.yaml"), text::environment(side, datasets))));
    targets.push(text("environments/systems/ours.yaml".to_owned(), text::system(datasets)));
    targets.extend(text::checks(datasets, &draft.fits).map(|checks| text("checks/first-look.yaml".to_owned(), checks)));
    if !ignored {
        targets.push(text(".gitignore".to_owned(), text::gitignore()));
    }
    // Last: it is what makes the folder a project.
    targets.push(text(PROJECT_FILE.to_owned(), text::project(&draft.fits)));
    targets
}
