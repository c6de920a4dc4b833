//! Which files a pattern of a definition means: one path, or a glob, below the environment's folder and never outside it.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use walkdir::WalkDir;

use crate::source::SourceError;
use crate::system::FilePart;

/// A file that a pattern selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its path below the environment's folder, `/` on every system.
    pub(super) shown: String,
    /// Its path below the pattern's fixed folder.
    below: String,
}

impl Found {
    /// A file that is named by itself, not by a pattern.
    pub(super) fn at(path: &Path, shown: &str) -> Self {
        let below = shown.rsplit('/').next().unwrap_or(shown).to_owned();
        Self { path: path.to_path_buf(), shown: shown.to_owned(), below }
    }

    /// A part of the path, for a column.
    pub(super) fn part(&self, part: FilePart) -> String {
        let (dir, name) = self.shown.rsplit_once('/').unwrap_or(("", &self.shown));
        match part {
            FilePart::Name => name.to_owned(),
            FilePart::Stem => without_extension(name).to_owned(),
            FilePart::Dir => dir.to_owned(),
            FilePart::Path => without_extension(&self.below).to_owned(),
        }
    }

    /// Its extension in lower case, without the dot.
    pub(super) fn extension(&self) -> String {
        let name = self.part(FilePart::Name);
        name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase())
    }
}

fn without_extension(path: &str) -> &str {
    match path.rfind('.') {
        Some(at) if at > 0 && !path[at..].contains('/') && path.as_bytes()[at - 1] != b'/' => &path[..at],
        _ => path,
    }
}

/// True when the pattern can select any number of files.
pub(super) fn is_glob(pattern: &str) -> bool {
    pattern.replace("{site}", "").contains(['*', '?', '[', '{'])
}

/// The files that `pattern` selects below `root`, sorted by the bytes of their path. A folder (which only FHIR reads as a
/// whole) gives the files in it with one of `folder_extensions`.
pub(super) fn find(root: &Path, pattern: &str, site: Option<&str>, folder_extensions: &[&str]) -> Result<Vec<Found>, SourceError> {
    let pattern = for_site(pattern, site)?;
    refuse_outside(&pattern)?;
    let top = root.canonicalize().map_err(|e| {
        SourceError::new(
            format!("the environment's folder cannot be read: {e}"),
            root.display().to_string(),
            "check `files:` of the environment",
        )
    })?;
    let mut found = if is_glob(&pattern) {
        let fixed = fixed_folder(&pattern);
        walk(&top, fixed, Some(&pattern), &[])?
    } else {
        let path = below(&top, &pattern);
        match std::fs::metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(unreadable(&pattern, &e)),
            Ok(m) if m.is_dir() && !folder_extensions.is_empty() => walk(&top, &pattern, None, folder_extensions)?,
            Ok(m) if !m.is_dir() && !m.is_file() => {
                return Err(SourceError::new("this is no file, but a device or a pipe", pattern.clone(), "name the file of the extract"));
            }
            Ok(m) if m.is_dir() => {
                return Err(SourceError::new(
                    "this is a folder, not a file",
                    pattern.clone(),
                    format!("write a pattern such as `{pattern}/*.csv`"),
                ));
            }
            Ok(_) => {
                refuse_leaving(&top, &path, &pattern)?;
                let name = pattern.rsplit('/').next().unwrap_or(&pattern).to_owned();
                vec![Found { path, shown: pattern.clone(), below: name }]
            }
        }
    };
    found.sort_by(|a, b| a.shown.as_bytes().cmp(b.shown.as_bytes()));
    Ok(found)
}

fn for_site(pattern: &str, site: Option<&str>) -> Result<String, SourceError> {
    if !pattern.contains("{site}") {
        return Ok(pattern.to_owned());
    }
    match site {
        Some(site) if !site.contains(['/', '\\', '*', '?', '[', '{']) && site != ".." => Ok(pattern.replace("{site}", site)),
        Some(site) => Err(SourceError::new(format!("`{site}` is no name of a site"), pattern, "use letters, digits and `_`")),
        None => Err(SourceError::new("the file's name depends on the site, and none is given", pattern, "run with `--site NAME`")),
    }
}

fn refuse_outside(pattern: &str) -> Result<(), SourceError> {
    let advice = "write a path below the environment's folder, with `/` between folders";
    if pattern.contains('\\') {
        return Err(SourceError::new("a path of a definition has `/` between folders", pattern, advice));
    }
    let absolute = pattern.starts_with('/') || pattern.as_bytes().get(1) == Some(&b':');
    if absolute || pattern.split('/').any(|s| s == "..") {
        return Err(SourceError::new("this path leads outside the environment's folder", pattern, advice));
    }
    Ok(())
}

/// The folders before the first segment that is a glob.
fn fixed_folder(pattern: &str) -> &str {
    let glob = pattern.find(['*', '?', '[', '{']).unwrap_or(pattern.len());
    pattern[..glob].rfind('/').map_or("", |at| &pattern[..at])
}

fn walk(top: &Path, fixed: &str, pattern: Option<&str>, extensions: &[&str]) -> Result<Vec<Found>, SourceError> {
    let matcher = pattern.map(|p| {
        GlobBuilder::new(p).literal_separator(true).build().map(|g| g.compile_matcher()).map_err(|e| {
            SourceError::new(format!("this is no pattern for files: {}", e.kind()), p, "`*` stands for any name, `**` for any folders")
        })
    });
    let matcher = matcher.transpose()?;
    let base = below(top, fixed);
    if !base.exists() {
        return Ok(Vec::new());
    }
    refuse_leaving(top, &base, fixed)?;
    let mut found = Vec::new();
    for entry in WalkDir::new(&base).follow_links(true) {
        let entry = entry.map_err(|e| {
            let place = e.path().map_or_else(|| fixed.to_owned(), |p| slashed(top, p));
            SourceError::new(format!("a folder cannot be read: {e}"), place, "check its rights and links")
        })?;
        let shown = slashed(top, entry.path());
        if entry.path_is_symlink() {
            refuse_leaving(top, entry.path(), &shown)?;
        }
        let inside = slashed(&base, entry.path());
        let wanted = match &matcher {
            Some(m) => m.is_match(&shown),
            None => extensions.iter().any(|x| shown.to_lowercase().ends_with(&format!(".{x}"))),
        };
        // A spreadsheet program marks an open workbook by a file of this name beside it.
        let lock = inside.rsplit('/').next().is_some_and(|name| name.starts_with("~$"));
        if entry.file_type().is_file() && wanted && !lock {
            found.push(Found { path: entry.into_path(), shown, below: inside });
        }
    }
    Ok(found)
}

/// Joined segment by segment: a canonical Windows path takes no `/`.
fn below(top: &Path, path: &str) -> PathBuf {
    top.iter().map(Path::new).chain(path.split('/').filter(|s| !s.is_empty()).map(Path::new)).collect()
}

/// A link may not lead outside the environment's folder.
fn refuse_leaving(top: &Path, path: &Path, shown: &str) -> Result<(), SourceError> {
    let real = path.canonicalize().map_err(|e| unreadable(shown, &e))?;
    if real.starts_with(top) {
        Ok(())
    } else {
        Err(SourceError::new("a link leads outside the environment's folder", shown, "copy the files into the folder, or remove the link"))
    }
}

fn slashed(top: &Path, path: &Path) -> String {
    let below = path.strip_prefix(top).unwrap_or(path);
    below.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The sentence for a file that the operating system does not let us read.
pub(super) fn unreadable(shown: &str, error: &std::io::Error) -> SourceError {
    SourceError::new(format!("the file cannot be read: {error}"), shown, "check that it exists and that you may read it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        dir
    }

    fn shown(dir: &tempfile::TempDir, pattern: &str) -> Vec<String> {
        find(dir.path(), pattern, None, &[]).unwrap().into_iter().map(|f| f.shown).collect()
    }

    #[test]
    fn globs_are_sorted_by_bytes() {
        let dir = folder(&["f/b.xml", "f/B.xml", "f/a/z.xml", "f/a.txt", "f/a/deep/er.xml", "other.xml", "f/~$b.xml"]);
        assert_eq!(shown(&dir, "f/**/*.xml"), ["f/B.xml", "f/a/deep/er.xml", "f/a/z.xml", "f/b.xml"]);
        assert_eq!(shown(&dir, "f/*.xml"), ["f/B.xml", "f/b.xml"]);
        assert_eq!(shown(&dir, "**/z.xml"), ["f/a/z.xml"]);
        assert_eq!(shown(&dir, "f/b.xml"), ["f/b.xml"]);
        assert_eq!(shown(&dir, "f/{b,B}.xml"), ["f/B.xml", "f/b.xml"]);
        assert!(shown(&dir, "none/*.xml").is_empty());
        assert!(shown(&dir, "none.xml").is_empty());
    }

    #[test]
    fn parts_of_a_path() {
        let dir = folder(&["pih/forms/a/vitals.v2.xml"]);
        let found = &find(dir.path(), "pih/forms/**/*.xml", None, &[]).unwrap()[0];
        let parts = [FilePart::Name, FilePart::Stem, FilePart::Dir, FilePart::Path].map(|p| found.part(p));
        assert_eq!(parts, ["vitals.v2.xml", "vitals.v2", "pih/forms/a", "a/vitals.v2"]);
        let literal = &find(dir.path(), "pih/forms/a/vitals.v2.xml", None, &[]).unwrap()[0];
        assert_eq!(literal.part(FilePart::Path), "vitals.v2");
        assert_eq!(found.extension(), "xml");
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let dir = folder(&["in/a.csv"]);
        for pattern in ["../a.csv", "in/../../a.csv", "/etc/hosts", "C:/a.csv", "in\\a.csv"] {
            let error = find(&dir.path().join("in"), pattern, None, &[]).unwrap_err();
            assert_eq!(error.place, pattern);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leaves_the_folder_is_refused() {
        let dir = folder(&["in/a.csv", "out/b.csv"]);
        let root = dir.path().join("in");
        std::os::unix::fs::symlink(dir.path().join("out/b.csv"), root.join("b.csv")).unwrap();
        std::os::unix::fs::symlink(root.join("a.csv"), root.join("c.csv")).unwrap();
        assert!(find(&root, "b.csv", None, &[]).unwrap_err().what.contains("link"));
        assert!(find(&root, "*.csv", None, &[]).unwrap_err().what.contains("link"));
        assert_eq!(find(&root, "c.csv", None, &[]).unwrap().len(), 1);
    }

    #[test]
    fn the_site_is_part_of_the_name() {
        let dir = folder(&["locations-site-kgh.csv"]);
        assert_eq!(find(dir.path(), "locations-site-{site}.csv", Some("kgh"), &[]).unwrap().len(), 1);
        assert!(find(dir.path(), "locations-site-{site}.csv", None, &[]).unwrap_err().advice.contains("--site"));
        assert!(find(dir.path(), "locations-site-{site}.csv", Some("../x"), &[]).is_err());
    }

    #[test]
    fn a_folder_is_no_file_unless_the_format_reads_folders() {
        let dir = folder(&["fhir/a.json", "fhir/b.XML", "fhir/readme.txt"]);
        assert!(find(dir.path(), "fhir", None, &[]).unwrap_err().what.contains("folder"));
        assert_eq!(find(dir.path(), "fhir", None, &["json", "xml"]).unwrap().len(), 2);
    }
}
