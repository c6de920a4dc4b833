//! Probes: a live server is asked, and what was measured becomes the dataset `probes`, one row per request.
//!
//! The measured values change from run to run: they are no content of a snapshot, and are never compared.

mod body;
mod keep;
mod take;
mod write;

pub(super) use keep::{capture, instance, store, taken_at};
pub use take::Probing;
use take::take;
use write::entry;
pub use write::write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::plan::Probe;

/// Name of the dataset.
pub const PROBES: &str = "probes";

/// One request, and how it ended. Stored as JSON in the columns `opening` and `samples`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Microseconds from sending the request to the last byte of the body; `None` when no whole answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub us: Option<u64>,
    /// Status of the whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Whether its body holds what it must; `None` when nothing was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// Why no whole answer came: one of the words of [`crate::source::http::Trouble`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// True when this side is to blame: nothing was learnt about the server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ours: bool,
}

impl Sample {
    /// True when a whole answer came.
    pub fn is_answered(&self) -> bool {
        self.us.is_some() && self.status.is_some()
    }
}

/// What was measured of one probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// The request.
    pub probe: Probe,
    /// The first request, which also set up the connection; its time is not one of the samples.
    pub opening: Option<Sample>,
    /// The timed requests, in order; fewer than asked when time ran out or nothing ever answered.
    pub samples: Vec<Sample>,
    /// The first sentence on why no whole answer came.
    pub error: Option<String>,
    /// What a body held instead of what it must; the first that did.
    pub body_found: Option<String>,
    /// Where the first redirect led, without what stands behind `?`.
    pub redirect: Option<String>,
    /// Size of the largest body, in bytes, unpacked.
    pub body_bytes: Option<u64>,
    /// SHA-256 of the first body.
    pub body_sha256: Option<String>,
    /// Bodies that differ from the first.
    pub bodies_differing: u64,
    /// Version of TLS; `None` without encryption, and when no connection came about.
    pub tls: Option<String>,
    /// When the server's certificate ends.
    pub certificate_ends: Option<DateTime<Utc>>,
}

impl Probed {
    /// A probe of which nothing was measured yet.
    pub fn new(probe: Probe) -> Self {
        Self {
            probe,
            opening: None,
            samples: Vec::new(),
            error: None,
            body_found: None,
            redirect: None,
            body_bytes: None,
            body_sha256: None,
            bodies_differing: 0,
            tls: None,
            certificate_ends: None,
        }
    }

    /// All requests that were made.
    pub fn requests(&self) -> impl Iterator<Item = &Sample> {
        self.opening.iter().chain(&self.samples)
    }

    /// True when some request was answered wholly.
    pub fn is_answered(&self) -> bool {
        self.requests().any(Sample::is_answered)
    }
}

/// Position, from 0, of a percentile among `samples` values sorted upwards: the smallest value that at least `percent` of
/// all values do not exceed (nearest rank). `None` when there are no values.
pub fn nearest_rank(samples: usize, percent: u32) -> Option<usize> {
    let rank = (samples as u64 * u64::from(percent)).div_ceil(100).max(1);
    usize::try_from(rank - 1).ok().filter(|rank| *rank < samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        for (samples, percent, rank) in
            [(20, 95, 18), (20, 50, 9), (20, 99, 19), (20, 100, 19), (1, 50, 0), (1, 99, 0), (100, 99, 98), (3, 50, 1), (10, 90, 8)]
        {
            assert_eq!(nearest_rank(samples, percent), Some(rank), "p{percent} of {samples}");
        }
        assert_eq!(nearest_rank(0, 95), None);
    }
}
