//! What people signed, loaded with the documents they quote as these are now.

use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::check::{Attestations, DocumentNow, decode_attestations};
use crate::document::{Document, Problems, hex};

use super::load::yaml_files;

/// The folder of a project where attestations lie.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join("checks").join("attestations")
}

/// Loads `checks/attestations/*.yaml`; `read` reads one file and remembers its digest.
pub(super) fn load(root: &Path, mut read: impl FnMut(&Path, &mut Problems) -> Option<Document>, problems: &mut Problems) -> Attestations {
    let mut found = Attestations::default();
    for path in yaml_files(&folder(root), false) {
        let Some(file) = read(&path, problems).and_then(|d| decode_attestations(&d, problems)) else { continue };
        match found.files.entry(file.check.value.clone()) {
            Entry::Vacant(free) => drop(free.insert(file)),
            // The same name, once as .yaml and once as .yml.
            Entry::Occupied(first) => {
                let message = format!("{} holds the attestations of `{}` already", first.get().path, first.key());
                problems.add(&file.check.place, message).expected("one file per check");
            }
        }
    }
    let quoted: Vec<String> = found.all().filter_map(|a| a.document.as_ref()).map(|d| d.path.value.clone()).collect();
    found.documents = quoted.into_iter().map(|path| (path.clone(), now(&root.join(path)))).collect();
    found
}

/// A document as it is now.
pub(super) fn now(path: &Path) -> DocumentNow {
    match digest(path) {
        Ok(sha256) => DocumentNow::Is(sha256),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => DocumentNow::Absent,
        Err(error) => DocumentNow::Unreadable(error.to_string()),
    }
}

/// Streamed: evidence may be a recording.
fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}
