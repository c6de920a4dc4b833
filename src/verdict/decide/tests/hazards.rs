//! Whether the controls of a hazard hold.

use super::*;
use crate::verdict::Control;
use crate::verdict::hazard::judge as judge_hazards;

fn hazard(id: &str, risk: u8) -> Hazard {
    Hazard {
        id: said(id.to_owned()),
        hazard: "a clinic cannot be booked".into(),
        cause: "it was not built".into(),
        effect: "a patient is not seen".into(),
        severity: "major".into(),
        likelihood: "low".into(),
        risk,
        residual_risk: None,
    }
}

#[test]
fn a_control_holds_only_when_every_check_of_it_passed() {
    let one = Run::go(&[Severity::Blocker]).result().checks.remove(0);
    let control = |statuses: &[Status]| {
        let of = |hazard: &str, status| CheckResult { hazard: Some(hazard.to_owned()), status, ..one.clone() };
        let mut checks: Vec<CheckResult> = statuses.iter().map(|s| of("HZ-1", *s)).collect();
        checks.push(of("HZ-2", Status::Fail));
        checks.push(CheckResult { hazard: None, status: Status::Fail, ..one.clone() });
        let judged = judge_hazards(&[hazard("HZ-1", 3)], &checks).remove(0);
        assert_eq!(judged.checks.len(), statuses.len());
        judged.control
    };
    assert_eq!(control(&[]), Control::None);
    assert_eq!(control(&[Status::Pass, Status::Pass]), Control::Holds);
    assert_eq!(control(&[Status::Pass, Status::CannotTell, Status::Fail]), Control::Failed);
    for doubtful in [Status::CannotTell, Status::Skipped, Status::Waived] {
        assert_eq!(control(&[Status::Pass, doubtful]), Control::NotTold);
    }
}

#[test]
fn the_worst_come_first() {
    let failed =
        CheckResult { hazard: Some("HZ-3".into()), status: Status::Fail, ..Run::go(&[Severity::Blocker]).result().checks.remove(0) };
    let log = [hazard("HZ-2", 2), hazard("HZ-1", 2), hazard("HZ-4", 5), hazard("HZ-3", 1)];
    let ids: Vec<String> = judge_hazards(&log, &[failed]).into_iter().map(|h| h.id).collect();
    assert_eq!(ids, ["HZ-3", "HZ-4", "HZ-1", "HZ-2"]);
}
