//! Laws of snapshots as a whole.

mod capture;
mod define;
mod example;
mod folder;
mod logins;
mod volume;
