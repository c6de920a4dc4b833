//! What an instance is: environment files.

mod decode;
mod login;
mod server;

pub use decode::decode;
pub use login::{Login, SignedRows};
pub use server::{Limits, Server, Url, is_loopback};

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::document::{At, Place};

/// One instance of a hospital system.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name; the stem of its file.
    pub name: At<String>,
    /// What it is for.
    pub role: Role,
    /// Name of its system definition; empty when it is only probed.
    pub system: At<String>,
    /// Folder of the extracts, relative to the folder of the environment files.
    pub files: Option<At<String>>,
    /// The live server that probes ask.
    pub server: Option<Server>,
    /// True when the file names a server, even one with a mistake.
    pub names_server: bool,
    /// How old the data is.
    pub taken_at: TakenAt,
    /// Which instance must answer.
    pub instance: Option<Instance>,
    /// Other people's eyes, in file order.
    pub logins: Vec<Login>,
    /// Time zone of local times in the data.
    pub timezone: Option<At<chrono_tz::Tz>>,
    /// Why the same bytes as the other side are no mistake.
    pub same_files: Option<At<String>>,
    /// Shown path of the file.
    pub path: String,
    /// SHA-256 of the file's text.
    pub digest: String,
    /// Where it begins.
    pub place: Place,
}

/// Folder of a project that holds the environment files.
pub const FOLDER: &str = "environments";

impl Environment {
    /// True when it has a server to probe and no data of its own.
    pub fn is_only_probed(&self) -> bool {
        self.names_server && self.files.is_none()
    }

    /// The folder of its extracts: relative to the folder of the environment files.
    pub fn folder(&self, project: &Path) -> Option<PathBuf> {
        self.files.as_ref().map(|files| project.join(FOLDER).join(&files.value))
    }
}

/// Roles of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Role {
    Production,
    Training,
    Test,
    Master,
    Classroom,
    Build,
    Recovery,
    Legacy,
}

impl Role {
    /// The word users write, per role.
    pub const WORDS: &'static [(&'static str, Role)] = &[
        ("production", Role::Production),
        ("training", Role::Training),
        ("test", Role::Test),
        ("master", Role::Master),
        ("classroom", Role::Classroom),
        ("build", Role::Build),
        ("recovery", Role::Recovery),
        ("legacy", Role::Legacy),
    ];

    /// The word users write.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, r)| *r == self).map_or("", |(w, _)| w)
    }
}

/// How the age of the data is known; never the time stamp of a file.
#[derive(Clone, Debug)]
pub enum TakenAt {
    /// Nobody says: CANNOT TELL.
    Unknown,
    /// A column of a dataset says (the oldest value counts).
    Column {
        /// The dataset.
        dataset: At<String>,
        /// The column, of type datetime or date.
        column: At<String>,
    },
    /// A person says.
    Stated {
        /// The moment.
        at: At<DateTime<Utc>>,
        /// Who.
        by: String,
        /// Why that is enough.
        reason: String,
    },
}

/// Which instance must answer: another one is CANNOT TELL.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Dataset that says.
    pub dataset: At<String>,
    /// Column that says.
    pub column: At<String>,
    /// Value it must have in every row.
    pub is: At<String>,
}

#[cfg(test)]
mod tests;
