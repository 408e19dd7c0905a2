//! `liftform explain`.

use super::args::ExplainArgs;
use super::context::Context;
use super::error::CliError;
use super::output;
use super::status::ExitStatus;

pub(super) fn run(args: &ExplainArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let Some(found) = context.compiler().explain(&args.code) else {
        let message = format!("no diagnostic has the code `{}`", args.code);
        return Err(CliError::new(ExitStatus::Usage, message));
    };
    output::text(&format!(
        "{}: {}\n\n{}\n",
        found.code, found.title, found.text
    ))?;
    Ok(ExitStatus::Done)
}
