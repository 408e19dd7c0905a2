//! Which stacks are stuck in a failed operation, and what keeps them there.

use super::history::{self, StackOperation};
use super::observe::{Reach, StackHistory};
use crate::deploy::{RollbackStep, StackApi, WayBack};
use crate::event::StackRef;
use crate::remote::RemoteError;

/// A stack that takes no update until it is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckStack {
    /// The stack.
    pub stack: StackRef,
    /// Its status.
    pub status: String,
    /// The way out.
    pub way: WayBack,
    /// What failed while it was taken back, with CloudFormation's reason: what may be skipped.
    pub blockers: Vec<Blocker>,
}

/// A resource that keeps a stack from being taken back.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Blocker {
    /// Its logical id.
    pub logical_id: String,
    /// CloudFormation type.
    pub resource_type: String,
    /// Why it can't be taken back.
    pub reason: Option<String>,
}

/// Which of the blockers are skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// None: they are tried again.
    None,
    /// Those of these logical ids.
    These(Vec<String>),
    /// All.
    All,
}

/// Finds the stacks that are stuck.
///
/// # Errors
///
/// When a stack or its events can't be read.
pub async fn survey<Cloud: StackApi + StackHistory>(
    cloud: &Cloud,
    stacks: &[StackRef],
) -> Result<Vec<StuckStack>, RemoteError> {
    let mut stuck = Vec::new();
    for stack in stacks {
        let Some(state) = cloud.describe(stack).await? else {
            continue;
        };
        let Some(way) = WayBack::out_of(&state.status) else {
            continue;
        };
        let events = cloud.history(stack, Reach::LastOperation).await?;
        let operations = history::operations(stack, events);
        stuck.push(StuckStack {
            stack: stack.clone(),
            status: state.status,
            way,
            blockers: operations.last().map(blockers).unwrap_or_default(),
        });
    }
    Ok(stuck)
}

/// What failed after the rollback began: CloudFormation lets only such resources be skipped.
fn blockers(operation: &StackOperation) -> Vec<Blocker> {
    let rollback = operation
        .events
        .iter()
        .skip_while(|event| !(event.is_about_stack() && event.status.contains("ROLLBACK")));
    let failed = rollback.filter(|event| {
        !event.is_about_stack() && event.status == "UPDATE_FAILED" && !history::is_follower(event)
    });
    failed
        .map(|event| Blocker {
            logical_id: event.logical_id.clone(),
            resource_type: event.kind.clone(),
            reason: event.reason.clone(),
        })
        .collect()
}

/// Turns what is stuck into steps; the error names ids that no stuck stack could skip.
pub fn steps(stuck: &[StuckStack], skip: &Skip) -> Result<Vec<RollbackStep>, Vec<String>> {
    if let Skip::These(ids) = skip {
        let known = |id: &&String| {
            let mut blockers = stuck.iter().flat_map(|stack| &stack.blockers);
            blockers.any(|blocker| blocker.logical_id == **id)
        };
        let unknown: Vec<_> = ids.iter().filter(|id| !known(id)).cloned().collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
    }
    Ok(stuck
        .iter()
        .map(|stack| RollbackStep {
            stack: stack.stack.clone(),
            way: stack.way,
            skip: skipped(stack, skip),
        })
        .collect())
}

fn skipped(stack: &StuckStack, skip: &Skip) -> Vec<String> {
    let ids = stack.blockers.iter().map(|blocker| &blocker.logical_id);
    ids.filter(|id| match skip {
        Skip::None => false,
        Skip::These(wanted) => wanted.contains(id),
        Skip::All => true,
    })
    .cloned()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::history::tests::history;

    fn stuck() -> StuckStack {
        let operations = history(&[
            "10 UPDATE_IN_PROGRESS game",
            "20 UPDATE_FAILED Queue: no such fleet",
            "21 UPDATE_ROLLBACK_IN_PROGRESS game",
            "25 UPDATE_FAILED Fleet: in use",
            "26 UPDATE_FAILED Alias: Resource update cancelled",
            "30 UPDATE_ROLLBACK_FAILED game",
        ]);
        StuckStack {
            stack: StackRef::new("game", "eu-west-1"),
            status: "UPDATE_ROLLBACK_FAILED".to_owned(),
            way: WayBack::Continue,
            blockers: blockers(&operations[0]),
        }
    }

    fn check(skip: &Skip, expected: &Result<Vec<&str>, Vec<&str>>) {
        let found = steps(&[stuck()], skip).map(|steps| steps[0].skip.clone());
        let borrow = |ids: &Vec<&str>| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(found, expected.as_ref().map(borrow).map_err(borrow));
    }

    #[test]
    fn what_failed_during_the_rollback_may_be_skipped_and_nothing_else() {
        check(&Skip::All, &Ok(vec!["Fleet"]));
        check(&Skip::None, &Ok(vec![]));
        check(&Skip::These(vec!["Fleet".to_owned()]), &Ok(vec!["Fleet"]));
        let wrong = vec!["Fleet".to_owned(), "Queue".to_owned()];
        check(&Skip::These(wrong), &Err(vec!["Queue"]));
    }
}
