//! The Python environment that liftform owns: MiniStack at exactly the pinned versions.
//!
//! It is made under another name and renamed when it is complete, so what has the right name is whole. Only the
//! interpreter in it is used, never its scripts, whose first lines still have the other name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::local::files::{self, REQUIREMENTS};
use crate::local::lock::Lock;
use crate::local::python::{self, Python};
use crate::local::{LocalError, LocalEvent};

const LOCK_POLL: Duration = Duration::from_millis(200);

/// The environment's interpreter; the environment is made first if it isn't there.
pub(super) async fn ensure(
    cache_dir: &Path,
    python: &Python,
    progress: &mut dyn FnMut(LocalEvent),
) -> Result<PathBuf, LocalError> {
    let directory = cache_dir.join(format!("venv-{}", key(REQUIREMENTS, python)));
    let interpreter = directory.join("bin/python");
    if interpreter.exists() {
        return Ok(interpreter);
    }
    files::make_directory(cache_dir)?;
    let _lock = lock(&directory.with_extension("lock"), progress).await?;
    // Somebody else may have made it in the meantime.
    if interpreter.exists() {
        return Ok(interpreter);
    }
    progress(LocalEvent::InstallingEnvironment {
        directory: directory.clone(),
    });
    let partial = directory.with_extension("partial");
    files::remove_directory(&partial)?;
    files::remove_directory(&directory)?;
    make(python, &partial).await?;
    std::fs::rename(&partial, &directory).map_err(LocalError::file("renaming", partial))?;
    Ok(interpreter)
}

async fn lock(path: &Path, progress: &mut dyn FnMut(LocalEvent)) -> Result<Lock, LocalError> {
    let mut told = false;
    loop {
        if let Some(lock) = Lock::try_take(path)? {
            return Ok(lock);
        }
        if !std::mem::replace(&mut told, true) {
            progress(LocalEvent::WaitingForEnvironment);
        }
        tokio::time::sleep(LOCK_POLL).await;
    }
}

async fn make(python: &Python, directory: &Path) -> Result<(), LocalError> {
    let mut command = python::isolated(&python.path);
    run(
        command.args(["-m", "venv"]).arg(directory),
        &python.path,
        directory,
    )
    .await?;
    let requirements = directory.join("requirements.txt");
    std::fs::write(&requirements, REQUIREMENTS)
        .map_err(LocalError::file("writing", &requirements))?;
    let interpreter = directory.join("bin/python");
    let mut command = python::isolated(&interpreter);
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "-r",
    ]);
    run(command.arg(&requirements), &interpreter, directory).await
}

async fn run(command: &mut Command, program: &Path, directory: &Path) -> Result<(), LocalError> {
    let output = command.output().await.map_err(|source| LocalError::Run {
        program: program.to_owned(),
        source,
    })?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    let lines: Vec<_> = printed.lines().rev().take(10).collect();
    let output = lines.into_iter().rev().collect::<Vec<_>>().join("\n");
    Err(LocalError::Install {
        directory: directory.to_owned(),
        output,
    })
}

/// Names an environment by all that it depends on.
fn key(requirements: &str, python: &Python) -> String {
    let digest = Sha256::digest(format!(
        "{}\n{}\n{requirements}",
        python.version,
        python.path.display()
    ));
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(version: &str) -> Python {
        Python {
            path: PathBuf::from("/usr/bin/python3"),
            version: version.to_owned(),
        }
    }

    #[test]
    fn environment_depends_on_requirements_and_python() {
        let one = key("a==1", &python("3.11.7"));
        assert_eq!(one, key("a==1", &python("3.11.7")));
        assert_ne!(one, key("a==2", &python("3.11.7")));
        assert_ne!(one, key("a==1", &python("3.11.8")));
    }

    #[tokio::test]
    async fn installer_that_fails_leaves_no_environment() {
        let folder = tempfile::tempdir().unwrap();
        let broken = Python {
            path: PathBuf::from("/bin/false"),
            version: "3.11.7".to_owned(),
        };
        let error = ensure(folder.path(), &broken, &mut |_| {})
            .await
            .unwrap_err();
        assert!(matches!(error, LocalError::Install { .. }), "{error}");
        let left = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        assert!(left.into_iter().all(|path| {
            path.extension()
                .is_some_and(|extension| extension == "lock")
        }));
    }
}
