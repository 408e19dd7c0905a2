//! `liftform completion`.

use clap::CommandFactory as _;

use super::args::{Cli, CompletionArgs};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::status::ExitStatus;

pub(super) fn run(args: &CompletionArgs, _context: &Context) -> Result<ExitStatus, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "liftform", &mut script);
    output::text(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Done)
}
