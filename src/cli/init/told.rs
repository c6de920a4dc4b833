//! What `gonogo init` says when it has written a project.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::text::{inline, wrap};

use super::super::args::InitArgs;
use super::super::load::shown;
use super::Draft;
use super::dataset::Dataset;
use super::exports::SIDES;
use super::write::{Content, Target};

/// The screen.
pub(super) fn told(typed: &InitArgs, draft: &Draft, targets: &[Target], ignored: bool) -> String {
    let mut out = String::new();
    if draft.datasets.is_empty() {
        out.push_str("A project was written, with an example of everything that has to be said.\n");
    } else {
        let exports = draft.exports.pairs.iter().map(|p| p.given().count()).sum::<usize>();
        let _ = writeln!(out, "A project was drafted from {}:\n", several(exports, "export"));
        datasets(&draft.datasets, &mut out);
    }
    if let Some((_, file)) = &draft.control {
        let _ = writeln!(out, "\n{} says how many rows each of them has.", inline(file));
    }
    if !draft.exports.skipped.is_empty() {
        out.push_str("\nNot read:\n");
        for (path, why) in &draft.exports.skipped {
            let _ = writeln!(out, "  {}: {why}", inline(path));
        }
    }
    alone(draft, &mut out);
    standard(draft, &mut out);
    let drafted = targets.iter().filter(|t| matches!(t.content, Content::Text(_)));
    out.push_str("\nWritten:\n");
    drafted.for_each(|target| _ = writeln!(out, "  {}", inline(&target.path)));
    let copies = targets.iter().filter(|t| matches!(t.content, Content::Copy(_))).count();
    if copies > 0 {
        let _ = writeln!(
            out,
            "  environments/extracts/: {} of the exports",
            if copies == 1 { "a copy".to_owned() } else { format!("{copies} copies") }
        );
    }
    if ignored {
        out.push_str("The .gitignore that is here was left as it is; add `.gonogo/` to it.\n");
    }
    let there = typed.folder.as_ref().map_or_else(String::new, |folder| format!(" -C {}", inline(&shown(folder))));
    let _ = write!(
        out,
        "\nNext:
  gonogo{there} check    compares now, as it stands; never GO while anything is TODO
  gonogo{there} lint     lists what is still TODO: what only you can know
"
    );
    out
}

/// Columns of the screen.
const WIDTH: usize = 80;

/// Beyond it, names are too long for a column of their own.
const NAME: usize = 28;

/// One line per dataset: rows per side, and what tells its records apart.
fn datasets(datasets: &[Dataset], out: &mut String) {
    let width = datasets.iter().map(|d| d.name.len()).max().unwrap_or(0).min(NAME);
    for dataset in datasets {
        let rows: Vec<String> = dataset.rows.iter().map(|(_, rows)| rows.to_string()).collect();
        let key = |rung: &Vec<usize>| rung.iter().map(|i| dataset.columns[*i].name.as_str()).collect::<Vec<_>>().join(" + ");
        let key = dataset.keys.iter().map(key).collect::<Vec<_>>().join(", else ");
        let doubt = if dataset.is_doubtful() { " (a guess: see its comment)" } else { "" };
        let _ = writeln!(out, "  {:width$}  {} rows, by {key}{doubt}", dataset.name, rows.join(" and "));
    }
}

/// Datasets of which a side has no export.
fn alone(draft: &Draft, out: &mut String) {
    for (i, side) in SIDES.into_iter().enumerate() {
        let missing: Vec<&str> =
            draft.exports.pairs.iter().zip(&draft.datasets).filter(|(p, _)| p.sides[i].is_none()).map(|(_, d)| d.file.as_str()).collect();
        let all = missing.len() == draft.datasets.len();
        if all {
            let _ = writeln!(
                out,
                "\nPut the exports of {side} into environments/extracts/{side}{}.",
                if draft.datasets.is_empty() { "" } else { ", under the same names" }
            );
        } else if !missing.is_empty() {
            let names = missing.iter().map(|n| inline(n).into_owned()).collect::<Vec<_>>().join(", ");
            let _ = writeln!(
                out,
                "\nNot among the exports of {side}: {names}. Put them into environments/extracts/{side}, or give the files of\nboth sides the same names."
            );
        }
    }
}

/// What the standard catalogue asks of it.
fn standard(draft: &Draft, out: &mut String) {
    let fits = &draft.fits;
    if draft.datasets.is_empty() {
        return;
    }
    if fits.checks.is_empty() {
        out.push_str("\nNo check of the standard catalogue fits: no export has a name that all systems share, such as clinics or codes.\n");
        return;
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    fits.wanting.iter().for_each(|(want, ids)| *kinds.entry(want.kind()).or_default() += ids.len());
    let mut kinds: Vec<(&str, usize)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, n)| (std::cmp::Reverse(*n), *kind));
    let kinds: Vec<String> = kinds.iter().map(|(kind, n)| format!("{kind} ({n})")).collect();
    let text = format!(
        "Of the standard catalogue, {} of {} checks fit. Left out for want of {}: gonogo.yaml names each.",
        fits.checks.len(),
        fits.checks.len() + fits.left_out(),
        kinds.join(", ")
    );
    out.push('\n');
    wrap(&text, WIDTH).iter().for_each(|line| _ = writeln!(out, "{line}"));
}

fn several(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
