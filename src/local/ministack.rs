//! The MiniStack process. It lives as long as its standard input, whose other end is held here.

use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use hyper::{Method, StatusCode};
use tokio::process::{Child, ChildStdin, Command};

use crate::local::files::{self, LAUNCHER};
use crate::local::http::{self, Call};
use crate::local::options::Memory;
use crate::local::saved::Saved;
use crate::local::{LocalError, LocalOptions};

const READY_POLL: Duration = Duration::from_millis(20);
const READY_PATIENCE: Duration = Duration::from_secs(90);

/// How long MiniStack and the functions that it runs get to end by themselves.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// A running MiniStack.
pub(super) struct MiniStack {
    child: Child,
    /// Kept apart, because waiting for a child closes the one that it holds.
    lifeline: Option<ChildStdin>,
    /// As `http://127.0.0.1:4566`.
    pub(super) address: String,
}

impl MiniStack {
    /// Starts it at `port`.
    pub(super) fn start(
        options: &LocalOptions,
        python: &Path,
        port: u16,
        gamelift: &str,
    ) -> Result<Self, LocalError> {
        let log_path = options.logs().ministack;
        let log = File::create(&log_path).map_err(LocalError::file("creating", &log_path))?;
        let copy = log
            .try_clone()
            .map_err(LocalError::file("opening", &log_path))?;
        let address = format!("http://127.0.0.1:{port}");
        let mut command = prepared(options, python)?;
        command
            .env("GATEWAY_PORT", port.to_string())
            .env("AWS_ENDPOINT_URL", &address)
            .env("AWS_ENDPOINT_URL_GAMELIFT", gamelift)
            .env("GAMELIFT_ENDPOINT", gamelift)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(copy);
        let mut child = command.spawn().map_err(|source| LocalError::Run {
            program: python.to_owned(),
            source,
        })?;
        let lifeline = child.stdin.take();
        Ok(Self {
            child,
            lifeline,
            address,
        })
    }

    /// Its process id; 0 once it has ended.
    pub(super) fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// Waits until it answers.
    pub(super) async fn ready(&mut self, options: &LocalOptions) -> Result<(), LocalError> {
        let start = Instant::now();
        while start.elapsed() < READY_PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(ended(options, status));
            }
            let call = Call::bare(Method::GET, &self.address, "/_ministack/ready");
            if matches!(http::send(call).await, Ok((StatusCode::OK, _))) {
                return Ok(());
            }
            tokio::time::sleep(READY_POLL).await;
        }
        let log = options.logs().ministack;
        Err(LocalError::NotReady {
            seconds: READY_PATIENCE.as_secs(),
            output: files::tail(&log),
            log,
        })
    }

    /// Waits until it ends by itself, which it never should.
    pub(super) async fn ended(&mut self, options: &LocalOptions) -> LocalError {
        match self.child.wait().await {
            Ok(status) => ended(options, status),
            Err(source) => LocalError::Run {
                program: "MiniStack".into(),
                source,
            },
        }
    }

    /// Ends it: in order if it does, by force otherwise.
    pub(super) async fn stop(mut self) {
        drop(self.lifeline.take());
        if tokio::time::timeout(STOP_PATIENCE, self.child.wait())
            .await
            .is_err()
        {
            // It may have ended this instant; then there is nothing left to kill.
            let _ = self.child.kill().await;
        }
    }
}

/// The launcher in a directory and an environment of its own.
///
/// The functions that MiniStack runs get this very environment. Without an endpoint in it they would call AWS,
/// and with the user's own variables or home in it they would do so with his credentials.
fn prepared(options: &LocalOptions, python: &Path) -> Result<Command, LocalError> {
    let run_dir = options.run_dir();
    let scripts = run_dir.join("ministack");
    let (home, temporary) = (run_dir.join("home"), run_dir.join("tmp"));
    files::write_scripts(&scripts)?;
    files::make_directory(&home)?;
    files::make_directory(&temporary)?;
    let mut command = Command::new(python);
    command
        .arg(scripts.join(LAUNCHER))
        .current_dir(&run_dir)
        .env_clear()
        .env("PATH", &options.path)
        .env("HOME", &home)
        .env("TMPDIR", &temporary)
        .env("BIND_HOST", "127.0.0.1")
        .env("AUTH", "true")
        .env("MINISTACK_ACCOUNT_ID", &options.account_id)
        .env("MINISTACK_REGION", &options.region)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("EXIT_ON_STDIN_EOF", "1")
        .kill_on_drop(true);
    if options.memory == Memory::Keep {
        command.envs(Saved::variables(&options.saved_dir()));
    }
    // A group of its own: an interrupt from the terminal is for the supervisor, which then ends it in order.
    command.process_group(0);
    Ok(command)
}

fn ended(options: &LocalOptions, status: ExitStatus) -> LocalError {
    let log = options.logs().ministack;
    LocalError::Ended {
        program: "MiniStack",
        status,
        output: files::tail(&log),
        log,
    }
}
