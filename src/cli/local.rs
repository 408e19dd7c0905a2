//! `liftform local`, and the local cloud as other commands need it.

use super::args::{LocalArgs, LocalCommand, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, play, session, view};
use crate::event::{Event, EventSink};
use crate::local::{self, Endpoints, LocalError, LocalEvent, LocalOptions, Stopped};

pub(super) fn run(args: &LocalArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let options = options(context)?;
    match &args.command {
        LocalCommand::Up { detach, keep } => {
            let options = if *keep { options.keeping() } else { options };
            session::block_on(up(context, &options, *detach))
        }
        LocalCommand::Down => session::block_on(down(context, &options)),
        LocalCommand::Reset => session::block_on(reset(context, &options)),
        LocalCommand::Status => session::block_on(status(context, &options)),
        LocalCommand::Logs => logs(&options),
        LocalCommand::Play(args) => play::run(args, context),
    }
}

/// Starts the local cloud unless it runs, and says where it is.
pub(super) async fn ensure_running(
    context: &Context,
    events: &dyn EventSink,
) -> Result<String, CliError> {
    let options = options(context)?;
    let endpoints = local::ensure_running(&options, &mut |event| report(events, &event)).await?;
    Ok(endpoints.aws)
}

/// Says where the local cloud is, if it runs.
pub(super) async fn running(context: &Context) -> Result<Option<String>, CliError> {
    Ok(local::status(&options(context)?)
        .await?
        .map(|endpoints| endpoints.aws))
}

pub(super) fn options(context: &Context) -> Result<LocalOptions, CliError> {
    let executable = std::env::current_exe()?;
    let state = context.local_folder();
    let mut options = LocalOptions::new(
        context.cache_folder()?,
        state,
        executable,
        context.search_path(),
    );
    options.python = context.python();
    Ok(options)
}

async fn up(
    context: &Context,
    options: &LocalOptions,
    detach: bool,
) -> Result<ExitStatus, CliError> {
    let events = view::progress(context);
    if detach {
        let endpoints =
            local::ensure_running(options, &mut |event| report(&*events, &event)).await?;
        show(context, &endpoints)?;
    } else {
        let stop = async {
            // Without a handler Ctrl-C still ends the process, and the cloud with it.
            let _ = tokio::signal::ctrl_c().await;
        };
        local::up(options, stop, &mut |event| report(&*events, &event)).await?;
    }
    Ok(ExitStatus::Done)
}

async fn down(context: &Context, options: &LocalOptions) -> Result<ExitStatus, CliError> {
    match local::down(options).await? {
        Stopped::Stopped { .. } => output::notice(context, "The local cloud is stopped."),
        Stopped::NotRunning => output::notice(context, "The local cloud wasn't running."),
    }
    Ok(ExitStatus::Done)
}

async fn reset(context: &Context, options: &LocalOptions) -> Result<ExitStatus, CliError> {
    local::reset(options).await?;
    output::notice(context, "The local cloud is empty.");
    Ok(ExitStatus::Done)
}

async fn status(context: &Context, options: &LocalOptions) -> Result<ExitStatus, CliError> {
    match local::status(options).await? {
        Some(endpoints) => show(context, &endpoints)?,
        None => match context.output() {
            OutputForm::Text => output::text("not running\n")?,
            OutputForm::Json | OutputForm::Jsonl => {
                output::json(&serde_json::json!({ "format_version": 1, "running": false }))?;
            }
        },
    }
    Ok(ExitStatus::Done)
}

fn show(context: &Context, endpoints: &Endpoints) -> Result<(), CliError> {
    let Endpoints {
        aws,
        gamelift,
        account_id,
        pid,
        ..
    } = endpoints;
    match context.output() {
        OutputForm::Text => output::text(&format!(
            "running\n  AWS       {aws}\n  GameLift  {gamelift}\n  account   {account_id}\n  process   {pid}\n"
        )),
        OutputForm::Json | OutputForm::Jsonl => output::json(&serde_json::json!({
            "format_version": 1,
            "running": true,
            "aws": aws,
            "gamelift": gamelift,
            "account_id": account_id,
            "pid": pid,
        })),
    }
}

fn logs(options: &LocalOptions) -> Result<ExitStatus, CliError> {
    for path in options.logs().paths() {
        match std::fs::read(path) {
            Ok(bytes) => output::text(&format!(
                "==> {} <==\n{}",
                path.display(),
                String::from_utf8_lossy(&bytes)
            ))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("cannot read `{}`: {error}", path.display());
                return Err(CliError::new(ExitStatus::Failure, message));
            }
        }
    }
    Ok(ExitStatus::Done)
}

fn report(events: &dyn EventSink, event: &LocalEvent) {
    let step = match event {
        LocalEvent::PythonFound { .. } => return,
        LocalEvent::InstallingEnvironment { directory } => {
            format!(
                "installing its Python environment, once, in {}",
                directory.display()
            )
        }
        LocalEvent::WaitingForEnvironment => {
            "waiting for another liftform that installs the environment".to_owned()
        }
        LocalEvent::Starting { .. } => "starting".to_owned(),
        LocalEvent::Detached { pid } => format!("running in the background as process {pid}"),
        LocalEvent::Ready(endpoints) => format!("ready at {}", endpoints.aws),
        LocalEvent::Stopping => "stopping".to_owned(),
    };
    events.emit(Event::LocalCloud { step });
}

impl From<LocalError> for CliError {
    fn from(error: LocalError) -> Self {
        let hint = error.hint();
        Self::of(ExitStatus::Failure, &error, hint)
    }
}
