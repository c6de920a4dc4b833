//! How a run stands to the freeze since which it counts.

use serde::Serialize;

use crate::verdict;

use super::{Numbers, moment};

#[derive(Serialize)]
pub(super) struct NewSince<'a> {
    baseline: &'a str,
    frozen_at: String,
    by: Option<&'a str>,
    baselined: Numbers,
    fixed: Numbers,
    not_looked_for: Numbers,
    rules_changed: &'a [String],
}

impl<'a> NewSince<'a> {
    pub(super) fn of(since: &'a verdict::NewSince) -> Self {
        Self {
            baseline: &since.baseline,
            frozen_at: moment(since.frozen_at),
            by: since.by.as_deref(),
            baselined: Numbers::of(&since.baselined),
            fixed: Numbers::of(&since.fixed),
            not_looked_for: Numbers::of(&since.not_looked_for),
            rules_changed: &since.rules,
        }
    }
}
