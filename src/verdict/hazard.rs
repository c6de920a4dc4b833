//! The hazards of the log, and whether the checks that control them hold.

use serde::{Deserialize, Serialize};

use crate::check::{Hazard, Status};

use super::result::CheckResult;

/// Whether the controls of a hazard hold. Ordered worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// A check that controls it found something: the control is re-opened.
    Failed,
    /// A check that controls it has no answer.
    NotTold,
    /// No check controls it.
    None,
    /// Every check that controls it passed.
    Holds,
}

impl Control {
    /// As reports say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "re-opened",
            Self::NotTold => "cannot tell",
            Self::None => "not controlled by any check",
            Self::Holds => "controlled",
        }
    }
}

/// One hazard in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HazardResult {
    /// Its id.
    pub id: String,
    /// What may go wrong.
    pub hazard: String,
    /// The harm.
    pub effect: String,
    /// Risk 1 to 5 without controls.
    pub risk: u8,
    /// Risk 1 to 5 with all controls, where the log says it.
    pub residual_risk: Option<u8>,
    /// Checks that control it.
    pub checks: Vec<String>,
    /// Whether they hold.
    pub control: Control,
}

/// Every hazard with its controls: worst first, then by risk, then by id.
pub(super) fn judge(log: &[Hazard], checks: &[CheckResult]) -> Vec<HazardResult> {
    let mut results: Vec<HazardResult> = log
        .iter()
        .map(|hazard| {
            let controls: Vec<&CheckResult> = checks.iter().filter(|c| c.hazard.as_deref() == Some(hazard.id.as_str())).collect();
            let control = if controls.is_empty() {
                Control::None
            } else if controls.iter().any(|c| c.status == Status::Fail) {
                Control::Failed
            } else if controls.iter().all(|c| c.status == Status::Pass) {
                Control::Holds
            } else {
                Control::NotTold
            };
            HazardResult {
                id: hazard.id.value.clone(),
                hazard: hazard.hazard.clone(),
                effect: hazard.effect.clone(),
                risk: hazard.risk,
                residual_risk: hazard.residual_risk,
                checks: controls.iter().map(|c| c.id.clone()).collect(),
                control,
            }
        })
        .collect();
    results.sort_by(|a, b| (a.control, std::cmp::Reverse(a.risk), &a.id).cmp(&(b.control, std::cmp::Reverse(b.risk), &b.id)));
    results
}
