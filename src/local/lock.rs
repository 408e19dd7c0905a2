//! Locks on files: they are free again however their holder ended.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::local::LocalError;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, unless somebody has it.
    pub(super) fn try_take(path: &Path) -> Result<Option<Self>, LocalError> {
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path);
        let file = opened.map_err(LocalError::file("opening", path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(LocalError::file("locking", path)(error)),
        }
    }

    /// Whether somebody has the lock now.
    pub(super) fn is_taken(path: &Path) -> Result<bool, LocalError> {
        if !path.exists() {
            return Ok(false);
        }
        Ok(Self::try_take(path)?.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_has_one_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert!(!Lock::is_taken(&path).unwrap());
        let held = Lock::try_take(&path).unwrap();
        assert!(held.is_some());
        assert!(Lock::is_taken(&path).unwrap());
        drop(held);
        assert!(!Lock::is_taken(&path).unwrap());
    }
}
