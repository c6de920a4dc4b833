//! Deciding: outcomes and policy become GO, NO-GO, CANNOT TELL or PARTIAL, before any format is known.

mod assemble;
mod decide;
mod deviations;
mod doubts;
mod group;
mod hazard;
mod logins;
mod new_since;
mod project;
mod project_file;
mod require;
mod result;
mod waiver;
mod waiver_file;

pub use assemble::{Looked, settle};
pub use decide::{Request, decide};
pub use doubts::{Claim, Moments, doubts};
pub use group::{Group, group};
pub use hazard::{Control, HazardResult};
pub use logins::login_doubts;
pub use new_since::{NewSince, Since};
pub use project::{CatalogueUse, Criterion, MaxWaived, Only, Policy, Project, Require, RequiredCriteria, Without};
pub use project_file::decode_project;
pub use require::{STANDARD_CRITERIA, StandardCriterion};
pub use result::{CheckResult, Counts, Decision, EnvironmentResult, LoginResult, RequiredResult, RunResult, TodoResult};
pub use waiver::{Terms, WaiverResult, WaiverState, judge_waivers};
pub use waiver_file::{Members, Waiver, decode_waivers, lint_waivers};
