//! `liftform bundle`.

use serde_json::json;

use super::args::{BundleArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session, view};
use crate::bundle::{Architecture, ArtifactCatalog, bundle};

pub(super) fn run(args: &BundleArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let artifacts = session::artifacts(&session::specs(context, &plan)?);
    let architecture = args.arch.map_or(plan.architecture, Architecture::from);
    let mut options = session::bundle_options(context, &source, architecture)?;
    let catalog = {
        let events = view::progress(context);
        let catalog = bundle(&artifacts, &options, &*events)?;
        if args.check {
            let second = tempfile::tempdir()?;
            options.target_directory = Some(second.path().join("target"));
            options.out = Some(second.path().join("artifacts"));
            compare(&catalog, &bundle(&artifacts, &options, &*events)?)?;
        }
        catalog
    };
    let rows = catalog.iter().map(|(_, built)| built);
    match context.output() {
        OutputForm::Text => {
            let lines: String = rows
                .map(|built| format!("{}  {}\n", built.key, built.path.display()))
                .collect();
            output::text(&lines)?;
        }
        OutputForm::Json | OutputForm::Jsonl => {
            let artifacts: Vec<_> = rows
                .map(|built| {
                    let digest = built.digest.to_string();
                    json!({ "key": built.key, "path": built.path, "size": built.size, "sha256": digest })
                })
                .collect();
            let result = json!({ "format_version": 1, "type": "result", "artifacts": artifacts });
            match context.output() {
                OutputForm::Jsonl => output::json_line(&result)?,
                OutputForm::Text | OutputForm::Json => output::json(&result)?,
            }
        }
    }
    Ok(ExitStatus::Done)
}

fn compare(first: &ArtifactCatalog, second: &ArtifactCatalog) -> Result<(), CliError> {
    for (artifact, built) in first.iter() {
        if second.get(artifact).map(|other| other.digest) != Some(built.digest) {
            let message = format!("two runs gave different bytes: {}", built.key);
            return Err(CliError::new(ExitStatus::Failure, message));
        }
    }
    Ok(())
}
