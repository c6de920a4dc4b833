//! Files that users write: those of the example are free of mistakes, and 50 mistakes in 10 files are all found in one pass,
//! each at its place, none invented.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gonogo::check::{self, Catalogue, CheckFile, List, Pair};
use gonogo::document::{self, Problems};
use gonogo::environment::{self, Environment};
use gonogo::system::{self, System};
use gonogo::verdict::{self, Project};

/// A folder of files, read through the library as the program reads a project.
struct Loaded {
    project: Option<Project>,
    environments: BTreeMap<String, Environment>,
    systems: BTreeMap<String, System>,
    checks: Vec<CheckFile>,
    problems: Problems,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// YAML files below `folder`, with their paths as messages show them, sorted.
fn yaml_files(folder: &Path, below: &str) -> Vec<(PathBuf, String)> {
    let mut found: Vec<(PathBuf, String)> = walkdir::WalkDir::new(folder.join(below))
        .max_depth(if below == "environments" { 2 } else { usize::MAX })
        .into_iter()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "yaml"))
        // The catalogue is no part of a project that does not ask for it.
        .filter(|e| !e.path().components().any(|c| c.as_os_str() == "extracts" || c.as_os_str() == "standard"))
        .map(|e| {
            let shown = e.path().strip_prefix(folder).unwrap().components();
            let shown: Vec<_> = shown.map(|c| c.as_os_str().to_str().unwrap().to_owned()).collect();
            (e.path().to_owned(), shown.join("/"))
        })
        .filter(|(_, shown)| !["checks/sites/", "checks/attestations/"].iter().any(|folder| shown.starts_with(folder)))
        .collect();
    found.sort();
    found
}

fn load(folder: &Path) -> Loaded {
    load_as(folder, |bytes| bytes)
}

/// Loads a folder whose files are first changed by `edit`.
fn load_as(folder: &Path, edit: impl Fn(Vec<u8>) -> Vec<u8>) -> Loaded {
    let mut problems = Problems::default();
    let (mut project, mut environments, mut systems, mut checks) = (None, BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut waivers = Vec::new();
    let mut files = yaml_files(folder, "environments");
    files.extend(yaml_files(folder, "checks"));
    files.push((folder.join("gonogo.yaml"), "gonogo.yaml".to_owned()));
    for (path, shown) in files {
        let document = document::load(&shown, &edit(std::fs::read(path).unwrap()), &mut problems);
        if shown == "gonogo.yaml" {
            project = document.and_then(|d| verdict::decode_project(&d, &mut problems));
        } else if shown == "checks/waivers.yaml" {
            waivers.extend(document.map(|d| verdict::decode_waivers(&d, &mut problems)).unwrap_or_default());
        } else if shown.starts_with("checks/attestations/") {
            let _ = document.and_then(|d| check::decode_attestations(&d, &mut problems));
        } else if shown.starts_with("checks/") {
            checks.extend(document.and_then(|d| check::decode(&d, &mut problems)));
        } else if !shown.starts_with("environments/systems/") {
            let decoded = document.and_then(|d| environment::decode(&d, &mut problems));
            let environment = decoded.unwrap_or_else(|| Environment::unreadable(&shown));
            environments.insert(environment.name.value.clone(), environment);
        } else if !shown.ends_with("/shared.yaml") {
            let decoded = document.and_then(|d| system::decode(&d, false, &mut problems));
            let system = decoded.unwrap_or_else(|| System::unreadable(&shown));
            systems.insert(system.name.value.clone(), system);
        }
    }
    if let Some(project) = &project {
        let pair = Pair { training: project.training.value.clone(), production: project.production.value.clone() };
        let lists = lists(folder, &checks);
        let catalogue = Catalogue {
            environments: &environments,
            systems: &systems,
            pair: &pair,
            lists: &lists,
            baselines: &BTreeMap::new(),
            unread_baselines: &std::collections::BTreeSet::new(),
        };
        check::lint(&checks, &catalogue, &mut problems);
        let ids = checks.iter().flat_map(|f| &f.checks).map(|c| c.id.value.as_str());
        verdict::lint_waivers(&waivers, ids, &project.policy, &mut problems);
    }
    Loaded { project, environments, systems, checks, problems }
}

/// The lists that the checks quote, as far as they are there.
fn lists(folder: &Path, checks: &[CheckFile]) -> BTreeMap<String, List> {
    let quoted = checks.iter().flat_map(|f| &f.checks).flat_map(|c| c.test.lists());
    quoted
        .filter_map(|(name, _)| {
            let mut reader = csv::Reader::from_path(folder.join("checks").join(&name.value)).ok()?;
            let headings = reader.headers().ok()?.iter().map(str::to_owned).collect();
            let rows = reader.records().flatten().map(|r| (0, r.iter().map(str::to_owned).collect())).collect();
            Some((name.value, List { headings, rows, sha256: String::new() }))
        })
        .collect()
}

/// `path:line:col message` per problem, in the order that people read them.
fn listed(problems: &Problems) -> Vec<String> {
    problems.sorted().iter().map(|p| format!("{} {}", p.place, p.message)).collect()
}

#[test]
fn the_example_is_free_of_mistakes() {
    let loaded = load(&root());
    assert!(loaded.problems.is_empty(), "{}", document::render(&loaded.problems, false));
    let project = loaded.project.unwrap();
    assert!(loaded.environments.contains_key(&project.training.value) && loaded.environments.contains_key(&project.production.value));
    assert!(loaded.environments.values().all(|e| loaded.systems.contains_key(&e.system.value)));
    assert!(!loaded.checks.is_empty());
}

/// The mistakes of the folder, as its list says by hand.
fn expected(folder: &Path) -> Vec<String> {
    let list = std::fs::read_to_string(folder.join("EXPECTED.txt")).unwrap();
    list.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn fifty_mistakes_in_ten_files_are_all_found_in_one_pass() {
    let folder = root().join("tests/documents/mistakes");
    let expected = expected(&folder);
    let loaded = load(&folder);
    let found = listed(&loaded.problems);
    let missed: Vec<_> = expected.iter().filter(|e| !found.contains(e)).collect();
    let invented: Vec<_> = found.iter().filter(|f| !expected.contains(f)).collect();
    assert!(missed.is_empty() && invented.is_empty(), "missed: {missed:#?}\ninvented: {invented:#?}");
    let files: BTreeSet<_> = found.iter().filter_map(|f| f.split(':').next()).collect();
    assert!(found.len() >= 50 && files.len() >= 10, "{} mistakes in {} files", found.len(), files.len());

    let shown = document::render(&loaded.problems, false);
    let last = format!("{} mistakes in {} files; nothing was contacted", found.len(), files.len());
    assert_eq!(shown.lines().last(), Some(last.as_str()));
    let places = found.iter().map(|f| f.split(' ').next().unwrap());
    assert!(places.into_iter().all(|place| shown.contains(&format!("--> {place}\n"))), "{shown}");
}

#[test]
fn the_program_tells_all_of_them_and_contacts_nothing() {
    let folder = root().join("tests/documents/mistakes");
    let ran = crate::support::run(&folder, &["lint"]);
    assert_eq!(ran.code, 2, "{ran}");
    let said = &ran.stderr;
    let expected = expected(&folder);
    for place in expected.iter().filter_map(|e| e.split(' ').next()) {
        assert!(said.contains(&format!("--> {place}\n")), "{place} is not in\n{said}");
    }
    assert!(said.contains(&format!("\n{} mistakes in ", expected.len())), "{said}");
    assert!(!folder.join(".gonogo").exists());
}

#[test]
fn windows_line_ends_change_no_place() {
    let folder = root().join("tests/documents/mistakes");
    let windows =
        |bytes: Vec<u8>| -> Vec<u8> { bytes.into_iter().flat_map(|b| if b == b'\n' { vec![b'\r', b'\n'] } else { vec![b] }).collect() };
    assert_eq!(listed(&load_as(&folder, windows).problems), expected(&folder));
    let marked = |bytes: Vec<u8>| [b"\xef\xbb\xbf".to_vec(), bytes].concat();
    assert_eq!(listed(&load_as(&folder, marked).problems), expected(&folder));
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    /// Every YAML file of the example and of the fixtures, with its shown path.
    fn all_files() -> Vec<(String, String)> {
        let folders = [root(), root().join("tests/documents/mistakes")];
        let below = ["environments", "checks"];
        let mut files = Vec::new();
        for (folder, below) in folders.iter().flat_map(|f| below.map(|b| (f, b))) {
            files.extend(
                yaml_files(folder, below).into_iter().filter_map(|(path, shown)| Some((shown, std::fs::read_to_string(path).ok()?))),
            );
        }
        files.push(("gonogo.yaml".to_owned(), std::fs::read_to_string(root().join("gonogo.yaml")).unwrap()));
        files
    }

    /// True for a line that begins with a key, and with none of a list's item or a block's text.
    fn is_key(line: &str) -> bool {
        line.trim_start()
            .split_once(':')
            .is_some_and(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    }

    /// One file, decoded as what its path says, with all places looked at.
    fn decode(shown: &str, text: &str) -> usize {
        let mut problems = Problems::default();
        if let Some(document) = document::load(shown, text.as_bytes(), &mut problems) {
            let something = match shown {
                "gonogo.yaml" => verdict::decode_project(&document, &mut problems).is_some(),
                "checks/waivers.yaml" => !verdict::decode_waivers(&document, &mut problems).is_empty(),
                _ if shown.starts_with("checks/") => check::decode(&document, &mut problems).is_some(),
                _ if shown.starts_with("environments/systems/") => system::decode(&document, false, &mut problems).is_some(),
                _ => environment::decode(&document, &mut problems).is_some(),
            };
            assert!(something || !problems.is_empty(), "{shown}: refused without a reason\n{text}");
        }
        for problem in problems.sorted() {
            assert!(problem.place.file.text.get(problem.place.start..problem.place.end).is_some(), "{problem:?}");
        }
        document::render(&problems, false);
        problems.len()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn damaged_files_are_never_a_panic(
            file in any::<prop::sample::Index>(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40usize, "[a-z:\\[\\]{}'\"$*&é\\n -]{0,6}"), 1..4),
        ) {
            let files = all_files();
            let (shown, text) = file.get(&files);
            let mut text: Vec<char> = text.chars().collect();
            for (at, length, insert) in edits {
                let at = at.index(text.len() + 1);
                let end = (at + length).min(text.len());
                text.splice(at..end, insert.chars());
            }
            decode(shown, &text.into_iter().collect::<String>());
        }

        #[test]
        fn a_key_that_nobody_knows_is_always_a_mistake(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
            let files: Vec<_> = all_files().into_iter().filter(|(shown, _)| !shown.ends_with("/shared.yaml")).collect();
            let (shown, text) = file.get(&files);
            let lines: Vec<&str> = text.lines().collect();
            let before = decode(shown, text);
            let keys: Vec<usize> = (0..lines.len()).filter(|i| is_key(lines[*i])).collect();
            prop_assume!(!keys.is_empty() && before == 0);
            let line = keys[at.index(keys.len())];
            let indent: String = lines[line].chars().take_while(|c| *c == ' ').collect();
            let mut changed = lines.clone();
            // No name either, where the keys are the user's own.
            let added = format!("{indent}ZZ unknown: 1");
            changed.insert(line, &added);
            prop_assert!(decode(shown, &changed.join("\n")) > 0, "{shown}:{line}");
        }
    }
}
