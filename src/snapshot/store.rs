//! The snapshots of a project on disk, and one of them, verified.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::document::sha256;

use super::manifest::Manifest;
use super::probe::PROBES;
use super::table::Table;
use super::verify;

/// A snapshot on disk whose every file has been verified against its manifest.
#[derive(Clone)]
pub struct Snapshot {
    dir: PathBuf,
    manifest: Manifest,
    tables: BTreeMap<String, Table>,
}

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{what}\n  {place}\n  {advice}")]
pub struct SnapshotError {
    /// What is wrong.
    pub what: String,
    /// Which file.
    pub place: String,
    /// What to do.
    pub advice: String,
}

impl SnapshotError {
    pub(super) fn new(what: impl Into<String>, place: &Path, advice: impl Into<String>) -> Self {
        Self { what: what.into(), place: place.to_string_lossy().replace('\\', "/"), advice: advice.into() }
    }
}

/// Name of a snapshot's folder: when it was captured, and the beginning of its `content_id`. What was measured is no content, yet
/// tells two captures of one second apart.
pub(super) fn id_of(manifest: &Manifest) -> String {
    let measured = manifest.dataset(PROBES).map(|p| sha256(format!("{} {:?} {:?}", manifest.content_id, p.sha256, p.unread)));
    let told_apart = measured.as_ref().unwrap_or(&manifest.content_id);
    format!("{}-{:.12}", manifest.captured_at.format("%Y%m%dT%H%M%SZ"), told_apart)
}

fn is_id(name: &str) -> bool {
    let b = name.as_bytes();
    b.len() == 29
        && b.iter().enumerate().all(|(i, c)| match i {
            8 => *c == b'T',
            15 => *c == b'Z',
            16 => *c == b'-',
            0..15 => c.is_ascii_digit(),
            _ => c.is_ascii_digit() || (b'a'..=b'f').contains(c),
        })
}

/// The snapshots of a project: `.gonogo/snapshots/<environment>/<id>/`.
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The store below a project's folder.
    pub fn new(project: &Path) -> Self {
        Self { root: project.join(".gonogo").join("snapshots") }
    }

    /// The folder of one environment's snapshots: what [`super::CaptureRequest::into`] takes.
    pub fn folder(&self, environment: &str) -> PathBuf {
        self.root.join(environment)
    }

    /// Ids of an environment's snapshots, oldest first; none when it was never captured.
    pub fn list(&self, environment: &str) -> Result<Vec<String>, SnapshotError> {
        let folder = self.folder(environment);
        let bad = |e: std::io::Error| {
            SnapshotError::new(format!("the snapshots cannot be listed: {e}"), &folder, "check the rights of the folder")
        };
        let items = match fs::read_dir(&folder) {
            Ok(items) => items,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(bad(e)),
        };
        let mut ids = Vec::new();
        for item in items {
            let name = item.map_err(bad)?.file_name().to_string_lossy().into_owned();
            if is_id(&name) {
                ids.push(name);
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// What a stored snapshot says about itself; none of its other files is opened.
    pub fn manifest(&self, environment: &str, id: &str) -> Result<Manifest, SnapshotError> {
        verify::manifest(&self.folder(environment).join(id))
    }

    /// The environment that a snapshot with this id is of; `None` when there is none.
    pub fn owner(&self, id: &str) -> Result<Option<String>, SnapshotError> {
        if !is_id(id) {
            return Ok(None);
        }
        let environments = fs::read_dir(&self.root).into_iter().flatten().filter_map(Result::ok);
        let mut names: Vec<String> = environments.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        for name in names {
            if self.list(&name)?.iter().any(|known| known == id) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Opens a snapshot by id, by unique prefix of an id, by `latest`, or the newest when `id` is `None`.
    pub fn open(&self, environment: &str, id: Option<&str>) -> Result<Snapshot, SnapshotError> {
        let folder = self.folder(environment);
        let ids = self.list(environment)?;
        let chosen = match id {
            None | Some("latest") => ids.last().ok_or_else(|| {
                let what = format!("there is no snapshot of {environment}");
                SnapshotError::new(what, &folder, format!("run `gonogo snapshot {environment}` first"))
            })?,
            Some(prefix) => match ids.iter().filter(|i| i.starts_with(prefix)).collect::<Vec<_>>()[..] {
                [one] => one,
                [] => {
                    let what = format!("no snapshot of {environment} begins with {prefix:?}");
                    let newest = ids.last().map_or("there is none yet".to_owned(), |n| format!("the newest is {n}"));
                    return Err(SnapshotError::new(what, &folder, newest));
                }
                [first, second, ..] => {
                    let what = format!("several snapshots of {environment} begin with {prefix:?}");
                    return Err(SnapshotError::new(what, &folder, format!("give more of the id: {first}, {second}, …")));
                }
            },
        };
        let snapshot = Snapshot::open(&folder.join(chosen))?;
        if snapshot.manifest.environment != environment || id_of(&snapshot.manifest) != *chosen {
            let what = format!(
                "this is not the snapshot that its folder says: it is {} of {}",
                id_of(&snapshot.manifest),
                snapshot.manifest.environment
            );
            return Err(SnapshotError::new(what, &snapshot.dir, "give the folder back its name"));
        }
        Ok(snapshot)
    }
}

impl Snapshot {
    /// Opens a snapshot folder and verifies every file of it.
    pub fn open(dir: &Path) -> Result<Self, SnapshotError> {
        let manifest = verify::manifest(dir)?;
        let tables = verify::tables(dir, &manifest)?;
        Ok(Self { dir: dir.to_owned(), manifest, tables })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its id: the folder's name.
    pub fn id(&self) -> String {
        self.dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// What it says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// One dataset; an error when it is not in the snapshot or unread.
    pub fn table(&self, dataset: &str) -> Result<Table, SnapshotError> {
        self.tables.get(dataset).cloned().ok_or_else(|| match self.manifest.dataset(dataset).and_then(|d| d.unread.as_ref()) {
            Some(reason) => {
                SnapshotError::new(format!("{dataset} was not read: {reason}"), &self.dir, "repair the extract and capture again")
            }
            None => SnapshotError::new(format!("the snapshot has no dataset {dataset}"), &self.dir, "capture it: a check has to name it"),
        })
    }
}
