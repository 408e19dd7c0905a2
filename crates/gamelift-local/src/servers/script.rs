//! A build's install script, run as on an instance: once, in the folder of the build, before anything is launched.
//! <https://docs.aws.amazon.com/gameliftservers/latest/developerguide/gamelift-build-cli-uploading-install.html>
//!
//! It is the user's own script, and runs with the user's own rights, like the crates that a deployment builds. What differs
//! from an instance: `/local/game` is another folder, which is the working directory; nothing of the caller's environment
//! is there; and `LIFTFORM_LOCAL=1` lets a script leave out what is for a machine of its own, like installing packages.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::guard::{Guarded, Program};
use super::install::make_executable;

const SCRIPT: &str = "install.sh";

/// How long the script may take. Our choice.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the script of the build in `folder`, if it has one.
pub(super) async fn run(folder: &Path) -> Result<(), String> {
    let path = folder.join(SCRIPT);
    if !path.is_file() {
        return Ok(());
    }
    let log = super::logs(folder).join("install.log");
    let started = start(&path, folder, &log);
    let mut script = started.map_err(|error| format!("{SCRIPT} can't be started: {error}"))?;
    let ended = tokio::time::timeout(PATIENCE, script.ended()).await;
    let problem = match ended {
        Ok(Some(status)) if status.success() => return Ok(()),
        Ok(Some(status)) => format!("ended with {status}"),
        Ok(None) => "ended in an unknown way".to_owned(),
        Err(_) => format!("took longer than {} s", PATIENCE.as_secs()),
    };
    let last = last_line(&log);
    Err(format!(
        "{SCRIPT} {problem}; its output is in {}{last}",
        log.display()
    ))
}

fn start(path: &Path, folder: &Path, log: &Path) -> std::io::Result<Guarded> {
    make_executable(path)?;
    std::fs::create_dir_all(super::logs(folder))?;
    Guarded::start(Program {
        path,
        parameters: "",
        folder,
        variables: vec![("LIFTFORM_LOCAL", "1".to_owned())],
        log: File::create(log)?,
    })
}

/// What the script said last; most say why they give up.
fn last_line(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().rev().map(str::trim);
    let last = lines.find(|line| !line.is_empty());
    last.map(|line| format!(": {line}")).unwrap_or_default()
}
