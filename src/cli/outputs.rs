//! `liftform outputs`.

use std::fmt::Write as _;

use serde_json::json;

use super::args::{OutputForm, OutputsArgs, OutputsForm};
use super::context::Context;
use super::error::CliError;
use super::session::{self, Start};
use super::status::ExitStatus;
use super::{output, view};
use crate::deploy::{Selection, StackSpec};
use crate::ops::outputs::{self, Outputs};

pub(super) fn run(args: &OutputsArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let mut specs = session::specs(context, &plan)?;
    specs.retain(|spec| spec.selection == Selection::Deploy);
    let mut values = session::block_on(read(context, &plan, &specs))?;
    if let Some(key) = &args.key {
        values.retain(key);
        if values.0.is_empty() {
            let message = format!("no stack of `{environment}` has an output `{key}`");
            return Err(CliError::new(ExitStatus::Refused, message));
        }
    }
    let as_json = args.format == OutputsForm::Json || context.output() != OutputForm::Text;
    if as_json {
        output::json(&json!({ "format_version": 1, "stacks": values }))?;
    } else {
        output::text(&show(args, &values))?;
    }
    Ok(ExitStatus::Done)
}

async fn read(
    context: &Context,
    plan: &plan::StackPlan,
    specs: &[StackSpec],
) -> Result<Outputs, CliError> {
    let events = view::progress(context);
    let Some(session) = session::connect(context, plan, Start::Never, &*events).await? else {
        let hint = format!("Run `liftform deploy --env {}`.", plan.environment);
        return Err(CliError::new(ExitStatus::Refused, "the local cloud isn't running").hint(hint));
    };
    let mut values = outputs::read(&session.connection, specs).await?;
    if let Some(endpoint) = &session.local {
        values.point_to(endpoint);
    }
    Ok(values)
}

fn show(args: &OutputsArgs, values: &Outputs) -> String {
    let line: fn(&str, &str) -> String = match args.format {
        OutputsForm::Table | OutputsForm::Json => {
            let rows: Vec<_> = values.rows().collect();
            return match rows.as_slice() {
                [only] if args.key.is_some() => format!("{}\n", only.value),
                _ => table(values),
            };
        }
        OutputsForm::Env => env,
        OutputsForm::Dotenv => dotenv,
        OutputsForm::Github => github,
        OutputsForm::Tfvars => tfvars,
    };
    let variables = values.variables();
    variables
        .iter()
        .map(|(name, value)| line(name, value))
        .collect()
}

/// A line for POSIX shells.
fn env(name: &str, value: &str) -> String {
    format!("{name}='{}'\n", value.replace('\'', r"'\''"))
}

/// A line for readers of `.env` files, which expand `$` between double quotes.
fn dotenv(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    let value = value.replace('$', r"\$").replace('\n', r"\n");
    format!("{name}=\"{value}\"\n")
}

/// A line, or several between delimiters that the value doesn't hold, for files of GitHub Actions.
/// <https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#multiline-strings>
fn github(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut delimiter = "END".to_owned();
    while value.contains(&delimiter) {
        delimiter.push('_');
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

/// A line of Terraform, whose strings expand `${` and `%{`.
fn tfvars(name: &str, value: &str) -> String {
    let value = value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n");
    let value = value.replace("${", "$${").replace("%{", "%%{");
    format!("{name} = \"{value}\"\n")
}

/// Outputs below a line for each stack.
pub(super) fn table(values: &Outputs) -> String {
    let width = values
        .rows()
        .map(|row| row.key.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    let mut stack = None;
    for row in values.rows() {
        // Writing to a string can't fail.
        if stack != Some((row.stack, row.region)) {
            let _ = writeln!(text, "{} ({})", row.stack, row.region);
            stack = Some((row.stack, row.region));
        }
        let _ = writeln!(text, "  {:width$}  {}", row.key, row.value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_survive_a_shell() {
        assert_eq!(env("A", "it's"), "A='it'\\''s'\n");
        assert_eq!(env("A", "$(rm -rf)"), "A='$(rm -rf)'\n");
    }

    #[test]
    fn dotenv_and_terraform_expand_nothing() {
        assert_eq!(dotenv("A", "\"$B\\\n"), "A=\"\\\"\\$B\\\\\\n\"\n");
        assert_eq!(tfvars("A", "${b} %{c} \""), "A = \"$${b} %%{c} \\\"\"\n");
    }

    #[test]
    fn several_lines_stay_one_value_for_github() {
        assert_eq!(github("A", "x"), "A=x\n");
        assert_eq!(github("A", "x\nEND\nB=y"), "A<<END_\nx\nEND\nB=y\nEND_\n");
    }
}
