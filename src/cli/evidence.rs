//! Capturing what a command needs, or opening what was captured before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::check::Check;
use crate::context::Context;
use crate::document::suggest;
use crate::snapshot::{CaptureRequest, Limits, Plan, Probe, Probing, Snapshot, SnapshotError, Store, capture_within, split_view};
use crate::system::{System, site_dataset};

use super::Failure;
use super::load::Loaded;

/// Snapshots by environment, or why there is none.
pub(super) type Snapshots = BTreeMap<String, Result<Snapshot, String>>;

/// Which stored snapshot was asked for.
pub(super) enum Stored {
    /// A snapshot's folder.
    Folder(PathBuf),
    /// An id, the beginning of one, or `latest`.
    Id(String),
}

impl Stored {
    /// What was typed: a folder that holds a manifest, else an id.
    pub(super) fn typed(text: &str, context: &Context) -> Self {
        let path = context.cwd.join(text);
        if path.join("manifest.json").is_file() { Self::Folder(path) } else { Self::Id(text.to_owned()) }
    }

    /// Opens and verifies it.
    pub(super) fn open(&self, store: &Store, environment: &str) -> Result<Snapshot, SnapshotError> {
        match self {
            Self::Folder(dir) => Snapshot::open(dir),
            Self::Id(id) => store.open(environment, Some(id)),
        }
    }
}

/// `--snapshot ENV=ID|PATH`, by environment.
pub(super) fn chosen(typed: &[String], loaded: &Loaded, context: &Context) -> Result<BTreeMap<String, Stored>, Failure> {
    let mut chosen = BTreeMap::new();
    for text in typed {
        let Some((environment, id)) = text.split_once('=').filter(|(_, id)| !id.is_empty()) else {
            return Err(Failure::Usage(format!(
                "--snapshot needs an environment and a snapshot\n`{text}`\nsuch as --snapshot training=latest"
            )));
        };
        if !loaded.environments.contains_key(environment) {
            let help = suggest::nearest_or_all(environment, loaded.environments.keys().map(String::as_str));
            return Err(Failure::Usage(format!("--snapshot names no environment\n`{environment}`\n{help}")));
        }
        if chosen.insert(environment.to_owned(), Stored::typed(id, context)).is_some() {
            return Err(Failure::Usage(format!(
                "--snapshot names an environment twice\n`{environment}`\ngive one snapshot per environment"
            )));
        }
    }
    Ok(chosen)
}

/// What the selected checks need captured.
pub(super) fn plan(loaded: &Loaded, selected: impl Fn(&Check) -> bool) -> Plan {
    let mut plan = Plan::default();
    for check in loaded.files.iter().flat_map(|f| &f.checks).filter(|c| selected(c)) {
        check.plan(&loaded.catalogue(), &mut plan);
    }
    plan.expand(|environment| offered(loaded, environment));
    for (environment, datasets) in &mut plan.datasets {
        let per_site = loaded.catalogue().per_site(environment);
        *datasets = std::mem::take(datasets).into_iter().flat_map(|d| at_sites(loaded, &per_site, d)).collect();
    }
    plan
}

/// A dataset; that of every site where it differs by site and no site was named.
pub(super) fn at_sites(loaded: &Loaded, per_site: &BTreeSet<String>, dataset: String) -> Vec<String> {
    let base = split_view(&dataset).map_or(dataset.as_str(), |(dataset, _)| dataset);
    if !loaded.sites.is_empty() && per_site.contains(base) {
        loaded.sites.iter().map(|site| site_dataset(&dataset, site)).collect()
    } else {
        vec![dataset]
    }
}

/// Datasets that the system of an environment defines.
pub(super) fn offered<'a>(loaded: &'a Loaded, environment: &str) -> Vec<&'a str> {
    let system = loaded.environments.get(environment).and_then(|e| loaded.systems.get(&e.system.value));
    system.into_iter().flat_map(|s| &s.datasets).map(|d| d.name.value.as_str()).collect()
}

/// Captures every environment of the plan, all at once; those in `chosen` are opened instead and nothing of them is contacted.
pub(super) async fn gather(
    loaded: &Loaded,
    plan: &Plan,
    chosen: &BTreeMap<String, Stored>,
    offline: bool,
    context: &Context,
) -> Result<Snapshots, Failure> {
    let store = Store::new(&loaded.root);
    let mut pending = Vec::new();
    let mut gathered = Snapshots::new();
    for (name, datasets) in &plan.datasets {
        if let Some(stored) = chosen.get(name) {
            gathered.insert(name.clone(), stored.open(&store, name).map_err(|e| in_one_line(&e)));
        } else if offline {
            gathered.insert(name.clone(), store.open(name, None).map_err(|e| in_one_line(&e)));
        } else {
            pending.push(capture_one(loaded, &store, name, (datasets, plan.probes.get(name)), context));
        }
    }
    for (name, result) in join_all(pending).await {
        gathered.insert(name, result);
    }
    Ok(gathered)
}

async fn capture_one(
    loaded: &Loaded,
    store: &Store,
    name: &str,
    (datasets, probes): (&BTreeSet<String>, Option<&BTreeSet<Probe>>),
    context: &Context,
) -> (String, Result<Snapshot, String>) {
    let Some(environment) = loaded.environments.get(name) else {
        return (name.to_owned(), Err(format!("there is no environment `{name}`")));
    };
    let none = System::without_data(&environment.path);
    let system = loaded.systems.get(&environment.system.value).unwrap_or(&none).at_sites(&loaded.sites);
    let probing = probes.map(|requests| Probing { requests, proxies: &context.proxies });
    let request = CaptureRequest {
        environment,
        system: &system,
        datasets,
        project: &loaded.root,
        probing,
        site: None,
        into: store.folder(name),
        now: context.now,
    };
    (name.to_owned(), capture_within(request, Limits { threads: context.threads, ..Limits::default() }).await.map_err(|e| in_one_line(&e)))
}

/// What, where and what to do, for a list of reasons.
fn in_one_line(error: &SnapshotError) -> String {
    error.to_string().lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

/// Waits for all, in order; they make progress together.
async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.into_iter().map(|f| (Box::pin(f), None)).collect();
    std::future::poll_fn(|task| {
        let mut waiting = false;
        for (future, done) in &mut pinned {
            if done.is_none() {
                match future.as_mut().poll(task) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    pinned.into_iter().filter_map(|(_, done)| done).collect()
}

/// The path as a person would type it: relative to the working folder where that is shorter.
pub(super) fn typed(path: &Path, context: &Context) -> String {
    super::load::shown(path.strip_prefix(&context.cwd).unwrap_or(path))
}
