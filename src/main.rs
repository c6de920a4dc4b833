//! The program: parse, build the context, run, exit.

use std::process::ExitCode;

use clap::Parser;
use gonogo::cli::{Args, run};
use gonogo::context::Context;
use gonogo::exit::ExitStatus;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let asked = !error.use_stderr();
            // A closed pipe must not turn `--help | head` into a failure.
            let _ = error.print();
            return if asked { ExitStatus::Go } else { ExitStatus::Invalid }.into();
        }
    };
    match Context::from_process() {
        Ok(context) => run(&args, &context).into(),
        Err(error) => {
            gonogo::cli::complain(&format!("the working folder cannot be read: {error}"));
            ExitStatus::Internal.into()
        }
    }
}
