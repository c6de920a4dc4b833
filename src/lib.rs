//! gonogo compares the configuration and reference data of a hospital system's instances and answers
//! GO, NO-GO or CANNOT TELL. Data flows one way, and the modules read like the sentence:
//!
//! ```text
//! environment -> source -> snapshot -> compare -> check -> verdict -> report
//!    where         read      freeze     align      judge    decide     tell
//! ```
//!
//! Only [`source`] and [`snapshot::capture`] touch the world; [`check`] and [`verdict`] are functions of evidence alone.

pub mod context;
pub mod exit;

pub mod document;
pub mod value;

pub mod environment;
pub mod system;

pub mod source;

pub mod snapshot;

pub mod compare;
pub mod query;

pub mod check;

pub mod verdict;

pub mod report;

pub mod cli;
