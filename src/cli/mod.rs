//! The command line: one file per command.
//!
//! In: arguments, environment variables, the terminal. Out: text and an [`ExitStatus`]. A command reads its arguments,
//! calls operations and hands their results to a view; it decides nothing about stacks. Nothing outside this module
//! prints, asks, or reads the environment or the clock.

mod args;
mod assets;
mod bootstrap;
mod bundle;
mod completion;
mod config;
mod context;
mod deploy;
mod destroy;
mod diagnose;
mod diff;
mod doctor;
mod drift;
mod duration;
mod error;
mod events;
mod explain;
mod github;
mod graph;
mod init;
mod interrupt;
mod local;
mod manifest;
mod output;
mod outputs;
mod play;
mod prompt;
mod redrive;
mod rollback;
mod sarif;
mod schema;
mod session;
mod simulate;
mod status;
mod survey;
mod synth;
mod validate;
mod version;
mod view;
mod watch;

use std::ffi::OsString;
use std::io::Write as _;
use std::panic;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use self::args::{Cli, Command};
use self::context::{Context, Variables};
use self::error::CliError;
pub use self::status::ExitStatus;

/// Runs the program with the arguments and environment of this process.
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(report_bug));
    let run = || run(std::env::args_os(), Variables::read());
    panic::catch_unwind(run).unwrap_or(ExitStatus::Bug).into()
}

/// There is no address in it, because a copy of liftform doesn't know where its repository is.
const REPORT: &str =
    "please report it with this line, as an issue of the repository that your liftform comes from";

/// A user can do nothing with a stack trace, but can report one line.
fn report_bug(panic: &panic::PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(|place| format!(" at {}:{}", place.file(), place.line()))
        .unwrap_or_default();
    let message = panic
        .payload_as_str()
        .unwrap_or("no message")
        .replace('\n', " ");
    let version = env!("CARGO_PKG_VERSION");
    // When stderr is gone there is nobody to tell.
    let _ = writeln!(
        std::io::stderr(),
        "error: this is a bug in liftform {version}{place}: {message}; {REPORT}"
    );
}

fn run(arguments: impl Iterator<Item = OsString>, variables: Variables) -> ExitStatus {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    if let Some(message) = variables.panic() {
        panic!("{message}");
    }
    let context = match Context::new(cli.global, variables) {
        Ok(context) => context,
        Err(error) => return error::report(&error, false),
    };
    let checked = context.check_output(&cli.command);
    let result = checked.and_then(|()| dispatch(cli.command, &context));
    match result {
        Ok(status) => status,
        Err(error) => {
            if context.github().is_some() {
                error::annotate(&error);
            }
            error::report(&error, context.colours())
        }
    }
}

/// Clap's own exit status for misuse would read as "differences exist".
fn usage(error: &clap::Error) -> ExitStatus {
    // A reader that is gone wanted no more.
    let _ = error.print();
    let asked_for = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion].contains(&error.kind());
    if asked_for {
        ExitStatus::Done
    } else {
        ExitStatus::Usage
    }
}

fn dispatch(command: Command, context: &Context) -> Result<ExitStatus, CliError> {
    match command {
        Command::Init(args) => init::run(&args, context),
        Command::Config(args) => config::run(&args, context),
        Command::Graph(args) => graph::run(&args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Version(args) => version::run(&args, context),
        Command::Validate(args) => validate::run(&args, context),
        Command::Synth(args) => synth::run(&args, context),
        Command::Bundle(args) => bundle::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Bootstrap(args) => bootstrap::run(&args, context),
        Command::Deploy(args) => deploy::run(&args, context),
        Command::Watch(args) => watch::run(&args, context),
        Command::Assets(args) => assets::run(&args, context),
        Command::Redrive(args) => redrive::run(&args, context),
        Command::Rollback(args) => rollback::run(&args, context),
        Command::Destroy(args) => destroy::run(&args, context),
        Command::Status(args) => survey::run(&args, context),
        Command::Events(args) => events::run(&args, context),
        Command::Drift(args) => drift::run(&args, context),
        Command::Diagnose(args) => diagnose::run(&args, context),
        Command::Outputs(args) => outputs::run(&args, context),
        Command::Manifest(args) => manifest::run(&args, context),
        Command::Simulate(args) => simulate::run(&args, context),
        Command::Local(args) => local::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Schema(args) => schema::run(&args),
        Command::Completion(args) => completion::run(&args, context),
    }
}
