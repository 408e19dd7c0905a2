//! Runs a local cloud in the foreground: both servers, until one ends or is told to.

use std::future::Future;
use std::net::Ipv4Addr;
use std::sync::Arc;

use gamelift_local::{Clock as _, Config, GameLiftLocal, SystemClock};
use tokio::net::TcpListener;

use crate::local::lock::Lock;
use crate::local::ministack::MiniStack;
use crate::local::saved::Saved;
use crate::local::state::{Endpoints, State};
use crate::local::surroundings::MiniStackServices;
use crate::local::{LocalError, LocalEvent, LocalOptions, files, python, venv};

/// A free port that was found may be gone before MiniStack has it.
const PORT_ATTEMPTS: usize = 3;

/// Runs a local cloud until `shutdown` is ready or somebody calls [`crate::local::down`].
///
/// # Errors
/// Fails when another one runs in the same directory, when Python or its packages can't be had, and when
/// MiniStack ends by itself.
pub async fn up(
    options: &LocalOptions,
    shutdown: impl Future<Output = ()>,
    progress: &mut dyn FnMut(LocalEvent),
) -> Result<(), LocalError> {
    files::make_directory(&options.state_dir)?;
    let already_running = || LocalError::AlreadyRunning {
        state_dir: options.state_dir.clone(),
    };
    let _lock = Lock::try_take(&options.lock_file())?.ok_or_else(already_running)?;
    // Whoever had the lock before may not have cleaned up.
    clean(options)?;
    let python = python::find(options.python.as_deref(), &options.path).await?;
    progress(LocalEvent::PythonFound {
        python: python.path.clone(),
        version: python.version.clone(),
    });
    let mut shutdown = std::pin::pin!(shutdown);
    let interpreter = tokio::select! {
        interpreter = venv::ensure(&options.cache_dir, &python, progress) => interpreter?,
        () = &mut shutdown => return Ok(()),
    };
    let outcome = run(options, &interpreter, shutdown, progress).await;
    outcome.and(clean(options))
}

/// Runs both servers; whichever ends first ends the other one.
async fn run(
    options: &LocalOptions,
    interpreter: &std::path::Path,
    shutdown: impl Future<Output = ()>,
    progress: &mut dyn FnMut(LocalEvent),
) -> Result<(), LocalError> {
    let token = token()?;
    let services = Arc::new(MiniStackServices::default());
    let gamelift = GameLiftLocal::new(Config {
        surroundings: Some(services.clone()),
        servers: Some(options.run_dir().join("fleets")),
        account: options.account_id.clone(),
        default_region: options.region.clone(),
        speed: options.speed,
        ..Config::new(&token)
    });
    let saved = Saved::open(options)?;
    if let Some(saved) = &saved {
        saved.restore(&gamelift)?;
    }
    let listener = listen(0).await?;
    let gamelift_address = address(&listener)?;
    let mut ministack = None;
    // What MiniStack runs while it starts may need GameLift, so both go on at the same time.
    let outcome = tokio::select! {
        stopped = gamelift.serve(listener, shutdown) => stopped.map(|_| ()).map_err(LocalError::from),
        error = watch(options, interpreter, &gamelift_address, &token, &services, &mut ministack, progress) => Err(error),
    };
    progress(LocalEvent::Stopping);
    // First the file, so that nobody attaches to what is going away.
    let removed = State::remove(options);
    if let Some(ministack) = ministack {
        ministack.stop().await;
    }
    if let (Some(saved), Ok(())) = (saved, &outcome) {
        saved.save(&gamelift)?;
    }
    outcome.and(removed)
}

/// Starts MiniStack, announces it, and waits for what should not happen.
async fn watch(
    options: &LocalOptions,
    interpreter: &std::path::Path,
    gamelift: &str,
    token: &str,
    services: &MiniStackServices,
    ministack: &mut Option<MiniStack>,
    progress: &mut dyn FnMut(LocalEvent),
) -> LocalError {
    if let Err(error) = start(options, interpreter, gamelift, ministack, progress).await {
        return error;
    }
    let Some(ministack) = ministack else {
        return LocalError::NotRunning {
            state_dir: options.state_dir.clone(),
        };
    };
    services.found_at(&ministack.address);
    let endpoints = Endpoints {
        aws: ministack.address.clone(),
        gamelift: gamelift.to_owned(),
        account_id: options.account_id.clone(),
        region: options.region.clone(),
        pid: std::process::id(),
        started: SystemClock.now(),
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let state = State {
        version,
        token: token.to_owned(),
        endpoints: endpoints.clone(),
    };
    if let Err(error) = state.write(options) {
        return error;
    }
    progress(LocalEvent::Ready(endpoints));
    ministack.ended(options).await
}

async fn start(
    options: &LocalOptions,
    interpreter: &std::path::Path,
    gamelift: &str,
    running: &mut Option<MiniStack>,
    progress: &mut dyn FnMut(LocalEvent),
) -> Result<(), LocalError> {
    let mut attempt = 1;
    loop {
        let port = free_port(options.port).await?;
        let ministack = running.insert(MiniStack::start(options, interpreter, port, gamelift)?);
        progress(LocalEvent::Starting {
            pid: ministack.pid(),
        });
        match ministack.ready(options).await {
            Err(LocalError::Ended { output, .. })
                if output.contains("in use")
                    && options.port.is_none()
                    && attempt < PORT_ATTEMPTS =>
            {
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// A port that is free now: MiniStack takes a number, not a socket.
async fn free_port(wanted: Option<u16>) -> Result<u16, LocalError> {
    let listener = listen(wanted.unwrap_or(0)).await?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|source| LocalError::Port { port: 0, source })
}

async fn listen(port: u16) -> Result<TcpListener, LocalError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| LocalError::Port { port, source })
}

fn address(listener: &TcpListener) -> Result<String, LocalError> {
    let address = listener
        .local_addr()
        .map_err(|source| LocalError::Port { port: 0, source })?;
    Ok(format!("http://{address}"))
}

fn clean(options: &LocalOptions) -> Result<(), LocalError> {
    State::remove(options)?;
    files::remove_directory(&options.run_dir())
}

fn token() -> Result<String, LocalError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(LocalError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
