//! What a deployment says that left its operations to CloudFormation.

use crate::cli::context::Context;
use crate::cli::output;
use crate::deploy::{DeployOutcome, StackResult};

/// Says how to follow what was begun, and what was not begun, if anything.
pub(super) fn tell(context: &Context, outcome: &DeployOutcome, environment: &str) {
    if let Some(text) = text(outcome, environment) {
        output::notice(context, &text);
    }
}

/// None: nothing was left to CloudFormation on purpose.
fn text(outcome: &DeployOutcome, environment: &str) -> Option<String> {
    let began = |result: &StackResult| *result == StackResult::Started;
    if !outcome.stacks.iter().any(|stack| began(&stack.result)) {
        return None;
    }
    let waiting: String = outcome
        .not_begun()
        .map(|stack| format!("\n  - {stack}"))
        .collect();
    let follow = format!("`liftform watch --env {environment}` follows what was begun");
    Some(if waiting.is_empty() {
        format!("{follow}.")
    } else {
        format!(
            "Not begun, because what was begun must be done first:{waiting}\n{follow}; then `liftform deploy --env {environment} \
             --resume` deploys these."
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::deploy::StackOutcome;
    use crate::event::{SkipReason, StackRef};

    fn told(results: &[StackResult]) -> Option<String> {
        let stacks = results
            .iter()
            .enumerate()
            .map(|(place, result)| StackOutcome {
                stack: StackRef::new(format!("stack{place}"), "eu-west-1"),
                result: result.clone(),
                took: Duration::ZERO,
                outputs: Vec::new(),
            });
        let outcome = DeployOutcome {
            stacks: stacks.collect(),
        };
        text(&outcome, "prod")
    }

    #[test]
    fn stacks_that_were_not_begun_are_named_with_the_way_on() {
        let later = StackResult::Skipped(SkipReason::Unfinished);
        let text = told(&[StackResult::Unchanged, StackResult::Started, later]).unwrap();
        assert!(text.contains("\n  - stack2 (eu-west-1)\n"), "{text}");
        assert!(!text.contains("stack0"), "{text}");
        assert!(text.contains("`liftform watch --env prod`"), "{text}");
        assert!(
            text.contains("`liftform deploy --env prod --resume`"),
            "{text}"
        );
    }

    #[test]
    fn everything_begun_needs_only_to_be_followed() {
        let text = told(&[StackResult::Started]).unwrap();
        assert!(!text.contains("--resume"), "{text}");
    }

    #[test]
    fn deployment_that_was_waited_for_says_nothing() {
        assert_eq!(told(&[StackResult::Updated, StackResult::Unchanged]), None);
    }
}
