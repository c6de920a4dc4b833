//! Other people's eyes: extracts that were taken under the login of a role, for the checks of kind `visible`.

use chrono::NaiveDate;
use std::path::{Path, PathBuf};

use crate::document::decode::{Fields, count, date, entries, entry_name, name, one_or_list, some_text};
use crate::document::{At, Node, Problems};

use super::decode::{extract, instance};
use super::{Environment, FOLDER, Instance, TakenAt};

/// Ways of logging in to a live system; the words are known so that nobody hunts for a typing mistake.
const LIVE: &[&str] = &["basic", "bearer", "oauth2", "smart_backend", "mtls", "url"];

/// One login whose view of the instance is looked at beside the administrator's.
#[derive(Clone, Debug)]
pub struct Login {
    /// Its name, which checks quote.
    pub name: At<String>,
    /// Folder of the extracts that were taken with it, relative to the folder of the environment files.
    pub files: At<String>,
    /// How old its data are, where the environment's own way of telling does not serve.
    pub taken_at: Option<TakenAt>,
    /// Which instance must have answered it, where the environment's own way of telling does not serve.
    pub instance: Option<Instance>,
    /// What its data must say of who read them.
    pub reader: Option<Instance>,
    /// How many rows it should see, where a person signs for that.
    pub complete: Vec<SignedRows>,
    /// Why the same bytes as in another extract are no mistake.
    pub same_files: Option<At<String>>,
}

/// How many rows of a dataset a login should see, signed for.
#[derive(Clone, Debug)]
pub struct SignedRows {
    /// The dataset.
    pub dataset: At<String>,
    /// Rows.
    pub rows: u64,
    /// Who signed.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Why that is enough.
    pub reason: String,
}

impl Login {
    /// The folder of its extracts.
    pub fn folder(&self, project: &Path) -> PathBuf {
        project.join(FOLDER).join(&self.files.value)
    }

    /// What was signed for the rows of a dataset as it sees it.
    pub fn signed(&self, dataset: &str) -> Option<&SignedRows> {
        self.complete.iter().find(|s| s.dataset.value == dataset)
    }
}

impl Environment {
    /// The login of that name.
    pub fn login(&self, name: &str) -> Option<&Login> {
        self.logins.iter().find(|l| l.name.value == name)
    }

    /// How the age of a login's data is known: by the columns that tell the environment's own. What a person says of the
    /// administrator's extract says nothing of another one.
    pub fn taken_at_of<'e>(&'e self, login: &'e Login) -> &'e TakenAt {
        match (&login.taken_at, &self.taken_at) {
            (Some(own), _) => own,
            (None, column @ TakenAt::Column { .. }) => column,
            (None, TakenAt::Unknown | TakenAt::Stated { .. }) => &TakenAt::Unknown,
        }
    }

    /// Which instance must have answered a login.
    pub fn instance_of<'e>(&'e self, login: &'e Login) -> Option<&'e Instance> {
        login.instance.as_ref().or(self.instance.as_ref())
    }
}

/// Decodes `logins: {name: {files: …}}`.
pub(super) fn logins(node: &Node, problems: &mut Problems) -> Option<Vec<Login>> {
    let entries = entries(node, "logins by name", problems)?;
    if entries.is_empty() {
        problems.add(&node.place, "there is no login in `logins`").expected("such as `booking_clerk: {files: extracts/as_clerk}`");
    }
    Some(
        entries
            .iter()
            .filter_map(|entry| {
                let name = entry_name(entry, problems);
                let login = login(&entry.value, name.clone(), problems);
                name.and(login)
            })
            .collect(),
    )
}

fn login(node: &Node, name: Option<At<String>>, problems: &mut Problems) -> Option<Login> {
    let mut fields = Fields::open(node, "a login", problems)?;
    let mut live = false;
    for word in LIVE {
        live |=
            fields.refuse(word, format!("`{word}` is for live systems, which are not available in this version; use `files`"), problems);
    }
    let files = if live { fields.get("files", problems, some_text) } else { fields.need("files", problems, some_text) };
    let taken_at = fields.get_given("extract", problems, extract);
    let instance_of = fields.get_given("instance", problems, instance);
    let reader = fields.get("login", problems, instance);
    let complete = fields.get_given("complete", problems, |n, p| one_or_list(n, p, signed_rows)).unwrap_or_default();
    let same_files = fields.get("same_files", problems, some_text);
    fields.close(problems);
    Some(Login { name: name?, files: files?, taken_at, instance: instance_of, reader, complete, same_files })
}

fn signed_rows(node: &Node, problems: &mut Problems) -> Option<SignedRows> {
    let mut fields = Fields::open(node, "a number of rows", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let rows = fields.need("rows", problems, count);
    let by = fields.need("by", problems, some_text);
    let on = fields.need("on", problems, date);
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    Some(SignedRows { dataset: dataset?, rows: rows?.value, by: by?.value, on: on?.value, reason: reason?.value })
}
