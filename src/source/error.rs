//! Why something could not be read: the sentences a person reads.

/// Why a dataset is unread. One line what, one line where, one line what to do.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{what}\n  {place}\n  {advice}")]
pub struct SourceError {
    /// What happened.
    pub what: String,
    /// File, and line or cell where known.
    pub place: String,
    /// What to do.
    pub advice: String,
}

impl SourceError {
    /// The three lines.
    pub fn new(what: impl Into<String>, place: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), place: place.into(), advice: advice.into() }
    }
}
