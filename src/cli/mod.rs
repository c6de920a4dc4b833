//! The commands: the only code that prints.

mod args;
mod attest;
mod attestations;
mod baselines;
mod check;
mod diff;
mod environments;
mod evidence;
mod explain;
mod freeze;
mod init;
mod lint;
mod load;
mod logins;
mod output;
mod pair;
mod runs;
mod schema;
mod show;
mod sites;
mod snapshot;
mod standard;
mod waive;
mod waivers;

pub use args::Args;

use std::io::Write;

use args::{Color, Command};
use load::LoadError;

use crate::context::Context;
use crate::document::Problems;
use crate::exit::ExitStatus;
use crate::report::text::inline;

/// Why a command ends without an answer.
enum Failure {
    /// Wrong usage: what, where, what to do.
    Usage(String),
    /// Mistakes in the project's files.
    Mistakes(Problems),
    /// Something could not be read or written, so that there is no answer.
    CannotTell(String),
    /// A bug in gonogo.
    Internal(anyhow::Error),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Usage(text) => Self::Usage(text),
            LoadError::Mistakes(problems) => Self::Mistakes(problems),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

/// Runs one command to its end and says how it ended. Data goes to standard output, everything else to standard error.
pub fn run(args: &Args, context: &Context) -> ExitStatus {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(context.threads).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("no threads could be started: {error}"));
            return ExitStatus::Internal;
        }
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = command(args, context) => Some(ended),
            _ = interrupted() => None,
        }
    });
    // Reading threads may be in the middle of a file: what they write is temporary and is swept by the next capture.
    runtime.shutdown_background();
    match ended {
        None => {
            complain("interrupted; nothing was left half-written");
            ExitStatus::Interrupted
        }
        Some(Ok(status)) => status,
        Some(Err(Failure::Usage(text))) => {
            complain(&text);
            ExitStatus::Invalid
        }
        Some(Err(Failure::Mistakes(problems))) => {
            print_error(&crate::document::render(&problems, color_for(args, context, context.stderr_is_terminal)));
            ExitStatus::Invalid
        }
        Some(Err(Failure::CannotTell(text))) => {
            complain(&text);
            ExitStatus::CannotTell
        }
        Some(Err(Failure::Internal(error))) => {
            complain(&format!("internal error, please report it: {error:#}"));
            ExitStatus::Internal
        }
    }
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn command(args: &Args, context: &Context) -> Result<ExitStatus, Failure> {
    match &args.command {
        Command::Init(typed) => init::run(args, typed, context),
        Command::Check(check) => check::run(args, check, context).await,
        Command::Snapshot(snapshot) => snapshot::run(args, snapshot, context).await,
        Command::Freeze(freeze) => freeze::run(args, freeze, context).await,
        Command::Diff(diff) => diff::run(args, diff, context).await,
        Command::Show(show) => show::run(args, show, context),
        Command::Attest(attest) => attest::run(args, attest, context),
        Command::Waive(waive) => waive::run(args, waive, context),
        Command::Explain(explain) => explain::run(args, explain, context),
        Command::Lint(_) => lint::run(args, context),
        Command::Schema(schema) => schema::run(schema),
    }
}

fn color_for(args: &Args, context: &Context, terminal: bool) -> bool {
    match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !context.no_color,
    }
}

/// Says something on standard error.
pub fn complain(text: &str) {
    let mut lines = text.lines();
    let mut out = format!("error: {}\n", inline(lines.next().unwrap_or_default()));
    for line in lines {
        out.push_str("  ");
        out.push_str(&inline(line.trim_start()));
        out.push('\n');
    }
    print_error(&out);
}

fn print_error(text: &str) {
    // Nothing can be done when even standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
