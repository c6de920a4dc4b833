//! Exit codes: a public contract, in README's table and in `--help`.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// 0: GO; equal sides for `diff`; done.
    Go,
    /// 1: NO-GO; different sides for `diff`.
    NoGo,
    /// 2: wrong usage, or a file of the project is invalid: all problems are listed, nothing was contacted.
    Invalid,
    /// 3: CANNOT TELL or PARTIAL.
    CannotTell,
    /// 4: a bug in gonogo.
    Internal,
    /// 130: interrupted.
    Interrupted,
}

impl ExitStatus {
    /// All, in the order of their codes.
    pub const ALL: [Self; 6] = [Self::Go, Self::NoGo, Self::Invalid, Self::CannotTell, Self::Internal, Self::Interrupted];

    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Self::Go => 0,
            Self::NoGo => 1,
            Self::Invalid => 2,
            Self::CannotTell => 3,
            Self::Internal => 4,
            Self::Interrupted => 130,
        }
    }

    /// What it means, one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Go => {
                "GO: every required check ran on complete, fresh data of the right instances and passed, or its findings are validly waived"
            }
            Self::NoGo => "NO-GO: at least one unwaived finding at or above the policy's blocking severity",
            Self::Invalid => "wrong usage, or an invalid file: all problems are listed, nothing was contacted",
            Self::CannotTell => {
                "CANNOT TELL or PARTIAL: a required check could not be answered, or the run was narrowed, baselined or replayed"
            }
            Self::Internal => "internal error: a bug in gonogo",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(status.code())
    }
}
