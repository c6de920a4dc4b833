//! `gonogo freeze NAME`: remember everything as it is, under a name that is used once.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::check::{Baseline, Check, Freeze, Outcome, freeze};
use crate::context::Context;
use crate::document::names;
use crate::environment::{Environment, TakenAt};
use crate::exit::ExitStatus;
use crate::report::text::{inline, thousands};
use crate::verdict::Counts;

use super::args::{Args, FreezeArgs};
use super::check::{AsOf, Selection, judge};
use super::load::{PairOverride, find, load_freezing, shown};
use super::{Failure, baselines, evidence, output};

pub(super) async fn run(args: &Args, typed: &FreezeArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let name = typed.name.as_str();
    if let Some(why) = names::file_objection(name) {
        return Err(Failure::Usage(format!("`{}` cannot be the name of a freeze\n{why}\nsuch as `sign-off`", name.escape_debug())));
    }
    if let Some(by) = typed.by.as_ref().filter(|by| by.trim().is_empty()) {
        return Err(Failure::Usage(format!("--by names nobody\n`{by}`\nsuch as --by \"release manager\"")));
    }
    let pair = PairOverride { training: typed.training.as_deref(), production: typed.production.as_deref() };
    let root = find(args.project.as_deref(), context)?;
    // Said before anything is captured, however large the systems are.
    unused(name, &root)?;
    let mut loaded = load_freezing(root, pair, Some(name))?;
    loaded.assume_go_live(context.now);
    let chosen = evidence::chosen(&typed.snapshot, &loaded, context)?;
    let plan = evidence::plan(&loaded, |_| true);
    let gathered = evidence::gather(&loaded, &plan, &chosen, typed.offline, context).await?;
    let now = AsOf { moment: context.now, replay: false };
    let (evidence, outcomes) = judge(&loaded, &Selection::default(), gathered, now, context);
    let age = |e: &Environment| match &e.taken_at {
        TakenAt::Column { dataset, column } => Some((e.name.value.clone(), (dataset.value.clone(), column.value.clone()))),
        TakenAt::Unknown | TakenAt::Stated { .. } => None,
    };
    let ages = loaded.environments.values().filter_map(age).collect();
    let what = Freeze { name, by: typed.by.as_deref().map(str::trim), at: context.now, tool: env!("CARGO_PKG_VERSION"), ages };
    let baseline = freeze(&what, &evidence, &outcomes).map_err(|reasons| refused(name, reasons))?;
    let path = baselines::folder(&loaded.root).join(format!("{name}.json"));
    store(&path, &baseline)?;
    // Checks that judge by this very freeze had nothing to judge by.
    let waits = |c: &&Check| c.test.baselines(&loaded.pair).iter().any(|(baseline, _)| baseline == name);
    let waiting: BTreeSet<String> = loaded.files.iter().flat_map(|f| &f.checks).filter(waits).map(Check::name).collect();
    let told_by = outcomes.iter().filter(|(id, _)| !waiting.contains(id.as_str())).map(|(_, outcome)| outcome);
    output::stdout(told(&baseline, told_by, args.quiet).as_bytes())?;
    Ok(ExitStatus::Go)
}

/// A name is used once: what people signed must not change under it. Windows takes capitals for the same.
fn unused(name: &str, root: &Path) -> Result<(), Failure> {
    let taken: BTreeSet<String> =
        baselines::files(root).iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().to_lowercase())).collect();
    if !taken.contains(name) {
        return Ok(());
    }
    let free = (2..).map(|n| format!("{name}-{n}")).find(|other| !taken.contains(other)).unwrap_or_default();
    Err(Failure::Usage(format!(
        "there is a freeze `{name}` already, and a name is used once\nchecks/baselines/{name}.json\nchoose another, such as `gonogo freeze {free}`"
    )))
}

fn refused(name: &str, mut reasons: Vec<String>) -> Failure {
    reasons.dedup();
    Failure::CannotTell(format!("`{name}` was not frozen: something could not be read\n{}\nrepair it and freeze again", reasons.join("\n")))
}

/// Writes the file whole, and never over another.
fn store(path: &Path, baseline: &Baseline) -> Result<(), Failure> {
    let bytes = baseline.render().map_err(|e| Failure::Internal(e.into()))?;
    let folder = path.parent().unwrap_or(path);
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        // With the rights of any other file of the project: colleagues read it too.
        let mut temporary = tempfile::Builder::new().prefix(".freeze-").make_in(folder, |path| std::fs::File::create_new(path))?;
        temporary.write_all(&bytes)?;
        temporary.as_file().sync_all()?;
        temporary.persist_noclobber(path).map(drop).map_err(|e| e.error)
    };
    write().map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::Usage(format!(
            "there is a freeze `{}` already, and a name is used once\n{}\nanother run has just made it",
            baseline.name,
            shown(path)
        )),
        _ => Failure::CannotTell(format!("the freeze could not be stored: {error}\n{}\nmake the folder writable", shown(path))),
    })
}

fn told<'a>(baseline: &Baseline, outcomes: impl Iterator<Item = &'a Outcome> + Clone, quiet: bool) -> String {
    let name = &baseline.name;
    let mut text = String::new();
    let _ = writeln!(text, "Frozen as {name}: checks/baselines/{name}.json");
    if quiet {
        return text;
    }
    for environment in &baseline.environments {
        let rows: u64 = environment.datasets.iter().map(|d| d.rows).sum();
        let age = environment.taken_at.map_or("of unknown age".to_owned(), |t| format!("data of {}", t.format("%Y-%m-%d %H:%M UTC")));
        let datasets = environment.datasets.len();
        let _ = writeln!(
            text,
            "  {}: {} rows in {datasets} {}, {age}, snapshot {}",
            inline(&environment.name),
            thousands(rows),
            if datasets == 1 { "dataset" } else { "datasets" },
            environment.snapshot
        );
    }
    let _ = writeln!(text, "  {} files that judge", baseline.rules.len());
    let mut counts = Counts::default();
    for (severity, fingerprints) in baseline.findings.values().flatten() {
        counts.add(*severity, fingerprints.len() as u64);
    }
    let parts: Vec<String> =
        counts.by_severity().into_iter().filter(|(_, n)| *n > 0).map(|(s, n)| format!("{} {}", thousands(n), s.word())).collect();
    let found = if parts.is_empty() { "no findings".to_owned() } else { format!("known findings: {}", parts.join(", ")) };
    let _ = writeln!(text, "  {found}");
    let beyond: u64 = outcomes.clone().flat_map(|o| &o.beyond).map(|(_, n)| n).sum();
    if beyond > 0 {
        let _ = writeln!(text, "  {} more were counted and not kept: they stay new", thousands(beyond));
    }
    let untold = outcomes.filter(|o| !o.cannot_tell.is_empty()).count();
    if untold > 0 {
        let checks = if untold == 1 { "check" } else { "checks" };
        let _ = writeln!(text, "  {untold} {checks} could not be told: what they will find is new");
    }
    match &baseline.by {
        Some(by) => {
            let _ = writeln!(text, "  accepted by {}: a `frozen` check takes its numbers of rows for parity", inline(by));
        }
        None => {
            let _ = writeln!(text, "  accepted by nobody: its numbers of rows hold nothing for parity (--by ROLE)");
        }
    }
    let _ = writeln!(text, "Put the file into version control. From now on:");
    let _ = writeln!(text, "  gonogo check --new-since {name}   counts only what is new");
    let _ = writeln!(text, "  frozen: {{dataset: \"*\", in: production, since: {name}}}   a check that tells what moved");
    text
}
