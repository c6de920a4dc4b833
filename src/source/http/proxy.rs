//! Which proxy, if any, lies between this machine and a server.

use std::net::IpAddr;

use crate::context::Proxies;
use crate::environment::Url;

use super::super::SourceError;

/// A proxy, and how messages call it.
pub(super) struct Chosen {
    pub(super) proxy: reqwest::Proxy,
    /// Host and port: its address may hold a password.
    pub(super) shown: String,
}

/// The proxy on the way to `url`; `None` when the way is direct.
pub(super) fn choose(url: &Url, proxies: &Proxies) -> Result<Option<Chosen>, SourceError> {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let written = if url.scheme() == "https" { &proxies.https } else { &proxies.http };
    let Some(written) = written.as_ref().filter(|_| !excepted(host, &proxies.except)) else { return Ok(None) };
    let address = if written.contains("://") { written.clone() } else { format!("http://{written}") };
    let parsed = Url::parse(&address).ok().filter(|u| u.has_host() && ["http", "https"].contains(&u.scheme()));
    let found = parsed.and_then(|parsed| {
        let port = parsed.port_or_known_default().unwrap_or(80);
        Some(Chosen { shown: format!("{}:{port}", parsed.host_str()?), proxy: reqwest::Proxy::all(parsed.as_str()).ok()? })
    });
    found.map(Some).ok_or_else(|| {
        SourceError::new(
            "the proxy of this machine has no address that can be used",
            "HTTPS_PROXY or HTTP_PROXY",
            "such as http://proxy:8080",
        )
    })
}

/// True when a host is reached directly: it, its domain, its address or its network is named, or everything is.
fn excepted(host: &str, except: &str) -> bool {
    except.split(',').map(str::trim).filter(|e| !e.is_empty()).any(|entry| {
        let name = entry.trim_start_matches("*.").trim_start_matches('.').to_lowercase();
        let host = host.to_lowercase();
        entry == "*" || host == name || host.strip_suffix(&name).is_some_and(|rest| rest.ends_with('.')) || within(&host, entry)
    })
}

/// True when `host` is an address within the network `entry` (`10.0.0.0/8`).
fn within(host: &str, entry: &str) -> bool {
    let Some((network, length)) = entry.split_once('/') else { return false };
    let (Ok(host), Ok(network), Ok(length)) = (host.parse::<IpAddr>(), network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    let (host, network, width) = match (host, network) {
        (IpAddr::V4(h), IpAddr::V4(n)) => (u128::from(h.to_bits()), u128::from(n.to_bits()), 32),
        (IpAddr::V6(h), IpAddr::V6(n)) => (h.to_bits(), n.to_bits(), 128),
        _ => return false,
    };
    length <= width && (length == 0 || host >> (width - length) == network >> (width - length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: &str, https: Option<&str>, http: Option<&str>, except: &str) -> Option<String> {
        let proxies = Proxies { https: https.map(str::to_owned), http: http.map(str::to_owned), except: except.to_owned() };
        choose(&Url::parse(url).unwrap(), &proxies).unwrap().map(|c| c.shown)
    }

    #[test]
    fn each_scheme_has_its_proxy_and_no_password_is_shown() {
        let (https, http) = (Some("http://user:secret@proxy.trust.example:8080"), Some("plain.trust.example"));
        assert_eq!(chosen("https://fhir.example/", https, http, "").as_deref(), Some("proxy.trust.example:8080"));
        assert_eq!(chosen("http://fhir.example/", https, http, "").as_deref(), Some("plain.trust.example:80"));
        assert_eq!(chosen("https://fhir.example/", None, http, ""), None);
        let wrong = Proxies { https: Some("socks5://x".to_owned()), ..Proxies::default() };
        assert!(choose(&Url::parse("https://fhir.example/").unwrap(), &wrong).is_err());
    }

    #[test]
    fn named_hosts_domains_addresses_and_networks_are_reached_directly() {
        for (host, except, direct) in [
            ("fhir.example", "fhir.example", true),
            ("fhir.example", "other, .EXAMPLE", true),
            ("fhir.example", "*.example", true),
            ("fhir.example", "*", true),
            ("notfhir.example", "fhir.example", false),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("11.1.2.3", "10.0.0.0/8", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("fd00::1", "fd00::/8", true),
            ("10.1.2.3", "fd00::/0", false),
            ("10.1.2.3", "10.0.0.0/99", false),
            ("fhir.example", "", false),
        ] {
            assert_eq!(excepted(host, except), direct, "{host} in {except:?}");
        }
    }
}
