//! Baselines on disk, and what a command collects for the checks that judge by them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::check::{
    Baseline, Baselines, Check, FrozenDataset, FrozenName, LastSame, RuleFile, Side, content_digest, definition_digest, rule_changes,
};
use crate::document::{Place, Problems, SourceText, sha256, suggest};
use crate::snapshot::{Manifest, Snapshot, Store};

use super::Failure;
use super::load::{Loaded, below};

/// Where baselines lie: with the project, in version control.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join("checks").join("baselines")
}

/// Reads all baselines; gives those that hold, and the names of those that are damaged, each a mistake at its place. Their digests join
/// those of the files that judge.
pub(super) fn load(
    root: &Path,
    digests: &mut Vec<(String, String)>,
    problems: &mut Problems,
) -> (BTreeMap<String, Baseline>, BTreeSet<String>) {
    let (mut found, mut damaged) = (BTreeMap::new(), BTreeSet::new());
    for path in files(root) {
        let shown = below(root, &path);
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let read = match std::fs::read(&path) {
            Ok(bytes) => {
                digests.push((shown.clone(), sha256(&bytes)));
                Baseline::read(&shown, &name, &bytes, problems)
            }
            Err(error) => {
                let place = Place { file: SourceText::new(shown, ""), start: 0, end: 0 };
                problems.add(&place, format!("this baseline cannot be read: {error}"));
                None
            }
        };
        match read {
            Some(baseline) => drop(found.insert(name, baseline)),
            None => drop(damaged.insert(name)),
        }
    }
    digests.sort();
    (found, damaged)
}

/// Files of baselines, sorted by path.
pub(super) fn files(root: &Path) -> Vec<PathBuf> {
    let items = std::fs::read_dir(folder(root)).into_iter().flatten().flatten().map(|item| item.path());
    let mut found: Vec<PathBuf> = items.filter(|p| p.extension().is_some_and(|x| x.eq_ignore_ascii_case("json"))).collect();
    found.sort();
    found
}

/// The files that judge, part by part.
pub(super) fn rules<'a>(
    digests: impl Iterator<Item = &'a (String, String)>,
    mut parts: BTreeMap<String, BTreeMap<String, String>>,
) -> Vec<RuleFile> {
    let rule = |(path, sha256): &(String, String)| RuleFile {
        path: path.clone(),
        sha256: sha256.clone(),
        parts: parts.remove(path).unwrap_or_default(),
    };
    digests.map(rule).collect()
}

/// The baseline that `--new-since` names.
pub(super) fn named<'a>(name: &str, loaded: &'a Loaded) -> Result<&'a Baseline, Failure> {
    loaded.baselines.get(name).ok_or_else(|| {
        let help = if loaded.baselines.is_empty() {
            format!("`gonogo freeze {name}` makes it from what is there today")
        } else {
            suggest::nearest_or_all(name, loaded.baselines.keys().map(String::as_str))
        };
        Failure::Usage(format!("--new-since names no baseline\n`{name}`\n{help}"))
    })
}

/// Files that do not say what they said when a baseline was frozen, with what changed.
pub(super) fn changed_rules(baseline: &Baseline, loaded: &Loaded) -> Vec<String> {
    rule_changes(&baseline.rules, &loaded.rules).into_iter().map(|c| format!("{}: {}", c.path, c.change)).collect()
}

/// What the selected checks judge freezes by.
pub(super) fn evidence(loaded: &Loaded, sides: &BTreeMap<String, Side>, selected: impl Fn(&Check) -> bool) -> Baselines {
    let offered = |name: &String| (name.clone(), super::evidence::offered(loaded, name).into_iter().map(str::to_owned).collect());
    let mut evidence = Baselines {
        named: loaded.baselines.clone(),
        rules: loaded.rules.clone(),
        offered: loaded.environments.keys().map(offered).collect(),
        last_same: BTreeMap::new(),
    };
    let checks = loaded.files.iter().flat_map(|f| &f.checks).filter(|c| selected(c));
    let asked: BTreeSet<(String, String)> = checks.flat_map(|c| c.test.baselines(&loaded.pair)).collect();
    let store = Store::new(&loaded.root);
    for (name, environment) in asked {
        let frozen = loaded.baselines.get(&name).and_then(|b| b.environment(&environment));
        let snapshot = sides.get(&environment).and_then(|s| s.snapshot.as_ref());
        let (Some(frozen), Some(snapshot)) = (frozen, snapshot) else { continue };
        let moved: Vec<&FrozenDataset> = frozen.datasets.iter().filter(|d| has_moved(d, snapshot)).collect();
        for (dataset, last) in last_same(&store, &environment, moved) {
            evidence.last_same.insert(FrozenName { baseline: name.clone(), environment: environment.clone(), dataset }, last);
        }
    }
    evidence
}

fn has_moved(frozen: &FrozenDataset, snapshot: &Snapshot) -> bool {
    snapshot.table(&frozen.name).and_then(|t| content_digest(&t, &frozen.columns)).is_ok_and(|now| now != frozen.content)
}

/// The newest stored snapshot in which each dataset is as frozen. Manifests alone rule most snapshots out: only files that were
/// not seen before are opened. A snapshot that cannot be read shows nothing.
fn last_same(store: &Store, environment: &str, mut moved: Vec<&FrozenDataset>) -> Vec<(String, LastSame)> {
    let mut others: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for id in store.list(environment).unwrap_or_default().iter().rev() {
        if moved.is_empty() {
            break;
        }
        let Ok(manifest) = store.manifest(environment, id) else { continue };
        let file = |d: &FrozenDataset, manifest: &Manifest| manifest.dataset(&d.name).and_then(|entry| entry.sha256.clone());
        let likely = |d: &&FrozenDataset| {
            let unseen = file(d, &manifest).is_some_and(|sha256| !others.contains(&sha256));
            unseen && definition_digest(&manifest, &d.name) == d.definition
        };
        if !moved.iter().any(likely) {
            continue;
        }
        let Ok(snapshot) = store.open(environment, Some(id)) else { continue };
        let at = manifest.taken_at.unwrap_or(manifest.captured_at);
        let candidates: Vec<&FrozenDataset> = moved.iter().copied().filter(|d| likely(d)).collect();
        for dataset in candidates {
            let table = snapshot.table(&dataset.name);
            match table.and_then(|table| content_digest(&table, &dataset.columns).map(|content| (table, content))) {
                Ok((table, content)) if content == dataset.content => {
                    moved.retain(|d| d.name != dataset.name);
                    found.push((dataset.name.clone(), LastSame { at, table }));
                }
                Ok(_) => others.extend(file(dataset, &manifest)),
                Err(_) => {}
            }
        }
    }
    found
}
