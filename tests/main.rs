//! Tests of the program that people run: one binary, one module per subject.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on ends there, and says what it did not test")]
#![allow(unreachable_pub, reason = "one binary: what its modules share is public among them")]

mod support;

/// What people sign: the check and the command.
mod attested;
/// The standard catalogue: GO where all is as it asks, exactly its findings where not.
mod catalogue;

/// The commands as people type them.
mod commands;
/// README and documents.
mod docs;
/// Mistakes in users' files, each at its place.
mod documents;
/// The example hospital: planted faults, repairs.
mod example;
/// Freezes: what moved, and what is new.
mod freeze;
/// Probes of servers that misbehave in every way.
mod hostile;
/// The first steps.
mod init;
/// Which module may import which.
mod layout;
/// What logins see, from the environment file to the report.
mod logins;
/// Never GO on what was not measured.
mod never_go;
/// Faults planted by a generator, and what is found of them.
mod planting;
/// Real hospital configuration, with counts made by others.
mod real_data;
/// The same inputs give the same bytes.
mod same_bytes;
/// The JSON Schemas and the decoders.
mod schemas;
/// Sites of one shared production, and what differs at each.
mod sites;
/// Snapshots: whole or an error.
mod snapshots;
/// Known differences that a person has accepted.
mod waivers;
