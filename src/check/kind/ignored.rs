//! `ignore`: columns that a check leaves out, each with its reason.

use crate::document::decode::{Fields, name, some_text};
use crate::document::{At, Node, Problems};

/// A column that is not compared, and why.
#[derive(Clone, Debug)]
pub struct Ignored {
    /// The column.
    pub field: At<String>,
    /// Why.
    pub reason: String,
}

/// Reads `{field, reason}`.
pub(in crate::check) fn decode(node: &Node, problems: &mut Problems) -> Option<Ignored> {
    let mut fields = Fields::open(node, "an ignored field", problems)?;
    let field = fields.need("field", problems, name);
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    Some(Ignored { field: field?, reason: reason?.value })
}
