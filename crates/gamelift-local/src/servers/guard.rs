//! A process that can't outlive this one.
//!
//! A shell stands between: it starts the program and reads from a pipe whose other end is held here. When that end
//! closes, because the service lets go of it or because this process was killed, the shell asks the program to end,
//! and ends the whole group by force if that takes longer than five seconds.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, ChildStdin, Command};

/// `$1` and what follows is the program with its arguments.
const SCRIPT: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(
    trap '' TERM
    while read -r _ <&3; do :; done
    kill -TERM "$server"
    sleep 5
    kill -KILL 0
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
status=$?
trap '' TERM
kill -KILL "$watcher" 2>/dev/null
kill -TERM 0
exit "$status"
"#;

/// A program to run.
pub(super) struct Program<'a> {
    pub(super) path: &'a Path,
    /// Split at blanks: launch parameters know no quotes.
    pub(super) parameters: &'a str,
    pub(super) folder: &'a Path,
    pub(super) variables: Vec<(&'static str, String)>,
    pub(super) log: File,
}

/// A program that runs.
pub(super) struct Guarded {
    child: Child,
    lifeline: Option<ChildStdin>,
}

impl Guarded {
    /// Starts a program with nothing but its variables in the environment.
    pub(super) fn start(program: Program<'_>) -> io::Result<Self> {
        let errors = program.log.try_clone()?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "server"])
            .arg(program.path)
            .args(program.parameters.split_whitespace())
            .current_dir(program.folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(program.variables)
            .stdin(Stdio::piped())
            .stdout(program.log)
            .stderr(errors);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let lifeline = child.stdin.take();
        Ok(Self { child, lifeline })
    }

    /// Asks the program to end; it has five seconds.
    pub(super) fn stop(&mut self) {
        self.lifeline = None;
    }

    /// How it has ended, once it has.
    pub(super) fn status(&mut self) -> Option<ExitStatus> {
        // What can't be waited for is not there any more.
        self.child.try_wait().unwrap_or(Some(ExitStatus::default()))
    }

    /// Waits for the end; `None` when it is gone without anybody knowing how.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }
}
