//! Screens with waivers: what holds and what does not.

use super::*;

#[test]
fn a_go_with_waivers_says_so_on_the_first_line() {
    insta::assert_snapshot!(shown(&sample::go_waived(), 0), @r#"
GO with 3 findings waived  Riverside General (synthetic), outpatients go-live
go-live 2027-02-24 06:00 UTC, 93 days left; as of 2026-11-22 12:00 UTC
  - 1 check passed; 3 major findings waived
findings: 3 major (waived: 3 major); checks: 1 passed, 0 failed, 1 waived, 0
  cannot tell, 0 left out

WAIVERS
  letters-match, dose form changed: 3 major waived until 2027-03-31, 129 days
    left
    the new form is taught on the day (owner letters build team, approved by
      clinical safety officer; checks/waivers.yaml:3)
  ! checks/waivers.yaml:41 expired: it expires on 2027-02-01T00:00:00Z, before
      the go-live on 2027-02-24T06:00:00Z
      letters-match, f1:debd228c8fa8c69698d9052a719a9223

DEVIATIONS FROM THE STANDARD POLICY
  - BCP-2 does not apply: one site only (agreed by clinical safety officer)

WHAT WAS LOOKED AT
  production (production, instance PRODUCTION): 6 hours old, 4,210 rows in
      12 datasets, content production00, from extracts/production
  training (training, instance TRAINING): 6 hours old, 4,210 rows in 12
      datasets, content training0000, from extracts/training

  check          dataset  in          read  expected  selected  columns
  letters-match  clinics  training     160       160       160        3
                 clinics  production   158       160
  roles-match    clinics  training     160       160       160        3
                 clinics  production   158       160
  letters-match: 3 findings waived

REQUIRED: 2 criteria: 1 answered, 1 not applicable, 0 open
PASSED
  access: 1 (roles-match)

WHERE TO LOOK FURTHER
  gonogo check --only ID -v               all findings of one check
  gonogo check -v                         all findings and ledgers
  gonogo check --format json              the same for machines
"#);
}

#[test]
fn a_no_go_with_waivers_of_every_state() {
    insta::assert_snapshot!(shown(&sample::no_go_waived(), 1), @r#"
NO-GO  Riverside General (synthetic), outpatients go-live
go-live 2027-02-24 06:00 UTC, 93 days left; as of 2026-11-22 12:00 UTC
  - 15 blocker and 1 major findings in outpatients: clinics-match
  - cannot tell sessions-match: sessions of production was not read: the file
    ends in the middle of a row
findings: 15 blocker, 2 major, 1 minor (waived: 1 major); checks: 1 passed, 2
  failed, 1 cannot tell, 0 left out

WHAT BLOCKS
outpatients
  clinics-match: The clinics staff trained on are the clinics they will book
      into
    15 blocker, 1 major, 1 waived in 17 records; owner: outpatients build
      team; hazard HZ-012
       12 missing in production
        3 active is null instead of true
        1 comment was shortened (waived)
      also: 1 x renamed
      fix: Re-run the clinic build load for the listed codes.

COULD NOT BE TOLD
  sessions-match (owner: outpatients build team)
    - sessions of production was not read: the file ends in the middle of a row

WAIVERS
  clinics-match, clinic CARD15 is missing: 1 major waived until 2027-03-31,
    129 days left
    the new form is taught on the day (owner outpatients build team, approved
      by clinical safety officer; checks/waivers.yaml:3)
  ! checks/waivers.yaml:42 unused: nothing that was found has this
      fingerprint: it was repaired, or it has changed
      clinics-match, f1:5bd307180bb8fb83f6d03ed4c2e2f322
  ! checks/waivers.yaml:43 not judged: sessions-match was left out or could
      not be answered in full
      clinics-match, f1:5bd307180bb8fb83f6d03ed4c2e2f322
  ! checks/waivers.yaml:44 over-broad: 2 findings of roles-match have this
      fingerprint; `members` and `digest` are needed for more than one
      clinics-match, f1:5bd307180bb8fb83f6d03ed4c2e2f322
  ! checks/waivers.yaml:45 ended: 3 members joined: 12 today, 9 accepted;
      digest today 7ab1
      clinics-match, f1:5bd307180bb8fb83f6d03ed4c2e2f322
  ! checks/waivers.yaml:46 refused: the policy waives no blocker findings
      clinics-match, f1:5bd307180bb8fb83f6d03ed4c2e2f322

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
    excluded; 1 finding waived
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
  clinics-match#3: 1 x comment was shortened (waived) [major]
    f1:5bd307180b waived major clinics/CARD15, comment
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
  gonogo waive clinics-match#4            accept a known difference
"#);
}

#[test]
fn when_waivers_do_not_fit_their_number_is_told() {
    let mut result = sample::many(24, 10, 10);
    let waived = sample::no_go_waived();
    result.waivers = (0..8).flat_map(|_| waived.waivers[1..].to_vec()).collect();
    let screen = shown(&result, 0);
    assert!(screen.lines().count() <= SCREEN, "{screen}");
    assert!(screen.contains("  ! and 7 ended, 7 not judged, 7 over-broad, 8 refused, 7 unused (all with -v)"), "{screen}");
}
