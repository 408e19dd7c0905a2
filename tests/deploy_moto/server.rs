//! moto's server, at exactly the pinned versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::service::until;
use crate::support;

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// A running server, which ends with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) endpoint: String,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts one on a port of its own choice.
    pub(crate) fn start() -> Self {
        let python = environment();
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let file = fs::File::create(&log).unwrap();
        let mut child = isolated(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let endpoint = until("moto's address", || {
            let written = fs::read_to_string(&log).unwrap();
            let ended = child.try_wait().unwrap();
            assert_eq!(ended, None, "moto ended\n{written}");
            let (_, address) = written.split_once("Running on ")?;
            Some(address.split_once('\n')?.0.trim().to_owned())
        });
        Self {
            child,
            endpoint,
            _folder: folder,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has no state worth a good end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The interpreter of an environment with moto, which is made on the first call on a machine. It is made under another
/// name, so that what has the right name is whole.
fn environment() -> PathBuf {
    let digest = Sha256::digest(REQUIREMENTS);
    let key: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = support::cache().join(format!("moto-{key}"));
    if !folder.join("bin/python").exists() {
        let partial = folder.with_extension(format!("partial-{}", std::process::id()));
        fs::create_dir_all(support::cache()).unwrap();
        let requirements = partial.join("requirements.txt");
        finish(
            isolated(Path::new("python3"))
                .args(["-m", "venv"])
                .arg(&partial),
        );
        fs::write(&requirements, REQUIREMENTS).unwrap();
        finish(
            isolated(&partial.join("bin/python"))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(["--no-input", "--require-hashes", "-r"])
                .arg(&requirements),
        );
        fs::rename(&partial, &folder).unwrap();
    }
    folder.join("bin/python")
}

#[track_caller]
fn finish(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Python without what this machine's settings would change about it, and without anybody's credentials.
fn isolated(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.env_clear();
    for (name, value) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["PATH", "HOME"].contains(&text.as_ref())
            || text.starts_with("PIP_")
            || text.to_lowercase().ends_with("_proxy")
            || text.starts_with("SSL_CERT_")
        {
            command.env(name, value);
        }
    }
    command
}
