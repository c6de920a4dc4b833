//! The bytes of a file, digested while they are read.

use std::fs::File;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::document::hex;

use super::pattern::{Found, unreadable};
use crate::source::SourceError;
use crate::value::SourceEntry;

/// Largest document that is read into memory, in bytes.
const DOCUMENT_LIMIT: u64 = 512 << 20;

/// A reader that digests what passes through it.
pub(super) struct Digesting<R> {
    inner: R,
    digest: Sha256,
    bytes: u64,
}

impl Digesting<File> {
    /// Opens a file.
    pub(super) fn open(found: &Found) -> Result<Self, SourceError> {
        let inner = File::open(&found.path).map_err(|e| unreadable(&found.shown, &e))?;
        Ok(Self { inner, digest: Sha256::new(), bytes: 0 })
    }
}

impl<R: Read> Digesting<R> {
    /// What was read; the caller has read to the end.
    pub(super) fn entry(self, found: &Found) -> SourceEntry {
        let sha256 = hex(&self.digest.finalize());
        SourceEntry { path: found.shown.clone(), sha256, bytes: self.bytes }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.digest.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

/// A whole file, for formats whose documents are read as one.
pub(super) fn whole(found: &Found) -> Result<(Vec<u8>, SourceEntry), SourceError> {
    let mut reader = Digesting::open(found)?;
    let mut bytes = Vec::new();
    (&mut reader).take(DOCUMENT_LIMIT + 1).read_to_end(&mut bytes).map_err(|e| unreadable(&found.shown, &e))?;
    if bytes.len() as u64 > DOCUMENT_LIMIT {
        return Err(SourceError::new("the document is larger than 512 MiB", &found.shown, "export it in parts, or as one record per line"));
    }
    Ok((bytes, reader.entry(found)))
}

/// Digest and size of a file that another reader opens for itself.
pub(super) fn digest_only(found: &Found) -> Result<SourceEntry, SourceError> {
    let mut reader = Digesting::open(found)?;
    io::copy(&mut reader, &mut io::sink()).map_err(|e| unreadable(&found.shown, &e))?;
    Ok(reader.entry(found))
}
