//! One waiver in the JSON report.

use serde::Serialize;

use crate::verdict::{WaiverResult, WaiverState};

use super::{Numbers, moment};

#[derive(Serialize)]
pub(super) struct Waiver<'a> {
    place: &'a str,
    finding: &'a str,
    check: Option<&'a str>,
    members: Option<u64>,
    digest: Option<&'a str>,
    owner: &'a str,
    approver: &'a str,
    reason: &'a str,
    expires: String,
    days_left: i64,
    state: WaiverState,
    why: Option<&'a str>,
    about: Option<&'a str>,
    covers: Numbers,
}

impl<'a> Waiver<'a> {
    pub(super) fn of(waiver: &'a WaiverResult) -> Self {
        Self {
            place: &waiver.place,
            finding: &waiver.finding,
            check: waiver.check.as_deref(),
            members: waiver.members,
            digest: waiver.digest.as_deref(),
            owner: &waiver.owner,
            approver: &waiver.approver,
            reason: &waiver.reason,
            expires: moment(waiver.expires),
            days_left: waiver.days_left,
            state: waiver.state,
            why: waiver.why.as_deref(),
            about: waiver.about.as_deref(),
            covers: Numbers::of(&waiver.covers),
        }
    }
}
