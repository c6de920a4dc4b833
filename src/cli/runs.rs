//! Stored runs: `.gonogo/runs/`. Each verdict is kept, so that it can be shown again and the clock cannot go back unseen.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::verdict::RunResult;

use super::{Failure, load, output};

/// Moment in a file name: sorts as time does, and holds no colon.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

fn folder(project: &Path) -> PathBuf {
    project.join(".gonogo").join("runs")
}

/// Keeps a result; the name ends in the beginning of its digest, so that two runs in one second do not meet.
pub(super) fn keep(project: &Path, result: &RunResult) -> Result<(), Failure> {
    let dir = folder(project);
    std::fs::create_dir_all(&dir).map_err(|error| {
        Failure::CannotTell(format!("the run could not be stored: {error}\n{}\nmake the folder writable", load::shown(&dir)))
    })?;
    let mut bytes = serde_json::to_vec(result).map_err(|e| Failure::Internal(e.into()))?;
    bytes.push(b'\n');
    let replay = if result.replay { "-replay" } else { "" };
    let name = format!("{}-{}{replay}.json", result.as_of.format(STAMP), &crate::document::sha256(&bytes)[..12]);
    output::file(&dir.join(name), &bytes)
}

/// The newest stored run, replays only when there is nothing else.
///
/// # Errors
/// CANNOT TELL when none is stored, or the newest cannot be read.
pub(super) fn newest_result(project: &Path) -> Result<RunResult, Failure> {
    let mut found: Vec<(bool, String, SystemTime, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder(project)).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((stamp, _)) = name.split_once('-').filter(|(s, rest)| is_stamp(s) && rest.ends_with(".json")) else { continue };
        // Two runs of one second are told apart by when they were written.
        let written = entry.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        found.push((!name.ends_with("-replay.json"), stamp.to_owned(), written, entry.path()));
    }
    let Some((_, _, _, path)) = found.into_iter().max() else {
        return Err(Failure::CannotTell("no run is stored yet\n.gonogo/runs\nrun `gonogo check` first".to_owned()));
    };
    let read = std::fs::read(&path).map_err(anyhow::Error::from);
    read.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)).map_err(|error| {
        let name = load::below(project, &path);
        Failure::CannotTell(format!("the newest stored run cannot be read: {error}\n{name}\nrun `gonogo check` again"))
    })
}

fn is_stamp(text: &str) -> bool {
    NaiveDateTime::parse_from_str(text, STAMP).is_ok()
}

/// The newest moment at which a run judged, replays apart.
pub(super) fn newest(project: &Path) -> Option<DateTime<Utc>> {
    let moment = |name: &str| {
        let (stamp, rest) = name.split_once('-')?;
        let told = !rest.ends_with("-replay.json");
        NaiveDateTime::parse_from_str(stamp, STAMP).ok().filter(|_| told).map(|m| m.and_utc())
    };
    std::fs::read_dir(folder(project)).ok()?.filter_map(|e| moment(&e.ok()?.file_name().to_string_lossy())).max()
}
