//! How probes fit into the capture of an environment.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::environment::{Environment, Server};

use super::super::draft::Draft;
use super::super::manifest::{DatasetEntry, Instance};
use super::super::store::SnapshotError;
use super::{Probed, Probing, entry, take, write};

/// What was measured, or why nothing could be; `None` when nothing was asked for.
type Taken = Result<Vec<Probed>, String>;

/// Makes the probes of an environment.
pub(in crate::snapshot) async fn capture(environment: &Environment, project: &Path, probing: Option<Probing<'_>>) -> Option<Taken> {
    let probing = probing.filter(|p| !p.requests.is_empty())?;
    Some(match &environment.server {
        Some(server) => take(server, project, probing).await,
        None => Err(format!("{} has no `url`", environment.path)),
    })
}

/// Writes them down.
pub(in crate::snapshot) fn store(draft: &Draft, taken: &Taken) -> Result<DatasetEntry, SnapshotError> {
    match taken {
        Ok(probed) => write(draft, probed),
        Err(why) => Ok(entry(Some(why.clone()))),
    }
}

/// Of an environment that is only probed, the address tells which instance answered: its certificate is for that name.
pub(in crate::snapshot) fn instance(server: &Server, answered: bool) -> Instance {
    let origin = server.origin();
    Instance { found: if answered { vec![origin.clone()] } else { Vec::new() }, expected: origin }
}

/// Age of a snapshot with probes: a stored probe is as old as its capture, whatever is said of the data beside it.
pub(in crate::snapshot) fn taken_at(
    environment: &Environment,
    data: Option<DateTime<Utc>>,
    probed: bool,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match data {
        Some(data) if probed => Some(data.min(now)),
        None if probed && environment.is_only_probed() => Some(now),
        data => data,
    }
}
