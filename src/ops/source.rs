//! The topology file on disk.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// No topology is longer. Anything that is was not meant, and reading it could take all memory.
const LONGEST: u64 = 4 * 1024 * 1024;

/// A topology file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopologySource {
    /// Its path, as the user named it.
    pub file: String,
    /// Its folder: where the files that it names are looked for.
    pub folder: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why there is no topology to work with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The folder for topologies has none.
    #[error("no topology in `{}`", folder.display())]
    None {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder for topologies has several.
    #[error("several topologies in `{}`: {}", folder.display(), files.join(", "))]
    Several {
        /// The folder.
        folder: PathBuf,
        /// Their names.
        files: Vec<String>,
    },
    /// The path is a folder.
    #[error("`{}` is a folder, not a topology file", path.display())]
    Folder {
        /// The path.
        path: PathBuf,
    },
    /// The file is too long to be a topology.
    #[error("`{}` is longer than {} MiB, so it is no topology", path.display(), LONGEST / (1024 * 1024))]
    TooLong {
        /// The path.
        path: PathBuf,
    },
    /// The file can't be read.
    #[error("cannot read the topology `{}`", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl SourceError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::None { .. } => Some("Name one with `--topology FILE`.".to_owned()),
            Self::Several { folder, files } => {
                let first = files
                    .first()
                    .map(|file| folder.join(file))
                    .unwrap_or_default();
                Some(format!(
                    "Choose one, as in `--topology {}`.",
                    first.display()
                ))
            }
            Self::Folder { path } => Some(format!(
                "Name a file in it, as in `--topology {}/game.yaml`.",
                path.display()
            )),
            Self::TooLong { .. } => None,
            Self::Read { .. } => Some("Name another one with `--topology FILE`.".to_owned()),
        }
    }
}

impl TopologySource {
    /// Reads a topology file.
    ///
    /// # Errors
    ///
    /// When the path names no readable file of sensible length. What is in the file is not looked at.
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let failed = |source| SourceError::Read {
            path: path.to_path_buf(),
            source,
        };
        if fs::metadata(path).map_err(failed)?.is_dir() {
            return Err(SourceError::Folder {
                path: path.to_path_buf(),
            });
        }
        let mut bytes = Vec::new();
        // The length of a pipe or device is not known before it is read.
        fs::File::open(path)
            .map_err(failed)?
            .take(LONGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() as u64 > LONGEST {
            return Err(SourceError::TooLong {
                path: path.to_path_buf(),
            });
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Ok(Self {
            file: path.display().to_string(),
            folder,
            bytes,
        })
    }
}

/// Finds the only topology of a folder.
///
/// # Errors
///
/// When there is none, or more than one.
pub fn only_topology(folder: &Path) -> Result<PathBuf, SourceError> {
    let is_topology = |name: &String| name.ends_with(".yaml") || name.ends_with(".yml");
    let mut files: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|item| item.path().is_file())
        .filter_map(|item| item.file_name().into_string().ok())
        .filter(is_topology)
        .collect();
    files.sort();
    match files.as_slice() {
        [] => Err(SourceError::None {
            folder: folder.to_path_buf(),
        }),
        [only] => Ok(folder.join(only)),
        _ => Err(SourceError::Several {
            folder: folder.to_path_buf(),
            files,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), "name: game\n").unwrap();
        }
        folder
    }

    #[test]
    fn only_file_is_found() {
        let folder = folder(&["game.yaml", "notes.md"]);
        assert_eq!(
            only_topology(folder.path()).unwrap(),
            folder.path().join("game.yaml")
        );
    }

    #[test]
    fn several_files_are_listed_in_order() {
        let folder = folder(&["b.yaml", "a.yml"]);
        let error = only_topology(folder.path()).unwrap_err();
        assert!(error.to_string().ends_with(": a.yml, b.yaml"), "{error}");
    }

    #[test]
    fn missing_folder_has_no_topology() {
        let error = only_topology(Path::new("/nowhere/stacks")).unwrap_err();
        assert_eq!(error.to_string(), "no topology in `/nowhere/stacks`");
    }

    #[test]
    fn folder_is_no_topology_file() {
        let folder = folder(&[]);
        assert!(matches!(
            TopologySource::read(folder.path()),
            Err(SourceError::Folder { .. })
        ));
    }

    #[test]
    fn endless_file_is_refused() {
        assert!(matches!(
            TopologySource::read(Path::new("/dev/zero")),
            Err(SourceError::TooLong { .. })
        ));
    }

    #[test]
    fn file_keeps_the_name_the_user_gave_it() {
        let folder = folder(&["game.yaml"]);
        let path = folder.path().join("game.yaml");
        let source = TopologySource::read(&path).unwrap();
        assert_eq!(source.file, path.display().to_string());
        assert_eq!(source.folder, folder.path());
    }
}
