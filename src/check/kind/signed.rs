//! Who signed for a list or a number, and when.

use chrono::NaiveDate;

use crate::document::decode::{Fields, date, some_text};
use crate::document::{At, Node, Problems};

/// A signature under a number: by whom, when, and why it holds.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) by: String,
    pub(super) on: NaiveDate,
}

/// Reads `{by, on, reason}`.
pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Signed> {
    let mut fields = Fields::open(node, "a signature", problems)?;
    let by = fields.need("by", problems, some_text);
    let on = fields.need("on", problems, date);
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    reason.and(Some(Signed { by: by?.value, on: on?.value }))
}

/// A signature under a list: by whom, when, and the SHA-256 of the bytes that were signed.
#[derive(Clone, Debug)]
pub(in crate::check) struct SignedList {
    pub(super) by: String,
    pub(super) on: NaiveDate,
    pub(in crate::check) sha256: At<String>,
}

/// Reads `{by, on, sha256}`.
pub(in crate::check) fn decode_list(node: &Node, problems: &mut Problems) -> Option<SignedList> {
    let mut fields = Fields::open(node, "a signature", problems)?;
    let by = fields.need("by", problems, some_text);
    let on = fields.need("on", problems, date);
    let sha256 = fields.need("sha256", problems, some_text);
    fields.close(problems);
    let sha256 = sha256?;
    if sha256.value.len() != 64 || !sha256.value.bytes().all(|b| b.is_ascii_hexdigit()) {
        problems.add(&sha256.place, "this is no SHA-256").expected("64 hexadecimal digits").help("`sha256sum FILE` prints it");
        return None;
    }
    Some(SignedList { by: by?.value, on: on?.value, sha256: sha256.map(|s| s.to_ascii_lowercase()) })
}
