use super::*;
use crate::document::{Problems, load, render};

fn decoded(text: &str) -> (Option<Project>, Vec<String>) {
    let mut problems = Problems::default();
    let document = load("gonogo.yaml", text.as_bytes(), &mut problems).unwrap();
    let project = decode_project(&document, &mut problems);
    render(&problems, false);
    (project, problems.sorted().iter().map(|p| p.message.clone()).collect())
}

const HEAD: &str = "version: 1\ntitle: Synthetic\ngo_live: 2027-02-24T06:00:00Z\npair: {training: training, production: production}\n";

#[test]
fn a_project_is_decoded_whole() {
    let (project, mistakes) = decoded(&format!(
        "{HEAD}policy: {{block_at: minor, max_age: 36h, max_skew: 90m, max_waived: {{findings: 4, groups: 1}}, never_waive: [blocker, major],\n\
         \x20 approvers: {{minor: implementation lead, major: [clinical safety officer, medical director]}}}}\n\
         require: {{criteria: [CLN-1, OURS-7], not_applicable: [{{id: OURS-7, reason: r, approver: a}}]}}\n"
    ));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let project = project.unwrap();
    let policy = &project.policy;
    assert_eq!((policy.block_at, policy.max_age.num_hours(), policy.max_skew.num_minutes()), (Severity::Minor, 36, 90));
    assert_eq!(policy.max_waived, Some(MaxWaived { findings: 4, groups: 1 }));
    assert_eq!(policy.never_waive, [Severity::Blocker, Severity::Major]);
    assert_eq!((policy.approvers[0].0, policy.approvers[1].0), (Severity::Minor, Severity::Major));
    assert_eq!(policy.approvers[1].1, ["clinical safety officer", "medical director"]);
    assert!(project.catalogue.is_none());
    assert!(matches!(&project.require.criteria, RequiredCriteria::Listed(ids) if ids.len() == 2));
    assert_eq!(project.require.not_applicable[0].id.value, "OURS-7");
}

#[test]
fn what_is_not_said_is_the_strictest() {
    let (project, mistakes) = decoded(HEAD);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let project = project.unwrap();
    assert!(matches!(project.require.criteria, RequiredCriteria::Standard) && project.require.not_applicable.is_empty());
    assert_eq!(project.policy.block_at, Policy::standard().block_at);
}

#[test]
fn requiring_nothing_needs_a_reason() {
    assert_eq!(decoded(&format!("{HEAD}require: {{criteria: none}}\n")).1, ["a project that requires no criteria needs a `reason`"]);
    let (project, mistakes) = decoded(&format!("{HEAD}require: {{criteria: none, reason: a pipeline for one area}}\n"));
    assert!(mistakes.is_empty());
    assert!(matches!(project.unwrap().require.criteria, RequiredCriteria::None { reason } if reason == "a pipeline for one area"));
    let standard = format!("{HEAD}require: {{criteria: standard, not_applicable: [{{id: BCP-9, reason: r, approver: a}}]}}\n");
    assert_eq!(decoded(&standard).1, ["`BCP-9` is not among the required criteria"]);
}

#[test]
fn a_word_that_is_no_set_of_criteria_is_not_taken_for_none() {
    let (_, mistakes) = decoded(&format!("{HEAD}require: {{criteria: standrad, reason: a pipeline for one area}}\n"));
    assert_eq!(mistakes, ["`standrad` is no set of criteria"]);
}

#[test]
fn the_catalogue_is_taken_whole_or_without_what_a_person_left_out() {
    let whole = decoded(&format!("{HEAD}catalogue: standard\n")).0.unwrap().catalogue.unwrap();
    assert!(whole.without.is_empty());
    let (project, mistakes) = decoded(&format!(
        "{HEAD}catalogue: {{use: standard, without: [{{check: wards-match, reason: no wards, approver: safety officer}}]}}\n"
    ));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let left_out = &project.unwrap().catalogue.unwrap().without[0];
    assert_eq!(
        (left_out.check.value.as_str(), left_out.reason.as_str(), left_out.approver.as_str()),
        ("wards-match", "no wards", "safety officer")
    );
    let (_, mistakes) = decoded(&format!("{HEAD}catalogue: {{use: standard, without: [{{check: wards-match}}]}}\n"));
    assert_eq!(mistakes.len(), 2, "a check that is left out needs a reason and an approver: {mistakes:?}");
}

#[test]
fn a_system_is_never_compared_with_itself() {
    let same = HEAD.replace("production: production", "production: training");
    let (project, mistakes) = decoded(&same);
    assert!(project.is_none());
    assert_eq!(mistakes, ["`training` is both sides of the pair; a system always equals itself"]);
}
