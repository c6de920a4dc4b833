//! Bytes to text in the file's encoding; a byte that does not fit it is an error, never a replacement character.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use super::pattern::{Found, unreadable};
use crate::source::SourceError;

/// The encoding of that label, as browsers know it; UTF-8 when none is given. A byte-order mark in the file wins.
pub(super) fn encoding(label: Option<&str>, shown: &str) -> Result<&'static Encoding, SourceError> {
    match label {
        None => Ok(UTF_8),
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            SourceError::new(format!("`{label}` is no encoding"), shown, "write `encoding: windows-1252`, `utf-8` or `utf-16le`")
        }),
    }
}

/// Decodes a stream to UTF-8 while it is read.
pub(super) struct Utf8Reader<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    filled: usize,
    ended: bool,
    finished: bool,
    line: u64,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads `inner` in `encoding`, or in that of its byte-order mark.
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self { inner, decoder: encoding.new_decoder(), raw: vec![0; 64 << 10], at: 0, filled: 0, ended: false, finished: false, line: 1 }
    }

    /// The reader of the bytes.
    pub(super) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A character takes up to four bytes; a caller with less room would never get one.
        debug_assert!(buffer.len() >= 4);
        while !self.finished {
            if self.at == self.filled && !self.ended {
                self.filled = self.inner.read(&mut self.raw)?;
                self.at = 0;
                self.ended = self.filled == 0;
            }
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(&self.raw[self.at..self.filled], buffer, self.ended);
            self.at += read;
            self.line += buffer[..written].iter().filter(|b| **b == b'\n').count() as u64;
            match result {
                DecoderResult::Malformed(..) => {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        Undecodable { line: self.line, encoding: self.decoder.encoding().name() },
                    ));
                }
                DecoderResult::InputEmpty => self.finished = self.ended,
                DecoderResult::OutputFull => {}
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

/// A byte that does not fit the encoding.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("line {line} is not {encoding}")]
struct Undecodable {
    line: u64,
    encoding: &'static str,
}

/// The sentence for an error of [`Utf8Reader`].
pub(super) fn failed(error: &io::Error, found: &Found) -> SourceError {
    match error.get_ref().and_then(|e| e.downcast_ref::<Undecodable>()) {
        Some(u) => not_in(u.encoding, &found.shown, u.line),
        None => unreadable(&found.shown, error),
    }
}

fn not_in(encoding: &str, shown: &str, line: u64) -> SourceError {
    SourceError::new(
        format!("a character is not in the file's encoding, {encoding}"),
        format!("{shown}:{line}"),
        "name the encoding it was exported in, `encoding: windows-1252` for example",
    )
}

/// Decodes a whole document.
pub(super) fn decode<'b>(bytes: &'b [u8], encoding: &'static Encoding, found: &Found) -> Result<Cow<'b, str>, SourceError> {
    let (encoding, skip) = Encoding::for_bom(bytes).unwrap_or((encoding, 0));
    let bytes = &bytes[skip..];
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let good = match std::str::from_utf8(bytes) {
            Err(e) if encoding == UTF_8 => e.valid_up_to(),
            _ => 0,
        };
        not_in(encoding.name(), &found.shown, 1 + bytes[..good].iter().filter(|b| **b == b'\n').count() as u64)
    })
}
