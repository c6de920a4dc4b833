//! Decodes `environments/<name>.yaml`.

use std::str::FromStr;

use crate::document::decode::{Fields, instant, name, one_of, some_text, text, version};
use crate::document::{At, Document, Node, Place, Problems, SourceText, is_todo, sha256, suggest};

use super::{Environment, Instance, Role, TakenAt, server};

/// What reading live systems will need; the words are known so that nobody hunts for a typing mistake.
const LIVE: &[&str] = &["login"];

/// Decodes one environment file; every mistake goes to `problems`.
///
/// A file with mistakes still gives an environment, with stand-ins for what is wrong: other files may name it without
/// a mistake of their own. It is not to be used unless `problems` stays empty.
pub fn decode(document: &Document, problems: &mut Problems) -> Option<Environment> {
    let mut fields = Fields::open(&document.root, "an environment", problems)?;
    version(&mut fields, problems);
    let name = fields.need("name", problems, name).filter(|n| is_the_stem(n, &document.file.path, problems));
    let role = fields.need("role", problems, |n, p| one_of(n, "role", Role::WORDS, p));
    let (live, only_probed) = (fields.keys().any(|k| k == "url"), !fields.keys().any(|k| k == "files"));
    let system = if live && only_probed {
        fields.get("system", problems, crate::document::decode::name)
    } else {
        fields.need("system", problems, crate::document::decode::name)
    };
    let mut login = false;
    for word in LIVE {
        let why = format!("`{word}` is for reading live systems, which is not available in this version; data come from `files`");
        login |= fields.refuse(word, why, problems);
    }
    let server = server::decode(&mut fields, problems);
    let may_lack = only_probed && (live || login);
    let files = if may_lack { fields.get("files", problems, some_text) } else { fields.need("files", problems, some_text) };
    let taken_at = fields.get_given("extract", problems, extract).unwrap_or(TakenAt::Unknown);
    let instance = fields.get_given("instance", problems, instance);
    let logins = fields.get("logins", problems, super::login::logins).unwrap_or_default();
    let timezone = fields.get("timezone", problems, timezone);
    let same_files = fields.get("same_files", problems, some_text);
    fields.close(problems);
    let unreadable = Environment::unreadable(&document.file.path);
    Some(Environment {
        // Other files mean the file's name: it is what they can see.
        name: name.unwrap_or(unreadable.name),
        role: role.map_or(unreadable.role, |r| r.value),
        system: system.unwrap_or(unreadable.system),
        files,
        server,
        names_server: live,
        taken_at,
        instance,
        logins,
        timezone,
        same_files,
        path: document.file.path.clone(),
        digest: sha256(&document.file.text),
        place: document.root.place.clone(),
    })
}

fn is_the_stem(name: &At<String>, path: &str, problems: &mut Problems) -> bool {
    let (file, stem) = (path.rsplit('/').next().unwrap_or(path), stem(path));
    if name.value != stem {
        problems
            .add(&name.place, format!("this file is called `{file}`, but the environment is called `{}`", name.value))
            .expected(format!("`{stem}`"))
            .help("give the file and the environment the same name");
    }
    name.value == stem
}

/// Name of a file without folders and extension.
fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

impl Environment {
    /// Stands in for an environment whose file (at the shown path `path`) is no YAML: its name is taken, and nothing else is known of it.
    pub fn unreadable(path: &str) -> Self {
        let place = Place { file: SourceText::new(path, ""), start: 0, end: 0 };
        let at = |value: &str| At { value: value.to_owned(), place: place.clone() };
        Self {
            name: at(stem(path)),
            role: Role::Test,
            system: at(""),
            files: None,
            server: None,
            names_server: false,
            taken_at: TakenAt::Unknown,
            instance: None,
            logins: Vec::new(),
            timezone: None,
            same_files: None,
            path: path.to_owned(),
            digest: String::new(),
            place,
        }
    }
}

pub(super) fn extract(node: &Node, problems: &mut Problems) -> Option<TakenAt> {
    let mut fields = Fields::open(node, "an extract", problems)?;
    let taken_at = fields.need("taken_at", problems, taken_at);
    fields.close(problems);
    taken_at
}

fn taken_at(node: &Node, problems: &mut Problems) -> Option<TakenAt> {
    let mut fields = Fields::open(node, "`taken_at`", problems)?;
    let found = if fields.keys().any(|k| matches!(k, "stated" | "by" | "reason")) {
        let at = fields.need("stated", problems, instant);
        let by = fields.need("by", problems, some_text);
        let reason = fields.need("reason", problems, some_text);
        for word in ["dataset", "column"] {
            fields.refuse(word, format!("`{word}` cannot stand beside `stated`: either a column says or a person does"), problems);
        }
        at.zip(by).zip(reason).map(|((at, by), reason)| TakenAt::Stated { at, by: by.value, reason: reason.value })
    } else {
        let dataset = fields.need("dataset", problems, name);
        let column = fields.need("column", problems, name);
        for word in ["stated", "by", "reason"] {
            fields.entry(word);
        }
        dataset.zip(column).map(|(dataset, column)| TakenAt::Column { dataset, column })
    };
    fields.close(problems);
    found
}

pub(super) fn instance(node: &Node, problems: &mut Problems) -> Option<Instance> {
    let mut fields = Fields::open(node, "an instance", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let column = fields.need("column", problems, name);
    // While nobody says what must stand there, nothing is asked of it; that it is open keeps the answer from GO.
    let is = fields.need("is", problems, text).filter(|is| !is_todo(&is.value));
    fields.close(problems);
    Some(Instance { dataset: dataset?, column: column?, is: is? })
}

fn timezone(node: &Node, problems: &mut Problems) -> Option<At<chrono_tz::Tz>> {
    let found = text(node, problems)?;
    match chrono_tz::Tz::from_str(&found.value) {
        Ok(zone) => Some(found.map(|_| zone)),
        Err(_) => {
            let nearest = suggest::nearest(&found.value, chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()));
            let help = nearest.map_or_else(|| "such as Europe/London".to_owned(), |n| format!("did you mean `{n}`?"));
            problems.add(&found.place, format!("`{}` is no time zone", found.value)).expected("a time zone of the IANA list").help(help);
            None
        }
    }
}
