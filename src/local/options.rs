//! What the local cloud is told from outside, and what it reports.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::local::state::Endpoints;

/// What a local cloud remembers of the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Nothing.
    Forget,
    /// Everything that is deployed, if the one before was stopped in order and kept it, too.
    Keep,
}

/// Where the local cloud keeps its files and what it runs with.
#[derive(Debug, Clone)]
pub struct LocalOptions {
    /// Directory for what can be made again, shared between projects.
    pub cache_dir: PathBuf,
    /// Directory for this local cloud: one directory, one cloud.
    pub state_dir: PathBuf,
    /// The Python to use; otherwise the first suitable one in `path`.
    pub python: Option<PathBuf>,
    /// The search path: to find Python, and for MiniStack and the handlers that it runs.
    pub path: OsString,
    /// The program that [`crate::local::ensure_running`] starts: liftform itself.
    pub executable: PathBuf,
    /// What makes that program call [`crate::local::up`] with the same directories.
    pub arguments: Vec<OsString>,
    /// The account that owns everything.
    pub account_id: String,
    /// The region of requests that aren't signed.
    pub region: String,
    /// The port for all services but GameLift; a free one otherwise.
    pub port: Option<u16>,
    /// What becomes of everything that is deployed when the local cloud stops.
    pub memory: Memory,
    /// How many seconds of fleet provisioning pass in a second.
    pub speed: f64,
}

impl LocalOptions {
    /// The usual local cloud in these directories.
    pub fn new(
        cache_dir: PathBuf,
        state_dir: PathBuf,
        executable: PathBuf,
        path: OsString,
    ) -> Self {
        Self {
            cache_dir,
            state_dir,
            python: None,
            path,
            executable,
            arguments: vec!["local".into(), "up".into()],
            account_id: "000000000000".to_owned(),
            region: "us-east-1".to_owned(),
            port: None,
            memory: Memory::Forget,
            speed: gamelift_local::FASTER_THAN_AWS,
        }
    }

    /// The same local cloud, but what is deployed in it stays.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.memory = Memory::Keep;
        self.arguments.push("--keep".into());
        self
    }

    /// Where the output of the local cloud goes.
    pub fn logs(&self) -> Logs {
        Logs {
            supervisor: self.state_dir.join("local.log"),
            ministack: self.state_dir.join("ministack.log"),
        }
    }

    /// Absolute, because MiniStack works in it and is started by a path below it.
    pub(super) fn run_dir(&self) -> PathBuf {
        let run_dir = self.state_dir.join("run");
        std::path::absolute(&run_dir).unwrap_or(run_dir)
    }

    pub(super) fn saved_dir(&self) -> PathBuf {
        let saved_dir = self.state_dir.join("saved");
        std::path::absolute(&saved_dir).unwrap_or(saved_dir)
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.state_dir.join("local.lock")
    }
}

/// The log files of a local cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    /// What a detached liftform printed.
    pub supervisor: PathBuf,
    /// What MiniStack and the functions that it runs printed.
    pub ministack: PathBuf,
}

impl Logs {
    /// Both files.
    pub fn paths(&self) -> [&Path; 2] {
        [&self.supervisor, &self.ministack]
    }
}

/// What happens on the way to a running local cloud, and after.
#[derive(Debug, Clone, PartialEq)]
pub enum LocalEvent {
    /// Python was found.
    PythonFound {
        /// Where.
        python: PathBuf,
        /// Which, as `3.11.7`.
        version: String,
    },
    /// The Python environment is being made, which takes a few seconds once.
    InstallingEnvironment {
        /// Where.
        directory: PathBuf,
    },
    /// Another liftform is making the same environment; it is waited for.
    WaitingForEnvironment,
    /// MiniStack was started and isn't ready yet.
    Starting {
        /// Its process id.
        pid: u32,
    },
    /// A liftform of its own was started for the local cloud.
    Detached {
        /// Its process id.
        pid: u32,
    },
    /// Everything answers.
    Ready(Endpoints),
    /// Everything is being stopped.
    Stopping,
}
