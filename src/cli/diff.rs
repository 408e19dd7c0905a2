//! `liftform diff`.

mod deployed;
mod discard;
mod offline;

pub(super) use self::deployed::scope;
pub(super) use self::offline::subject;

use review::model::{Document, Subject};
use review::view::{Colour, Detail, Part, TextOptions, Width};
use review::{Review, Secrets, StackReview, view};
use serde_json::json;

use super::args::{Against, DiffArgs, MethodChoice, OutputChoice, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::github::Actions;
use super::output;
use super::status::ExitStatus;
use crate::ops::diff;

pub(super) fn run(args: &DiffArgs, context: &Context) -> Result<ExitStatus, CliError> {
    if context.output() == OutputForm::Jsonl {
        output::version_line()?;
    }
    if let Some(plans) = &args.discard {
        return discard::run(plans, context);
    }
    let reviews = reviews(args, context)?;
    let document = Document::new(env!("CARGO_PKG_VERSION"), reviews);
    show(args, context, &document)?;
    if let Some(actions) = context.github() {
        actions.report(&document)?;
    }
    Ok(if args.exit_code && document.has_changes() {
        ExitStatus::Differences
    } else {
        ExitStatus::Done
    })
}

fn reviews(args: &DiffArgs, context: &Context) -> Result<Vec<Review>, CliError> {
    if let (Some(old), Some(new)) = (&args.old, &args.new) {
        return Ok(vec![offline::paths(context, old, new)?]);
    }
    if args.against != Against::Deployed && args.method == Some(MethodChoice::Changeset) {
        return Err(usage(
            "change sets compare with what is deployed, not with files or commits",
            "Leave `--against` or `--method changeset` out.",
        ));
    }
    let source = context.topology()?;
    let environments = match context.global.env.as_slice() {
        [] => vec![context.environment(&source)?],
        _ => context.environments(&source)?,
    };
    if args.out.is_some() && environments.len() > 1 {
        return Err(usage(
            "a plan file is for one environment",
            "Run once per environment.",
        ));
    }
    environments
        .iter()
        .map(|environment| match &args.against {
            Against::Deployed => deployed::review(args, context, &source, environment),
            Against::Path(path) => offline::against_path(context, &source, environment, path),
            Against::Git(reference) => {
                offline::against_commit(context, &source, environment, reference)
            }
        })
        .collect()
}

/// Puts stacks together to a review; the secrets in them are hidden from all that is logged later, too.
fn reviewed(
    context: &Context,
    subject: Subject,
    stacks: Vec<StackReview>,
    secrets: &Secrets,
) -> Review {
    if context.github().is_some() {
        Actions::mask(secrets);
    }
    diff::review(subject, stacks, secrets)
}

fn usage(message: &str, hint: &str) -> CliError {
    CliError::new(ExitStatus::Usage, message).hint(hint)
}

fn show(args: &DiffArgs, context: &Context, document: &Document) -> Result<(), CliError> {
    let part = part(args, document)?;
    if context.global.output == Some(OutputChoice::Markdown) {
        return output::text(&view::markdown(document));
    }
    match context.output() {
        OutputForm::Text => output::text(&view::text(document, &text_options(context, part))),
        OutputForm::Json => output::json(document),
        OutputForm::Jsonl => lines(document),
    }
}

/// The group that was asked for, if it exists.
fn part(args: &DiffArgs, document: &Document) -> Result<Part, CliError> {
    let Some(wanted) = &args.group else {
        return Ok(Part::Everything);
    };
    let label = wanted.to_uppercase();
    let mut known: Vec<&str> = document
        .reviews
        .iter()
        .flat_map(|review| &review.groups)
        .map(|group| group.label.as_str())
        .collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&label.as_str()) {
        return Ok(Part::Group(label));
    }
    let hint = match known.as_slice() {
        [] => "Nothing changes, so there are no groups.".to_owned(),
        _ => format!("There are {}.", known.join(", ")),
    };
    Err(usage(&format!("there is no group `{wanted}`"), &hint))
}

/// How text goes to stdout.
pub(super) fn text_options(context: &Context, part: Part) -> TextOptions {
    TextOptions {
        colour: if context.colours_on_stdout() {
            Colour::On
        } else {
            Colour::Off
        },
        width: context.columns().map_or(Width::Unlimited, Width::Columns),
        detail: if context.global.verbose {
            Detail::Full
        } else {
            Detail::Short
        },
        part,
    }
}

/// A line per stack, then one per environment with what follows from them.
fn lines(document: &Document) -> Result<(), CliError> {
    for review in &document.reviews {
        for stack in &review.stacks {
            output::json_line(&json!({
                "type": "stack_review",
                "environment": review.subject.environment,
                "stack": stack,
            }))?;
        }
        output::json_line(&json!({
            "type": "review",
            "subject": review.subject,
            "groups": review.groups,
            "totals": review.totals,
            "approval": review.approval,
        }))?;
    }
    Ok(())
}
