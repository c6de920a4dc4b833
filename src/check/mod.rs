//! Judging: check files, the kinds of check, and what they find. Pure and synchronous: a function of [`Evidence`] alone.

mod attestation;
mod baseline;
mod criterion;
mod evaluate;
mod evidence;
mod file;
mod finding;
mod hazard;
pub mod kind;
mod ledger;
mod lint;
mod outcome;
mod site;
mod standard;

pub use attestation::{
    Attestation, AttestationFile, Attestations, DocumentNow, SignedDocument, decode_attestations, lint_attestations, measured_number,
};
pub use baseline::{
    Baseline, Baselines, Change, Freeze, FrozenDataset, FrozenEnvironment, FrozenName, LastSame, RuleChange, RuleFile,
    changes as rule_changes, content_digest, definition_digest, freeze, parts as rule_parts,
};
pub use criterion::{FURTHER_CRITERIA, STANDARD_CRITERIA, StandardCriterion, objection as criterion_objection};
pub use evaluate::evaluate_all;
pub use evidence::{Evidence, List, Pair, Side};
pub use file::{Check, CheckFile, Severities, decode};
pub use finding::{FieldChange, Finding, FindingKind, Severity};
pub use hazard::{HAZARDS_FILE, Hazard, decode_hazards, lint_hazards};
pub use kind::ignored::Ignored;
pub use kind::{Adjusted, Anchor, Attested, Context, Fault, Judged, Kind, Limit, Proof, SiteChange, Standing};
pub use ledger::{Ledger, ReadCount, Signature};
pub use lint::{Catalogue, lint};
pub use outcome::{Outcome, Status};
pub use site::{Adjustment, AtSite, Overlaid, SeverityChange, Site, SiteList, decode_site, overlay};
pub use standard::{STANDARD, STANDARD_FOLDER, STANDARD_HAZARDS, STANDARD_LISTS, StandardFile, needs, standard};
