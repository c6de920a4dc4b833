//! The temporary sibling folder in which a snapshot is made. What a killed run left behind is cleared by the next one; a lock
//! tells it from the folder of a run that is still at work.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = ".draft-";
const LOCK: &str = ".lock";

/// A temporary folder that is removed unless it is published.
pub(super) struct Staging {
    // Closed before the folder is removed: Windows removes no open file.
    lock: File,
    folder: TempDir,
}

impl Staging {
    /// A new folder within `into`, which is created if need be.
    pub(super) fn new(into: &Path) -> io::Result<Self> {
        fs::create_dir_all(into)?;
        clear(into);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(into)?;
        let lock = File::create_new(folder.path().join(LOCK))?;
        // Where a file system knows no locks, nothing is ever cleared.
        let _ = lock.try_lock();
        Ok(Self { lock, folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the folder its final name, unless that is there already. Everything in it has been synced.
    pub(super) fn publish(self, target: &Path) -> io::Result<()> {
        let Self { lock, folder } = self;
        drop(lock);
        fs::remove_file(folder.path().join(LOCK))?;
        sync_folder(folder.path())?;
        if target.exists() {
            return Ok(());
        }
        match fs::rename(folder.path(), target) {
            Ok(()) => {
                let _ = folder.keep();
                target.parent().map_or(Ok(()), sync_folder)
            }
            // Another run has just published the same.
            Err(_) if target.exists() => Ok(()),
            Err(e) => Err(e),
        }
    }
}

/// Removes folders whose run has ended without publishing them. What cannot be removed does no harm: it is no snapshot.
fn clear(into: &Path) {
    for item in fs::read_dir(into).into_iter().flatten().flatten() {
        if item.file_name().to_string_lossy().starts_with(PREFIX) {
            let lock = OpenOptions::new().read(true).write(true).open(item.path().join(LOCK));
            if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
                let _ = fs::remove_dir_all(item.path());
            }
        }
    }
}

/// Makes the names within a folder durable. Windows does so by itself and cannot open a folder as a file.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { File::open(folder)?.sync_all() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_run_at_work_is_left_alone_and_a_killed_one_cleared() {
        let into = tempfile::tempdir().unwrap();
        let at_work = Staging::new(into.path()).unwrap();
        let killed = into.path().join(".draft-killed");
        fs::create_dir(&killed).unwrap();
        fs::write(killed.join("clinics.parquet"), "half").unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        let foreign = into.path().join(".draft-of-a-letter");
        fs::create_dir(&foreign).unwrap();
        let next = Staging::new(into.path()).unwrap();
        assert!(at_work.path().exists() && next.path().exists() && foreign.exists() && !killed.exists());
        drop((at_work, next));
        assert_eq!(names(into.path()), 1);
    }

    #[test]
    fn what_is_published_is_there_and_nothing_else() {
        let into = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let staging = Staging::new(into.path()).unwrap();
            fs::write(staging.path().join("a"), "a").unwrap();
            staging.publish(&into.path().join("final")).unwrap();
        }
        assert_eq!((names(into.path()), names(&into.path().join("final"))), (1, 1));
    }
}
