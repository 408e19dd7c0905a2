//! What a local cloud leaves behind for the next one in the same directory.
//!
//! Two halves that belong together: MiniStack writes its own when it ends in order, GameLift's is written after that.
//! GameLift's half is taken away when it is read, so that after a crash there is no half and everything starts empty.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gamelift_local::GameLiftLocal;

use crate::local::options::Memory;
use crate::local::{LocalError, LocalOptions, files};

/// The directory of the saved state, and who fills it.
pub(super) struct Saved {
    directory: PathBuf,
}

impl Saved {
    /// Makes the directory ready, with both halves or none; `None` when nothing is to be kept.
    pub(super) fn open(options: &LocalOptions) -> Result<Option<Self>, LocalError> {
        if options.memory == Memory::Forget {
            return Ok(None);
        }
        let directory = options.saved_dir();
        let saved = Self { directory };
        if !saved.gamelift().exists() {
            files::remove_directory(&saved.directory)?;
        }
        files::make_directory(&saved.directory)?;
        Ok(Some(saved))
    }

    /// Gives GameLift what it had, and takes it away from the directory.
    pub(super) fn restore(&self, gamelift: &GameLiftLocal) -> Result<(), LocalError> {
        let path = self.gamelift();
        match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(LocalError::file("reading", &path)(error)),
            Ok(bytes) => {
                gamelift.restore(&bytes).map_err(LocalError::Restore)?;
                std::fs::remove_file(&path).map_err(LocalError::file("removing", &path))
            }
        }
    }

    /// Writes GameLift's half. Called after MiniStack has ended in order.
    pub(super) fn save(&self, gamelift: &GameLiftLocal) -> Result<(), LocalError> {
        let path = self.gamelift();
        std::fs::write(&path, gamelift.save()).map_err(LocalError::file("writing", &path))
    }

    /// What makes MiniStack keep its half here.
    pub(super) fn variables(directory: &Path) -> [(&'static str, PathBuf); 4] {
        [
            ("PERSIST_STATE", "1".into()),
            ("STATE_DIR", directory.join("ministack")),
            ("S3_PERSIST", "1".into()),
            ("S3_DATA_DIR", directory.join("s3")),
        ]
    }

    fn gamelift(&self) -> PathBuf {
        self.directory.join("gamelift.json")
    }
}
