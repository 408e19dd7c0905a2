//! Comparisons that call nothing.

use std::path::Path;

use plan::StackPlan;
use review::Review;
use review::model::Subject;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::session;
use super::super::status::ExitStatus;
use crate::event::StackRef;
use crate::ops::diff::sides::{self, Stacks};
use crate::ops::diff::{self, git};
use crate::ops::source::TopologySource;

/// Two templates or two folders.
pub(super) fn paths(context: &Context, old: &Path, new: &Path) -> Result<Review, CliError> {
    let (before, after) = sides::read_both(old, new)?;
    let subject = Subject {
        old: old.display().to_string(),
        new: new.display().to_string(),
        ..Subject::default()
    };
    let review = compared(context, subject, &before, &after);
    // The process ends soon; taking two large templates apart would be a tenth of its work.
    std::mem::forget((before, after));
    Ok(review)
}

/// An environment and what `synth` wrote once, or one of its stacks and a template.
pub(super) fn against_path(
    context: &Context,
    source: &TopologySource,
    environment: &str,
    path: &Path,
) -> Result<Review, CliError> {
    let plan = session::compile(context, source, environment)?;
    let desired = stacks(context, &plan);
    let before = if path.is_dir() {
        let mut before = sides::read_folder(path)?;
        before.retain(|stack, _| context.filter().includes(&stack.name, &stack.region));
        before
    } else {
        let template = sides::read_template(path)?;
        let mut names = desired.keys();
        match (names.next(), names.next()) {
            (Some(only), None) => Stacks::from([(only.clone(), template)]),
            _ => {
                let message = format!(
                    "a template compares with one stack, and `{environment}` has {} of those asked for",
                    desired.len()
                );
                return Err(CliError::new(ExitStatus::Usage, message)
                    .hint("Choose the stack with `--stack NAME` and `--region REGION`."));
            }
        }
    };
    let old = path.display().to_string();
    Ok(compared(context, subject(&plan, old), &before, &desired))
}

/// An environment now and at a commit.
pub(super) fn against_commit(
    context: &Context,
    source: &TopologySource,
    environment: &str,
    reference: &str,
) -> Result<Review, CliError> {
    let plan = session::compile(context, source, environment)?;
    let earlier = git::checkout(Path::new(&source.file), reference)?;
    let known = context.compiler().environments(&earlier.source)?;
    let before = if known.iter().any(|name| name == environment) {
        let settings = &context.global.set;
        let compiled = context
            .compiler()
            .compile(&earlier.source, environment, settings)?;
        stacks(context, &compiled.plan)
    } else {
        // The commit doesn't have the environment yet, so all of it is new.
        Stacks::new()
    };
    let old = format!("git:{reference}");
    Ok(compared(
        context,
        subject(&plan, old),
        &before,
        &stacks(context, &plan),
    ))
}

fn compared(context: &Context, subject: Subject, old: &Stacks, new: &Stacks) -> Review {
    let (stacks, secrets) = diff::compare(old, new);
    super::reviewed(context, subject, stacks, &secrets)
}

/// The chosen stacks of a plan.
fn stacks(context: &Context, plan: &StackPlan) -> Stacks {
    context
        .filter()
        .select(&plan.stacks)
        .into_iter()
        .map(|stack| {
            let name = StackRef::new(&stack.name, &stack.region);
            (name, stack.template.clone())
        })
        .collect()
}

pub(in crate::cli) fn subject(plan: &StackPlan, old: String) -> Subject {
    Subject {
        topology: Some(plan.topology.clone()),
        environment: Some(plan.environment.clone()),
        account: plan.account.clone(),
        old,
        new: "desired".to_owned(),
    }
}
