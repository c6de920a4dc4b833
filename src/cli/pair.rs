//! The two sides: which environments they are, and that they are two.

use std::collections::BTreeMap;
use std::path::Path;

use crate::check::Pair;
use crate::document::{Problems, suggest};
use crate::environment::{Environment, Role};
use crate::verdict::Project;

use super::load::{LoadError, PairOverride};

/// The pair as typed, or as the project says.
pub(super) fn choose(
    project: &Project,
    typed: PairOverride<'_>,
    environments: &BTreeMap<String, Environment>,
    problems: &mut Problems,
) -> Result<Pair, LoadError> {
    for (flag, name) in [("--training", typed.training), ("--production", typed.production)] {
        if let Some(name) = name.filter(|n| !environments.contains_key(*n)) {
            let help = suggest::nearest_or_all(name, environments.keys().map(String::as_str));
            return Err(LoadError::Usage(format!("{flag} names no environment\n  `{name}`\n  {help}")));
        }
    }
    for name in [&project.training, &project.production] {
        if !environments.contains_key(&name.value) {
            let help = suggest::nearest_or_all(&name.value, environments.keys().map(String::as_str));
            problems.add(&name.place, format!("there is no environment `{}`", name.value)).expected("an environment").help(help);
        }
    }
    let sides = [
        ("--training", &project.training, typed.training, "training", [Role::Production].as_slice()),
        ("--production", &project.production, typed.production, "production", &[Role::Training, Role::Classroom, Role::Master]),
    ];
    for (flag, named, typed, side, unfit) in sides {
        let name = typed.unwrap_or(&named.value);
        let Some(role) = environments.get(name).filter(|e| is_read(e)).map(|e| e.role) else { continue };
        if unfit.contains(&role) {
            // Swapped sides would turn what staff were taught into what goes live.
            let what = format!("`{name}` has the role {}: it cannot be the {side} side", role.word());
            if typed.is_some() {
                return Err(LoadError::Usage(format!("{what}\n  {flag} {name}\n  the sides may be swapped")));
            }
            problems.add(&named.place, what).expected("an environment of a fitting role").help("the sides may be swapped");
        }
    }
    let pair = Pair {
        training: typed.training.unwrap_or(&project.training.value).to_owned(),
        production: typed.production.unwrap_or(&project.production.value).to_owned(),
    };
    if pair.training == pair.production {
        let what = format!("both sides are the environment `{}`", pair.training);
        if typed.training.is_some() || typed.production.is_some() {
            return Err(LoadError::Usage(format!("{what}\n  --training, --production\n  name two environments")));
        }
        problems.add(&project.production.place, what).expected("another environment than training");
    }
    Ok(pair)
}

/// A damaged file stands for its environment, and says nothing.
fn is_read(environment: &Environment) -> bool {
    !environment.digest.is_empty()
}

/// The same folder or the same instance on both sides is a mistake in the files: everything would be equal to itself.
pub(super) fn lint(root: &Path, pair: &Pair, environments: &BTreeMap<String, Environment>, problems: &mut Problems) {
    let (Some(training), Some(production)) = (environments.get(&pair.training), environments.get(&pair.production)) else { return };
    if pair.training == pair.production {
        return;
    }
    let folder = |environment: &Environment| {
        let path = environment.folder(root)?;
        Some(std::fs::canonicalize(&path).unwrap_or(path))
    };
    if let (Some(left), Some(right), Some(files)) = (folder(training), folder(production), &production.files)
        && left == right
    {
        problems
            .add(&files.place, format!("`{}` reads the same folder as `{}`", pair.production, pair.training))
            .expected("another folder")
            .help("point each environment at its own extract");
    }
    if let (Some(left), Some(right)) = (&training.server, &production.server)
        && left.url.value == right.url.value
    {
        problems
            .add(&right.url.place, format!("`{}` asks the same server as `{}`", pair.production, pair.training))
            .expected("another address")
            .help("point each environment at its own server");
    }
    if let (Some(left), Some(right)) = (&training.instance, &production.instance)
        && training.system.value == production.system.value
        && (&left.dataset.value, &left.column.value, &left.is.value) == (&right.dataset.value, &right.column.value, &right.is.value)
    {
        problems
            .add(&right.is.place, format!("`{}` is the same instance as `{}`", pair.production, pair.training))
            .expected("another instance")
            .help("say of each environment what only its own data say");
    }
}
