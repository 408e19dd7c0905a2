//! A CloudFormation for tests: a small state machine that moves one step whenever somebody looks.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::path::Path;
use std::task::Poll;
use std::time::Duration;

use super::{
    ArtifactStore, ChangeSet, ChangeSetKind, ChangeSetRequest, ChangeSetState, Object, Pace,
    RollbackApi, StackApi, StackEvent, StackState, TemplateSource,
};
use crate::bundle::Digest;
use crate::event::{Event, EventSink, ResourceProgress, StackRef};
use crate::remote::RemoteError;

/// How many looks an operation takes.
const STEPS: usize = 3;

#[derive(Default)]
pub(super) struct FakeCloudFormation {
    stacks: RefCell<BTreeMap<StackRef, FakeStack>>,
    /// Logical ids that fail, with the reason.
    failing: RefCell<BTreeMap<String, String>>,
    /// Describing is throttled this many times.
    throttled: Cell<usize>,
    /// Describing is denied from now on once an operation runs.
    denied: Cell<bool>,
    calls: RefCell<Vec<String>>,
    events: Cell<usize>,
    /// The most operations that ran at the same time.
    pub(super) most_running: Cell<usize>,
}

#[derive(Clone, Default)]
struct FakeStack {
    state: StackState,
    template: String,
    change_set: Option<(ChangeSetRequest, usize)>,
    events: Vec<StackEvent>,
    /// Statuses to come, after the looks that each takes.
    ahead: VecDeque<(usize, String)>,
    /// Status that describing still shows once more, as AWS does right after a call.
    stale: Option<String>,
}

impl FakeCloudFormation {
    pub(super) fn with(self, name: &str, status: &str) -> Self {
        let stack = StackRef::new(name, "eu-west-1");
        let state = StackState {
            name: name.to_owned(),
            region: stack.region.clone(),
            status: status.to_owned(),
            ..StackState::default()
        };
        self.stacks.borrow_mut().insert(
            stack,
            FakeStack {
                state,
                template: "{}".to_owned(),
                ..FakeStack::default()
            },
        );
        self
    }

    /// The stack's status changes by itself after some looks.
    pub(super) fn then(self, name: &str, looks: usize, status: &str) -> Self {
        let stack = StackRef::new(name, "eu-west-1");
        self.stacks
            .borrow_mut()
            .entry(stack)
            .or_default()
            .ahead
            .push_back((looks, status.to_owned()));
        self
    }

    pub(super) fn failing(self, logical_id: &str, reason: &str) -> Self {
        self.failing
            .borrow_mut()
            .insert(logical_id.to_owned(), reason.to_owned());
        self
    }

    pub(super) fn mended(&self) {
        self.failing.borrow_mut().clear();
    }

    pub(super) fn throttled(self, times: usize) -> Self {
        self.throttled.set(times);
        self
    }

    pub(super) fn denied(self) -> Self {
        self.denied.set(true);
        self
    }

    pub(super) fn state(&self, name: &str) -> Option<StackState> {
        self.stacks
            .borrow()
            .get(&StackRef::new(name, "eu-west-1"))
            .map(|stack| stack.state.clone())
    }

    /// The calls that change something, in order.
    pub(super) fn calls(&self) -> Vec<String> {
        self.calls.take()
    }

    fn call(&self, operation: &str, stack: &StackRef) {
        self.calls
            .borrow_mut()
            .push(format!("{operation} {}", stack.name));
    }

    fn event(
        &self,
        stack: &mut FakeStack,
        id: &str,
        kind: &str,
        status: &str,
        reason: Option<&str>,
    ) {
        self.events.set(self.events.get() + 1);
        stack.events.push(StackEvent {
            id: format!("e{}", self.events.get()),
            about_stack: kind == "AWS::CloudFormation::Stack",
            resource: ResourceProgress {
                logical_id: id.to_owned(),
                kind: kind.to_owned(),
                status: status.to_owned(),
                reason: reason.map(str::to_owned),
            },
        });
    }

    fn begin(&self, stack: &mut FakeStack, verb: &str, end: &str) {
        let name = stack.state.name.clone();
        stack.stale = Some(std::mem::replace(
            &mut stack.state.status,
            format!("{verb}_IN_PROGRESS"),
        ));
        stack.ahead.push_back((STEPS, end.to_owned()));
        self.event(
            stack,
            &name,
            "AWS::CloudFormation::Stack",
            &format!("{verb}_IN_PROGRESS"),
            None,
        );
    }

    /// Applies a change set: every resource of its template succeeds, or fails the whole.
    fn apply(&self, stack: &mut FakeStack, request: &ChangeSetRequest) {
        let TemplateSource::Body(text) = &request.template else {
            return;
        };
        let template: serde_json::Value = serde_json::from_str(text).unwrap();
        let verb = match request.kind {
            ChangeSetKind::Create => "CREATE",
            ChangeSetKind::Update => "UPDATE",
        };
        let resources: Vec<String> = template["Resources"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        let failing = self.failing.borrow().clone();
        if resources.iter().any(|id| failing.contains_key(id)) {
            let end = if verb == "CREATE" {
                "ROLLBACK_COMPLETE"
            } else {
                "UPDATE_ROLLBACK_COMPLETE"
            };
            self.begin(stack, verb, end);
            for id in &resources {
                let reason = failing
                    .get(id)
                    .map_or("Resource creation cancelled", String::as_str);
                self.event(
                    stack,
                    id,
                    "AWS::SNS::Topic",
                    &format!("{verb}_FAILED"),
                    Some(reason),
                );
            }
            return;
        }
        self.begin(stack, verb, &format!("{verb}_COMPLETE"));
        for id in &resources {
            self.event(
                stack,
                id,
                "AWS::SNS::Topic",
                &format!("{verb}_COMPLETE"),
                None,
            );
        }
        stack.template.clone_from(text);
        stack.state.parameters.clone_from(&request.parameters);
        stack.state.tags.clone_from(&request.tags);
        let outputs = template["Outputs"].as_object().into_iter().flatten();
        stack.state.outputs = outputs
            .map(|(key, value)| (key.clone(), value["Value"].as_str().unwrap().to_owned()))
            .collect();
    }

    fn advance(&self, stack: &mut FakeStack) {
        let Some((looks, _)) = stack.ahead.front_mut() else {
            return;
        };
        *looks = looks.saturating_sub(1);
        if *looks == 0 {
            let (_, status) = stack.ahead.pop_front().unwrap();
            let name = stack.state.name.clone();
            self.event(stack, &name, "AWS::CloudFormation::Stack", &status, None);
            stack.state.status = status;
        }
    }
}

pub(super) fn refused(operation: &'static str, code: &str, retryable: bool) -> RemoteError {
    RemoteError {
        operation,
        code: Some(code.to_owned()),
        message: "refused".to_owned(),
        request_id: None,
        retryable,
    }
}

impl StackApi for FakeCloudFormation {
    async fn describe(&self, reference: &StackRef) -> Result<Option<StackState>, RemoteError> {
        let mut stacks = self.stacks.borrow_mut();
        let running = stacks
            .values()
            .filter(|stack| !stack.ahead.is_empty())
            .count();
        self.most_running.set(self.most_running.get().max(running));
        if running > 0 && self.denied.get() {
            return Err(refused("DescribeStacks", "ExpiredToken", false));
        }
        if running > 0 && self.throttled.get() > 0 {
            self.throttled.set(self.throttled.get() - 1);
            return Err(refused("DescribeStacks", "Throttling", true));
        }
        let Some(stack) = stacks.get_mut(reference) else {
            return Ok(None);
        };
        if let Some(stale) = stack.stale.take() {
            return Ok(Some(StackState {
                status: stale,
                ..stack.state.clone()
            }));
        }
        self.advance(stack);
        let state = stack.state.clone();
        if state.status == "DELETE_COMPLETE" {
            stacks.remove(reference);
            return Ok(None);
        }
        Ok(Some(state))
    }

    async fn list(&self, region: &str) -> Result<Vec<StackState>, RemoteError> {
        let stacks = self.stacks.borrow();
        let here = stacks.iter().filter(|(stack, _)| stack.region == region);
        Ok(here.map(|(_, stack)| stack.state.clone()).collect())
    }

    async fn template(&self, stack: &StackRef) -> Result<String, RemoteError> {
        Ok(self.stacks.borrow()[stack].template.clone())
    }

    async fn policy(&self, _: &StackRef) -> Result<Option<String>, RemoteError> {
        Ok(None)
    }

    async fn set_policy(&self, reference: &StackRef, _: &str) -> Result<(), RemoteError> {
        self.call("SetStackPolicy", reference);
        Ok(())
    }

    async fn change_sets(&self, reference: &StackRef) -> Result<Vec<String>, RemoteError> {
        let stacks = self.stacks.borrow();
        let stack = stacks.get(reference);
        let request = stack.and_then(|stack| stack.change_set.as_ref());
        Ok(request
            .map(|(request, _)| request.name.clone())
            .into_iter()
            .collect())
    }

    async fn cancel_update(&self, reference: &StackRef, _: &str) -> Result<(), RemoteError> {
        self.call("CancelUpdateStack", reference);
        Ok(())
    }

    async fn create_change_set(
        &self,
        reference: &StackRef,
        request: &ChangeSetRequest,
    ) -> Result<(), RemoteError> {
        self.call("CreateChangeSet", reference);
        let mut stacks = self.stacks.borrow_mut();
        let exists = stacks.contains_key(reference);
        if exists == (request.kind == ChangeSetKind::Create) {
            return Err(refused("CreateChangeSet", "ValidationError", false));
        }
        let stack = stacks
            .entry(reference.clone())
            .or_insert_with(|| FakeStack {
                state: StackState {
                    name: reference.name.clone(),
                    region: reference.region.clone(),
                    status: "REVIEW_IN_PROGRESS".to_owned(),
                    ..StackState::default()
                },
                ..FakeStack::default()
            });
        stack.change_set = Some((request.clone(), 1));
        Ok(())
    }

    async fn describe_change_set(
        &self,
        reference: &StackRef,
        name: &str,
    ) -> Result<ChangeSetState, RemoteError> {
        let mut stacks = self.stacks.borrow_mut();
        let stack = stacks.get_mut(reference).unwrap();
        let (request, looks) = stack
            .change_set
            .as_mut()
            .filter(|(request, _)| request.name == name)
            .unwrap();
        if *looks > 0 {
            *looks -= 1;
            return Ok(ChangeSetState::Pending);
        }
        let body = match &request.template {
            TemplateSource::Body(body) | TemplateSource::Url(body) => body,
        };
        if body.contains("AWS::Nonsense") {
            return Ok(ChangeSetState::Failed {
                reason: "unrecognized resource types".to_owned(),
            });
        }
        // Formatting is no change for CloudFormation, either.
        let same = *body == stack.template && request.parameters == stack.state.parameters;
        let same = same && request.tags == stack.state.tags;
        Ok(if same {
            ChangeSetState::Empty
        } else {
            ChangeSetState::Ready(ChangeSet::default())
        })
    }

    async fn execute_change_set(
        &self,
        reference: &StackRef,
        _name: &str,
        _token: &str,
    ) -> Result<(), RemoteError> {
        self.call("ExecuteChangeSet", reference);
        let mut stacks = self.stacks.borrow_mut();
        let stack = stacks.get_mut(reference).unwrap();
        let (request, _) = stack.change_set.take().unwrap();
        self.apply(stack, &request);
        Ok(())
    }

    async fn delete_change_set(
        &self,
        reference: &StackRef,
        _name: &str,
    ) -> Result<(), RemoteError> {
        self.call("DeleteChangeSet", reference);
        self.stacks
            .borrow_mut()
            .get_mut(reference)
            .unwrap()
            .change_set = None;
        Ok(())
    }

    async fn delete(&self, reference: &StackRef, _token: &str) -> Result<(), RemoteError> {
        self.call("DeleteStack", reference);
        let mut stacks = self.stacks.borrow_mut();
        let stack = stacks.get_mut(reference).unwrap();
        if stack.state.protected {
            return Err(refused("DeleteStack", "ValidationError", false));
        }
        self.begin(stack, "DELETE", "DELETE_COMPLETE");
        Ok(())
    }

    async fn protect(&self, reference: &StackRef, protected: bool) -> Result<(), RemoteError> {
        self.call("UpdateTerminationProtection", reference);
        self.stacks
            .borrow_mut()
            .get_mut(reference)
            .unwrap()
            .state
            .protected = protected;
        Ok(())
    }

    async fn latest_event(&self, reference: &StackRef) -> Result<Option<String>, RemoteError> {
        let stacks = self.stacks.borrow();
        Ok(stacks
            .get(reference)
            .and_then(|stack| stack.events.last())
            .map(|event| event.id.clone()))
    }

    async fn events_since(
        &self,
        reference: &StackRef,
        event: Option<&str>,
    ) -> Result<Vec<StackEvent>, RemoteError> {
        let stacks = self.stacks.borrow();
        let Some(stack) = stacks.get(reference) else {
            return Ok(Vec::new());
        };
        let start = event
            .and_then(|id| stack.events.iter().position(|event| event.id == id))
            .map_or(0, |at| at + 1);
        Ok(stack.events[start..].to_vec())
    }
}

impl RollbackApi for FakeCloudFormation {
    async fn continue_rollback(
        &self,
        reference: &StackRef,
        skip: &[String],
        _token: &str,
    ) -> Result<(), RemoteError> {
        self.call("ContinueUpdateRollback", reference);
        let mut stacks = self.stacks.borrow_mut();
        let stack = stacks.get_mut(reference).unwrap();
        if stack.state.status != "UPDATE_ROLLBACK_FAILED" {
            return Err(refused("ContinueUpdateRollback", "ValidationError", false));
        }
        let failing = self.failing.borrow().clone();
        let mut blocked = failing
            .iter()
            .filter(|(id, _)| !skip.contains(id))
            .peekable();
        let end = if blocked.peek().is_some() {
            "FAILED"
        } else {
            "COMPLETE"
        };
        self.begin(stack, "UPDATE_ROLLBACK", &format!("UPDATE_ROLLBACK_{end}"));
        for (id, reason) in blocked {
            self.event(stack, id, "AWS::SNS::Topic", "UPDATE_FAILED", Some(reason));
        }
        Ok(())
    }

    async fn rollback(&self, reference: &StackRef, _token: &str) -> Result<(), RemoteError> {
        self.call("RollbackStack", reference);
        let mut stacks = self.stacks.borrow_mut();
        let stack = stacks.get_mut(reference).unwrap();
        self.begin(stack, "UPDATE_ROLLBACK", "UPDATE_ROLLBACK_COMPLETE");
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct FakeStore {
    pub(super) objects: RefCell<BTreeSet<String>>,
}

impl FakeStore {
    fn put(&self, object: &Object) {
        self.objects.borrow_mut().insert(format!(
            "{}/{}/{}",
            object.region, object.bucket, object.key
        ));
    }
}

impl ArtifactStore for FakeStore {
    async fn exists(&self, object: &Object) -> Result<bool, RemoteError> {
        Ok(self.objects.borrow().contains(&format!(
            "{}/{}/{}",
            object.region, object.bucket, object.key
        )))
    }

    async fn put_file(
        &self,
        object: &Object,
        _path: &Path,
        _digest: &Digest,
    ) -> Result<(), RemoteError> {
        self.put(object);
        Ok(())
    }

    async fn put_text(&self, object: &Object, _text: &str) -> Result<(), RemoteError> {
        self.put(object);
        Ok(())
    }

    fn url(&self, object: &Object) -> String {
        format!("https://{}/{}", object.bucket, object.key)
    }

    async fn empty(&self, region: &str, bucket: &str) -> Result<(), RemoteError> {
        self.objects
            .borrow_mut()
            .retain(|object| !object.starts_with(&format!("{region}/{bucket}/")));
        Ok(())
    }
}

/// Time that passes when somebody waits, and at once.
#[derive(Default)]
pub(super) struct VirtualPace {
    now: Cell<Duration>,
}

impl Pace for VirtualPace {
    fn now(&self) -> Duration {
        self.now.get()
    }

    async fn pause(&self, duration: Duration) {
        self.now.set(self.now.get() + duration);
        // Lets the other stacks run, as real waiting would.
        let mut yielded = false;
        poll_fn(|context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// Keeps what was reported.
#[derive(Default)]
pub(super) struct Recorder(pub(super) RefCell<Vec<Event>>);

impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }
}
