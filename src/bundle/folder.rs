//! The files of a game server build.
//!
//! In: a folder. Out: its files as archive entries, sorted by name. Links and devices are refused: a link means
//! something else on the instance, and silently following it would pack whatever it points to on this machine.

use std::fs::{self, Metadata};
use std::path::Path;

use super::BundleError;
use super::archive::{Entry, Mode};

/// Lists the files below a folder.
pub(super) fn entries(folder: &Path) -> Result<Vec<Entry>, BundleError> {
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        _ => {
            return Err(BundleError::NoFolder {
                folder: folder.to_path_buf(),
            });
        }
    }
    let mut found = Vec::new();
    let mut waiting = vec![(folder.to_path_buf(), String::new())];
    while let Some((path, prefix)) = waiting.pop() {
        let unreadable = |source| BundleError::Read {
            path: path.clone(),
            source,
        };
        for item in fs::read_dir(&path).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let path = item.path();
            let file_name = item.file_name();
            let Some(file_name) = file_name.to_str() else {
                return Err(BundleError::FileName { path });
            };
            let name = if prefix.is_empty() {
                file_name.to_owned()
            } else {
                format!("{prefix}/{file_name}")
            };
            // Of the entry itself: this doesn't follow links.
            let metadata = item.metadata().map_err(|source| BundleError::Read {
                path: path.clone(),
                source,
            })?;
            if metadata.is_dir() {
                waiting.push((path, name));
            } else if metadata.is_file() {
                found.push(Entry {
                    name,
                    mode: mode_of(&metadata),
                    path,
                });
            } else {
                return Err(BundleError::UnsupportedFile {
                    kind: kind_of(&metadata),
                    path,
                });
            }
        }
    }
    if found.is_empty() {
        return Err(BundleError::EmptyFolder {
            folder: folder.to_path_buf(),
        });
    }
    // The order of a directory differs per file system.
    found.sort();
    Ok(found)
}

fn kind_of(metadata: &Metadata) -> &'static str {
    if metadata.is_symlink() {
        "a symbolic link"
    } else {
        "no regular file"
    }
}

#[cfg(unix)]
fn mode_of(metadata: &Metadata) -> Mode {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o111 == 0 {
        Mode::Plain
    } else {
        Mode::Executable
    }
}

// Without modes on disk there is nothing to keep; Linux game servers must be packed on Linux or macOS.
#[cfg(not(unix))]
fn mode_of(_metadata: &Metadata) -> Mode {
    Mode::Plain
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn server(files: &[(&str, u32)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, name).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        folder
    }

    fn check(files: &[(&str, u32)], expected: &[(&str, Mode)]) {
        let folder = server(files);
        let entries = entries(folder.path()).unwrap();
        let found: Vec<_> = entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.mode))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn files_are_sorted_by_name_whatever_the_disk_says() {
        check(
            &[
                ("z", 0o644),
                ("bin/server", 0o755),
                ("bin/a.so", 0o644),
                ("a", 0o600),
            ],
            &[
                ("a", Mode::Plain),
                ("bin/a.so", Mode::Plain),
                ("bin/server", Mode::Executable),
                ("z", Mode::Plain),
            ],
        );
    }

    #[test]
    fn modes_shrink_to_two() {
        check(
            &[("a", 0o400), ("b", 0o750)],
            &[("a", Mode::Plain), ("b", Mode::Executable)],
        );
    }

    #[test]
    fn link_is_refused_by_name() {
        let folder = server(&[("server", 0o755)]);
        symlink("server", folder.path().join("latest")).unwrap();
        let error = entries(folder.path()).unwrap_err();
        assert!(
            matches!(&error, BundleError::UnsupportedFile { kind: "a symbolic link", path } if path.ends_with("latest"))
        );
    }

    #[test]
    fn missing_folder_is_named() {
        let error = entries(Path::new("/nowhere/server")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "build folder `/nowhere/server` does not exist"
        );
    }

    #[test]
    fn folder_without_files_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("empty")).unwrap();
        assert!(matches!(
            entries(folder.path()),
            Err(BundleError::EmptyFolder { .. })
        ));
    }
}
