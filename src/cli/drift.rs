//! `liftform drift`.

use std::fmt::Write as _;

use plan::StackPlan;
use serde_json::{Value, json};
use topology::environment::Target;

use super::args::{DriftArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};
use crate::deploy::{PollPolicy, RealPace};
use crate::ops::drift::{Drifted, SeenBy, StackDrift, Unchecked, detect};

pub(super) fn run(args: &DriftArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let found = session::block_on(read(context, &plan))?;
    match context.output() {
        OutputForm::Text => output::text(&text(&found))?,
        OutputForm::Json | OutputForm::Jsonl => {
            let stacks: Vec<_> = found.iter().map(whole).collect();
            output::json(&json!({ "format_version": 1, "stacks": stacks }))?;
        }
    }
    let drifted = found.iter().any(|stack| !stack.drifted.is_empty());
    Ok(if args.exit_code && drifted {
        ExitStatus::Differences
    } else {
        ExitStatus::Done
    })
}

async fn read(context: &Context, plan: &StackPlan) -> Result<Vec<StackDrift>, CliError> {
    let session = session::attach(context, plan).await?;
    let stacks = session::selected(context, plan)?;
    let pause = match plan.target {
        Target::Aws => PollPolicy::AWS,
        Target::Local => PollPolicy::LOCAL,
    };
    let clock = RealPace::start();
    Ok(detect(&session.connection, &stacks, &clock, pause.shortest).await?)
}

fn text(found: &[StackDrift]) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    for stack in found {
        let _ = writeln!(text, "{}", stack.stack);
        stack
            .drifted
            .iter()
            .for_each(|one| text.push_str(&drifted(one)));
        stack
            .unchecked
            .iter()
            .for_each(|one| text.push_str(&unchecked(one)));
    }
    let drifted: usize = found.iter().map(|stack| stack.drifted.len()).sum();
    let unchecked: usize = found.iter().map(|stack| stack.unchecked.len()).sum();
    let _ = writeln!(
        text,
        "Drift: {drifted} resources, and {unchecked} that can't be compared in full."
    );
    text
}

fn drifted(drifted: &Drifted) -> String {
    let kind = short(&drifted.resource_type);
    if drifted.differences.is_empty() {
        return format!("  - {} {kind}  is gone\n", drifted.logical_id);
    }
    let by = match drifted.seen_by {
        SeenBy::CloudFormation => "",
        SeenBy::GameLift => "  (seen by GameLift)",
    };
    let mut text = format!("  ~ {} {kind}{by}\n", drifted.logical_id);
    for difference in &drifted.differences {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "      {}  {} -> {}",
            difference.path, difference.expected, difference.actual
        );
    }
    text
}

fn unchecked(unchecked: &Unchecked) -> String {
    let what = match unchecked.properties.join(", ") {
        properties if properties.is_empty() => "CloudFormation can't compare it".to_owned(),
        properties => format!("CloudFormation can't read {properties}"),
    };
    let kind = short(&unchecked.resource_type);
    format!("  ? {} {kind}  {what}\n", unchecked.logical_id)
}

fn short(kind: &str) -> &str {
    kind.strip_prefix("AWS::").unwrap_or(kind)
}

fn whole(stack: &StackDrift) -> Value {
    json!({
        "name": stack.stack.name,
        "region": stack.stack.region,
        "drifted": stack.drifted,
        "unchecked": stack.unchecked,
    })
}
