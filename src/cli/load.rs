//! Loads a project: every file of it, every mistake in it, before anything is contacted.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::check::{
    Attestations, Baseline, Catalogue, CheckFile, DocumentNow, HAZARDS_FILE, Hazard, List, Overlaid, Pair, RuleFile, lint_attestations,
    overlay,
};
use crate::context::Context;
use crate::document::{self, At, Document, Problems, load_file, sha256, suggest};
use crate::environment::Environment;
use crate::system::{BUILT_IN_SHARED, SHARED_PATH, Shared, System};
use crate::verdict::{Project, TodoResult, Waiver, decode_project, lint_waivers};

use super::{attestations, baselines, environments, pair, sites, standard, waivers};

/// Name of the file that makes a folder a project.
pub(super) const PROJECT_FILE: &str = "gonogo.yaml";

/// A project whose files hold no mistake.
pub(super) struct Loaded {
    pub(super) root: PathBuf,
    pub(super) project: Project,
    pub(super) pair: Pair,
    pub(super) environments: BTreeMap<String, Environment>,
    pub(super) systems: BTreeMap<String, System>,
    /// The checks as they are judged: one that sites answer differently is there once per site.
    pub(super) files: Vec<CheckFile>,
    /// Names of the sites, sorted.
    pub(super) sites: Vec<String>,
    /// Adjustments of sites that adjust nothing, and the like.
    pub(super) notes: Vec<String>,
    pub(super) lists: BTreeMap<String, List>,
    pub(super) attestations: Attestations,
    pub(super) waivers: Vec<Waiver>,
    /// The hazard log; empty when the project keeps none.
    pub(super) hazards: Vec<Hazard>,
    /// What the files leave open, in the order in which they are read.
    pub(super) todo: Vec<TodoResult>,
    /// SHA-256 of every file that judges, by shown path.
    pub(super) digests: Vec<(String, String)>,
    /// The same files, with what they say part by part; baselines are none of them.
    pub(super) rules: Vec<RuleFile>,
    pub(super) baselines: BTreeMap<String, Baseline>,
    /// Built-in definitions that a file of the project takes the place of, in words.
    pub(super) overridden: Vec<String>,
}

/// Why there is nothing to work with.
pub(super) enum LoadError {
    /// The command line does not fit the project: one line what, where, what to do.
    Usage(String),
    /// The files hold mistakes.
    Mistakes(Problems),
}

/// The pair as typed; the project's own where nothing was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PairOverride<'a> {
    pub(super) training: Option<&'a str>,
    pub(super) production: Option<&'a str>,
}

/// Finds the project's folder: the one given, or the nearest one upward from the working folder.
pub(super) fn find(given: Option<&Path>, context: &Context) -> Result<PathBuf, LoadError> {
    let start = given.map_or_else(|| context.cwd.clone(), |dir| context.cwd.join(dir));
    if given.is_some() {
        if start.join(PROJECT_FILE).is_file() {
            return Ok(start);
        }
        return Err(LoadError::Usage(format!(
            "there is no {PROJECT_FILE} in that folder\n  {}\n  give the folder of the project with -C",
            shown(&start)
        )));
    }
    start.ancestors().find(|dir| dir.join(PROJECT_FILE).is_file()).map(Path::to_path_buf).ok_or_else(|| {
        if let Some(near) = ["gonogo.yml", "Gonogo.yaml", "gonogo.yaml.txt"].into_iter().find(|near| start.join(near).is_file()) {
            return LoadError::Usage(format!(
                "the project's file must be called {PROJECT_FILE}\n  {}\n  rename it",
                shown(&start.join(near))
            ));
        }
        LoadError::Usage(format!(
            "no {PROJECT_FILE} was found here or in any folder above\n  {}\n  go to the project's folder, or name it with -C DIR",
            shown(&start)
        ))
    })
}

/// Loads and lints everything.
pub(super) fn load(root: PathBuf, pair: PairOverride<'_>) -> Result<Loaded, LoadError> {
    load_freezing(root, pair, None)
}

/// [`load`], where checks may name a baseline that is being made.
pub(super) fn load_freezing(root: PathBuf, pair: PairOverride<'_>, freezing: Option<&str>) -> Result<Loaded, LoadError> {
    let mut problems = Problems::default();
    let mut digests = Vec::new();
    let mut parts = BTreeMap::new();
    let mut todo = Vec::new();
    let mut read = |path: &Path, problems: &mut Problems| -> Option<Document> {
        let shown = below(&root, path);
        let document = load_file(path, &shown, problems)?;
        parts.insert(shown.clone(), crate::check::rule_parts(&document.root));
        todo.extend(TodoResult::of(&document.root));
        digests.push((shown, sha256(&document.file.text)));
        Some(document)
    };

    let project = read(&root.join(PROJECT_FILE), &mut problems).and_then(|d| decode_project(&d, &mut problems));
    let mut environments = BTreeMap::new();
    for path in yaml_files(&root.join("environments"), false) {
        // A damaged file stands for its environment: those that name it have made no mistake.
        let decoded = read(&path, &mut problems).and_then(|d| crate::environment::decode(&d, &mut problems));
        let environment = decoded.unwrap_or_else(|| Environment::unreadable(&below(&root, &path)));
        keep(&mut environments, environment.name.clone(), environment, "environment", &mut problems);
    }
    let mut overridden = Vec::new();
    let shared = shared_names(&root, &mut read, &mut overridden, &mut problems);
    let mut systems = BTreeMap::new();
    for path in yaml_files(&root.join("environments").join("systems"), false) {
        if path.file_stem().is_some_and(|s| s == "shared") {
            continue;
        }
        let decoded = read(&path, &mut problems).and_then(|d| crate::system::decode(&d, false, &mut problems));
        let mut system = decoded.unwrap_or_else(|| System::unreadable(&below(&root, &path)));
        crate::system::hold(&mut system, &shared, &mut problems);
        keep(&mut systems, system.name.clone(), system, "system", &mut problems);
    }
    let mut files = Vec::new();
    let before = problems.len();
    for path in yaml_files(&root.join("checks"), true) {
        if let Some(file) = read(&path, &mut problems).and_then(|d| crate::check::decode(&d, &mut problems)) {
            files.push(file);
        }
    }
    let every_check = problems.len() == before;
    let mut built_in = Vec::new();
    if let Some(project) = &project {
        let catalogue = standard::load(&root, project, &mut read, &mut problems);
        files.extend(catalogue.files);
        overridden.extend(catalogue.deviations);
        built_in = catalogue.digests;
    }
    let attestations = attestations::load(&root, &mut read, &mut problems);
    let waivers = waivers::load(&root, &mut read, &mut problems);
    lint_attestations(&files, &attestations, every_check, &mut problems);
    let documents: Vec<Document> =
        yaml_files(&root.join("checks").join("sites"), false).iter().filter_map(|path| read(path, &mut problems)).collect();
    let sites = sites::decode(&documents, &mut problems);
    digests.extend(built_in);
    let mut lists = BTreeMap::new();
    let of_sites = sites.iter().flat_map(|s| &s.adjustments).filter_map(|a| Some(a.rows.as_ref()?.rows.clone()));
    let quoted = files.iter().flat_map(|f| f.checks.iter().flat_map(|c| c.test.lists()).map(|(name, _)| (name, f.standard)));
    for (name, standard) in quoted.chain(of_sites.map(|name| (name, false))) {
        if lists.contains_key(&name.value) {
            continue;
        }
        if let Some(list) = load_list(&root, &name, standard, &mut problems) {
            digests.push((name.value.clone(), list.sha256.clone()));
            lists.insert(name.value.clone(), list);
        }
    }
    let hazards = std::fs::read(root.join(HAZARDS_FILE)).ok().map(|bytes| {
        digests.push((HAZARDS_FILE.to_owned(), sha256(&bytes)));
        crate::check::decode_hazards(HAZARDS_FILE, &bytes, &mut problems)
    });
    let hazards = match &project {
        Some(project) => standard::hazards(hazards, project, &mut problems),
        None => hazards,
    };
    crate::check::lint_hazards(&files, hazards.as_deref(), &mut problems);
    for environment in environments.values() {
        environments::lint(environment, &systems, &mut problems);
    }
    super::logins::lint(&root, &environments, &systems, &mut problems);
    for (path, now) in &attestations.documents {
        if let DocumentNow::Is(sha256) = now {
            digests.push((path.clone(), sha256.clone()));
        }
    }
    digests.sort();
    digests.dedup();
    // What a signature points at is judged with the signature.
    let judging = digests.iter().filter(|(path, _)| !attestations.documents.contains_key(path));
    let rules = baselines::rules(judging, parts);
    let (baselines, mut unread_baselines) = baselines::load(&root, &mut digests, &mut problems);
    unread_baselines.extend(freezing.map(str::to_owned));

    let Some(project) = project else { return Err(LoadError::Mistakes(problems)) };
    let pair = pair::choose(&project, pair, &environments, &mut problems)?;
    pair::lint(&root, &pair, &environments, &mut problems);
    let catalogue = Catalogue {
        environments: &environments,
        systems: &systems,
        pair: &pair,
        lists: &lists,
        baselines: &baselines,
        unread_baselines: &unread_baselines,
    };
    crate::check::lint(&files, &catalogue, &mut problems);
    let checks = files.iter().flat_map(|f| &f.checks).map(|c| c.id.value.as_str());
    lint_waivers(&waivers, checks, &project.policy, &mut problems);
    let Overlaid { files, notes } = overlay(files, &sites, &project.policy.approvers, &catalogue, &mut problems);
    let sites = sites.into_iter().map(|s| s.name.value).collect();
    if !problems.is_empty() {
        return Err(LoadError::Mistakes(problems));
    }
    Ok(Loaded {
        root,
        project,
        pair,
        environments,
        systems,
        files,
        sites,
        notes,
        lists,
        attestations,
        waivers,
        todo,
        hazards: hazards.unwrap_or_default(),
        digests,
        rules,
        baselines,
        overridden,
    })
}

/// The names that all systems share: the project's own file of them, or the built-in one.
fn shared_names(
    root: &Path,
    read: &mut impl FnMut(&Path, &mut Problems) -> Option<Document>,
    overridden: &mut Vec<String>,
    problems: &mut Problems,
) -> Shared {
    let mut built_in = Problems::default();
    let standard = document::load(SHARED_PATH, BUILT_IN_SHARED.as_bytes(), &mut built_in);
    let standard = standard.and_then(|d| crate::system::decode_shared(&d, &mut built_in)).unwrap_or_default();
    let own = root.join(SHARED_PATH);
    if !own.is_file() {
        return standard;
    }
    let Some(own) = read(&own, problems).and_then(|d| crate::system::decode_shared(&d, problems)) else { return standard };
    overridden.extend(own.difference(&standard).map(|how| format!("{SHARED_PATH} takes the place of the built-in one: {how}")));
    own
}

impl Loaded {
    /// While nobody says when the go-live is, it is judged as if it were now; that it is open keeps the answer from GO.
    pub(super) fn assume_go_live(&mut self, moment: DateTime<Utc>) {
        if self.todo.iter().any(|t| t.field == TodoResult::GO_LIVE) {
            self.project.go_live.value = moment;
        }
    }

    /// True while the project leaves open how old the data of an environment are, or how old they may be.
    pub(super) fn age_is_open(&self, environment: &Environment) -> bool {
        let is = |todo: &TodoResult, file: &str, field: &str| {
            todo.field == field && todo.place.rsplit_once(':').is_some_and(|(path, _)| path == file)
        };
        self.todo.iter().any(|t| is(t, &environment.path, TodoResult::EXTRACT) || is(t, PROJECT_FILE, TodoResult::MAX_AGE))
    }

    /// What check files may refer to.
    pub(super) fn catalogue(&self) -> Catalogue<'_> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        Catalogue {
            environments: &self.environments,
            systems: &self.systems,
            pair: &self.pair,
            lists: &self.lists,
            baselines: &self.baselines,
            unread_baselines: &NONE,
        }
    }
}

fn keep<T>(map: &mut BTreeMap<String, T>, name: At<String>, value: T, what: &str, problems: &mut Problems) {
    match map.entry(name.value) {
        Entry::Occupied(known) => {
            let message = format!("another file already defines the {what} `{}`", known.key());
            problems.add(&name.place, message).expected("a name of its own");
        }
        Entry::Vacant(free) => {
            free.insert(value);
        }
    }
}

/// A list of the project. A check of the catalogue takes the catalogue's own where there is none; without either it CANNOT TELL.
fn load_list(root: &Path, name: &At<String>, standard: bool, problems: &mut Problems) -> Option<List> {
    let relative = Path::new(&name.value);
    if relative.components().any(|c| !matches!(c, Component::Normal(_) | Component::CurDir)) {
        problems.add(&name.place, "a list lies inside the project").expected("a path below checks/, such as lists/clinics.csv");
        return None;
    }
    let path = root.join(relative);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if standard && error.kind() == std::io::ErrorKind::NotFound => standard::list(&name.value)?.to_vec(),
        Err(error) => {
            let lists = csv_files(&root.join("checks"));
            let help = suggest::nearest_or_all(&name.value, lists.iter().map(String::as_str));
            problems.add(&name.place, format!("the list cannot be read: {error}")).expected("a file below checks/").help(help);
            return None;
        }
    };
    list_of(&bytes).map_or_else(|error| list_mistake(name, &error, problems), Some)
}

/// A list from the bytes of its file.
pub(super) fn list_of(bytes: &[u8]) -> Result<List, csv::Error> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().from_reader(text);
    let headings = reader.headers()?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        rows.push((record.position().map_or(0, csv::Position::line), record.iter().map(str::to_owned).collect()));
    }
    Ok(List { headings, rows, sha256: sha256(bytes) })
}

fn list_mistake(name: &At<String>, error: &csv::Error, problems: &mut Problems) -> Option<List> {
    let line = error.position().map_or(1, csv::Position::line);
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("has {len} cells where the headings are {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        _ => "cannot be read".to_owned(),
    };
    problems.add(&name.place, format!("{}:{line} {what}", name.value)).expected("a CSV file in UTF-8, every row as long as the headings");
    None
}

/// YAML files of a folder, sorted by path. Of `checks/`, only those that hold checks.
pub(super) fn yaml_files(dir: &Path, deep: bool) -> Vec<PathBuf> {
    let not_checks = |path: &Path| {
        let relative = path.strip_prefix(dir).unwrap_or(path);
        relative == Path::new("waivers.yaml") || ["lists", "sites", "attestations", "standard"].iter().any(|d| relative.starts_with(d))
    };
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(dir)
        .max_depth(if deep { 16 } else { 1 })
        .into_iter()
        .filter_map(Result::ok)
        .filter(|e| e.file_type().is_file() && e.path().extension().is_some_and(|x| x == "yaml" || x == "yml"))
        .map(walkdir::DirEntry::into_path)
        .filter(|p| !deep || !not_checks(p))
        .collect();
    found.sort_by_key(|p| below(dir, p));
    found
}

fn csv_files(dir: &Path) -> Vec<String> {
    let mut found: Vec<String> = walkdir::WalkDir::new(dir)
        .max_depth(8)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|e| e.path().extension().is_some_and(|x| x == "csv"))
        .map(|e| below(dir, e.path()))
        .collect();
    found.sort();
    found
}

/// A path below `root` as shown: relative, with `/`.
pub(super) fn below(root: &Path, path: &Path) -> String {
    shown(path.strip_prefix(root).unwrap_or(path))
}

/// A path with `/` on every system.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
