//! The only reader of the process environment and the clock.

use std::io::IsTerminal;
use std::path::PathBuf;

use chrono::{DateTime, SubsecRound, Utc};

/// What the program knows of the world it was started in.
#[derive(Clone, Debug)]
pub struct Context {
    /// Working folder.
    pub cwd: PathBuf,
    /// The clock, read once, to the second.
    pub now: DateTime<Utc>,
    /// `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
    pub no_color: bool,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Columns to print in: `COLUMNS` when set, else 80, which fits every projector and printout.
    pub width: usize,
    /// Threads that capture may use: `GONOGO_THREADS`, else one per processor.
    pub threads: usize,
    /// The way out of the hospital's network.
    pub proxies: Proxies,
}

/// Proxies of the process environment, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name them, in capitals or not.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Proxy for `https://`.
    pub https: Option<String>,
    /// Proxy for `http://`.
    pub http: Option<String>,
    /// Hosts that are reached without one: names, domains, addresses and networks, separated by commas.
    pub except: String,
}

impl std::fmt::Debug for Proxies {
    /// Their addresses may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proxies")
    }
}

impl Context {
    /// Reads the environment, the clock and the terminal.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the process environment and the clock")]
    pub fn from_process() -> std::io::Result<Self> {
        let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<usize>().ok());
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        Ok(Self {
            cwd: std::env::current_dir()?,
            now: Utc::now().trunc_subsecs(0),
            no_color: set("NO_COLOR") || std::env::var("TERM").is_ok_and(|t| t == "dumb"),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            width: number("COLUMNS").filter(|w| *w >= 40).unwrap_or(80).min(160),
            threads: number("GONOGO_THREADS")
                .filter(|n| *n > 0)
                .or_else(|| std::thread::available_parallelism().ok().map(std::num::NonZero::get))
                .unwrap_or(1),
            proxies: {
                let variable = |name: &str| {
                    let lower = std::env::var(name.to_lowercase()).ok().filter(|v| !v.trim().is_empty());
                    lower.or_else(|| std::env::var(name).ok().filter(|v| !v.trim().is_empty()))
                };
                let any = variable("ALL_PROXY");
                Proxies {
                    https: variable("HTTPS_PROXY").or_else(|| any.clone()),
                    http: variable("HTTP_PROXY").or(any),
                    except: variable("NO_PROXY").unwrap_or_default(),
                }
            },
        })
    }
}
