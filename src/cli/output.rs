//! Writing: standard output, and files that appear whole or not at all.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::document::suggest;
use crate::report::{FORMATS, Format};

use super::Failure;
use super::args::ReportArgs;

/// The formats that were asked for.
pub(super) struct Wanted {
    pub(super) stdout: &'static Format,
    pub(super) files: Vec<(&'static Format, PathBuf)>,
}

/// Looks the formats up before anything is captured: a mistyped format must not cost an hour of reading.
pub(super) fn wanted(args: &ReportArgs, context: &Context) -> Result<Wanted, Failure> {
    let stdout = format(&args.format, "--format")?;
    let mut files = Vec::new();
    for output in &args.output {
        let Some((word, path)) = output.split_once('=') else {
            return Err(Failure::Usage(format!("--output needs a format and a path\n`{output}`\nsuch as --output json=result.json")));
        };
        if path.is_empty() {
            return Err(Failure::Usage(format!("--output has no path\n`{output}`\nsuch as --output {word}=result.{word}")));
        }
        if path == "-" {
            return Err(Failure::Usage(format!("standard output has its own flag\n`{output}`\nwrite --format {word}")));
        }
        let path = context.cwd.join(path);
        if files.iter().any(|(_, other)| *other == path) {
            return Err(Failure::Usage(format!("two reports go to one file\n`{output}`\ngive each a file of its own")));
        }
        files.push((format(word, "--output")?, path));
    }
    Ok(Wanted { stdout, files })
}

/// Refuses to write a report over what the project is made of, and says before any capture that a folder is missing.
pub(super) fn lint(wanted: &Wanted, root: &Path) -> Result<(), Failure> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let root = real(root);
    for (_, path) in &wanted.files {
        let name = super::load::shown(path);
        let Some(folder) = path.parent().filter(|f| f.is_dir()) else {
            continue;
        };
        let target = real(&real(folder).join(path.file_name().unwrap_or_default()));
        let inside = ["environments", "checks", ".gonogo"].iter().any(|part| target.starts_with(root.join(part)));
        if inside || target == root.join(super::load::PROJECT_FILE) {
            return Err(Failure::Usage(format!("a report would be written over the project's own files\n{name}\nchoose another folder")));
        }
        if target.is_dir() {
            return Err(Failure::Usage(format!("a report cannot be written over a folder\n{name}\nadd the name of a file")));
        }
    }
    Ok(())
}

fn format(word: &str, flag: &str) -> Result<&'static Format, Failure> {
    FORMATS.iter().find(|f| f.word == word).ok_or_else(|| {
        let help = suggest::nearest_or_all(word, FORMATS.iter().map(|f| f.word));
        Failure::Usage(format!("there is no format `{word}`\n{flag}\n{help}"))
    })
}

/// Writes to standard output; a reader that has gone away (`| head`) is no failure.
pub(super) fn stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::CannotTell(format!(
            "the report could not be written\nstandard output: {error}\nthe verdict was not delivered; run again"
        ))),
        _ => Ok(()),
    }
}

/// Writes a file through a temporary sibling, so that a reader never sees half of it. A link is followed; a device or a pipe is written to.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    whole(path, bytes).map_err(|error| {
        Failure::CannotTell(format!(
            "a report could not be written: {error}\n{}\nchoose a folder that exists and can be written to",
            super::load::shown(path)
        ))
    })
}

/// The same, with the error of the system.
pub(super) fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let special = std::fs::metadata(path).is_ok_and(|m| !m.is_file());
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if special {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let mut temporary = tempfile::NamedTempFile::new_in(dir)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|e| e.error)?;
    Ok(())
}
