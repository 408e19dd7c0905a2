//! `liftform manifest`.

use super::args::ManifestArgs;
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};
use crate::ops::client::{ClientManifest, MissingOutput};
use crate::ops::outputs;

pub(super) fn run(_args: &ManifestArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let name = context.environment(&source)?;
    let compiled = session::compiled(context, &source, &name)?;
    let values = session::block_on(async {
        let session = session::attach(context, &compiled.plan).await?;
        let specs = session::specs(context, &compiled.plan)?;
        let mut values = outputs::read(&session.connection, &specs).await?;
        if let Some(endpoint) = &session.local {
            values.point_to(endpoint);
        }
        Ok(values)
    })?;
    let manifest = ClientManifest::new(&compiled.environment, &values)
        .map_err(|error| missing(&error, &name))?;
    output::json(&manifest)?;
    Ok(ExitStatus::Done)
}

fn missing(error: &MissingOutput, environment: &str) -> CliError {
    let hint = format!("Run `liftform deploy --env {environment}` first.");
    CliError::of(ExitStatus::Refused, error, Some(hint))
}
