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
    let rows: Vec<_> = values.rows().collect();
    match (args.format, rows.as_slice()) {
        (OutputsForm::Env, rows) => rows
            .iter()
            .map(|row| format!("{}={}\n", row.key, quoted(row.value)))
            .collect(),
        (OutputsForm::Table | OutputsForm::Json, [only]) if args.key.is_some() => {
            format!("{}\n", only.value)
        }
        (OutputsForm::Table | OutputsForm::Json, _) => table(values),
    }
}

/// Quotes a value for POSIX shells.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
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
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$(rm -rf)"), "'$(rm -rf)'");
    }
}
