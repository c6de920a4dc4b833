//! Digests: of files while they are written or read, and of the manifest.

use std::fs::File;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::Manifest;
use super::probe::PROBES;
use crate::document::{hex, sha256};

/// The two digests of a file, in hexadecimal digits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Digests {
    /// For people: every system has a command that computes it.
    pub(super) sha256: String,
    /// For opening: as hard to forge, at a fraction of the cost.
    pub(super) blake3: String,
}

/// BLAKE3 of a file, read in pieces.
pub(super) fn blake3_of(file: &mut File) -> io::Result<String> {
    let mut digest = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finalize().to_string()),
            n => digest.update(&buffer[..n]),
        };
    }
}

/// A file that is digested while it is written.
pub(super) struct DigestedFile {
    file: File,
    sha: Sha256,
    blake3: blake3::Hasher,
}

impl DigestedFile {
    pub(super) fn new(file: File) -> Self {
        Self { file, sha: Sha256::new(), blake3: blake3::Hasher::new() }
    }

    /// Syncs the file and gives its digests.
    pub(super) fn seal(self) -> io::Result<Digests> {
        self.file.sync_all()?;
        Ok(Digests { sha256: hex(&self.sha.finalize()), blake3: self.blake3.finalize().to_string() })
    }
}

impl Write for DigestedFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let n = self.file.write(buffer)?;
        self.sha.update(&buffer[..n]);
        self.blake3.update(&buffer[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// `manifest.json`: the manifest and the SHA-256 of its canonical text, so that no byte of it can change unseen.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    pub(super) manifest: Manifest,
    pub(super) seal: String,
}

impl Sealed {
    /// Computes `content_id` and the seal.
    pub(super) fn new(mut manifest: Manifest) -> serde_json::Result<Self> {
        manifest.content_id = content_id(&manifest)?;
        let seal = sha256(&serde_json::to_vec(&manifest)?);
        Ok(Self { manifest, seal })
    }

    /// The bytes of `manifest.json`.
    pub(super) fn render(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// SHA-256 over the manifest without what says only who wrote it and when, and without what was measured meanwhile.
pub(super) fn content_id(manifest: &Manifest) -> serde_json::Result<String> {
    let mut content = manifest.clone();
    content.tool.clear();
    content.content_id.clear();
    content.datasets.retain(|d| d.name != PROBES);
    content.taken_at = content.taken_at.filter(|taken_at| *taken_at != content.captured_at);
    content.captured_at = chrono::DateTime::UNIX_EPOCH;
    Ok(sha256(&serde_json::to_vec(&content)?))
}
