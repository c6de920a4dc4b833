//! Names of hosts, looked up by this machine: a name that it does not know is told apart from a server that does not answer.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::timeout;

/// Looks names up as every program of this machine does.
pub(super) struct Names {
    longest: Duration,
}

impl Names {
    /// Looks names up within half of the time that a request has: else a slow look-up would pass for a slow server.
    pub(super) fn within(request: Duration) -> Self {
        Self { longest: (request / 2).min(Duration::from_secs(10)) }
    }
}

/// This machine does not know a name.
#[derive(Debug, thiserror::Error)]
#[error("the name {host} is not known here")]
pub(super) struct NotKnown {
    host: String,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, longest) = (name.as_str().to_owned(), self.longest);
        Box::pin(async move {
            let found: Vec<SocketAddr> = match timeout(longest, tokio::net::lookup_host((host.as_str(), 0))).await {
                Ok(Ok(found)) => found.collect(),
                Ok(Err(_)) | Err(_) => Vec::new(),
            };
            if found.is_empty() {
                return Err(Box::new(NotKnown { host }) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
