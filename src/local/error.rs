//! What can go wrong with a local cloud.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

/// A local cloud that could not be started, reached or stopped.
#[derive(Debug, Error)]
pub enum LocalError {
    /// No Python at all, or only ones that are too old.
    #[error("finding Python 3.10 or later: {}", found_text(found))]
    NoPython {
        /// What there is instead, each as `/usr/bin/python3 (3.9.2)`.
        found: Vec<String>,
    },
    /// The Python was installed without what makes virtual environments.
    #[error("`{}` (Python {version}) cannot make virtual environments: its `{module}` module is missing", python.display())]
    NoVenvModule {
        /// Which Python.
        python: PathBuf,
        /// Its version, as `3.11.7`.
        version: String,
        /// The missing module.
        module: String,
    },
    /// The packages could not be installed.
    #[error("installing MiniStack into `{}`: {output}", directory.display())]
    Install {
        /// The environment.
        directory: PathBuf,
        /// The last lines that the installer printed.
        output: String,
    },
    /// A program could not be run.
    #[error("running `{}`", program.display())]
    Run {
        /// Which one.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file or directory could not be used.
    #[error("{action} `{}`", path.display())]
    File {
        /// What was being done, as `writing`.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// What the local cloud before this one left behind can't be used.
    #[error("starting with what was deployed before")]
    Restore(#[source] gamelift_local::RestoreError),
    /// No port could be had.
    #[error("opening port {port} on 127.0.0.1")]
    Port {
        /// Which; 0 for any.
        port: u16,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Another liftform runs the local cloud of this directory.
    #[error("a local cloud is already running in `{}`", state_dir.display())]
    AlreadyRunning {
        /// Its directory.
        state_dir: PathBuf,
    },
    /// The local cloud that runs is not of this liftform's version.
    #[error("the running local cloud is of liftform {running}, this is {own}")]
    OtherVersion {
        /// The version that runs.
        running: String,
        /// This program's.
        own: &'static str,
    },
    /// No local cloud runs.
    #[error("no local cloud is running in `{}`", state_dir.display())]
    NotRunning {
        /// Where one was looked for.
        state_dir: PathBuf,
    },
    /// A process ended that should have gone on.
    #[error("{program} ended with {status}; the end of `{}`:\n{output}", log.display())]
    Ended {
        /// `MiniStack` or `liftform`.
        program: &'static str,
        /// How.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        output: String,
    },
    /// A process did not become ready in time.
    #[error("waiting for the local cloud: not ready after {seconds} s; the end of `{}`:\n{output}", log.display())]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        output: String,
    },
    /// The local cloud answers, but not as it should.
    #[error("{action} the local cloud at {address}: {reason}")]
    Unreachable {
        /// What was being done, as `resetting`.
        action: &'static str,
        /// Where.
        address: String,
        /// What was answered, or why nothing was.
        reason: String,
    },
    /// The GameLift service could not serve.
    #[error("serving GameLift")]
    Serve(#[from] gamelift_local::ServeError),
    /// The system has no random numbers.
    #[error("drawing a random token: {0}")]
    Random(getrandom::Error),
}

impl LocalError {
    pub(super) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// What to do about it, if that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoPython { .. } => Some(
                "install it, for instance with `apt install python3 python3-venv` or `brew install python`, or name one with `--python`".to_owned(),
            ),
            Self::NoVenvModule { version, .. } => {
                let minor: Vec<_> = version.split('.').take(2).collect();
                Some(format!("on Debian and Ubuntu: `apt install python3-venv` (or `python{}-venv`)", minor.join(".")))
            }
            Self::Install { .. } => Some("the packages come from PyPI; check the network and the proxy settings of pip".to_owned()),
            Self::AlreadyRunning { .. } => Some("use it as it is, or stop it with `liftform local down`".to_owned()),
            Self::OtherVersion { .. } => Some("stop it with `liftform local down`; its resources are gone then".to_owned()),
            Self::NotRunning { .. } => Some("start one with `liftform local up`".to_owned()),
            Self::Restore(_) => Some("remove the folder `saved` of the local cloud to start empty".to_owned()),
            Self::Run { .. }
            | Self::File { .. }
            | Self::Port { .. }
            | Self::Ended { .. }
            | Self::NotReady { .. }
            | Self::Unreachable { .. }
            | Self::Serve(_)
            | Self::Random(_) => None,
        }
    }
}

fn found_text(found: &[String]) -> String {
    if found.is_empty() {
        "there is no Python on the search path".to_owned()
    } else {
        format!("found only {}", found.join(", "))
    }
}
