//! Plain files: `gonogo diff A.csv B.csv --key code`.

use std::path::Path;

use crate::compare::plain::{PlainError, PlainFormat, PlainOptions, PlainSide, diff};
use crate::context::Context;

use super::super::Failure;
use super::super::args::DiffArgs;
use super::Compared;

pub(super) fn compare(typed: &DiffArgs, context: &Context) -> Result<Compared, Failure> {
    if let Some(dataset) = &typed.dataset {
        return Err(Failure::Usage(format!("plain files have no datasets\n`{dataset}`\nleave it out")));
    }
    let options = PlainOptions {
        ignore: typed.ignore.clone(),
        unordered: typed.unordered,
        threads: context.threads,
        limit: typed.limit.max(100_000),
        ..PlainOptions::new(typed.key.clone())
    };
    let (left, right) = (side(&typed.left, typed, context)?, side(&typed.right, typed, context)?);
    let (comparison, info) = diff(&left, &right, &options).map_err(failure)?;
    let nothing = info.compared.is_empty() && matches!(left.format, PlainFormat::Csv { .. });
    let cannot_tell = if nothing { vec!["no column is compared beside the key".to_owned()] } else { Vec::new() };
    Ok(Compared { name: "records".to_owned(), comparison, cannot_tell, only: [info.only_left, info.only_right] })
}

fn side(shown: &str, typed: &DiffArgs, context: &Context) -> Result<PlainSide, Failure> {
    let extension = Path::new(shown).extension().map(|x| x.to_string_lossy().to_lowercase()).unwrap_or_default();
    let delimiter = typed.delimiter.as_deref().map(delimiter).transpose()?;
    let format = match extension.as_str() {
        "json" | "ndjson" | "jsonl" => PlainFormat::Json,
        "tsv" => PlainFormat::Csv { delimiter: delimiter.unwrap_or(b'\t') },
        "csv" | "txt" | "" => PlainFormat::Csv { delimiter: delimiter.unwrap_or(b',') },
        _ => {
            return Err(Failure::Usage(format!(
                "plain files are CSV, JSON or NDJSON, not .{extension}\n{shown}\ndescribe other formats in a system definition"
            )));
        }
    };
    Ok(PlainSide { path: context.cwd.join(shown), shown: shown.to_owned(), format })
}

fn delimiter(text: &str) -> Result<u8, Failure> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r') => Ok(*one),
        _ => Err(Failure::Usage(format!("a delimiter is one character, or `tab`\n--delimiter {text}\nsuch as --delimiter ';'"))),
    }
}

fn failure(error: PlainError) -> Failure {
    match error {
        PlainError::Usage(refusal) => Failure::Usage(refusal.to_string()),
        PlainError::CannotTell(refusal) => Failure::CannotTell(refusal.to_string()),
    }
}
