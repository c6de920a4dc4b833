//! What must hold of a snapshot folder before anything of it is believed: a changed byte, a truncated or missing file, or a
//! folder that is none of ours is an error here, before any of its data is decoded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::digest::{self, Sealed};
use super::draft::{MANIFEST, file_name};
use super::manifest::{DatasetEntry, FORMAT, Manifest};
use super::store::SnapshotError;
use super::table::Table;

/// Longest manifest that is read, in bytes.
const LONGEST_MANIFEST: u64 = 64 << 20;
const AGAIN: &str = "capture the snapshot again, or restore the folder from a copy";

/// Reads and verifies the manifest of a folder.
pub(super) fn manifest(dir: &Path) -> Result<Manifest, SnapshotError> {
    let path = dir.join(MANIFEST);
    let bad = |what: &str| SnapshotError::new(what, &path, AGAIN);
    let mut bytes = Vec::new();
    File::open(&path).and_then(|f| f.take(LONGEST_MANIFEST).read_to_end(&mut bytes)).map_err(|e| {
        SnapshotError::new(
            format!("this is no snapshot: its manifest cannot be read: {e}"),
            &path,
            "name a folder that `gonogo snapshot` wrote",
        )
    })?;
    // Read loosely first: a newer format may have members that this version does not know.
    let loose: serde_json::Value = serde_json::from_slice(&bytes).map_err(|e| bad(&format!("the manifest is no JSON: {e}")))?;
    match loose.get("manifest").and_then(|m| m.get("format")).and_then(serde_json::Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            let what = format!("the snapshot has format {format}, this gonogo reads format {FORMAT}");
            return Err(SnapshotError::new(what, &path, "use the version of gonogo that wrote it"));
        }
        None => return Err(bad("the manifest names no format: this is no snapshot")),
    }
    let sealed: Sealed = serde_json::from_slice(&bytes).map_err(|e| bad(&format!("the manifest is damaged: {e}")))?;
    let again = Sealed::new(sealed.manifest.clone()).map_err(|e| bad(&format!("the manifest is damaged: {e}")))?;
    if again.manifest.content_id != sealed.manifest.content_id {
        return Err(bad("the manifest was changed: its content does not have the content_id that it names"));
    }
    if again.seal != sealed.seal || again.render().ok().as_ref() != Some(&bytes) {
        return Err(bad("the manifest was changed: it does not have its seal"));
    }
    Ok(sealed.manifest)
}

/// Verifies every file of the folder and opens the datasets.
pub(super) fn tables(dir: &Path, manifest: &Manifest) -> Result<BTreeMap<String, Table>, SnapshotError> {
    let mut expected = BTreeSet::from([MANIFEST.to_owned()]);
    let mut tables = BTreeMap::new();
    for entry in &manifest.datasets {
        if !expected.insert(file_name(&entry.name)) {
            return Err(SnapshotError::new(format!("the dataset {} is there twice", entry.name), &dir.join(MANIFEST), AGAIN));
        }
        if entry.unread.is_some() {
            expected.remove(&file_name(&entry.name));
        } else {
            tables.insert(entry.name.clone(), table(dir, entry)?);
        }
    }
    no_others(dir, &expected)?;
    Ok(tables)
}

fn table(dir: &Path, entry: &DatasetEntry) -> Result<Table, SnapshotError> {
    let name = file_name(&entry.name);
    let plain = entry.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'@' | b'-'));
    if !plain || entry.file.as_ref() != Some(&name) {
        return Err(SnapshotError::new(format!("the dataset {:?} has no file of its name", entry.name), &dir.join(MANIFEST), AGAIN));
    }
    let path = dir.join(name);
    let bad = |what: String| SnapshotError::new(what, &path, AGAIN);
    let mut file = File::open(&path).map_err(|e| bad(format!("a file of the snapshot cannot be opened: {e}")))?;
    let found = digest::blake3_of(&mut file).map_err(|e| bad(format!("a file of the snapshot cannot be read: {e}")))?;
    if entry.blake3.as_ref() != Some(&found) {
        return Err(bad("the file was changed: it does not have the digest that the manifest names".to_owned()));
    }
    Table::open(&path, entry)
}

fn no_others(dir: &Path, expected: &BTreeSet<String>) -> Result<(), SnapshotError> {
    let bad = |e: std::io::Error| SnapshotError::new(format!("the folder cannot be listed: {e}"), dir, AGAIN);
    let mut others = BTreeSet::new();
    for item in fs::read_dir(dir).map_err(bad)? {
        let name = item.map_err(bad)?.file_name().to_string_lossy().into_owned();
        if !expected.contains(&name) {
            others.insert(name);
        }
    }
    match others.first() {
        None => Ok(()),
        Some(name) => {
            let what = format!("the folder holds a file that is not of the snapshot: {}", name.escape_debug());
            Err(SnapshotError::new(what, dir, "remove it, or name another folder"))
        }
    }
}
