//! Why an operation failed: the first cause, and what else is known about it.
//!
//! In: operations that failed. Out: a [`Diagnosis`] each. What can't be read on the way (no right to decode a message, a
//! fleet that is gone) makes a diagnosis poorer, not an error.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::history::{OperationAction, StackOperation, is_follower};
use super::observe::{
    AuthorizationMessages, FleetEvent, GameLift, HistoryEvent, Reach, StackHistory,
};
use super::trouble;
use crate::event::StackRef;
use crate::moment::Moment;
use crate::remote::RemoteError;

/// Nested stacks deeper than this are not followed; CloudFormation's own templates rarely go beyond two.
const DEEPEST: usize = 8;

/// What IAM puts before a message that only it can read.
const ENCODED: &str = "Encoded authorization failure message: ";

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The stack.
    pub stack: StackRef,
    /// What was done to it.
    pub action: OperationAction,
    /// When that began.
    pub began: Moment,
    /// How long it took.
    pub took: Duration,
    /// What state it was left in.
    pub aftermath: Aftermath,
    /// The stack's status.
    pub status: String,
    /// The first cause; none: CloudFormation tells none.
    pub cause: Option<FirstCause>,
    /// Resources that failed for reasons of their own beside it.
    pub others: Vec<HistoryEvent>,
    /// How many resources were given up because of it.
    pub cancelled: usize,
}

/// What state a failed operation left its stack in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aftermath {
    /// Still running.
    Running,
    /// As it was before.
    RolledBack,
    /// The creation was taken back; the empty stack is left.
    Empty,
    /// It could neither be finished nor taken back.
    Stuck,
    /// Whatever was done stays.
    Left,
    /// It is gone.
    Gone,
}

impl Aftermath {
    fn of(operation: &StackOperation) -> Self {
        match operation.status.as_str() {
            _ if operation.ended.is_none() => Self::Running,
            "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => Self::RolledBack,
            "ROLLBACK_COMPLETE" => Self::Empty,
            "UPDATE_ROLLBACK_FAILED" | "IMPORT_ROLLBACK_FAILED" => Self::Stuck,
            "DELETE_COMPLETE" => Self::Gone,
            _ => Self::Left,
        }
    }
}

/// The event that everything else followed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstCause {
    /// Logical ids of the nested stacks that lead to it, outermost first.
    pub nested: Vec<String>,
    /// The event.
    pub event: HistoryEvent,
    /// What GameLift tells of the fleet, the most telling first.
    pub fleet: Vec<FleetEvent>,
    /// What IAM refused.
    pub refused: Option<Refused>,
}

/// A right that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// ARN of who asked.
    pub principal: String,
    /// What they may not do.
    pub action: String,
    /// ARN of what they may not do it to.
    pub resource: String,
    /// Whether a policy denies it, rather than none allowing it.
    pub explicit_deny: bool,
}

/// Finds the cause of every operation that failed.
///
/// # Errors
///
/// When the events of a nested stack can't be read.
pub async fn diagnose<Cloud: StackHistory + GameLift + AuthorizationMessages>(
    cloud: &Cloud,
    operations: &[StackOperation],
) -> Result<Vec<Diagnosis>, RemoteError> {
    let mut found = Vec::new();
    for operation in operations.iter().filter(|operation| is_failing(operation)) {
        found.push(diagnose_one(cloud, operation).await?);
    }
    Ok(found)
}

/// Whether it failed, or is about to: CloudFormation takes minutes to roll back what failed long ago.
fn is_failing(operation: &StackOperation) -> bool {
    operation.has_failed()
        || operation.ended.is_none() && failures(&operation.events).next().is_some()
}

async fn diagnose_one<Cloud: StackHistory + GameLift + AuthorizationMessages>(
    cloud: &Cloud,
    operation: &StackOperation,
) -> Result<Diagnosis, RemoteError> {
    let mut failed = failures(&operation.events);
    let first = failed.next().cloned();
    let others = failed.cloned().collect();
    let cause = match first {
        Some(event) => Some(follow(cloud, &operation.stack.region, event).await?),
        None => None,
    };
    Ok(Diagnosis {
        stack: operation.stack.clone(),
        action: operation.action,
        began: operation.began,
        took: operation.took(),
        aftermath: Aftermath::of(operation),
        status: operation.status.clone(),
        cause,
        others,
        cancelled: operation
            .events
            .iter()
            .filter(|event| is_failure(event) && is_follower(event))
            .count(),
    })
}

/// Failures of resources that follow from no other, oldest first, up to the beginning of a rollback: what fails then
/// is a second accident, and shown only when there was no first.
fn failures(events: &[HistoryEvent]) -> impl Iterator<Item = &HistoryEvent> {
    let rollback = events
        .iter()
        .position(|event| event.is_about_stack() && event.status.contains("ROLLBACK"))
        .unwrap_or(events.len());
    let (forward, back) = events.split_at(rollback);
    let which = if forward.iter().any(is_cause) {
        forward
    } else {
        back
    };
    which.iter().filter(|event| is_cause(event))
}

fn is_cause(event: &HistoryEvent) -> bool {
    !event.is_about_stack() && is_failure(event) && !is_follower(event)
}

fn is_failure(event: &HistoryEvent) -> bool {
    event.status.ends_with("_FAILED")
}

/// Follows a failure into nested stacks, and adds what other services know.
async fn follow<Cloud: StackHistory + GameLift + AuthorizationMessages>(
    cloud: &Cloud,
    region: &str,
    mut event: HistoryEvent,
) -> Result<FirstCause, RemoteError> {
    let mut nested = Vec::new();
    while nested.len() < DEEPEST
        && let Some(stack) = event.nested_stack()
    {
        let stack = StackRef::new(stack, region);
        let events = cloud.history(&stack, Reach::LastOperation).await?;
        let Some(inner) = failures(&events).next().cloned() else {
            break;
        };
        nested.push(std::mem::replace(&mut event, inner).logical_id);
    }
    Ok(FirstCause {
        fleet: fleet_trouble(cloud, region, &event).await,
        refused: refused(cloud, event.reason.as_deref()).await,
        nested,
        event,
    })
}

async fn fleet_trouble(
    gamelift: &impl GameLift,
    region: &str,
    event: &HistoryEvent,
) -> Vec<FleetEvent> {
    let is_fleet =
        ["AWS::GameLift::Fleet", "AWS::GameLift::ContainerFleet"].contains(&event.kind.as_str());
    match &event.physical_id {
        Some(id) if is_fleet => {
            let events = gamelift.fleet_events(region, id).await.unwrap_or_default();
            trouble::among(&events).into_iter().cloned().collect()
        }
        _ => Vec::new(),
    }
}

async fn refused(iam: &impl AuthorizationMessages, reason: Option<&str>) -> Option<Refused> {
    let (_, rest) = reason?.split_once(ENCODED)?;
    let encoded = rest
        .split(|letter: char| letter.is_whitespace() || letter == ')')
        .next()?;
    parse_refusal(&iam.decode(encoded).await.ok()?)
}

/// Reads IAM's JSON: <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
fn parse_refusal(decoded: &str) -> Option<Refused> {
    let decoded: Value = serde_json::from_str(decoded).ok()?;
    let text = |path: &str| Some(decoded.pointer(path)?.as_str()?.to_owned());
    Some(Refused {
        principal: text("/context/principal/arn")?,
        action: text("/context/action")?,
        resource: text("/context/resource")?,
        explicit_deny: decoded.get("explicitDeny") == Some(&Value::Bool(true)),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::*;
    use crate::ops::history::tests::{event, history};
    use crate::ops::observe::{
        AliasState, DeployedResource, FleetState, MatchmakerState, PortPermission, QueueState,
    };

    /// Recorded answers; everything else is absent.
    #[derive(Default)]
    struct Recorded {
        stacks: BTreeMap<String, Vec<HistoryEvent>>,
        fleets: BTreeMap<String, Vec<FleetEvent>>,
        messages: BTreeMap<String, String>,
        asked: RefCell<Vec<String>>,
    }

    impl StackHistory for Recorded {
        async fn history(
            &self,
            stack: &StackRef,
            _reach: Reach,
        ) -> Result<Vec<HistoryEvent>, RemoteError> {
            self.asked.borrow_mut().push(stack.name.clone());
            Ok(self.stacks.get(&stack.name).cloned().unwrap_or_default())
        }

        async fn resources(&self, _: &StackRef) -> Result<Vec<DeployedResource>, RemoteError> {
            Ok(Vec::new())
        }
    }

    impl GameLift for Recorded {
        async fn fleet_events(&self, _: &str, fleet: &str) -> Result<Vec<FleetEvent>, RemoteError> {
            Ok(self.fleets.get(fleet).cloned().unwrap_or_default())
        }

        async fn fleets(&self, _: &str, _: &[String]) -> Result<Vec<FleetState>, RemoteError> {
            Ok(Vec::new())
        }

        async fn ports(
            &self,
            _: &str,
            _: &str,
            _: &str,
        ) -> Result<Vec<PortPermission>, RemoteError> {
            Ok(Vec::new())
        }

        async fn alias(&self, _: &str, _: &str) -> Result<Option<AliasState>, RemoteError> {
            Ok(None)
        }

        async fn queue(&self, _: &str, _: &str) -> Result<Option<QueueState>, RemoteError> {
            Ok(None)
        }

        async fn matchmaker(
            &self,
            _: &str,
            _: &str,
        ) -> Result<Option<MatchmakerState>, RemoteError> {
            Ok(None)
        }

        async fn rule_set_exists(&self, _: &str, _: &str) -> Result<bool, RemoteError> {
            Ok(false)
        }
    }

    impl AuthorizationMessages for Recorded {
        async fn decode(&self, encoded: &str) -> Result<String, RemoteError> {
            let denied = || RemoteError {
                operation: "DecodeAuthorizationMessage",
                code: Some("AccessDenied".to_owned()),
                message: "not allowed".to_owned(),
                request_id: None,
                retryable: false,
            };
            self.messages.get(encoded).cloned().ok_or_else(denied)
        }
    }

    fn diagnosed(cloud: &Recorded, lines: &[&str]) -> Vec<Diagnosis> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(diagnose(cloud, &history(lines))).unwrap()
    }

    /// A creation that failed for this reason and was taken back.
    pub(crate) fn failed_with(reason: &str) -> Diagnosis {
        let failed = format!("20 CREATE_FAILED Fleet: {reason}");
        let lines = [
            "10 CREATE_IN_PROGRESS game",
            &failed,
            "30 ROLLBACK_COMPLETE game",
        ];
        diagnosed(&Recorded::default(), &lines).remove(0)
    }

    const FAILED_CREATION: [&str; 7] = [
        "10 CREATE_IN_PROGRESS game",
        "11 CREATE_IN_PROGRESS Fleet",
        "20 CREATE_FAILED Fleet: did not stabilize",
        "20 CREATE_FAILED Queue: Resource creation cancelled",
        "20 CREATE_FAILED Alias: Resource creation cancelled",
        "21 ROLLBACK_IN_PROGRESS game",
        "30 ROLLBACK_COMPLETE game",
    ];

    #[test]
    fn first_failure_is_the_cause_and_followers_are_counted() {
        let found = diagnosed(&Recorded::default(), &FAILED_CREATION);
        let [diagnosis] = found.as_slice() else {
            panic!("{found:?}")
        };
        let cause = diagnosis.cause.as_ref().unwrap();
        assert_eq!(cause.event.logical_id, "Fleet");
        assert_eq!((diagnosis.cancelled, diagnosis.others.len()), (2, 0));
        assert_eq!(diagnosis.aftermath, Aftermath::Empty);
    }

    #[test]
    fn what_worked_needs_no_diagnosis() {
        let lines = ["10 CREATE_IN_PROGRESS game", "20 CREATE_COMPLETE game"];
        assert_eq!(diagnosed(&Recorded::default(), &lines), []);
    }

    #[test]
    fn failure_that_is_still_being_rolled_back_is_told_already() {
        let found = diagnosed(&Recorded::default(), &FAILED_CREATION[..6]);
        assert_eq!(found[0].aftermath, Aftermath::Running);
    }

    #[test]
    fn accident_during_a_rollback_does_not_hide_the_cause() {
        let lines = [
            "10 UPDATE_IN_PROGRESS game",
            "20 UPDATE_FAILED Queue: no such fleet",
            "21 UPDATE_ROLLBACK_IN_PROGRESS game",
            "25 UPDATE_FAILED Fleet: in use",
            "30 UPDATE_ROLLBACK_FAILED game",
        ];
        let found = diagnosed(&Recorded::default(), &lines);
        assert_eq!(found[0].cause.as_ref().unwrap().event.logical_id, "Queue");
        assert_eq!(found[0].aftermath, Aftermath::Stuck);
    }

    #[test]
    fn cause_is_looked_for_inside_nested_stacks() {
        let nested = "arn:aws:cloudformation:eu-west-1:111122223333:stack/inner/2";
        let mut outer = event("20 CREATE_FAILED Inner: Embedded stack was not created");
        outer.kind = "AWS::CloudFormation::Stack".to_owned();
        outer.physical_id = Some(nested.to_owned());
        let cloud = Recorded {
            stacks: BTreeMap::from([(
                nested.to_owned(),
                vec![event("19 CREATE_FAILED Fleet: no instances")],
            )]),
            ..Recorded::default()
        };
        let mut operations = history(&["10 CREATE_IN_PROGRESS game", "30 ROLLBACK_COMPLETE game"]);
        operations[0].events.insert(1, outer);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let found = runtime.block_on(diagnose(&cloud, &operations)).unwrap();
        let cause = found[0].cause.as_ref().unwrap();
        assert_eq!(cause.nested, ["Inner"]);
        assert_eq!(cause.event.reason.as_deref(), Some("no instances"));
        assert_eq!(*cloud.asked.borrow(), [nested]);
    }

    #[test]
    fn fleet_that_failed_is_explained_by_gamelift() {
        let code = "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND";
        let told = FleetEvent {
            time: Moment::from_millis(15_000),
            code: code.to_owned(),
            message: None,
        };
        let cloud = Recorded {
            fleets: BTreeMap::from([("Fleet-1".to_owned(), vec![told])]),
            ..Recorded::default()
        };
        let found = diagnosed(&cloud, &FAILED_CREATION);
        let cause = found[0].cause.as_ref().unwrap();
        assert_eq!(cause.fleet[0].code, code);
    }

    #[test]
    fn encoded_refusal_is_read_when_iam_lets_us() {
        let line = format!("20 CREATE_FAILED Fleet: not authorized. {ENCODED}AbC-1 (Service: Ec2)");
        let lines = [
            "10 CREATE_IN_PROGRESS game",
            &line,
            "30 ROLLBACK_COMPLETE game",
        ];
        let decoded = r#"{"allowed": false, "explicitDeny": false, "context": {"action": "iam:PassRole",
            "principal": {"arn": "arn:aws:iam::1:role/ci"}, "resource": "arn:aws:iam::1:role/build"}}"#;
        let cloud = Recorded {
            messages: BTreeMap::from([("AbC-1".to_owned(), decoded.to_owned())]),
            ..Recorded::default()
        };
        let refused = |cloud: &Recorded| {
            diagnosed(cloud, &lines)[0]
                .cause
                .as_ref()
                .and_then(|cause| cause.refused.clone())
        };
        assert_eq!(refused(&cloud).unwrap().action, "iam:PassRole");
        assert_eq!(refused(&Recorded::default()), None);
    }
}
