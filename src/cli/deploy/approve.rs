//! Whether what was prepared may be executed.

use review::model::{Document, Subject};
use review::view::{Colour, Detail, Part, TextOptions, Width, text};
use review::{Allowance, Decision, Need, Review, Secrets, StackReview, UpTo};

use crate::cli::args::DeployArgs;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::status::ExitStatus;
use crate::cli::{output, prompt};
use crate::deploy::{Approve, Prepared};
use crate::ops::diff::{self, deployed};

/// What the user allowed in advance.
pub(in crate::cli) fn allowance(args: &DeployArgs, context: &Context) -> Allowance {
    let up_to = if context.global.yes {
        UpTo::Any
    } else {
        args.approve.into()
    };
    Allowance {
        up_to,
        names: args.allow_replace.iter().cloned().collect(),
    }
}

/// Reviews what was prepared.
pub(in crate::cli) fn review(subject: Subject, prepared: &[Prepared]) -> Result<Review, CliError> {
    let mut secrets = Secrets::default();
    let stacks = deployed::review_all(prepared, &mut secrets)?;
    Ok(diff::review(subject, stacks, &secrets))
}

/// Shows a review on stderr.
pub(in crate::cli) fn show(context: &Context, review: &Review) {
    output::notice(
        context,
        view(context, review, Detail::Short, Part::Everything).trim_end(),
    );
}

fn view(context: &Context, review: &Review, detail: Detail, part: Part) -> String {
    let document = Document::new(env!("CARGO_PKG_VERSION"), vec![review.clone()]);
    let options = TextOptions {
        colour: if context.colours() {
            Colour::On
        } else {
            Colour::Off
        },
        width: context.columns().map_or(Width::Unlimited, Width::Columns),
        detail,
        part,
    };
    text(&document, &options)
}

/// Gets an approval for what was shown, from the flags or from the user.
pub(in crate::cli) async fn approve(
    context: &Context,
    allowance: &Allowance,
    review: &Review,
) -> Result<(), CliError> {
    match allowance.decide(&review.approval) {
        Decision::Go => Ok(()),
        Decision::Refuse(names) => Err(refused(names.into_iter().collect())),
        Decision::Ask(_) => ask(context, review).await,
    }
}

fn refused(names: Vec<String>) -> CliError {
    let list = names.join(",");
    let message = format!("{} would be lost or replaced", names.join(", "));
    CliError::new(ExitStatus::NotApproved, message).hint(format!(
        "If that is what you want, deploy with `--allow-replace {list}`."
    ))
}

async fn ask(context: &Context, review: &Review) -> Result<(), CliError> {
    let question = format!(
        "Deploy? This needs approval: {}. [y]es [n]o [d]etails [r]eplacements [s]ecurity: ",
        review.approval
    );
    loop {
        let part = |detail, part| {
            output::notice(context, view(context, review, detail, part).trim_end());
        };
        let answer = prompt::ask_interruptibly(context, &question).await?;
        match answer.to_lowercase().as_str() {
            "y" | "yes" => return Ok(()),
            "d" | "details" => part(Detail::Full, Part::Everything),
            "r" | "replacements" => part(Detail::Full, Part::Losses),
            "s" | "security" => part(Detail::Full, Part::Security),
            _ => return Err(prompt::declined()),
        }
    }
}

/// Compares later change sets with what was approved, and asks about those that risk more.
pub(super) struct Approver<'run> {
    pub(super) context: &'run Context,
    pub(super) allowance: &'run Allowance,
    pub(super) approved: &'run Need,
    pub(super) subject: &'run Subject,
}

impl Approve for Approver<'_> {
    fn approve(&self, prepared: &Prepared) -> Result<(), Need> {
        let Ok(review) = review(self.subject.clone(), std::slice::from_ref(prepared)) else {
            // What can't be shown can't be approved.
            return Err(Need::of(&[unreadable(prepared)]));
        };
        if review.approval.within(self.approved) {
            return Ok(());
        }
        let is_agreed = match self.allowance.decide(&review.approval) {
            Decision::Go => true,
            // Nobody can agree to the loss of a guarded resource without having named it.
            Decision::Refuse(_) => false,
            Decision::Ask(_) => {
                show(self.context, &review);
                prompt::approve(self.context, "Deploy this, too?").is_ok()
            }
        };
        if is_agreed {
            Ok(())
        } else {
            Err(review.approval)
        }
    }
}

fn unreadable(prepared: &Prepared) -> StackReview {
    let stack = prepared.stack();
    StackReview {
        action: review::model::StackAction::Update,
        ..StackReview::unchanged(&stack.name, &stack.region, review::model::Method::Changeset)
    }
}
