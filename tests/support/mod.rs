//! The only way tests run the program: a scrubbed environment, a project of their own.

pub(crate) mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// What a run of the program gave.
pub(crate) struct Ran {
    /// Exit code; -1 when it was killed.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no JSON ({e})\n{self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// A command with nothing of the caller's environment.
#[expect(clippy::disallowed_methods, reason = "the one variable that is passed on")]
pub(crate) fn gonogo(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().current_dir(dir);
    // Windows cannot start programs without it.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

/// Runs the program in a folder.
pub(crate) fn run(dir: &Path, args: &[&str]) -> Ran {
    finish(gonogo(dir).args(args).output().expect("the program starts"))
}

/// Runs the program with variables of the environment set.
pub(crate) fn run_with(dir: &Path, variables: &[(&str, &str)], args: &[&str]) -> Ran {
    finish(gonogo(dir).envs(variables.iter().copied()).args(args).output().expect("the program starts"))
}

fn finish(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}

/// The repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the example hospital that a test may break.
pub(crate) struct Example {
    dir: tempfile::TempDir,
}

impl Example {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for name in ["gonogo.yaml", "checks", "environments"] {
            copy(&repository().join(name), &dir.path().join(name));
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        run(self.path(), args)
    }

    /// Text of a file of the copy.
    pub(crate) fn read(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.path().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    }

    pub(crate) fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(file), bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
    }

    /// Replaces a text that stands exactly once in a file; bytes, since extracts have encodings of their own.
    pub(crate) fn replace(&self, file: &str, find: &[u8], replace: &[u8]) {
        let bytes = self.read(file);
        let places: Vec<usize> = (0..bytes.len().saturating_sub(find.len() - 1)).filter(|i| bytes[*i..].starts_with(find)).collect();
        assert_eq!(places.len(), 1, "{file} holds {:?} {} times", String::from_utf8_lossy(find), places.len());
        let at = places[0];
        let mut changed = bytes[..at].to_vec();
        changed.extend_from_slice(replace);
        changed.extend_from_slice(&bytes[at + find.len()..]);
        self.write(file, changed);
    }
}

/// Copies a file or a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a folder");
        for entry in std::fs::read_dir(from).expect("a readable folder") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::copy(from, to).unwrap_or_else(|e| panic!("{}: {e}", from.display()));
    }
}
