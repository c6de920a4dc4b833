//! Numbers and names in words, the same in every part of the screen.

use chrono::{DateTime, Duration, Utc};

use crate::report::text::thousands;
use crate::verdict::{CheckResult, Counts, Group};

/// "12 blocker, 3 major".
pub(super) fn counts(counts: &Counts) -> String {
    let parts: Vec<String> =
        counts.by_severity().into_iter().filter(|(_, n)| *n > 0).map(|(s, n)| format!("{} {}", thousands(n), s.word())).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// "1 check", "2 checks".
pub(super) fn number(n: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// The first names and how many more there are.
pub(super) fn some<'a>(names: impl Iterator<Item = &'a str>, shown: usize) -> String {
    let names: Vec<&str> = names.collect();
    match names.len().saturating_sub(shown) {
        0 => names.join(", "),
        rest => format!("{} and {} more", names[..shown].join(", "), thousands(rest as u64)),
    }
}

/// "12 blocker, 3 major, 2 waived": what is open of a check, then what is not.
pub(super) fn open(check: &CheckResult) -> String {
    let open = counts(&check.open());
    match check.waived.total() {
        0 => open,
        waived => format!("{open}, {} waived", thousands(waived)),
    }
}

/// "12 x missing in production".
pub(super) fn cause(check: &CheckResult, group: &Group) -> String {
    format!("{} x {}{}", thousands(group.members), group.cause, waived_in(check, group))
}

/// " (waived)", or how many of the group are; nothing when none is.
pub(super) fn waived_in(check: &CheckResult, group: &Group) -> String {
    match check.waived_in(group) {
        0 => String::new(),
        all if all == group.members => " (waived)".to_owned(),
        some => format!(" ({} waived)", thousands(some)),
    }
}

/// Findings that were counted and not kept.
pub(super) fn beyond(check: &CheckResult) -> u64 {
    check.outcome.beyond.iter().map(|(_, n)| n).sum()
}

pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length of time in its natural unit, rounded down: "94 days", "31 hours", "5 minutes".
pub(super) fn span(length: Duration) -> String {
    match length {
        l if l < Duration::hours(2) => number(l.num_minutes().unsigned_abs(), "minute"),
        l if l < Duration::days(3) => number(l.num_hours().unsigned_abs(), "hour"),
        l => number(l.num_days().unsigned_abs(), "day"),
    }
}
