//! `gonogo schema`: the JSON Schemas that editors complete and check with.

use crate::document::suggest;
use crate::exit::ExitStatus;
use crate::report::{SCHEMAS, schema};

use super::args::SchemaArgs;
use super::{Failure, output};

pub(super) fn run(args: &SchemaArgs) -> Result<ExitStatus, Failure> {
    let names = SCHEMAS.iter().map(|(name, _)| *name);
    match &args.name {
        None => output::stdout(names.map(|n| format!("{n}\n")).collect::<String>().as_bytes())?,
        Some(name) => match schema(name) {
            Some(text) => output::stdout(text.as_bytes())?,
            None => {
                return Err(Failure::Usage(format!(
                    "there is no schema `{name}`\ngonogo schema NAME\n{}",
                    suggest::nearest_or_all(name, names)
                )));
            }
        },
    }
    Ok(ExitStatus::Go)
}
