//! `gonogo diff`: two sides compared by key, without checks. 0 equal, 1 different, 2 usage, 3 cannot tell.

mod plain;
mod tell;

use std::collections::BTreeSet;

use crate::compare::{Comparison, Relation, Rule, Rules, compare};
use crate::context::Context;
use crate::document::suggest;
use crate::exit::ExitStatus;
use crate::snapshot::{PROBES, Plan, Snapshot, split_view};

use super::args::{Args, DiffArgs};
use super::load::{PairOverride, find, load};
use super::{Failure, evidence, output, show};

/// One dataset of a diff.
struct Compared {
    name: String,
    comparison: Comparison,
    /// Why equal is not known to be equal.
    cannot_tell: Vec<String>,
    /// Columns of plain files that only one side has.
    only: [Vec<String>; 2],
}

pub(super) async fn run(args: &Args, typed: &DiffArgs, context: &Context) -> Result<ExitStatus, Failure> {
    if !["terminal", "json"].contains(&typed.format.as_str()) {
        let help = suggest::nearest_or_all(&typed.format, ["terminal", "json"].into_iter());
        return Err(Failure::Usage(format!("there is no format `{}`\ngonogo diff --format\n{help}", typed.format)));
    }
    let files = [&typed.left, &typed.right].map(|side| context.cwd.join(side).is_file());
    let compared = match files {
        [true, true] => vec![plain::compare(typed, context)?],
        [false, false] if ![&typed.left, &typed.right].iter().any(|side| looks_like_a_file(side)) => {
            snapshots(args, typed, context).await?
        }
        _ if [&typed.left, &typed.right].iter().any(|side| looks_like_a_file(side)) => {
            let missing = if files[0] { &typed.right } else { &typed.left };
            return Err(Failure::Usage(format!(
                "there is no such file\n{missing}\ncheck the name; environments and snapshots are compared with each other"
            )));
        }
        _ => {
            return Err(Failure::Usage(
                "a plain file is compared with a plain file\ngonogo diff LEFT RIGHT\nto compare it with an environment, describe it in a system definition".to_owned(),
            ));
        }
    };
    let names = [typed.left.clone(), typed.right.clone()];
    let bytes =
        if typed.format == "json" { tell::json(&names, &compared)? } else { tell::terminal(&names, &compared, typed.limit, context.width) };
    output::stdout(&bytes)?;
    Ok(status(&compared))
}

fn looks_like_a_file(side: &str) -> bool {
    let extension = std::path::Path::new(side).extension().map(|x| x.to_string_lossy().to_lowercase());
    extension.is_some_and(|x| ["csv", "tsv", "txt", "json", "ndjson", "jsonl", "xlsx", "xml"].contains(&x.as_str()))
}

/// Different wins over cannot tell: what differs, differs.
fn status(compared: &[Compared]) -> ExitStatus {
    let differs = |c: &Compared| {
        use crate::compare::DifferenceKind::{DuplicateKey, MissingKey};
        c.comparison.differences.iter().any(|d| !matches!(d.kind, DuplicateKey { .. } | MissingKey { .. }))
    };
    if compared.iter().any(|c| c.comparison.beyond > 0 || differs(c) || c.only.iter().any(|o| !o.is_empty())) {
        ExitStatus::NoGo
    } else if compared.is_empty() || compared.iter().any(|c| !c.cannot_tell.is_empty() || !c.comparison.differences.is_empty()) {
        ExitStatus::CannotTell
    } else {
        ExitStatus::Go
    }
}

async fn snapshots(args: &Args, typed: &DiffArgs, context: &Context) -> Result<Vec<Compared>, Failure> {
    if !typed.key.is_empty() {
        return Err(Failure::Usage("--key is for plain files\n--key\nthe system definition names the key of a dataset".to_owned()));
    }
    let left = side(args, &typed.left, context).await?;
    let right = side(args, &typed.right, context).await?;
    let names = |snapshot: &Snapshot| snapshot.manifest().datasets.iter().map(|d| d.name.clone()).collect::<BTreeSet<_>>();
    let (in_left, in_right) = (names(&left), names(&right));
    let all: BTreeSet<&String> = in_left.union(&in_right).collect();
    let wanted: Vec<&String> = match &typed.dataset {
        // What was measured differs by itself.
        // What a login sees is compared where both sides were asked for it; beside the datasets themselves it is no difference.
        None => all
            .into_iter()
            .filter(|n| *n != PROBES)
            .filter(|n| split_view(n).is_none() || (in_left.contains(*n) && in_right.contains(*n)))
            .collect(),
        Some(name) => match all.get(name) {
            Some(found) => vec![*found],
            None => {
                let help = suggest::nearest_or_all(name, all.iter().map(|n| n.as_str()));
                return Err(Failure::Usage(format!("neither side has a dataset `{name}`\ngonogo diff LEFT RIGHT DATASET\n{help}")));
            }
        },
    };
    wanted.into_iter().map(|name| dataset(&left, &right, name, typed)).collect()
}

/// A snapshot folder or ENV=ID is opened; a bare environment is captured now.
async fn side(args: &Args, text: &str, context: &Context) -> Result<Snapshot, Failure> {
    let stored = text.contains('=') || context.cwd.join(text).join("manifest.json").is_file();
    if stored {
        return show::open(args, text, context);
    }
    let loaded = load(find(args.project.as_deref(), context)?, PairOverride::default())?;
    let Some(environment) = loaded.environments.get(text) else {
        let help = suggest::nearest_or_all(text, loaded.environments.keys().map(String::as_str));
        return Err(Failure::Usage(format!("`{text}` is no file, no snapshot and no environment\ngonogo diff LEFT RIGHT\n{help}")));
    };
    let mut plan = Plan::default();
    for dataset in loaded.systems.get(&environment.system.value).iter().flat_map(|s| &s.datasets) {
        plan.want(text, &dataset.name.value);
    }
    let gathered = evidence::gather(&loaded, &plan, &std::collections::BTreeMap::new(), false, context).await?;
    match gathered.into_values().next() {
        Some(Ok(snapshot)) => Ok(snapshot),
        Some(Err(reason)) => Err(Failure::CannotTell(reason)),
        None => Err(Failure::CannotTell(format!("{text} offers no dataset\nits system definition\nadd one"))),
    }
}

fn dataset(left: &Snapshot, right: &Snapshot, name: &str, typed: &DiffArgs) -> Result<Compared, Failure> {
    let mut cannot_tell = Vec::new();
    for (side, snapshot) in [(&typed.left, left), (&typed.right, right)] {
        match snapshot.manifest().dataset(name) {
            None => cannot_tell.push(format!("{side} does not hold {name}")),
            Some(entry) => {
                if let Some(reason) = &entry.unread {
                    cannot_tell.push(format!("{side} could not be read: {}", reason.replace('\n', "; ")));
                }
                let unread = entry.columns.iter().filter_map(|c| Some(format!("{side}, column {}: {}", c.name, c.unread.as_ref()?)));
                cannot_tell.extend(unread);
            }
        }
    }
    let readable = |s: &Snapshot| s.manifest().dataset(name).is_some_and(|d| d.unread.is_none());
    let mut comparison = Comparison::default();
    if readable(left) && readable(right) {
        let untold = |e: crate::snapshot::SnapshotError| Failure::CannotTell(e.to_string());
        let tables = (left.table(name).map_err(untold)?, right.table(name).map_err(untold)?);
        let ignored = Rule { relation: Relation::Ignored, normalise: Vec::new(), tolerance: None };
        for column in &typed.ignore {
            if tables.0.entry().column(column).is_none() && tables.1.entry().column(column).is_none() {
                let help = suggest::nearest_or_all(column, tables.0.entry().columns.iter().map(|c| c.name.as_str()));
                return Err(Failure::Usage(format!("{name} has no column `{column}`\n--ignore\n{help}")));
            }
        }
        let rules = Rules {
            columns: typed.ignore.iter().map(|c| (c.clone(), ignored.clone())).collect(),
            renames: !typed.no_renames,
            effective_at: None,
            limit: 100_000,
        };
        comparison = compare(&tables.0, &tables.1, &rules, None).map_err(untold)?;
        if comparison.counts.left == 0 && comparison.counts.right == 0 {
            cannot_tell.push("both sides are empty: nothing was compared with nothing".to_owned());
        }
    }
    Ok(Compared { name: name.to_owned(), comparison, cannot_tell, only: Default::default() })
}
