//! A live server: where it is, how hard it may be asked, and whom its certificate must come from.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::document::decode::{Fields, count, duration, some_text};
use crate::document::{At, Node, Problems};

use super::FOLDER;

/// The parsed address of a server or of something on it.
pub type Url = reqwest::Url;

/// A live server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it is; its path ends with a slash, so that paths are joined below it.
    pub url: At<Url>,
    /// How hard it may be asked.
    pub limits: Limits,
    /// PEM file of the hospital's own certificate authority, relative to the folder of the environment files.
    pub ca_file: Option<At<String>>,
    /// Why it may be spoken to without encryption.
    pub allow_http: Option<String>,
}

/// How hard a server may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests at once.
    pub concurrency: u64,
    /// Requests begun within a second.
    pub requests_per_second: u64,
    /// Longest that one answer may take, from sending the request to the last byte.
    pub timeout: Duration,
}

impl Limits {
    /// What a system that people work on bears without notice.
    pub const STANDARD: Self = Self { concurrency: 4, requests_per_second: 20, timeout: Duration::from_secs(30) };
}

/// Fields that mean something only beside `url`.
const BESIDE_URL: [&str; 3] = ["limits", "tls", "allow_http"];

impl Server {
    /// The address of a path below the server; an error says why it cannot be asked for, in one line.
    pub fn address(&self, path: &str) -> Result<Url, String> {
        let found = self.url.join(path).map_err(|e| format!("`{path}` is no path: {e}"))?;
        if found.origin() != self.url.origin() || !found.username().is_empty() || found.password().is_some() {
            return Err(format!("`{path}` leads to another server than {}", self.origin()));
        }
        if found.fragment().is_some() {
            return Err(format!("`{path}` holds a `#`: what follows it is never sent"));
        }
        Ok(found)
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// True when what is sent is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Path of the certificate authority's file.
    pub fn ca_path(&self, project: &Path) -> Option<PathBuf> {
        self.ca_file.as_ref().map(|file| project.join(FOLDER).join(&file.value))
    }
}

/// True for an address on this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Decodes `url` and what stands beside it; `None` when the environment has no server, or one with a mistake.
pub(super) fn decode(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Server> {
    let given = fields.keys().any(|k| k == "url");
    let Some(node) = (if given { fields.required("url", problems) } else { None }) else {
        if given {
            // What stands beside it has made no mistake.
            for word in BESIDE_URL {
                fields.entry(word);
            }
            return None;
        }
        for word in BESIDE_URL {
            fields.refuse(word, format!("`{word}` speaks of a live server, and there is no `url`"), problems);
        }
        return None;
    };
    let first = fields.first_place();
    let url = some_text(node, problems).and_then(|written| {
        let plain = !written.value.contains(char::is_whitespace);
        let url = Url::parse(&written.value).ok().filter(|u| plain && u.has_host() && ["http", "https"].contains(&u.scheme()));
        let Some(mut url) = url else {
            let message = format!("`{}` is no address of a server", written.value);
            problems.add(&written.place, message).expected("such as https://fhir.prod.riverside.example/r4");
            return None;
        };
        if !url.username().is_empty() || url.password().is_some() {
            // Not at its place: the line would be shown, and the secret with it.
            problems
                .add(&first, format!("`url` (line {}) holds a user or a password, which no file of a project may", written.place.line()))
                .help("take it out, and change the password: it has been written down");
            return None;
        }
        if url.query().is_some() || url.fragment().is_some() {
            problems.add(&written.place, "`url` is the address of a server, without `?` or `#`").expected("scheme, host and path");
            return None;
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Some(written.map(|_| url))
    });
    let limits = fields.get("limits", problems, limits);
    let ca_file = fields.get("tls", problems, tls);
    let allow_http = fields.get("allow_http", problems, allow_http);
    let url = url?;
    match (url.scheme(), is_loopback(&url), &allow_http) {
        ("http", false, None) => {
            problems
                .add(&url.place, "`url` is not encrypted: whoever is on the way can read and change the answers")
                .expected("https://…")
                .help("write https://, or say why not: `allow_http: {reason: …}`");
        }
        ("http", false, Some(_)) | (_, _, None) => {}
        (_, _, Some(reason)) => {
            problems
                .add(&reason.place, "`allow_http` allows what is not asked for: `url` is encrypted, or on this machine")
                .expected("not here");
        }
    }
    if let Some(ca_file) = ca_file.as_ref().filter(|_| url.scheme() == "http") {
        problems.add(&ca_file.place, "`tls` means nothing beside an `url` that is not encrypted").expected("not here");
    }
    Some(Server { url, limits: limits.unwrap_or(Limits::STANDARD), ca_file, allow_http: allow_http.map(|r| r.value) })
}

fn limits(node: &Node, problems: &mut Problems) -> Option<Limits> {
    let mut fields = Fields::open(node, "`limits`", problems)?;
    let concurrency = fields.get("concurrency", problems, |n, p| between(n, 1, 64, p));
    let requests_per_second = fields.get("requests_per_second", problems, |n, p| between(n, 1, 1000, p));
    let timeout = fields.get("timeout", problems, timeout);
    fields.close(problems);
    let standard = Limits::STANDARD;
    Some(Limits {
        concurrency: concurrency.unwrap_or(standard.concurrency),
        requests_per_second: requests_per_second.unwrap_or(standard.requests_per_second),
        timeout: timeout.unwrap_or(standard.timeout),
    })
}

fn between(node: &Node, least: u64, most: u64, problems: &mut Problems) -> Option<u64> {
    let found = count(node, problems)?;
    if !(least..=most).contains(&found.value) {
        problems.add(&found.place, format!("{} is out of bounds", found.value)).expected(format!("{least} to {most}"));
        return None;
    }
    Some(found.value)
}

fn timeout(node: &Node, problems: &mut Problems) -> Option<Duration> {
    let found = duration(node, problems)?;
    let bounds = Duration::from_millis(100)..=Duration::from_secs(600);
    let timeout = found.value.to_std().ok().filter(|t| bounds.contains(t));
    if timeout.is_none() {
        problems.add(&found.place, "this timeout is out of bounds").expected("100ms to 10m");
    }
    timeout
}

fn tls(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let mut fields = Fields::open(node, "`tls`", problems)?;
    let ca_file = fields.need("ca_file", problems, some_text);
    fields.close(problems);
    ca_file
}

fn allow_http(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let mut fields = Fields::open(node, "`allow_http`", problems)?;
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    reason
}
