//! The one HTTP client. It asks and never writes: GET is all it can.
//!
//! A redirect is not followed: it is an answer, and where it leads is told. So no request, and no token, ever reaches another
//! origin than the one that was asked, and a login page is never taken for what lies behind it.

mod names;
mod proxy;
mod trouble;

pub use trouble::{HttpError, Trouble};

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, LOCATION};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::context::Proxies;
use crate::environment::{Url, is_loopback};

use super::SourceError;
use trouble::Stage;

/// How a server is reached.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// Where it is.
    pub url: &'a Url,
    /// Longest that one answer may take, to its last byte.
    pub timeout: Duration,
    /// Certificates of the hospital's own authority (PEM), trusted beside those of this machine.
    pub authorities: Option<&'a [u8]>,
    /// The way out of the network. This machine itself is never asked through a proxy.
    pub proxies: &'a Proxies,
    /// Longest body that is read, unpacked, in bytes.
    pub most_bytes: usize,
}

/// A client of one server. Its connections are kept and used again.
pub struct Client {
    inner: reqwest::Client,
    /// Host and port of the proxy between, for messages.
    proxy: Option<String>,
    timeout: Duration,
    most_bytes: usize,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where it redirects to: scheme, host and path, without what stands behind `?`.
    pub location: Option<String>,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// From sending the request to the last byte of the body; with setting up the connection where none was open.
    pub took: Duration,
    /// Version of TLS; `None` without encryption.
    pub tls: Option<&'static str>,
    /// When the server's certificate ends.
    pub certificate_ends: Option<DateTime<Utc>>,
}

impl Client {
    /// A client of the server at `access.url`. An error is a mistake on this side: nothing was sent.
    pub fn new(access: &Access<'_>) -> Result<Self, SourceError> {
        let place = access.url.origin().ascii_serialization();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("gonogo/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // What fails is told, not tried again unseen.
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .tls_info(true)
            .dns_resolver(names::Names::within(access.timeout))
            .timeout(access.timeout);
        let mut between = None;
        if !is_loopback(access.url)
            && let Some(found) = proxy::choose(access.url, access.proxies)?
        {
            builder = builder.proxy(found.proxy);
            between = Some(found.shown);
        }
        let mut authorities = Vec::new();
        if let Some(pem) = access.authorities {
            authorities = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
            if authorities.is_empty() {
                return Err(SourceError::new("the certificate authority's file holds no certificate", place, "give it in PEM form"));
            }
        }
        builder = if access.url.scheme() == "http" {
            // No certificate will be judged: the store of this machine need not be read, nor be there.
            builder.tls_certs_only([])
        } else {
            builder.tls_certs_merge(authorities)
        };
        let inner = builder.build().map_err(|e| {
            let what = format!("this machine cannot set up encrypted connections: {}", trouble::innermost(&e));
            SourceError::new(what, place, "check its store of certificates, and the file of `tls: {ca_file}`")
        })?;
        Ok(Self { inner, proxy: between, timeout: access.timeout, most_bytes: access.most_bytes })
    }

    /// Asks for `url`, which must be of the client's server, and reads the whole answer, whatever its status.
    pub async fn get(&self, url: &Url, accept: &'static str) -> Result<Answer, HttpError> {
        let begun = Instant::now();
        let sent = self.inner.get(url.clone()).header(ACCEPT, accept).send().await;
        let mut response = sent.map_err(|e| self.trouble(url, &e, Stage::Asking))?;
        let status = response.status().as_u16();
        let location = response.headers().get(LOCATION).and_then(|l| l.to_str().ok()).and_then(|l| url.join(l).ok());
        let info = response.extensions().get::<reqwest::tls::TlsInfo>();
        let certificate_ends = info.and_then(|i| i.peer_certificate()).and_then(ends);
        let tls = info.map(|i| match i.version() {
            Some(reqwest::tls::Version::TLS_1_3) => "1.3",
            Some(reqwest::tls::Version::TLS_1_2) => "1.2",
            _ => "unknown",
        });
        let too_large = || HttpError::new(Trouble::TooLarge, format!("the answer is larger than {} bytes", self.most_bytes));
        if response.content_length().is_some_and(|n| n > self.most_bytes as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.trouble(url, &e, Stage::Reading(body.len())))? {
            if body.len() + chunk.len() > self.most_bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, location: location.map(|l| shown(&l)), body, took: begun.elapsed(), tls, certificate_ends })
    }

    fn trouble(&self, url: &Url, error: &reqwest::Error, stage: Stage) -> HttpError {
        trouble::explain(error, stage, url, self.proxy.as_deref(), self.timeout)
    }
}

/// An address without what may be secret in it.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// When a certificate (DER) ends.
fn ends(der: &[u8]) -> Option<DateTime<Utc>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
}
