//! `liftform schema`.

use super::args::{SchemaArgs, SchemaChoice};
use super::error::CliError;
use super::output;
use super::status::ExitStatus;

pub(super) fn run(args: &SchemaArgs) -> Result<ExitStatus, CliError> {
    output::json(&match args.of {
        SchemaChoice::Topology => topology::schema(),
        SchemaChoice::Output => review::schema::document(),
        SchemaChoice::Plan => review::schema::plan_file(),
    })?;
    Ok(ExitStatus::Done)
}
