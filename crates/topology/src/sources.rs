//! Where the files that a topology names come from.
//!
//! In: paths relative to the topology's folder. Out: their text. The rest of the crate reads files only through
//! [`Sources`], so that it can be tested, and run, without a disk.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;

/// Reads the files that a topology names.
pub trait Sources {
    /// Reads a text file.
    ///
    /// # Errors
    /// As the file system says; [`ErrorKind::InvalidData`] for a file that isn't UTF-8.
    fn read(&self, path: &str) -> Result<String, Error>;
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<String, String>);

impl Memory {
    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.to_owned());
        self
    }
}

impl Sources for Memory {
    fn read(&self, path: &str) -> Result<String, Error> {
        self.0
            .get(path)
            .cloned()
            .ok_or_else(|| Error::new(ErrorKind::NotFound, "no such file"))
    }
}

/// Files of a folder on disk.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Reads below this folder: the one that holds the topology file.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }
}

impl Sources for Folder {
    fn read(&self, path: &str) -> Result<String, Error> {
        std::fs::read_to_string(self.0.join(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_reads_relative_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.json"), "{}").unwrap();
        let sources = Folder::new(folder.path());
        assert_eq!(sources.read("a.json").unwrap(), "{}");
        assert_eq!(
            sources.read("b.json").unwrap_err().kind(),
            ErrorKind::NotFound
        );
    }

    #[test]
    fn file_that_is_not_utf8_is_invalid_data() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.json"), [0xff, 0xfe]).unwrap();
        let error = Folder::new(folder.path()).read("a.json").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }
}
