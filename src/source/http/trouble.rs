//! Why there is no whole answer: told apart by what it says about whom, in a sentence that a person reads.

use std::error::Error;
use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use crate::environment::Url;

use super::names::NotKnown;

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This machine does not know the server's name.
    Name,
    /// This machine has no way to that network.
    Network,
    /// The proxy between could not be used.
    Proxy,
    /// The server refused the connection.
    Refused,
    /// No whole answer came in time.
    TimedOut,
    /// The server's certificate is not to be trusted.
    Certificate,
    /// No encrypted connection could be agreed on.
    Encryption,
    /// The connection ended before an answer began.
    Closed,
    /// The answer broke off, or could not be unpacked.
    Cut,
    /// The answer is larger than what is read.
    TooLarge,
}

impl Trouble {
    /// All, with the word that is stored.
    pub const WORDS: &'static [(&'static str, Trouble)] = &[
        ("name_not_known", Trouble::Name),
        ("no_network", Trouble::Network),
        ("proxy", Trouble::Proxy),
        ("refused", Trouble::Refused),
        ("timed_out", Trouble::TimedOut),
        ("certificate", Trouble::Certificate),
        ("encryption", Trouble::Encryption),
        ("closed", Trouble::Closed),
        ("cut", Trouble::Cut),
        ("too_large", Trouble::TooLarge),
    ];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, t)| *t == self).map_or("", |(w, _)| w)
    }

    /// True when this side is to blame, so that nothing was learnt about the server.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Name | Self::Network | Self::Proxy)
    }
}

/// Why there is no whole answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct HttpError {
    /// What kind of trouble.
    pub trouble: Trouble,
    /// One sentence.
    pub sentence: String,
    /// When the certificate that was refused ended.
    pub certificate_ended: Option<DateTime<Utc>>,
}

impl HttpError {
    pub(super) fn new(trouble: Trouble, sentence: impl Into<String>) -> Self {
        Self { trouble, sentence: sentence.into(), certificate_ended: None }
    }
}

/// How far the request had come.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    /// No answer had begun.
    Asking,
    /// So many bytes of the body were there.
    Reading(usize),
}

/// Finds the reason in what the libraries say.
pub(super) fn explain(error: &reqwest::Error, stage: Stage, url: &Url, proxy: Option<&str>, timeout: Duration) -> HttpError {
    let causes = causes(error);
    let find_io = |kinds: &[io::ErrorKind]| causes.iter().filter_map(|c| c.downcast_ref::<io::Error>()).any(|e| kinds.contains(&e.kind()));
    let tls = causes.iter().find_map(|c| c.downcast_ref::<rustls::Error>());
    let host = url.host_str().unwrap_or_default();
    let server = format!("{host}:{}", url.port_or_known_default().unwrap_or(0));
    if let Some(rustls::Error::InvalidCertificate(why)) = tls {
        return certificate(why, host);
    }
    match (proxy, causes.iter().find_map(|c| c.downcast_ref::<NotKnown>())) {
        (Some(proxy), _) if error.is_connect() && tls.is_none() => {
            return HttpError::new(Trouble::Proxy, format!("the proxy {proxy} gave no way to {server}: {}", innermost(error)));
        }
        (None, Some(unknown)) => return HttpError::new(Trouble::Name, unknown.to_string()),
        _ => {}
    }
    if error.is_timeout() || find_io(&[io::ErrorKind::TimedOut]) {
        let what = match stage {
            Stage::Asking => format!("no answer within {}", seconds(timeout)),
            Stage::Reading(bytes) => format!("the answer had not ended after {} ({bytes} bytes had come)", seconds(timeout)),
        };
        return HttpError::new(Trouble::TimedOut, what);
    }
    if find_io(&[io::ErrorKind::ConnectionRefused]) {
        return HttpError::new(Trouble::Refused, format!("{server} refused the connection"));
    }
    if find_io(&[io::ErrorKind::NetworkUnreachable, io::ErrorKind::NetworkDown, io::ErrorKind::AddrNotAvailable]) {
        return HttpError::new(Trouble::Network, format!("this machine has no way to the network of {server}"));
    }
    match stage {
        _ if tls.is_some() => HttpError::new(Trouble::Encryption, format!("no encrypted connection with {server}: {}", innermost(error))),
        Stage::Asking => HttpError::new(Trouble::Closed, format!("the connection ended before an answer began: {}", innermost(error))),
        Stage::Reading(bytes) => HttpError::new(Trouble::Cut, format!("the answer broke off after {bytes} bytes: {}", innermost(error))),
    }
}

fn certificate(why: &CertificateError, host: &str) -> HttpError {
    let mut ended = None;
    let what = match why {
        CertificateError::Expired => "the certificate has ended".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            ended = moment(*not_after);
            format!("the certificate ended on {}", day(ended))
        }
        CertificateError::NotValidYet => "the certificate is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate is not valid before {}", day(moment(*not_before)))
        }
        CertificateError::UnknownIssuer => {
            "the certificate comes from an authority that this machine does not know; the hospital's own is named by `tls: {ca_file}`"
                .to_owned()
        }
        CertificateError::NotValidForName => format!("the certificate is not for {host}"),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().map(|n| n.trim_start_matches("DnsName(\"").trim_end_matches("\")")).collect();
            format!("the certificate is for {}, not for {host}", names.join(", "))
        }
        CertificateError::Revoked => "the certificate was revoked".to_owned(),
        CertificateError::BadSignature => "the certificate's signature is wrong".to_owned(),
        other => format!("the certificate is refused: {other}"),
    };
    HttpError { certificate_ended: ended, ..HttpError::new(Trouble::Certificate, what) }
}

fn moment(time: UnixTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(time.as_secs()).ok()?, 0)
}

fn day(moment: Option<DateTime<Utc>>) -> String {
    moment.map_or_else(|| "a date out of range".to_owned(), |m| m.format("%Y-%m-%d").to_string())
}

fn seconds(timeout: Duration) -> String {
    format!("{} s", timeout.as_secs_f64())
}

/// An error and all that caused it. What an I/O error wraps is none of its sources, so it is added.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut found = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        found.push(cause);
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|e| e as &(dyn Error + 'static));
        next = wrapped.or_else(|| cause.source());
    }
    found
}

/// What the innermost cause says, on one line; no address stands in it.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}
