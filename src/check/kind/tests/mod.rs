//! Each kind passes on a sound hospital, fails on one planted fault, and cannot tell where it must not.

mod attested;
mod count;
mod expect;
mod frozen;
mod kinds;
mod measured;
mod parity;
mod present;
mod probe;
mod query;
mod resolves;
mod sites;
mod visible;
