//! Finds a Python that can run MiniStack.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::local::{LocalError, LocalOptions};

const OLDEST: (u32, u32) = (3, 10);

/// Tried in this order; the user's default first.
const NAMES: &[&str] = &[
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
];

const PROBE: &str = "import importlib.util, sys
print('%d.%d.%d' % sys.version_info[:3])
print(next((name for name in ('venv', 'ensurepip') if importlib.util.find_spec(name) is None), ''))";

/// A Python interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Python {
    pub(super) path: PathBuf,
    /// As `3.11.7`.
    pub(super) version: String,
}

/// The Python that a local cloud would take, and its version.
///
/// # Errors
///
/// When there is none that will do.
pub async fn suitable_python(options: &LocalOptions) -> Result<(PathBuf, String), LocalError> {
    let python = find(options.python.as_deref(), &options.path).await?;
    Ok((python.path, python.version))
}

/// The named Python if it will do, or the first one on the search path that does.
pub(super) async fn find(named: Option<&Path>, search_path: &OsStr) -> Result<Python, LocalError> {
    let candidates = match named {
        Some(path) => vec![path.to_owned()],
        None => on_search_path(search_path),
    };
    let mut found = Vec::new();
    let mut without_venv = None;
    for path in candidates {
        let Some((version, missing)) = probe(&path).await else {
            continue;
        };
        if !is_recent(&version) {
            found.push(format!("{} ({version})", path.display()));
        } else if missing.is_empty() {
            return Ok(Python { path, version });
        } else {
            without_venv.get_or_insert(LocalError::NoVenvModule {
                python: path,
                version,
                module: missing,
            });
        }
    }
    Err(without_venv.unwrap_or(LocalError::NoPython { found }))
}

fn on_search_path(search_path: &OsStr) -> Vec<PathBuf> {
    let folders: Vec<_> = std::env::split_paths(search_path)
        .filter(|folder| folder.is_absolute())
        .collect();
    let paths = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    paths.filter(|path| path.is_file()).collect()
}

/// The version, and the first module that is missing; `None` when it isn't a working Python.
async fn probe(python: &Path) -> Option<(String, String)> {
    let output = isolated(python).arg("-c").arg(PROBE).output().await.ok()?;
    let text = String::from_utf8(output.stdout)
        .ok()
        .filter(|_| output.status.success())?;
    let mut lines = text.lines().map(str::to_owned);
    Some((lines.next()?, lines.next().unwrap_or_default()))
}

/// A command that runs a Python without the user's own modules.
pub(super) fn isolated(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .env_remove("PYTHONPATH")
        .env_remove("PYTHONHOME")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    command
}

fn is_recent(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A folder with a program that prints `answer` as Python would.
    fn folder_with_python(answer: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python3");
        std::fs::write(&python, format!("#!/bin/sh\nprintf '{answer}'\n")).unwrap();
        std::fs::set_permissions(&python, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(!is_recent("3.9.18"));
        assert!(is_recent("3.10.0"));
        assert!(is_recent("3.14.1"));
        assert!(!is_recent("2.7.18"));
    }

    #[tokio::test]
    async fn old_python_is_named_in_the_refusal() {
        let folder = folder_with_python("3.8.1\\n\\n");
        let error = find(None, folder.path().as_os_str()).await.unwrap_err();
        let path = folder.path().join("python3");
        let expected = format!(
            "finding Python 3.10 or later: found only {} (3.8.1)",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        assert!(error.hint().unwrap().contains("apt install python3"));
    }

    #[tokio::test]
    async fn python_without_venv_is_told_which_package_to_install() {
        let folder = folder_with_python("3.12.1\\nensurepip\\n");
        let error = find(None, folder.path().as_os_str()).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("its `ensurepip` module is missing")
        );
        assert!(
            error
                .hint()
                .unwrap()
                .contains("`apt install python3-venv` (or `python3.12-venv`)")
        );
    }

    #[tokio::test]
    async fn search_path_without_python_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = find(None, folder.path().as_os_str()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "finding Python 3.10 or later: there is no Python on the search path"
        );
    }

    #[tokio::test]
    async fn suitable_python_is_found() {
        let folder = folder_with_python("3.11.7\\n\\n");
        let python = find(None, folder.path().as_os_str()).await.unwrap();
        assert_eq!(
            python,
            Python {
                path: folder.path().join("python3"),
                version: "3.11.7".to_owned()
            }
        );
    }
}
