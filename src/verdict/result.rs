//! The result of a run: the one value that every report is a pure function of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::check::{Finding, Outcome, Severity, Status};
use crate::exit::ExitStatus;

use super::group::Group;
use super::hazard::HazardResult;
use super::new_since::NewSince;
use super::waiver::WaiverResult;

/// The verdict's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// Every required check ran on complete, fresh data of the right instances and passed, or its findings are validly waived.
    #[serde(rename = "GO")]
    Go,
    /// At least one unwaived finding at or above the blocking severity.
    #[serde(rename = "NO-GO")]
    NoGo,
    /// A required check at or above the blocking severity could not be answered.
    #[serde(rename = "CANNOT TELL")]
    CannotTell,
    /// The run was narrowed, baselined or replayed, and found nothing that blocks.
    #[serde(rename = "PARTIAL")]
    Partial,
}

impl Decision {
    /// The word as printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
            Self::CannotTell => "CANNOT TELL",
            Self::Partial => "PARTIAL",
        }
    }

    /// The exit status; `partial_ok` lets PARTIAL end with 0.
    pub fn exit(self, partial_ok: bool) -> ExitStatus {
        match self {
            Self::Go => ExitStatus::Go,
            Self::NoGo => ExitStatus::NoGo,
            Self::Partial if partial_ok => ExitStatus::Go,
            Self::CannotTell | Self::Partial => ExitStatus::CannotTell,
        }
    }
}

/// Numbers by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Counts {
    pub blocker: u64,
    pub major: u64,
    pub minor: u64,
    pub info: u64,
}

impl Counts {
    /// Adds one.
    pub fn add(&mut self, severity: Severity, n: u64) {
        match severity {
            Severity::Blocker => self.blocker += n,
            Severity::Major => self.major += n,
            Severity::Minor => self.minor += n,
            Severity::Info => self.info += n,
        }
    }

    /// Those at or above a severity.
    pub fn at_or_above(&self, severity: Severity) -> u64 {
        self.by_severity().into_iter().filter(|(s, _)| *s >= severity).map(|(_, n)| n).sum()
    }

    /// The numbers with their severities, worst first.
    pub fn by_severity(&self) -> [(Severity, u64); 4] {
        [(Severity::Blocker, self.blocker), (Severity::Major, self.major), (Severity::Minor, self.minor), (Severity::Info, self.info)]
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        other.by_severity().into_iter().for_each(|(severity, n)| self.add(severity, n));
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.blocker + self.major + self.minor + self.info
    }

    /// Those that are not among `some`. When `some` are more than there are, they are not a part of these, and nothing is taken away.
    pub fn without(&self, some: &Self) -> Self {
        let mut rest = Self::default();
        for ((severity, all), (_, taken)) in self.by_severity().into_iter().zip(some.by_severity()) {
            rest.add(severity, all.checked_sub(taken).unwrap_or(all));
        }
        rest
    }
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// The project's title.
    pub title: String,
    /// The verdict.
    pub decision: Decision,
    /// Why, one sentence each, most important first.
    pub reasons: Vec<String>,
    /// What the verdict is a verdict on, when it is not on the whole hospital.
    pub verdict_on: Option<String>,
    /// Values of the project's files that are still `TODO`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub todo: Vec<TodoResult>,
    /// When we judge.
    pub as_of: DateTime<Utc>,
    /// What we judge for.
    pub go_live: DateTime<Utc>,
    /// Environment that staff were trained on.
    pub training: String,
    /// Environment that goes live.
    pub production: String,
    /// True when as-of was typed and is not now.
    pub replay: bool,
    /// How the command line narrowed the run.
    pub narrowed: Vec<String>,
    /// How the run stands to the freeze since which it counts; `None` when everything counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_since: Option<NewSince>,
    /// The sites that were judged; empty when the project has none.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Severity at which findings block.
    pub block_at: Severity,
    /// Where the project's policy deviates from the standard one, definitions are overridden, severities lowered.
    pub deviations: Vec<String>,
    /// Findings by severity, waived ones among them.
    pub findings: Counts,
    /// Findings that a valid waiver covers, by severity.
    #[serde(default)]
    pub waived: Counts,
    /// Checks that cannot be answered, by their worst severity.
    pub cannot_tell: Counts,
    /// Checks by status: passed, failed, waived, cannot tell, skipped.
    pub passed: u64,
    /// Checks with findings that nobody waived.
    pub failed: u64,
    /// Checks all of whose findings are waived. They have not passed.
    #[serde(default)]
    pub waived_checks: u64,
    /// Checks without an answer.
    pub untold: u64,
    /// Checks left out.
    pub skipped: u64,
    /// The environments that were looked at.
    pub environments: Vec<EnvironmentResult>,
    /// The required criteria and whether each has an outcome.
    pub required: Vec<RequiredResult>,
    /// The hazards of the log, those whose controls do not hold first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<HazardResult>,
    /// The checks, those that block first, then by severity, area and id.
    pub checks: Vec<CheckResult>,
    /// Every waiver of the project, in the order of the file, and whether it holds.
    #[serde(default)]
    pub waivers: Vec<WaiverResult>,
    /// Severities that no waiver touches.
    #[serde(default)]
    pub never_waive: Vec<Severity>,
    /// Key columns per dataset, one list per rung of its ladder: what the parts of a finding's key are called.
    pub keys: BTreeMap<String, Vec<Vec<String>>>,
    /// SHA-256 per file that judged (project, environments, systems, checks, lists), by shown path.
    pub digests: Vec<(String, String)>,
    /// gonogo's version.
    pub tool: String,
}

/// A value of the project's files that somebody still has to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoResult {
    /// File and line: `gonogo.yaml:4`.
    pub place: String,
    /// Which field: `require.reason`.
    pub field: String,
}

impl TodoResult {
    /// Field that holds the go-live: while it is open, the moment judged for is the moment judged at.
    pub const GO_LIVE: &'static str = "go_live";
    /// Field of an environment that says how old its data are: while it is open, they are compared at any age.
    pub const EXTRACT: &'static str = "extract";
    /// Field of the project that says how old data may be: while it is open, they are compared at any age.
    pub const MAX_AGE: &'static str = "policy.max_age";

    /// The open values of one file.
    pub fn of(root: &crate::document::Node) -> impl Iterator<Item = Self> {
        root.todos().into_iter().map(|t| Self { place: format!("{}:{}", t.place.file.path, t.place.line()), field: t.field })
    }
}

/// One environment in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentResult {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Its system definition.
    pub system: String,
    /// Where it was read.
    pub origin: String,
    /// Content id of the snapshot; `None` when there is none.
    pub content_id: Option<String>,
    /// Age of the data: the moment it speaks for.
    pub taken_at: Option<DateTime<Utc>>,
    /// Instance that answered.
    pub instance: Option<String>,
    /// Datasets read as the administrator sees them.
    pub datasets: u64,
    /// Rows in them.
    pub rows: u64,
    /// Why it may not be relied on.
    pub doubts: Vec<String>,
    /// The logins under which it was looked at besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logins: Vec<LoginResult>,
}

/// One login under which an environment was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginResult {
    /// Its name.
    pub name: String,
    /// Where what it sees was read.
    pub origin: String,
    /// Age of its data: the moment they speak for.
    pub taken_at: Option<DateTime<Utc>>,
    /// Who the data say read them; `None` when nothing says.
    pub reader: Option<String>,
    /// Datasets read.
    pub datasets: u64,
    /// Rows in them.
    pub rows: u64,
    /// Why it may not be relied on.
    pub doubts: Vec<String>,
}

/// One required criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredResult {
    /// Its id.
    pub criterion: String,
    /// What it asks, one line.
    pub title: String,
    /// Checks that answer it.
    pub checks: Vec<String>,
    /// True when one of these checks was answered.
    pub answered: bool,
    /// Why it does not apply, and who agreed.
    pub not_applicable: Option<String>,
}

/// One check in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Its id.
    pub id: String,
    /// The site whose answer it is, where each site has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What reports call it: its id, with its site where it has one.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// Area.
    pub area: String,
    /// Owner.
    pub owner: String,
    /// Criterion.
    pub criterion: Option<String>,
    /// Hazard.
    pub hazard: Option<String>,
    /// Lesson.
    pub lesson: Option<String>,
    /// What to do.
    pub fix: Option<String>,
    /// `path:line` of the check.
    pub place: String,
    /// Its worst severity: what it counts with when it cannot be answered.
    pub worst: Severity,
    /// The one word.
    pub status: Status,
    /// True when a site file says that it does not apply there; its outcome says why.
    #[serde(default)]
    pub dropped: bool,
    /// True when it keeps the verdict from GO.
    pub blocks: bool,
    /// Findings by severity, waived ones among them.
    pub counts: Counts,
    /// Findings that a valid waiver covers, by severity.
    #[serde(default)]
    pub waived: Counts,
    /// Which finding is waived by which waiver, by position in `outcome.findings` and in [`RunResult::waivers`]; sorted.
    #[serde(default)]
    pub waived_by: Vec<(usize, usize)>,
    /// Distinct records with a finding.
    pub records: u64,
    /// Causes; they partition the findings.
    pub groups: Vec<Group>,
    /// Findings that were known at the freeze since which the run counts: shown, in no other number, and never blocking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselined: Vec<Finding>,
    /// What it found and looked at.
    pub outcome: Outcome,
}

impl CheckResult {
    /// Findings that nobody waived, by severity.
    pub fn open(&self) -> Counts {
        self.counts.without(&self.waived)
    }

    /// The waiver (by position in [`RunResult::waivers`]) that covers a finding (by position).
    pub fn waiver_of(&self, finding: usize) -> Option<usize> {
        self.waived_by.binary_search_by_key(&finding, |(f, _)| *f).ok().map(|i| self.waived_by[i].1)
    }

    /// How many members of a group are waived.
    pub fn waived_in(&self, group: &Group) -> u64 {
        group.findings.iter().filter(|f| self.waiver_of(**f).is_some()).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_go_and_a_partial_that_is_allowed_end_with_0() {
        for partial_ok in [false, true] {
            assert_eq!(Decision::Go.exit(partial_ok), ExitStatus::Go);
            assert_eq!(Decision::NoGo.exit(partial_ok), ExitStatus::NoGo);
            assert_eq!(Decision::CannotTell.exit(partial_ok), ExitStatus::CannotTell);
        }
        assert_eq!(Decision::Partial.exit(false), ExitStatus::CannotTell);
        assert_eq!(Decision::Partial.exit(true), ExitStatus::Go);
    }
}
