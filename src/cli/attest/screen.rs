//! What was signed, as the person who signs sees it.

use chrono::{DateTime, Utc};

use crate::check::{Attested, Check, Standing};
use crate::context::Context;
use crate::report::text::wrap;

use super::super::load::Loaded;
use super::draft::{Draft, shown};

/// What was signed, where it was written, and what the check will say of it.
pub(super) fn signed(
    check: &Check,
    attested: &Attested,
    draft: &Draft,
    standing: &Standing<'_>,
    file: &str,
    loaded: &Loaded,
    context: &Context,
) -> String {
    let mut out = format!("Signed: {} ({}:{})\n", check.id.value, check.place.file.path, check.place.line());
    let mut put = |name: &str, text: String| {
        for (i, line) in wrap(&text, context.width.saturating_sub(15)).into_iter().enumerate() {
            out.push_str(&format!("  {:<11}  {line}\n", if i == 0 { name } else { "" }));
        }
    };
    put("statement", draft.statement.clone());
    put("person", format!("{} ({})", draft.person, draft.role));
    put("date", shown(draft.date));
    let mut until = draft.date.checked_add_signed(attested.valid).unwrap_or(DateTime::<Utc>::MAX_UTC);
    until = draft.expires.map_or(until, |e| e.min(until));
    put("valid until", format!("{}, {}", shown(until), distance(until, loaded.project.go_live.value)));
    for (i, (name, number)) in draft.measured.iter().enumerate() {
        let limit = attested.limit(name).map_or_else(String::new, ToString::to_string);
        put(if i == 0 { "measured" } else { "" }, format!("{name} {} ({limit})", number.to_plain_string()));
    }
    if let Some((path, sha256)) = &draft.document {
        put("document", format!("{path}, SHA-256 {sha256}"));
    }
    if let Some(build) = &draft.build {
        put("build", build.clone());
    }
    out.push_str(&format!("Written to {file}\n"));
    let mut tell = |text: String| wrap(&text, context.width).into_iter().for_each(|line| out.push_str(&format!("{line}\n")));
    if standing.counts.is_some_and(|a| a.date.value != draft.date || a.person != draft.person) {
        tell("It does not count: a newer attestation does, or one that has the check's words, role and build.".to_owned());
    }
    if draft.build.is_some() && draft.build_now.is_none() {
        tell("The build was not compared: no snapshot says which it is.".to_owned());
    }
    for fault in &standing.faults {
        tell(format!("The check will fail: {}", fault.message));
    }
    for doubt in &standing.doubts {
        tell(format!("The check cannot be told: {doubt}"));
    }
    out
}

fn distance(until: DateTime<Utc>, go_live: DateTime<Utc>) -> String {
    let days = (until - go_live).num_days().abs();
    let plural = if days == 1 { "" } else { "s" };
    format!("{days} day{plural} {} the go-live", if until < go_live { "before" } else { "past" })
}
