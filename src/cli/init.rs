//! `liftform init`.

use std::path::Path;

use serde_json::json;

use super::args::{CiChoice, InitArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};
use crate::ops::init::{self, InitError, Pipeline, Scaffold};

pub(super) fn run(args: &InitArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let mut files = Scaffold::new();
    let only_pipeline = args.ci.is_some() && args.name.is_none();
    let name = args.name.as_deref().unwrap_or("game");
    if !only_pipeline {
        files.extend(init::project(name)?);
    }
    if let Some(CiChoice::Github) = args.ci {
        files.extend(if only_pipeline {
            existing(context)?
        } else {
            let topology = format!("stacks/{name}.yaml");
            init::github(&Pipeline {
                topology: &topology,
                environment: "prod",
                home: "us-east-1",
            })?
        });
    }
    let written = init::write(Path::new("."), &files)?;
    match context.output() {
        OutputForm::Text if written.is_empty() => {
            output::notice(context, "Everything is there already.");
        }
        OutputForm::Text => {
            output::text(
                &written
                    .iter()
                    .map(|path| format!("{path}\n"))
                    .collect::<String>(),
            )?;
            output::notice(
                context,
                "hint: Run `liftform validate`, then `liftform deploy --env local`.",
            );
        }
        OutputForm::Json | OutputForm::Jsonl => {
            output::json(&json!({ "format_version": 1, "written": written }))?;
        }
    }
    Ok(ExitStatus::Done)
}

/// The workflow of the topology that is here.
fn existing(context: &Context) -> Result<Scaffold, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let pipeline = Pipeline {
        topology: &source.file,
        environment: &environment,
        home: &plan.home,
    };
    Ok(init::github(&pipeline)?)
}

impl From<InitError> for CliError {
    fn from(error: InitError) -> Self {
        let (status, hint) = match &error {
            InitError::Exists(_) => (
                ExitStatus::Refused,
                Some(
                    "Choose another name, as in `liftform init NAME`, or move them away."
                        .to_owned(),
                ),
            ),
            InitError::Write { .. } => (ExitStatus::Failure, None),
            InitError::Template(_) => (ExitStatus::Bug, None),
        };
        Self::of(status, &error, hint)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::Cli;

    /// Every command line of the workflow, without what the shell does with its output.
    fn lines() -> Vec<String> {
        let pipeline = Pipeline {
            topology: "stacks/arena.yaml",
            environment: "prod",
            home: "us-east-1",
        };
        let files = init::github(&pipeline).unwrap();
        let text = files.values().next().unwrap();
        let commands = text.lines().filter_map(|line| {
            let line = line
                .trim()
                .trim_start_matches("# ")
                .trim_start_matches("#   ");
            let command = line.strip_prefix("- run: ").unwrap_or(line).trim();
            command
                .starts_with("liftform ")
                .then(|| command.split('>').next().unwrap_or_default().to_owned())
        });
        commands.collect()
    }

    #[test]
    fn workflow_names_only_commands_and_flags_that_exist() {
        let lines = lines();
        assert!(lines.len() >= 6, "{lines:?}");
        for line in lines {
            let parsed = Cli::try_parse_from(line.split_whitespace());
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }
}
