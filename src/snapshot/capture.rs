//! Capture: reads what the plan asks for and writes one snapshot per environment.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::environment::{Environment, FOLDER, Login};
use crate::source;
use crate::system::{Dataset, Protocol, System};

use super::draft::{Draft, file_name};
use super::gather::{self, Gathered, Reader, Site, Targets};
use super::manifest::{DatasetEntry, FORMAT, LoginEntry, Manifest, Reader as ReadBy};
use super::probe::{PROBES, Probed, Probing};
use super::references::Target;
use super::store::{Snapshot, SnapshotError};
use super::table::Table;
use super::view::{self, Asked, view_name};
use super::{anchor, entry, order, probe};

/// What to capture of one environment.
pub struct CaptureRequest<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// Its system definition.
    pub system: &'a System,
    /// Datasets the checks need; what they refer to is added.
    pub datasets: &'a BTreeSet<String>,
    /// Folder of the project.
    pub project: &'a Path,
    /// Probes of its server; `None` when nothing is probed.
    pub probing: Option<Probing<'a>>,
    /// Site whose per-site files are read.
    pub site: Option<&'a str>,
    /// Where the snapshot folder goes (`.gonogo/snapshots/<environment>`).
    pub into: PathBuf,
    /// The clock.
    pub now: DateTime<Utc>,
}

/// What a capture may use. The snapshot's bytes do not depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Datasets read at once.
    pub threads: usize,
    /// Bytes of rows held in memory, over all datasets.
    pub memory: usize,
    /// Rows of a dataset whose ids are held to follow references.
    pub most_ids: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get).clamp(1, 8);
        Self { threads, memory: 256 << 20, most_ids: 2_000_000 }
    }
}

/// Where the files lie, as shown: below the project, unless the path is absolute.
fn origin(files: &str) -> String {
    let shown = if Path::new(files).is_absolute() { files.to_owned() } else { format!("{FOLDER}/{files}") };
    shown.replace('\\', "/")
}

/// Captures one environment. A dataset that cannot be read wholly is in the snapshot as *unread*, with the reason;
/// an error means that nothing at all could be written.
pub async fn capture(request: CaptureRequest<'_>) -> Result<Snapshot, SnapshotError> {
    capture_within(request, Limits::default()).await
}

/// As [`capture`], within other limits.
pub async fn capture_within(request: CaptureRequest<'_>, limits: Limits) -> Result<Snapshot, SnapshotError> {
    let reader = match request.system.protocol {
        Protocol::Files => source::files::read,
    };
    capture_by(request, limits, reader).await
}

/// As [`capture_within`], with rows from `reader`.
pub(super) async fn capture_by(request: CaptureRequest<'_>, limits: Limits, reader: Reader) -> Result<Snapshot, SnapshotError> {
    let CaptureRequest { environment, system, datasets, project, probing, site, into, now } = request;
    let draft = Draft::new(&into)?;
    let asked = Asked::new(environment, system, datasets);
    let wanted = order::wanted(environment, system, &asked.own);
    let files = environment.files.as_ref();
    let workers = Workers {
        site: Site {
            reader,
            root: environment.folder(project).unwrap_or_else(|| project.to_owned()),
            site: site.map(str::to_owned),
            timezone: environment.timezone.as_ref().map(|z| z.value),
            staging: draft.folder().to_owned(),
            memory: limits.memory / limits.threads.max(1),
            most_ids: limits.most_ids,
        },
        permits: Arc::new(Semaphore::new(limits.threads.max(1))),
    };
    let mut entries: Vec<DatasetEntry> = Vec::new();
    let mut defined = Vec::new();
    for name in &wanted {
        match system.dataset(name) {
            Some(dataset) if files.is_some() => defined.push(dataset),
            Some(dataset) => entries.push(entry::unread(dataset, format!("{} names no folder of files", environment.path))),
            None => entries.push(entry::undefined(name, format!("the system {} does not define it", system.name.value))),
        }
    }
    // Probes come first: what they measure must not wait for this machine to read its files.
    let probes = probe::capture(environment, project, probing).await;
    for name in &asked.unknown {
        entries.push(entry::undefined(name, format!("{} has no such login", environment.path)));
    }
    let mut views = Vec::new();
    for (login, seen) in &asked.logins {
        let site = Site { root: login.folder(project), ..workers.site.clone() };
        for name in seen {
            match system.dataset(name) {
                Some(dataset) => views.push(Reading { dataset: Arc::new(view::definition(dataset, login)), site: site.clone() }),
                None => {
                    let reason = format!("the system {} does not define {name}", system.name.value);
                    entries.push(entry::undefined(&view_name(name, &login.name.value), reason));
                }
            }
        }
    }
    entries.extend(workers.run(&defined, views, targets_without(&entries)).await?);
    let answered = probes.as_ref().is_some_and(|p| p.as_ref().is_ok_and(|taken| taken.iter().any(Probed::is_answered)));
    entries.extend(probes.as_ref().map(|taken| probe::store(&draft, taken)).transpose()?);
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let table = |name: &str| {
        let entry = entries.iter().find(|e| e.name == name && e.unread.is_none())?;
        Some(Table::open(&draft.folder().join(file_name(name)), entry))
    };
    let manifest = Manifest {
        format: FORMAT,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        environment: environment.name.value.clone(),
        role: environment.role.word().to_owned(),
        system: system.name.value.clone(),
        origin: match (files, &environment.server) {
            (Some(files), _) => origin(&files.value),
            (None, Some(server)) => server.url.to_string(),
            (None, None) => String::new(),
        },
        scope: None,
        login: None,
        instance: match &environment.server {
            Some(server) if environment.is_only_probed() => {
                anchor::instance(environment.instance.as_ref(), table)?.or(Some(probe::instance(server, answered)))
            }
            _ => anchor::instance(environment.instance.as_ref(), table)?,
        },
        taken_at: {
            let data = anchor::taken_at(&environment.taken_at, workers.site.timezone, table)?;
            probe::taken_at(environment, data, probes.is_some(), now)
        },
        captured_at: now,
        definition: definitions(&entries),
        logins: asked.logins.iter().map(|(login, _)| about(login, environment, table)).collect::<Result<_, _>>()?,
        datasets: entries,
        content_id: String::new(),
    };
    tokio::task::spawn_blocking(move || draft.finish(manifest)).await.unwrap_or_else(|e| Err(broken(&e)))
}

/// What the data of a login say of themselves; `table` opens a dataset that was read.
fn about(
    login: &Login,
    environment: &Environment,
    table: impl Fn(&str) -> Option<Result<Table, SnapshotError>> + Copy,
) -> Result<LoginEntry, SnapshotError> {
    let view = |dataset: &str| table(&view_name(dataset, &login.name.value));
    let reader = |instance: Option<super::Instance>| instance.map_or_else(Vec::new, |i| i.found);
    Ok(LoginEntry {
        name: login.name.value.clone(),
        origin: origin(&login.files.value),
        instance: anchor::instance(environment.instance_of(login), view)?,
        taken_at: anchor::taken_at(environment.taken_at_of(login), environment.timezone.as_ref().map(|z| z.value), view)?,
        reader: match &login.reader {
            None => None,
            Some(said) => Some(ReadBy {
                expected: said.is.value.clone(),
                found: reader(anchor::instance(Some(said), view)?),
                administrator: reader(anchor::instance(Some(said), table)?),
            }),
        },
    })
}

fn definitions(entries: &[DatasetEntry]) -> String {
    let lines: Vec<String> = entries.iter().filter(|e| e.name != PROBES).map(|e| format!("{} {}\n", e.name, e.definition)).collect();
    crate::document::sha256(lines.concat().as_bytes())
}

/// Datasets that are known to be unread, for those who refer to them.
fn targets_without(entries: &[DatasetEntry]) -> Targets {
    entries.iter().filter_map(|e| Some((e.name.clone(), Target::Unread(e.unread.clone()?)))).collect()
}

fn broken(e: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::new(format!("the capture broke off: {e}"), Path::new(""), "this is a mistake in gonogo: please report it")
}

/// One dataset to read, and where.
struct Reading {
    dataset: Arc<Dataset>,
    site: Site,
}

struct Workers {
    site: Site,
    permits: Arc<Semaphore>,
}

impl Workers {
    /// Reads all datasets, then the views of them, then follows their references and writes them. Nothing refers to a view.
    async fn run(&self, datasets: &[&Dataset], views: Vec<Reading>, mut targets: Targets) -> Result<Vec<DatasetEntry>, SnapshotError> {
        let readers = datasets.iter().copied().chain(views.iter().map(|v| &*v.dataset));
        let referred: BTreeSet<String> =
            readers.flat_map(|d| &d.columns).filter_map(|c| c.references.as_ref()).map(|r| r.value.clone()).collect();
        let (stages, circular) = order::stages(datasets);
        let own = |dataset: &Dataset| Reading { dataset: Arc::new(dataset.clone()), site: self.site.clone() };
        let mut entries = Vec::new();
        let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
        for dataset in circular {
            let reason = "its key refers to itself in a circle: key parts must end at a dataset that refers to none".to_owned();
            targets.insert(dataset.name.value.clone(), Target::Unread(reason.clone()));
            entries.push(entry::unread(dataset, reason));
        }
        let stages = stages.into_iter().map(|stage| stage.into_iter().map(own).collect()).chain(std::iter::once(views));
        for stage in stages {
            let stage: Vec<Reading> = stage;
            let known = Arc::new(targets.clone());
            let jobs = stage.iter().map(|reading| {
                let (dataset, site, known) = (Arc::clone(&reading.dataset), reading.site.clone(), Arc::clone(&known));
                let needed = referred.contains(dataset.name.value.as_str());
                move || {
                    let mut read = match gather::read(&dataset, &site, &known) {
                        Ok(read) => read,
                        Err(reason) => return Ok(Err(reason)),
                    };
                    let ids = needed.then(|| read.ids(site.most_ids)).transpose()?;
                    Ok(Ok((read, ids)))
                }
            });
            for (Reading { dataset, .. }, outcome) in stage.iter().zip(self.all(jobs).await?) {
                let name = dataset.name.value.clone();
                match outcome {
                    Ok((read, ids)) => {
                        targets.extend(ids.map(|ids| (name.clone(), ids)));
                        gathered.insert(name, read);
                    }
                    Err(reason) => {
                        targets.insert(name, Target::Unread(reason.clone()));
                        entries.push(entry::unread(dataset, reason));
                    }
                }
            }
        }
        let targets = Arc::new(targets);
        let jobs = gathered.into_values().map(|read| {
            let (site, targets) = (self.site.clone(), Arc::clone(&targets));
            move || read.finish(&site, &targets)
        });
        entries.extend(self.all(jobs).await?);
        Ok(entries)
    }

    /// Runs jobs on threads that may block, as many at once as there are permits; results in the order of the jobs.
    async fn all<T: Send + 'static, F>(&self, jobs: impl Iterator<Item = F>) -> Result<Vec<T>, SnapshotError>
    where
        F: FnOnce() -> Result<T, SnapshotError> + Send + 'static,
    {
        let mut running = JoinSet::new();
        for (i, job) in jobs.enumerate() {
            let permits = Arc::clone(&self.permits);
            running.spawn(async move {
                let permit = permits.acquire_owned().await;
                let done = tokio::task::spawn_blocking(job).await.unwrap_or_else(|e| Err(broken(&e)));
                drop(permit);
                (i, done)
            });
        }
        let mut results = BTreeMap::new();
        while let Some(done) = running.join_next().await {
            let (i, result) = done.map_err(|e| broken(&e))?;
            results.insert(i, result?);
        }
        Ok(results.into_values().collect())
    }
}
