//! Rules that moved since a freeze: findings, like records.

use crate::value::Key;

use super::super::super::baseline::{Change, changes};
use super::judge::Judging;

/// What findings about files call their dataset; no dataset can be called so.
const FILES: &str = "project files";

/// A finding for each file that does not say what it said. The check that asks is no change of its own: it may be written after the freeze.
pub(super) fn judge(judging: &mut Judging<'_>) {
    let severities = judging.context.severity;
    for found in changes(&judging.baseline.rules, &judging.evidence.baselines.rules) {
        let mut change = found.change;
        if let Change::Changed { added, removed, changed } = &mut change
            && let Some(own) = added.iter().position(|part| part == judging.context.check)
        {
            added.remove(own);
            if added.is_empty() && removed.is_empty() && changed.is_empty() {
                continue;
            }
        }
        let severity = match change {
            Change::Added => severities.extra,
            Change::Removed => severities.missing,
            Change::Changed { .. } => severities.changed,
        };
        let message = format!("{}, compared with the freeze {}: {change}", found.path, judging.baseline.name);
        let digests = (found.before.as_deref(), found.now.as_deref());
        judging.whole(severity, FILES, Key::new([found.path.clone()]), message, digests);
    }
}
