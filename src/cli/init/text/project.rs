//! `gonogo.yaml`.

use crate::cli::init::catalogue::Fits;

use super::comment;

/// The project file.
pub(in crate::cli::init) fn project(fits: &Fits) -> String {
    let mut out = "\
# What goes live, and what a GO needs. Where a file says TODO, something only you can know is missing; until it is given,
# the answer is never GO. `gonogo check` compares now, as it stands; `gonogo lint` lists what is open and checks every file.
version: 1
title: \"TODO: what goes live, such as: Riverside General, outpatients\"
go_live: TODO                 # the moment, with its time zone, such as 2027-02-24T06:00:00Z
pair: {training: training, production: production}    # environments/training.yaml and environments/production.yaml
policy:
  block_at: major             # findings at or above this block: blocker, major, minor, info
  max_age: TODO               # how old the exports may be when they are judged; 24h before a go-live. Until then any age is compared
  max_skew: 12h               # how far apart the two sides may be

"
    .to_owned();
    if fits.checks.is_empty() {
        out.push_str(
            "\
# gonogo comes with a catalogue of checks for what past go-lives failed by. They ask for datasets and columns by the names that all
# systems share (clinics, sessions, codes, roles, …); `catalogue: standard` takes them once environments/systems/ours.yaml has those names.
# `criteria: standard` asks for the whole list of a hospital's go-live. With none, every report says what the verdict is on.
require: {criteria: none, reason: \"TODO: why these datasets are enough\"}
",
        );
        return out;
    }
    let all = fits.checks.len() + fits.left_out();
    out.push_str(&comment(
        0,
        0,
        &format!(
            "From the catalogue that comes with gonogo, the {} of its {all} checks that these exports can answer; `gonogo explain ID` shows \
             one. `catalogue: standard` asks all of them, and each that cannot be answered is told as CANNOT TELL.",
            fits.checks.len()
        ),
    ));
    out.push_str("catalogue:\n  use: standard\n  only:\n");
    for check in &fits.checks {
        out.push_str(&format!("    - {}    # {}: {}\n", check.id, check.criterion, check.title));
    }
    out.push_str("  # Left out, for want of:\n");
    for (want, ids) in &fits.wanting {
        out.push_str(&comment(2, 4, &format!("- {}: {}", want.words(), ids.join(", "))));
    }
    out.push_str("  reason: \"TODO: why the others are not asked\"\n  approver: \"TODO: who agreed to that\"\n\n");
    out.push_str(&comment(
        0,
        0,
        "What a GO must contain: these criteria, each with an answer. Every report says that the verdict is on them alone; \
         `criteria: standard` asks for the whole list of a hospital's go-live.",
    ));
    out.push_str("require:\n  criteria:\n");
    fits.criteria().iter().for_each(|criterion| out.push_str(&format!("    - {criterion}\n")));
    out
}
