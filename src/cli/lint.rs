//! `gonogo lint`: every mistake of every file, and nothing else.

use std::collections::BTreeSet;

use crate::context::Context;
use crate::exit::ExitStatus;
use crate::report::text::inline;

use super::args::Args;
use super::load::{PairOverride, find, load};
use super::{Failure, output};

pub(super) fn run(args: &Args, context: &Context) -> Result<ExitStatus, Failure> {
    let root = find(args.project.as_deref(), context)?;
    let loaded = load(root, PairOverride::default())?;
    if !args.quiet {
        let checks: usize = loaded.files.iter().map(|f| f.checks.iter().map(|c| &c.id.value).collect::<BTreeSet<_>>().len()).sum();
        let datasets: usize = loaded.systems.values().map(|s| s.datasets.len()).sum();
        output::stdout(
            format!(
                "No mistakes: {checks} checks in {} files, {} environments, {} systems with {datasets} datasets, {} lists{}.\n",
                loaded.files.len(),
                loaded.environments.len(),
                loaded.systems.len(),
                loaded.lists.len(),
                if loaded.waivers.is_empty() { String::new() } else { format!(", {} waivers", loaded.waivers.len()) }
            )
            .as_bytes(),
        )?;
        let notes: String = loaded.notes.iter().map(|note| format!("note: {}\n", inline(note))).collect();
        output::stdout(notes.as_bytes())?;
    }
    let controlled = |id: &str| loaded.files.iter().flat_map(|f| &f.checks).any(|c| c.hazard.as_ref().is_some_and(|h| h.value == id));
    let alone: Vec<&str> = loaded.hazards.iter().map(|h| h.id.value.as_str()).filter(|id| !controlled(id)).collect();
    if !alone.is_empty() && !args.quiet {
        let what = if alone.len() == 1 { "1 hazard has".to_owned() } else { format!("{} hazards have", alone.len()) };
        output::stdout(format!("note: {what} no check as a control: {}\n", alone.join(", ")).as_bytes())?;
    }
    let open: String = loaded.todo.iter().map(|t| format!("  {}: {}\n", t.place, t.field)).collect();
    if !open.is_empty() && !args.quiet {
        output::stdout(format!("Still to be filled in, and never GO before it is:\n{open}").as_bytes())?;
    }
    Ok(ExitStatus::Go)
}
