//! `gonogo snapshot`: capture and keep.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::context::Context;
use crate::document::suggest;
use crate::exit::ExitStatus;
use crate::report::text::inline;
use crate::snapshot::{Manifest, Plan, split_view};

use super::args::{Args, SnapshotArgs};
use super::load::{Loaded, PairOverride, find, load};
use super::{Failure, evidence, output};

pub(super) async fn run(args: &Args, typed: &SnapshotArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let loaded = load(find(args.project.as_deref(), context)?, PairOverride::default())?;
    let plan = plan(&loaded, typed)?;
    let gathered = evidence::gather(&loaded, &plan, &std::collections::BTreeMap::new(), false, context).await?;
    let mut text = String::new();
    let mut status = ExitStatus::Go;
    for (name, result) in &gathered {
        match result {
            Ok(snapshot) => {
                let _ = writeln!(text, "{name}  {}", snapshot.id());
                let _ = writeln!(text, "  {}", inline(&evidence::typed(snapshot.dir(), context)));
                text.push_str(&datasets(snapshot.manifest()));
                if snapshot.manifest().datasets.iter().any(|d| d.unread.is_some()) {
                    status = ExitStatus::CannotTell;
                }
            }
            Err(reason) => {
                super::complain(&format!("{name} could not be captured\n{reason}"));
                status = ExitStatus::CannotTell;
            }
        }
    }
    output::stdout(text.as_bytes())?;
    Ok(status)
}

fn plan(loaded: &Loaded, typed: &SnapshotArgs) -> Result<Plan, Failure> {
    let asked = evidence::plan(loaded, |_| true);
    let names: Vec<&String> =
        if typed.environments.is_empty() { asked.datasets.keys().collect() } else { typed.environments.iter().collect() };
    let mut plan = Plan::default();
    for name in names {
        let Some(environment) = loaded.environments.get(name) else {
            let help = suggest::nearest_or_all(name, loaded.environments.keys().map(String::as_str));
            return Err(Failure::Usage(format!("there is no environment `{name}`\ngonogo snapshot ENV…\n{help}")));
        };
        let offered: BTreeSet<&str> = loaded
            .systems
            .get(&environment.system.value)
            .map(|s| s.datasets.iter().map(|d| d.name.value.as_str()).collect())
            .unwrap_or_default();
        for dataset in &typed.dataset {
            let view = split_view(dataset);
            if let Some((_, login)) = view.filter(|(_, login)| environment.login(login).is_none()) {
                let help = suggest::nearest_or_all(login, environment.logins.iter().map(|l| l.name.value.as_str()));
                return Err(Failure::Usage(format!("{name} has no login `{login}`\n--dataset {dataset}\n{help}")));
            }
            if !offered.contains(view.map_or(dataset.as_str(), |(dataset, _)| dataset)) {
                let help = suggest::nearest_or_all(dataset, offered.iter().copied());
                return Err(Failure::Usage(format!("{name} has no dataset `{dataset}`\n--dataset\n{help}")));
            }
            want(loaded, name, dataset, &mut plan);
        }
        if typed.dataset.is_empty() {
            asked.probes.get(name).into_iter().flatten().for_each(|probe| plan.probe(name, probe.clone()));
            match asked.datasets.get(name) {
                Some(datasets) => datasets.iter().for_each(|d| plan.want(name, d)),
                None => offered.iter().for_each(|d| want(loaded, name, d, &mut plan)),
            }
        }
    }
    Ok(plan)
}

/// Asks for a dataset; for that of every site where it differs by site.
fn want(loaded: &Loaded, environment: &str, dataset: &str, plan: &mut Plan) {
    let per_site = loaded.catalogue().per_site(environment);
    evidence::at_sites(loaded, &per_site, dataset.to_owned()).iter().for_each(|d| plan.want(environment, d));
}

/// One line per dataset of a snapshot.
pub(super) fn datasets(manifest: &Manifest) -> String {
    let width = manifest.datasets.iter().map(|d| d.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for dataset in &manifest.datasets {
        let said = match &dataset.unread {
            Some(reason) => format!("UNREAD: {}", inline(&reason.replace('\n', "; "))),
            None => format!("{:>9} rows  {}", dataset.rows, inline(&dataset.completeness.method)),
        };
        let _ = writeln!(text, "  {:width$}  {said}", dataset.name);
    }
    text
}
