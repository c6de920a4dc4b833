//! The screens, as people see them, and what holds for every screen.

use super::*;
use crate::report::sample;
use crate::report::text::{is_hostile, width as columns};

mod waivers;

fn shown(result: &RunResult, verbosity: u8) -> String {
    String::from_utf8(render(result, Style { width: 80, color: false, verbosity }).unwrap()).unwrap()
}

#[test]
fn every_screen_fits_eighty_columns_and_is_harmless() {
    for (name, result) in sample::all() {
        for verbosity in [0, 1] {
            let screen = shown(&result, verbosity);
            for line in screen.lines() {
                assert!(columns(line) <= 80, "{name}: {line}");
            }
            assert!(!screen.chars().any(|c| c != '\n' && is_hostile(c)), "{name}");
            assert!(screen.starts_with(result.decision.word()), "{name}");
        }
    }
}

#[test]
fn colour_is_written_by_us_alone() {
    for (name, result) in sample::all() {
        let style = Style { width: 80, color: true, verbosity: 1 };
        let mut screen = String::from_utf8(render(&result, style).unwrap()).unwrap();
        assert!(screen.contains("\u{1b}[1"), "{name}");
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;32m", "\u{1b}[1;33m"] {
            screen = screen.replace(code, "");
        }
        assert_eq!(screen, shown(&result, 1), "{name}");
    }
}

#[test]
fn the_first_screen_has_at_most_sixty_lines_whatever_is_found() {
    for (checks, causes, members) in [(1, 1, 4000), (1, 400, 10), (8, 5, 100), (40, 10, 10), (150, 12, 2), (600, 1, 7)] {
        let screen = shown(&sample::many(checks, causes, members), 0);
        assert!(screen.lines().count() <= SCREEN, "{checks} x {causes} x {members}:\n{screen}");
        assert!(screen.contains("gonogo check --only check-000 -v"));
    }
}

#[test]
fn four_thousand_differences_show_every_cause_with_its_count() {
    let result = sample::many(8, 5, 100);
    let screen = shown(&result, 0);
    let text = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    for check in &result.checks {
        for group in &check.groups {
            assert!(
                text.contains(&format!("{} x {}", group.members, group.cause))
                    || text.contains(&format!("{} {}", group.members, group.cause)),
                "{}\n{screen}",
                group.cause
            );
        }
    }
}

#[test]
fn when_causes_do_not_fit_their_number_is_told() {
    let screen = shown(&sample::many(24, 10, 10), 0);
    assert!(
        screen.contains("check-023: 15 blocker, 85 major, 10 causes") || screen.contains("check-023: 14 blocker, 86 major, 10 causes"),
        "{screen}"
    );
}

#[test]
fn all_findings_are_told_on_request() {
    let result = sample::no_go();
    let screen = shown(&result, 1);
    for finding in result.checks.iter().flat_map(|c| &c.outcome.findings) {
        assert!(screen.contains(&finding.key.to_string()), "{}", finding.key);
    }
}

#[test]
fn a_no_go() {
    insta::assert_snapshot!(shown(&sample::no_go(), 0), @r#"
NO-GO  Riverside General (synthetic), outpatients go-live
go-live 2027-02-24 06:00 UTC, 93 days left; as of 2026-11-22 12:00 UTC
  - 15 blocker and 2 major findings in outpatients: clinics-match
  - cannot tell sessions-match: sessions of production was not read: the file ..
findings: 15 blocker, 2 major, 1 minor; checks: 1 passed, 2 failed, 1 cannot
  tell, 0 left out

WHAT BLOCKS
outpatients
  clinics-match: The clinics staff trained on are the clinics they will book
      into
    15 blocker, 2 major in 17 records; owner: outpatients build team; hazard
      HZ-012
       12 missing in production
        3 active is null instead of true
        1 comment was shortened
      also: 1 x renamed
      fix: Re-run the clinic build load for the listed codes.

COULD NOT BE TOLD
  sessions-match (owner: outpatients build team)
    - sessions of production was not read: the file ends in the middle of a row

DEVIATIONS FROM THE STANDARD POLICY
  - data may be as old as 48 hours (standard: 24 hours)
  - BCP-2 does not apply: one site only (agreed by clinical safety officer)

WHAT WAS LOOKED AT
  production (production, instance PRODUCTION): 6 hours old, 4,210 rows in
      12 datasets, content production00, from extracts/production
  training (training, instance TRAINING): 6 hours old, 4,210 rows in 12
      datasets, content training0000, from extracts/training

  check           dataset  in            read  expected  selected  columns
  clinics-match   clinics  training       160       160       160        3
                  clinics  production     158       160
  sessions-match  clinics  training       600       160         0        0
                  clinics  production  unread       160
  letters-match   clinics  training       160       160       160        3
                  clinics  production     158       160
  roles-match     clinics  training       160       160       160        3
                  clinics  production     158       160
  clinics-match: ignored comment (free text); volatile last_updated; 5 rows
    excluded
  ! sessions-match: under half of the columns were compared: 2 of 9

REQUIRED: 2 criteria: 1 answered, 1 not applicable, 0 open
DOES NOT BLOCK: 1 minor in letters-match
PASSED
  access: 1 (roles-match)

WHERE TO LOOK FURTHER
  gonogo check --only clinics-match -v    all findings of one check
  gonogo check -v                         all findings and ledgers
  gonogo check --format json              the same for machines
  gonogo waive clinics-match#3            accept a known difference
"#);
}

#[test]
fn a_no_go_in_full() {
    insta::assert_snapshot!(shown(&sample::no_go(), 1), @r#"
NO-GO  Riverside General (synthetic), outpatients go-live
go-live 2027-02-24 06:00 UTC, 93 days left; as of 2026-11-22 12:00 UTC
  - 15 blocker and 2 major findings in outpatients: clinics-match
  - cannot tell sessions-match: sessions of production was not read: the file
    ends in the middle of a row
findings: 15 blocker, 2 major, 1 minor; checks: 1 passed, 2 failed, 1 cannot
  tell, 0 left out

WHAT BLOCKS
outpatients
  clinics-match: The clinics staff trained on are the clinics they will book
      into
    15 blocker, 2 major in 17 records; owner: outpatients build team; hazard
      HZ-012
       12 missing in production
        3 active is null instead of true
        1 comment was shortened
      also: 1 x renamed
      fix: Re-run the clinic build load for the listed codes.

COULD NOT BE TOLD
  sessions-match (owner: outpatients build team)
    - sessions of production was not read: the file ends in the middle of a row

DEVIATIONS FROM THE STANDARD POLICY
  - data may be as old as 48 hours (standard: 24 hours)
  - BCP-2 does not apply: one site only (agreed by clinical safety officer)

WHAT WAS LOOKED AT
  production (production, instance PRODUCTION): 6 hours old, 4,210 rows in
      12 datasets, content production00, from extracts/production
  training (training, instance TRAINING): 6 hours old, 4,210 rows in 12
      datasets, content training0000, from extracts/training

  check           dataset  in            read  expected  selected  columns
  clinics-match   clinics  training       160       160       160        3
                  clinics  production     158       160
  sessions-match  clinics  training       600       160         0        0
                  clinics  production  unread       160
  letters-match   clinics  training       160       160       160        3
                  clinics  production     158       160
  roles-match     clinics  training       160       160       160        3
                  clinics  production     158       160
  clinics-match: ignored comment (free text); volatile last_updated; 5 rows
    excluded
  ! sessions-match: under half of the columns were compared: 2 of 9

REQUIRED: 2 criteria: 1 answered, 1 not applicable, 0 open
DOES NOT BLOCK: 1 minor in letters-match
PASSED
  access: 1 (roles-match)

ALL FINDINGS
clinics-match (checks/outpatients.yaml:5)
  clinics-match#1: 12 x missing in production [blocker]
    f1:19a3bff330 blocker clinics/CARD00: clinic CARD00 is missing
    f1:0fbd91fced blocker clinics/CARD01: clinic CARD01 is missing
    f1:1999c4392b blocker clinics/CARD02: clinic CARD02 is missing
    f1:2c66a6ac42 blocker clinics/CARD03: clinic CARD03 is missing
    f1:7d3304ee8f blocker clinics/CARD04: clinic CARD04 is missing
    f1:23236f82a3 blocker clinics/CARD05: clinic CARD05 is missing
    f1:a6f4146cc5 blocker clinics/CARD06: clinic CARD06 is missing
    f1:fc662db47b blocker clinics/CARD07: clinic CARD07 is missing
    f1:21771ebe66 blocker clinics/CARD08: clinic CARD08 is missing
    f1:9d7a820740 blocker clinics/CARD09: clinic CARD09 is missing
    f1:4da437d900 blocker clinics/CARD10: clinic CARD10 is missing
    f1:2e535c5459 blocker clinics/CARD11: clinic CARD11 is missing
  clinics-match#2: 3 x active is null instead of true [blocker]
    f1:5320a48f9f blocker clinics/CARD12, active: true -> (null)
    f1:be903973cc blocker clinics/CARD13, active: true -> (null)
    f1:b3e3e53209 blocker clinics/CARD14, active: Clinic A -> "Clinic A "
  clinics-match#3: 1 x comment was shortened [major]
    f1:5bd307180b major clinics/CARD15, comment
        Bring your appointment letter, a list of your [-medicines-]{+tablets+}
        and somebody who can take you home.
  clinics-match#4: 1 x renamed [major]
    f1:28b3b9e93e major clinics/CARD16 -> CARD-16: clinic CARD16 is now
        CARD-16
        name: Cardiology -> Cardiology 1

letters-match (checks/outpatients.yaml:5)
  letters-match#1: 1 x the footer differs [minor]
    f1:5792ef0cac minor clinics/CARD01, footer: true -> (null)

WHERE TO LOOK FURTHER
  gonogo check --only clinics-match -v    all findings of one check
  gonogo check -v                         all findings and ledgers
  gonogo check --format json              the same for machines
  gonogo waive clinics-match#3            accept a known difference
"#);
}

#[test]
fn a_go() {
    insta::assert_snapshot!(shown(&sample::go(), 0), @r#"
GO  Riverside General (synthetic), outpatients go-live
go-live 2027-02-24 06:00 UTC, 93 days left; as of 2026-11-22 12:00 UTC
verdict on: outpatients alone, not on the whole hospital: a pipeline for one
  area
  - 2 checks passed
findings: nothing; checks: 2 passed, 0 failed, 0 cannot tell, 0 left out

DEVIATIONS FROM THE STANDARD POLICY
  - BCP-2 does not apply: one site only (agreed by clinical safety officer)

WHAT WAS LOOKED AT
  production (production, instance PRODUCTION): 6 hours old, 4,210 rows in
      12 datasets, content production00, from extracts/production
    as booking_clerk (read by booking_clerk): 6 hours old, 173 rows in 2
      datasets, from extracts/production-as_clerk
  training (training, instance TRAINING): 6 hours old, 4,210 rows in 12
      datasets, content training0000, from extracts/training

  check          dataset  in          read  expected  selected  columns
  clinics-match  clinics  training     160       160       160        3
                 clinics  production   158       160
  roles-match    clinics  training     160       160       160        3
                 clinics  production   158       160

REQUIRED: 2 criteria: 1 answered, 1 not applicable, 0 open
PASSED
  access: 1 (roles-match)
  outpatients: 1 (clinics-match)

WHERE TO LOOK FURTHER
  gonogo check --only ID -v               all findings of one check
  gonogo check -v                         all findings and ledgers
  gonogo check --format json              the same for machines
"#);
}

#[test]
fn a_cannot_tell() {
    insta::assert_snapshot!(shown(&sample::cannot_tell(), 0), @r#"
CANNOT TELL  Riverside General (synthetic), outpatients go-live
go-live 2027-02-24 06:00 UTC, 93 days left; as of 2026-11-22 12:00 UTC
  - cannot tell clinics-match, roles-match, screens-match: the data of
    production are 30 hours old, more than the 24 hours that the policy allows
findings: nothing; checks: 0 passed, 0 failed, 3 cannot tell, 0 left out

COULD NOT BE TOLD
  clinics-match (owner: outpatients build team)
    - the data of production are 30 hours old, more than the 24 hours that the
      policy allows
  roles-match (owner: outpatients build team)
    - the data of production are 30 hours old, more than the 24 hours that the
      policy allows
  screens-match (owner: outpatients build team)
    - the data of production are 30 hours old, more than the 24 hours that the
      policy allows

DEVIATIONS FROM THE STANDARD POLICY
  - BCP-2 does not apply: one site only (agreed by clinical safety officer)

WHAT WAS LOOKED AT
  production (production, instance PRODUCTION): of unknown age, 4,210 rows
      in 12 datasets, content production00, from extracts/production
    as booking_clerk (reader not said): of unknown age, 173 rows in 2
      datasets, from extracts/production-as_clerk
    not to be relied on: the data of production are 30 hours old, more than
      the 24 hours that the policy allows
    not to be relied on: nobody says how old the data of production as
      booking_clerk are
  training: no snapshot

  check          dataset  in          read  expected  selected  columns
  clinics-match  clinics  training     160       160       160        3
                 clinics  production   158       160
  roles-match    clinics  training     160       160       160        3
                 clinics  production   158       160
  screens-match  clinics  training     160       160       160        3
                 clinics  production   158       160

REQUIRED: 2 criteria: 1 answered, 1 not applicable, 0 open

WHERE TO LOOK FURTHER
  gonogo check --only clinics-match -v    all findings of one check
  gonogo check -v                         all findings and ledgers
  gonogo check --format json              the same for machines
"#);
}

#[test]
fn a_partial() {
    insta::assert_snapshot!(shown(&sample::partial(), 0), @r#"
PARTIAL  Riverside General (synthetic), outpatients go-live
go-live 2026-11-20 06:00 UTC, 54 hours ago; as of 2026-11-22 12:00 UTC (replay)
  - the run was narrowed by --only clinics-match
  - 1 check left out: roles-match
findings: nothing; checks: 1 passed, 0 failed, 0 cannot tell, 1 left out

DEVIATIONS FROM THE STANDARD POLICY
  - BCP-2 does not apply: one site only (agreed by clinical safety officer)

WHAT WAS LOOKED AT
  production (production, instance PRODUCTION): 6 hours old, 4,210 rows in
      12 datasets, content production00, from extracts/production
  training (training, instance TRAINING): 6 hours old, 4,210 rows in 12
      datasets, content training0000, from extracts/training

  check          dataset  in          read  expected  selected  columns
  clinics-match  clinics  training     160       160       160        3
                 clinics  production   158       160

REQUIRED: 2 criteria: 1 answered, 1 not applicable, 0 open
LEFT OUT: 1 check: roles-match
PASSED
  outpatients: 1 (clinics-match)

WHERE TO LOOK FURTHER
  gonogo check --only ID -v               all findings of one check
  gonogo check -v                         all findings and ledgers
  gonogo check --format json              the same for machines
"#);
}
