//! Writing a project: over nothing that is there, and all of it or nothing.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::super::Failure;
use super::super::load::shown;

/// What a file is to hold.
pub(super) enum Content {
    /// A drafted text.
    Text(String),
    /// A copy of this file.
    Copy(PathBuf),
}

/// One file of the project, by its path below the folder.
pub(super) struct Target {
    pub(super) path: String,
    pub(super) content: Content,
}

/// Refuses what would be written over, all of it at once.
pub(super) fn refuse_existing(root: &Path, targets: &[Target]) -> Result<(), Failure> {
    let there: Vec<String> =
        targets.iter().map(|t| root.join(&t.path)).filter(|p| p.symlink_metadata().is_ok()).map(|p| shown(&p)).collect();
    match there.as_slice() {
        [] => Ok(()),
        some => Err(Failure::Usage(format!(
            "nothing was written: init never writes over a file\n{}\ngive another folder, or move {} away",
            some.join("\n"),
            if some.len() == 1 { "it" } else { "them" }
        ))),
    }
}

/// Writes everything beside its place first, and then puts it there; the last file makes the folder a project. When anything fails,
/// what was put there is taken away again.
pub(super) fn write(root: &Path, folders: &[String], targets: &[Target]) -> Result<(), Failure> {
    let mut made = Made::default();
    let written = made.all(root, folders, targets);
    written.map_err(|(path, error)| {
        made.undo();
        let what =
            if error.kind() == ErrorKind::AlreadyExists { "another program has just made a file".to_owned() } else { error.to_string() };
        Failure::CannotTell(format!(
            "the project could not be written: {what}\n{}\nnothing was left behind; make the folder writable",
            shown(&path)
        ))
    })
}

/// What this run has made so far.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    fn all(&mut self, root: &Path, folders: &[String], targets: &[Target]) -> Result<(), (PathBuf, std::io::Error)> {
        for folder in folders {
            self.folder(&root.join(folder)).map_err(|e| (root.join(folder), e))?;
        }
        let mut staged = Vec::new();
        for target in targets {
            let path = root.join(&target.path);
            let staging = self.stage(&path, &target.content).map_err(|e| (path.clone(), e))?;
            staged.push((path, staging));
        }
        for (path, staging) in staged {
            staging.persist_noclobber(&path).map_err(|e| (path.clone(), e.error))?;
            self.files.push(path);
        }
        Ok(())
    }

    fn stage(&mut self, path: &Path, content: &Content) -> std::io::Result<tempfile::NamedTempFile> {
        let folder = path.parent().unwrap_or(path);
        self.folder(folder)?;
        // With the rights of any other file: colleagues read it too.
        let mut staging = tempfile::Builder::new().prefix(".init-").make_in(folder, |path| File::create_new(path))?;
        match content {
            Content::Text(text) => staging.write_all(text.as_bytes())?,
            Content::Copy(from) => _ = std::io::copy(&mut File::open(from)?, &mut staging)?,
        }
        staging.as_file().sync_all()?;
        Ok(staging)
    }

    fn folder(&mut self, folder: &Path) -> std::io::Result<()> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).collect();
        for one in missing.into_iter().rev() {
            std::fs::create_dir(one)?;
            self.folders.push(one.to_path_buf());
        }
        Ok(())
    }

    /// A folder that somebody has put something into meanwhile stays.
    fn undo(&self) {
        self.files.iter().for_each(|file| _ = std::fs::remove_file(file));
        self.folders.iter().rev().for_each(|folder| _ = std::fs::remove_dir(folder));
    }
}
