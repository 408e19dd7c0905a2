//! One slot: its process from start to end, and the pause before the next one.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::Instant;

use super::guard::{Guarded, Program};
use super::install::program;
use crate::hosting::{Departure, Launch};
use crate::service::GameLiftLocal;

/// How long a process may take to connect.
/// <https://docs.aws.amazon.com/gamelift/latest/developerguide/fleets-creating-debug.html>
const CONNECT_PATIENCE: Duration = Duration::from_secs(300);

/// How long a process that said goodbye may take to end.
const EXIT_PATIENCE: Duration = Duration::from_secs(30);

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Beyond this a log starts anew.
const LOG_LIMIT: u64 = 1 << 20;

/// How far a process has come.
enum Phase {
    /// Started; not connected yet.
    Starting,
    /// Connected.
    Known,
    /// The world is through with it.
    Leaving(Instant),
}

struct Process {
    id: String,
    guarded: Guarded,
    started: Instant,
    phase: Phase,
}

/// A slot.
#[derive(Default)]
pub(super) struct Running {
    process: Option<Process>,
    failures: u32,
    rest: Option<Instant>,
}

impl Running {
    /// Starts the process when there is none, and sees to it when there is one. `connected` are the processes that
    /// the world knows.
    pub(super) fn look_after(
        &mut self,
        service: &GameLiftLocal,
        launch: &Launch,
        connected: &BTreeSet<String>,
        folder: &Path,
    ) {
        let Some(process) = &mut self.process else {
            if self.rest.is_none_or(|rest| Instant::now() >= rest) {
                self.start(service, launch, folder);
            }
            return;
        };
        if let Some(status) = process.guarded.status() {
            return self.ended_with(service, launch, status);
        }
        match (&process.phase, connected.contains(&process.id)) {
            (Phase::Starting, true) => process.phase = Phase::Known,
            (Phase::Starting, false) if process.started.elapsed() > CONNECT_PATIENCE => {
                note(
                    service,
                    launch,
                    "SERVER_PROCESS_SDK_INITIALIZATION_TIMEOUT",
                    "a server process did not call InitSDK within five minutes".to_owned(),
                );
                process.guarded.stop();
                process.phase = Phase::Leaving(Instant::now());
            }
            (Phase::Known, false) => process.phase = Phase::Leaving(Instant::now()),
            (Phase::Leaving(since), _) if since.elapsed() > EXIT_PATIENCE => process.guarded.stop(),
            (Phase::Starting | Phase::Known | Phase::Leaving(_), _) => {}
        }
    }

    /// Asks the process to end.
    pub(super) fn stop(&mut self) {
        if let Some(process) = &mut self.process {
            process.guarded.stop();
        }
    }

    /// Whether there still is a process.
    pub(super) fn is_there(&mut self) -> bool {
        let process = self.process.as_mut();
        process.is_some_and(|process| process.guarded.status().is_none())
    }

    /// Waits until there is no process.
    pub(super) async fn ended(&mut self) {
        if let Some(process) = &mut self.process {
            process.guarded.ended().await;
        }
    }

    fn start(&mut self, service: &GameLiftLocal, launch: &Launch, folder: &Path) {
        let (socket, id) = service.with_world(|world, _| (world.socket().to_owned(), world.id("")));
        match guarded(&socket, &id, launch, folder) {
            Ok(guarded) => {
                self.process = Some(Process {
                    id,
                    guarded,
                    started: Instant::now(),
                    phase: Phase::Starting,
                });
            }
            Err(error) => {
                let message = format!("`{}` can't be started: {error}", launch.path);
                note(service, launch, "SERVER_PROCESS_INVALID_PATH", message);
                self.pause();
            }
        }
    }

    fn ended_with(&mut self, service: &GameLiftLocal, launch: &Launch, status: ExitStatus) {
        let Some(process) = self.process.take() else {
            return;
        };
        service.with_world(|world, now| {
            world.process_gone(&launch.region, &process.id, Departure::Crashed, now);
        });
        match process.phase {
            // It has hosted or was sent away: the next one is wanted at once.
            Phase::Leaving(_) | Phase::Known => self.failures = 0,
            Phase::Starting => {
                let (code, message) = early_end(launch, status);
                note(service, launch, code, message);
                self.pause();
            }
        }
    }

    /// Each failure in a row doubles the time until the next start.
    fn pause(&mut self) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(6));
        self.rest = Some(Instant::now() + pause.min(LONGEST_PAUSE));
        self.failures += 1;
    }
}

/// The event of a process that ended before it connected. The shell's codes say when it was none at all.
fn early_end(launch: &Launch, status: ExitStatus) -> (&'static str, String) {
    match status.code() {
        Some(126 | 127) => (
            "SERVER_PROCESS_INVALID_PATH",
            format!("`{}` can't be run on this machine", launch.path),
        ),
        _ => (
            "SERVER_PROCESS_CRASHED",
            format!("`{}` ended before it called InitSDK: {status}", launch.path),
        ),
    }
}

fn guarded(socket: &str, id: &str, launch: &Launch, folder: &Path) -> io::Result<Guarded> {
    let path = program(folder, &launch.path).ok_or(io::ErrorKind::NotFound)?;
    Guarded::start(Program {
        path: &path,
        parameters: &launch.parameters,
        folder,
        variables: variables(socket, id, launch),
        log: log(folder, launch)?,
    })
}

/// The environment of the server SDK.
fn variables(socket: &str, id: &str, launch: &Launch) -> Vec<(&'static str, String)> {
    vec![
        ("GAMELIFT_SDK_WEBSOCKET_URL", socket.to_owned()),
        ("GAMELIFT_SDK_AUTH_TOKEN", launch.token.clone()),
        ("GAMELIFT_SDK_PROCESS_ID", id.to_owned()),
        ("GAMELIFT_SDK_HOST_ID", launch.compute.clone()),
        ("GAMELIFT_SDK_FLEET_ID", launch.slot.fleet.clone()),
        ("GAMELIFT_REGION", launch.region.clone()),
    ]
}

/// `<folder>.logs/<location>-<entry>-<number>.log`
fn log(folder: &Path, launch: &Launch) -> io::Result<File> {
    let slot = &launch.slot;
    let logs = super::logs(folder);
    std::fs::create_dir_all(&logs)?;
    let path = logs.join(format!(
        "{}-{}-{}.log",
        slot.location, slot.entry, slot.number
    ));
    let full = path.metadata().is_ok_and(|data| data.len() > LOG_LIMIT);
    OpenOptions::new()
        .create(true)
        .write(true)
        .append(!full)
        .truncate(full)
        .open(path)
}

fn note(service: &GameLiftLocal, launch: &Launch, code: &str, message: String) {
    service.with_world(|world, now| world.note_server(launch, code, message, now));
}
