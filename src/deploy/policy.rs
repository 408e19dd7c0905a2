//! Stack policies: what nobody may replace or delete, whatever tool updates the stack.
//!
//! Approvals keep this program from losing a fleet or table by mistake; a stack policy does so for everybody else. A change set
//! that is executed can't override it, as `UpdateStack` can, so where a loss was allowed by name the policy is replaced before
//! and again after. Who is killed in between leaves the weaker policy; the next deployment finds and mends it, as any other
//! difference.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ArtifactStore, Operation, Pace, StackApi, StackFailure, StackSpec, StackState};
use crate::event::{Event, StackRef};

/// How a policy names resources of its stack.
const PREFIX: &str = "LogicalResourceId/";

/// The policy that guards these resources. Everything that a policy doesn't allow is denied, so that it begins with all.
pub(super) fn text(guarded: &BTreeSet<String>) -> String {
    let mut statements = vec![json!({
        "Effect": "Allow",
        "Action": "Update:*",
        "Principal": "*",
        "Resource": "*",
    })];
    if !guarded.is_empty() {
        let resources: Vec<_> = guarded.iter().map(|id| format!("{PREFIX}{id}")).collect();
        statements.push(json!({
            "Effect": "Deny",
            "Action": ["Update:Delete", "Update:Replace"],
            "Principal": "*",
            "Resource": resources,
        }));
    }
    json!({ "Statement": statements }).to_string()
}

/// What a policy guards, if it is one of ours.
pub fn guarded_by(policy: &str) -> Option<BTreeSet<String>> {
    let found: Value = serde_json::from_str(policy).ok()?;
    let resources = found.pointer("/Statement/1/Resource");
    let ids = resources.and_then(Value::as_array).into_iter().flatten();
    let guarded: BTreeSet<String> = ids
        .filter_map(|id| Some(id.as_str()?.strip_prefix(PREFIX)?.to_owned()))
        .collect();
    let ours: Value = serde_json::from_str(&text(&guarded)).ok()?;
    (ours == found).then_some(guarded)
}

/// The policy to set; none: the deployed one is right. Somebody else's policy stays where nothing is to be guarded.
pub(super) fn missing(guarded: &BTreeSet<String>, deployed: Option<&str>) -> Option<String> {
    let is_right = match deployed {
        None => guarded.is_empty(),
        Some(policy) => {
            guarded_by(policy).map_or(guarded.is_empty(), |deployed| deployed == *guarded)
        }
    };
    (!is_right).then(|| text(guarded))
}

/// The policy under which these losses can happen; none: the deployed one doesn't forbid them, or isn't ours to touch.
fn lifted(allowed: &BTreeSet<String>, deployed: Option<&str>) -> Option<String> {
    let guarded = guarded_by(deployed?)?;
    let rest: BTreeSet<String> = guarded.difference(allowed).cloned().collect();
    (rest != guarded).then(|| text(&rest))
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    /// Lets happen what was allowed by name. Hands back what the stack's policy is then.
    pub(super) async fn lift_policy(
        &self,
        stack: &StackRef,
        before: Option<&StackState>,
    ) -> Result<Option<String>, StackFailure> {
        let deployed = before.and_then(|state| state.policy.clone());
        match lifted(&self.options.allow_replace, deployed.as_deref()) {
            None => Ok(deployed),
            Some(policy) => {
                self.stacks.set_policy(stack, &policy).await?;
                Ok(Some(policy))
            }
        }
    }

    /// Makes the stack's policy what it shall be.
    pub(super) async fn set_policy(
        &self,
        spec: &StackSpec,
        deployed: Option<&str>,
    ) -> Result<(), StackFailure> {
        if let Some(policy) = missing(&spec.guarded, deployed) {
            self.stacks.set_policy(&spec.stack, &policy).await?;
        }
        Ok(())
    }

    /// Puts a policy back that was lifted for an operation that failed. What remains when that fails, too, is said.
    pub(super) async fn restore_policy(
        &self,
        stack: &StackRef,
        before: Option<&StackState>,
        lifted: Option<&str>,
        failure: &StackFailure,
    ) {
        let Some(policy) = before.and_then(|state| state.policy.as_deref()) else {
            return;
        };
        if lifted == Some(policy) {
            return;
        }
        let goes_on = match failure {
            StackFailure::TimedOut | StackFailure::Detached | StackFailure::LostSight(_) => true,
            StackFailure::Settled { .. }
            | StackFailure::ChangeSet { .. }
            | StackFailure::Remote(_)
            | StackFailure::Input(_)
            | StackFailure::Busy { .. }
            | StackFailure::Stuck { .. }
            | StackFailure::Protected
            | StackFailure::Unready
            | StackFailure::NotApproved { .. } => false,
        };
        // While the operation goes on the old policy would make it fail half-way.
        if goes_on || self.stacks.set_policy(stack, policy).await.is_err() {
            let message = format!(
                "the stack policy of {stack} is weakened until the next deployment: what `--allow-replace` named may be \
                 replaced or deleted by anybody who may update the stack"
            );
            self.emit(Event::Warning { message });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    const THEIRS: &str = r#"{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#;

    #[test]
    fn policy_is_known_again_however_it_is_formatted() {
        for guarded in [ids(&[]), ids(&["Players", "Tickets"])] {
            let text = text(&guarded).replace(',', ", \n");
            assert_eq!(guarded_by(&text), Some(guarded));
        }
        assert_eq!(guarded_by(THEIRS), None);
        assert_eq!(guarded_by("no JSON"), None);
    }

    #[test]
    fn nothing_to_guard_needs_no_policy() {
        assert_eq!(missing(&ids(&[]), None), None);
        assert_eq!(missing(&ids(&[]), Some(THEIRS)), None);
        assert_eq!(missing(&ids(&[]), Some(&text(&ids(&[])))), None);
    }

    #[test]
    fn policy_follows_what_is_guarded() {
        let players = text(&ids(&["Players"]));
        assert_eq!(missing(&ids(&["Players"]), None), Some(players.clone()));
        assert_eq!(
            missing(&ids(&["Players"]), Some(THEIRS)),
            Some(players.clone())
        );
        assert_eq!(missing(&ids(&["Players"]), Some(&players)), None);
        assert_eq!(missing(&ids(&[]), Some(&players)), Some(text(&ids(&[]))));
    }

    #[test]
    fn only_what_was_allowed_is_lifted() {
        let deployed = text(&ids(&["Arena", "Players"]));
        assert_eq!(
            lifted(&ids(&["Arena", "Else"]), Some(&deployed)),
            Some(text(&ids(&["Players"])))
        );
        assert_eq!(lifted(&ids(&["Else"]), Some(&deployed)), None);
        assert_eq!(lifted(&ids(&["Arena"]), Some(THEIRS)), None);
        assert_eq!(lifted(&ids(&["Arena"]), None), None);
    }
}
