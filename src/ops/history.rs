//! What happened to stacks: events put together to operations, and operations to the time each resource took.
//!
//! In: events, oldest first. Out: operations. Pure but for [`read`].

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::observe::{HistoryEvent, Reach, StackHistory};
use crate::event::StackRef;
use crate::moment::Moment;
use crate::remote::RemoteError;

/// Operations further apart than this belong to different runs.
const SAME_RUN: Duration = Duration::from_secs(15 * 60);

/// One operation on one stack, from its first event to the one it came to rest with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackOperation {
    /// The stack.
    pub stack: StackRef,
    /// What was done.
    pub action: OperationAction,
    /// The stack's newest status in it.
    pub status: String,
    /// When it began.
    pub began: Moment,
    /// When it came to rest; none: it still runs.
    pub ended: Option<Moment>,
    /// Its events, oldest first.
    pub events: Vec<HistoryEvent>,
}

/// What was done to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationAction {
    /// It was made.
    Create,
    /// It was changed.
    Update,
    /// It was removed.
    Delete,
    /// It took in resources that existed.
    Import,
    /// Somebody took a failed operation back.
    Rollback,
}

impl OperationAction {
    fn of(status: &str) -> Self {
        match status.split_once('_').map_or(status, |(verb, _)| verb) {
            "CREATE" | "REVIEW" => Self::Create,
            "DELETE" => Self::Delete,
            "IMPORT" => Self::Import,
            "ROLLBACK" => Self::Rollback,
            _ if status.contains("ROLLBACK") => Self::Rollback,
            _ => Self::Update,
        }
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Rollback => "rollback",
        }
    }
}

impl StackOperation {
    /// Whether it ended as it was asked for.
    pub fn has_failed(&self) -> bool {
        let rolled_back =
            self.status.contains("ROLLBACK") && self.action != OperationAction::Rollback;
        self.status.ends_with("_FAILED") || rolled_back
    }

    /// How long it took, so far or in all.
    pub fn took(&self) -> Duration {
        let newest = self.events.last().map_or(self.began, |event| event.time);
        self.ended.unwrap_or(newest).since(self.began)
    }

    /// What was done to each resource, in order of beginning. A resource that was made and removed again has two.
    pub fn resources(&self) -> Vec<ResourceSpan> {
        let mut spans: Vec<ResourceSpan> = Vec::new();
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for event in self.events.iter().filter(|event| !event.is_about_stack()) {
            let id = event.logical_id.as_str();
            if event.is_settled() {
                let place = open.remove(id).unwrap_or_else(|| {
                    spans.push(ResourceSpan::begin(event));
                    spans.len() - 1
                });
                spans[place].end(event);
            } else if !open.contains_key(id) {
                open.insert(id, spans.len());
                spans.push(ResourceSpan::begin(event));
            }
        }
        spans
    }
}

/// What was done to a resource, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceSpan {
    /// Logical id in the template.
    pub logical_id: String,
    /// CloudFormation type.
    pub resource_type: String,
    /// When it began.
    pub began: Moment,
    /// When it ended; none: it still runs.
    pub ended: Option<Moment>,
    /// The newest status.
    pub status: String,
    /// How it ended.
    pub result: SpanResult,
}

/// How work on a resource ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanResult {
    /// It didn't yet.
    Running,
    /// As it should.
    Complete,
    /// It failed.
    Failed,
    /// It was given up because another resource failed.
    Cancelled,
}

impl ResourceSpan {
    fn begin(event: &HistoryEvent) -> Self {
        Self {
            logical_id: event.logical_id.clone(),
            resource_type: event.kind.clone(),
            began: event.time,
            ended: None,
            status: event.status.clone(),
            result: SpanResult::Running,
        }
    }

    fn end(&mut self, event: &HistoryEvent) {
        self.ended = Some(event.time);
        self.status.clone_from(&event.status);
        self.result = match (event.status.ends_with("_FAILED"), is_follower(event)) {
            (false, _) => SpanResult::Complete,
            (true, false) => SpanResult::Failed,
            (true, true) => SpanResult::Cancelled,
        };
    }
}

/// Whether a failure is only the consequence of another: CloudFormation cancels what runs when something fails.
pub(super) fn is_follower(event: &HistoryEvent) -> bool {
    let reason = event.reason.as_deref().unwrap_or_default().to_lowercase();
    reason.contains("cancelled") || reason.contains("canceled")
}

/// Cuts a stack's events, oldest first, into operations.
pub fn operations(stack: &StackRef, events: Vec<HistoryEvent>) -> Vec<StackOperation> {
    let mut operations: Vec<StackOperation> = Vec::new();
    for event in events {
        // A change set was made; nothing happened yet.
        if event.status == "REVIEW_IN_PROGRESS" {
            continue;
        }
        let begins = event.is_about_stack() && !event.is_settled();
        match operations.last_mut() {
            Some(running) if running.ended.is_none() || !begins => running.take(event),
            _ => operations.push(StackOperation::begin(stack, event)),
        }
    }
    operations
}

impl StackOperation {
    fn begin(stack: &StackRef, event: HistoryEvent) -> Self {
        let mut operation = Self {
            stack: stack.clone(),
            action: OperationAction::of(&event.status),
            status: event.status.clone(),
            began: event.time,
            ended: None,
            events: Vec::new(),
        };
        operation.take(event);
        operation
    }

    fn take(&mut self, event: HistoryEvent) {
        if event.is_about_stack() {
            self.status.clone_from(&event.status);
            self.ended = event.is_settled().then_some(event.time);
        }
        self.events.push(event);
    }
}

/// Reads the operations of stacks; those of all stacks together, in order of beginning.
///
/// # Errors
///
/// When the events of a stack can't be read.
pub async fn read(
    stacks: &impl StackHistory,
    which: &[StackRef],
    reach: Reach,
) -> Result<Vec<StackOperation>, RemoteError> {
    let mut all = Vec::new();
    for stack in which {
        all.extend(operations(stack, stacks.history(stack, reach).await?));
    }
    all.sort_by(|one, other| (one.began, &one.stack).cmp(&(other.began, &other.stack)));
    Ok(all)
}

/// Puts operations, in order of beginning, together that ran in one go: a deployment of many stacks is one run.
pub fn runs(operations: &[StackOperation]) -> Vec<&[StackOperation]> {
    let mut latest = Moment::default();
    operations
        .chunk_by(|one, next| {
            latest = latest.max(one.ended.unwrap_or(one.began + one.took()));
            next.began.since(latest) <= SAME_RUN
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const STACK_ID: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/game/1";

    /// An event from `SECOND STATUS LOGICAL_ID: REASON`; the stack itself is called `game`.
    pub(crate) fn event(text: &str) -> HistoryEvent {
        let (text, reason) = match text.split_once(": ") {
            Some((text, reason)) => (text, Some(reason.to_owned())),
            None => (text, None),
        };
        let mut words = text.split_whitespace();
        let mut word = || words.next().unwrap().to_owned();
        let (second, status, logical_id) = (word(), word(), word());
        let stack = logical_id == "game";
        HistoryEvent {
            id: text.to_owned(),
            time: Moment::from_millis(second.parse::<i64>().unwrap() * 1000),
            stack_id: STACK_ID.to_owned(),
            physical_id: Some(if stack {
                STACK_ID.to_owned()
            } else {
                format!("{logical_id}-1")
            }),
            kind: if stack {
                "AWS::CloudFormation::Stack".to_owned()
            } else {
                "AWS::GameLift::Fleet".to_owned()
            },
            logical_id,
            status,
            reason,
        }
    }

    pub(crate) fn history(lines: &[&str]) -> Vec<StackOperation> {
        let stack = StackRef::new("game", "eu-west-1");
        operations(&stack, lines.iter().map(|line| event(line)).collect())
    }

    /// Action, status, seconds and failure of each operation.
    fn check(lines: &[&str], expected: &[(&str, &str, u64, bool)]) {
        let operations = history(lines);
        let found: Vec<_> = operations
            .iter()
            .map(|operation| {
                let (action, status) = (operation.action.word(), operation.status.as_str());
                (
                    action,
                    status,
                    operation.took().as_secs(),
                    operation.has_failed(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn operation_goes_from_its_beginning_to_its_rest() {
        check(
            &[
                "1 REVIEW_IN_PROGRESS game",
                "10 CREATE_IN_PROGRESS game",
                "11 CREATE_IN_PROGRESS Fleet",
                "40 CREATE_COMPLETE Fleet",
                "41 CREATE_COMPLETE game",
                "90 UPDATE_IN_PROGRESS game",
                "95 UPDATE_COMPLETE_CLEANUP_IN_PROGRESS game",
                "97 UPDATE_COMPLETE game",
            ],
            &[
                ("create", "CREATE_COMPLETE", 31, false),
                ("update", "UPDATE_COMPLETE", 7, false),
            ],
        );
    }

    #[test]
    fn rollback_is_part_of_the_operation_that_failed() {
        check(
            &[
                "10 UPDATE_IN_PROGRESS game",
                "20 UPDATE_FAILED Fleet: no instances",
                "21 UPDATE_ROLLBACK_IN_PROGRESS game",
                "30 UPDATE_ROLLBACK_COMPLETE game",
            ],
            &[("update", "UPDATE_ROLLBACK_COMPLETE", 20, true)],
        );
    }

    #[test]
    fn rollback_that_somebody_continued_is_an_operation_of_its_own() {
        check(
            &[
                "10 UPDATE_IN_PROGRESS game",
                "30 UPDATE_ROLLBACK_FAILED game",
                "50 UPDATE_ROLLBACK_IN_PROGRESS game",
                "60 UPDATE_ROLLBACK_COMPLETE game",
            ],
            &[
                ("update", "UPDATE_ROLLBACK_FAILED", 20, true),
                ("rollback", "UPDATE_ROLLBACK_COMPLETE", 10, false),
            ],
        );
    }

    #[test]
    fn running_operation_has_no_end() {
        let operations = history(&["10 CREATE_IN_PROGRESS game", "14 CREATE_IN_PROGRESS Fleet"]);
        assert_eq!(operations[0].ended, None);
        assert_eq!(operations[0].took(), Duration::from_secs(4));
    }

    #[test]
    fn resource_that_was_made_and_removed_again_has_two_spans() {
        let operations = history(&[
            "10 CREATE_IN_PROGRESS game",
            "11 CREATE_IN_PROGRESS Fleet",
            "12 CREATE_IN_PROGRESS Fleet: Resource creation Initiated",
            "12 CREATE_IN_PROGRESS Queue",
            "20 CREATE_FAILED Fleet: no instances",
            "20 CREATE_FAILED Queue: Resource creation cancelled",
            "21 ROLLBACK_IN_PROGRESS game",
            "22 DELETE_IN_PROGRESS Fleet",
            "29 DELETE_COMPLETE Fleet",
            "30 ROLLBACK_COMPLETE game",
        ]);
        let spans: Vec<_> = operations[0]
            .resources()
            .into_iter()
            .map(|span| {
                let took = span.ended.unwrap().since(span.began).as_secs();
                (span.logical_id, took, span.result)
            })
            .collect();
        let span = |id: &str, took, result| (id.to_owned(), took, result);
        assert_eq!(
            spans,
            [
                span("Fleet", 9, SpanResult::Failed),
                span("Queue", 8, SpanResult::Cancelled),
                span("Fleet", 7, SpanResult::Complete),
            ]
        );
    }

    #[test]
    fn operations_close_together_are_one_run() {
        let lines = [
            "10 CREATE_IN_PROGRESS game",
            "40 CREATE_COMPLETE game",
            "60 UPDATE_IN_PROGRESS game",
            "70 UPDATE_COMPLETE game",
            "9000 UPDATE_IN_PROGRESS game",
        ];
        let operations = history(&lines);
        let sizes: Vec<_> = runs(&operations).iter().map(|run| run.len()).collect();
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn no_events_are_no_operations() {
        assert!(history(&[]).is_empty());
        assert!(runs(&[]).is_empty());
    }
}
