//! Uses a local cloud that another process runs, or starts one.

use std::fs::OpenOptions;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use hyper::{Method, StatusCode};

use crate::local::http::{self, Call};
use crate::local::lock::Lock;
use crate::local::state::{Endpoints, State};
use crate::local::{LocalError, LocalEvent, LocalOptions, files};

const POLL: Duration = Duration::from_millis(50);

/// The first start installs the Python environment.
const START_PATIENCE: Duration = Duration::from_secs(300);
const STOP_PATIENCE: Duration = Duration::from_secs(20);

const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What [`down`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The local cloud of this process id was stopped.
    Stopped {
        /// Its process id.
        pid: u32,
    },
    /// There was none.
    NotRunning,
}

/// The local cloud that runs in these directories, if one does. Removes what a crashed one left behind.
///
/// # Errors
/// Fails when files in the state directory can't be used.
pub async fn status(options: &LocalOptions) -> Result<Option<Endpoints>, LocalError> {
    Ok(running(options).await?.map(|state| state.endpoints))
}

/// Attaches to the local cloud of these directories; starts a detached one if there is none.
///
/// # Errors
/// Fails when the running one is of another version, and when a new one can't be started.
pub async fn ensure_running(
    options: &LocalOptions,
    progress: &mut dyn FnMut(LocalEvent),
) -> Result<Endpoints, LocalError> {
    if let Some(state) = running(options).await? {
        return attach(state, progress);
    }
    let mut child = detach(options)?;
    progress(LocalEvent::Detached { pid: child.id() });
    let start = Instant::now();
    while start.elapsed() < START_PATIENCE {
        if let Some(state) = running(options).await? {
            return attach(state, progress);
        }
        // It also ends when another liftform was quicker; then that one is waited for.
        if let Ok(Some(status)) = child.try_wait()
            && !Lock::is_taken(&options.lock_file())?
        {
            let log = options.logs().supervisor;
            return Err(LocalError::Ended {
                program: "liftform",
                status,
                output: files::tail(&log),
                log,
            });
        }
        tokio::time::sleep(POLL).await;
    }
    let log = options.logs().supervisor;
    Err(LocalError::NotReady {
        seconds: START_PATIENCE.as_secs(),
        output: files::tail(&log),
        log,
    })
}

/// Stops the local cloud and waits until it is gone.
///
/// # Errors
/// Fails when it does not stop.
pub async fn down(options: &LocalOptions) -> Result<Stopped, LocalError> {
    let Some(state) = running(options).await? else {
        return Ok(Stopped::NotRunning);
    };
    let headers = vec![("x-liftform-token".to_owned(), state.token.clone())];
    let server = &state.endpoints.gamelift;
    expect_ok(
        "stopping",
        Call {
            method: Method::POST,
            server,
            path: "/_liftform/stop",
            headers,
            body: Bytes::new(),
        },
    )
    .await?;
    let start = Instant::now();
    while Lock::is_taken(&options.lock_file())? {
        if start.elapsed() > STOP_PATIENCE {
            let reason = format!(
                "process {} is still there after {} s",
                state.endpoints.pid,
                STOP_PATIENCE.as_secs()
            );
            return Err(LocalError::Unreachable {
                action: "stopping",
                address: server.clone(),
                reason,
            });
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(Stopped::Stopped {
        pid: state.endpoints.pid,
    })
}

/// Forgets every resource of every service.
///
/// # Errors
/// Fails when no local cloud runs, or when one of its services does not answer.
pub async fn reset(options: &LocalOptions) -> Result<(), LocalError> {
    let not_running = || LocalError::NotRunning {
        state_dir: options.state_dir.clone(),
    };
    let endpoints = running(options).await?.ok_or_else(not_running)?.endpoints;
    // First the one with the functions, so that none of them calls GameLift afterwards.
    for (server, path) in [
        (&endpoints.aws, "/_ministack/reset"),
        (&endpoints.gamelift, "/_liftform/reset"),
    ] {
        expect_ok("resetting", Call::bare(Method::POST, server, path)).await?;
    }
    Ok(())
}

async fn running(options: &LocalOptions) -> Result<Option<State>, LocalError> {
    let Some(state) = State::read(options) else {
        return Ok(None);
    };
    if state.is_alive().await {
        return Ok(Some(state));
    }
    // A file without a lock was left by a crash. With one, its writer may just be stopping, and removes it.
    if let Some(_lock) = Lock::try_take(&options.lock_file())? {
        State::remove(options)?;
    }
    Ok(None)
}

fn attach(state: State, progress: &mut dyn FnMut(LocalEvent)) -> Result<Endpoints, LocalError> {
    if state.version != OWN_VERSION {
        return Err(LocalError::OtherVersion {
            running: state.version,
            own: OWN_VERSION,
        });
    }
    progress(LocalEvent::Ready(state.endpoints.clone()));
    Ok(state.endpoints)
}

/// Starts liftform in a process group of its own, so that it outlives this process and its terminal.
fn detach(options: &LocalOptions) -> Result<Child, LocalError> {
    files::make_directory(&options.state_dir)?;
    let path = options.logs().supervisor;
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(LocalError::file("opening", &path))?;
    let copy = log
        .try_clone()
        .map_err(LocalError::file("opening", &path))?;
    let mut command = Command::new(&options.executable);
    command
        .args(&options.arguments)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(copy)
        .process_group(0);
    command.spawn().map_err(|source| LocalError::Run {
        program: options.executable.clone(),
        source,
    })
}

async fn expect_ok(action: &'static str, call: Call<'_>) -> Result<(), LocalError> {
    let address = call.server.to_owned();
    let reason = match http::send(call).await {
        Ok((StatusCode::OK, _)) => return Ok(()),
        Ok((status, body)) => format!("answered {status}: {}", String::from_utf8_lossy(&body)),
        Err(reason) => reason,
    };
    Err(LocalError::Unreachable {
        action,
        address,
        reason,
    })
}
