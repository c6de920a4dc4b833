//! `gonogo attest --list`: every attested check, by whom it is signed, and for how long.

use tabled::builder::Builder;
use tabled::settings::Style;

use crate::check::{FindingKind, Judged, Standing};
use crate::context::Context;
use crate::report::text::{cut, wrap};

use super::super::load::Loaded;
use super::{attested_checks, build_now};

pub(super) fn screen(loaded: &Loaded, context: &Context) -> String {
    let go_live = loaded.project.go_live.value;
    let mut builder = Builder::default();
    builder.push_record(["check", "state", "signed by", "valid until", "days left"]);
    let mut notes = Vec::new();
    let mut checks = 0;
    for (check, attested) in attested_checks(loaded) {
        checks += 1;
        let id = &check.id.value;
        let build = build_now(loaded, attested, context).unwrap_or_else(|why| {
            notes.push(format!("? {id}: its build was not compared: {why}"));
            None
        });
        let judged = Judged { as_of: context.now, go_live, build: build.as_deref() };
        let standing = attested.standing(id, &loaded.attestations, judged);
        let (who, until, left) = standing.counts.map_or_else(Default::default, |a| {
            let until = attested.until(a);
            let left = (until - context.now).num_days().max(0);
            (a.person.clone(), until.format("%Y-%m-%d").to_string(), left.to_string())
        });
        // Names share what the columns of fixed width leave.
        let room = context.width.saturating_sub(62).max(12);
        builder.push_record([cut(id, room), state(&standing).to_owned(), cut(&who, 18), until, left]);
        notes.extend(standing.faults.iter().map(|f| format!("! {id}: {}", f.message)));
        notes.extend(standing.doubts.iter().map(|d| format!("? {id}: {d}")));
    }
    if checks == 0 {
        return "No check of this project is attested.\n".to_owned();
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(tabled::settings::Padding::new(0, 2, 0, 0));
    let mut out: String = table.to_string().lines().map(|l| format!("{}\n", l.trim_end())).collect();
    out.push_str(&format!("to hold at the go-live, {}, and now\n", go_live.format("%Y-%m-%d %H:%M UTC")));
    for note in notes {
        for (i, line) in wrap(&note, context.width.saturating_sub(4)).into_iter().enumerate() {
            out.push_str(&format!("{}{line}\n", if i == 0 { "" } else { "    " }));
        }
    }
    out
}

/// The state in a word or two.
fn state(standing: &Standing<'_>) -> &'static str {
    match (&standing.faults[..], &standing.doubts[..]) {
        ([], []) => "signed",
        ([], _) => "cannot tell",
        ([one], _) => match one.kind {
            FindingKind::Unsigned => "missing",
            FindingKind::Expired => "expired",
            FindingKind::OtherStatement => "other words",
            FindingKind::OtherRole => "other role",
            FindingKind::OtherBuild => "other build",
            FindingKind::OutOfLimits => "out of limits",
            FindingKind::Unmeasured => "not measured",
            FindingKind::NoDocument => "no document",
            FindingKind::DocumentMissing => "no document",
            FindingKind::DocumentChanged => "other document",
            _ => "not valid",
        },
        _ => "not valid",
    }
}
