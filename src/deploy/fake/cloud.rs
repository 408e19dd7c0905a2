//! CloudFormation, as far as deploying sees it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use super::clock::VirtualPace;
use super::faults::{Fault, Faults, Meddling, What, lost, refused};
use super::stack::{FakeChangeSet, FakeStack};
use crate::deploy::{
    ChangeSetKind, ChangeSetRequest, ChangeSetState, Execution, Pace, RollbackApi, StackApi,
    StackEvent, StackState, TemplateSource, guarded_by,
};
use crate::event::StackRef;
use crate::remote::RemoteError;

/// How long an operation takes, in seconds.
const OPERATION: u64 = 6;

#[derive(Default)]
pub(crate) struct FakeCloudFormation {
    clock: VirtualPace,
    stacks: RefCell<BTreeMap<StackRef, FakeStack>>,
    /// Logical ids that fail, with the reason.
    failing: RefCell<BTreeMap<String, String>>,
    /// Seconds that operations on a stack take.
    slow: RefCell<BTreeMap<StackRef, u64>>,
    /// Describing is throttled this many times.
    throttled: Cell<usize>,
    /// Describing is denied from now on once an operation runs.
    denied: Cell<bool>,
    faults: Faults,
    meddling: RefCell<Vec<Meddling>>,
    mutations: RefCell<Vec<Mutation>>,
    endings: RefCell<Vec<Ending>>,
    made: Cell<usize>,
    /// The most operations that ran at the same time.
    pub(crate) most_running: Cell<usize>,
}

/// An operation that ended, whoever began it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) stack: StackRef,
    /// Token of the call that began it.
    pub(crate) token: Option<String>,
    pub(crate) status: String,
    /// The template that the stack has now.
    pub(crate) template: String,
}

/// A call that changes something, as it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mutation {
    pub(crate) operation: &'static str,
    pub(crate) stack: StackRef,
    pub(crate) token: Option<String>,
    /// Name or ARN of the change set.
    pub(crate) change_set: Option<String>,
}

impl FakeCloudFormation {
    pub(crate) fn with(self, name: &str, status: &str) -> Self {
        self.with_in("eu-west-1", name, status)
    }

    pub(crate) fn with_in(self, region: &str, name: &str, status: &str) -> Self {
        let reference = StackRef::new(name, region);
        let mut stack = self.fresh(&reference, status);
        stack.template = r#"{"Resources": {}}"#.to_owned();
        self.stacks.borrow_mut().insert(reference, stack);
        self
    }

    /// The stack's status changes by itself after some seconds.
    pub(crate) fn then(self, name: &str, seconds: u64, status: &str) -> Self {
        let end = Duration::from_secs(seconds);
        self.stacks
            .borrow_mut()
            .entry(StackRef::new(name, "eu-west-1"))
            .or_default()
            .ahead
            .push_back((end, status.to_owned()));
        self
    }

    pub(crate) fn failing(self, logical_id: &str, reason: &str) -> Self {
        self.failing
            .borrow_mut()
            .insert(logical_id.to_owned(), reason.to_owned());
        self
    }

    pub(crate) fn mended(&self) {
        self.failing.borrow_mut().clear();
    }

    pub(crate) fn slow(&self, stack: &StackRef, seconds: u64) {
        self.slow.borrow_mut().insert(stack.clone(), seconds);
    }

    pub(crate) fn throttled(self, times: usize) -> Self {
        self.throttled.set(times);
        self
    }

    pub(crate) fn denied(self) -> Self {
        self.denied.set(true);
        self
    }

    pub(crate) fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.ahead.borrow_mut().extend(faults);
    }

    pub(crate) fn expire_after(&self, calls: Option<usize>) {
        self.faults.expire_after.set(calls);
    }

    pub(crate) fn meddle(&self, meddling: impl IntoIterator<Item = Meddling>) {
        self.meddling.borrow_mut().extend(meddling);
    }

    pub(crate) fn clock(&self) -> VirtualPace {
        self.clock.clone()
    }

    /// A stack as it really is.
    pub(crate) fn state(&self, name: &str) -> Option<StackState> {
        self.truth(&StackRef::new(name, "eu-west-1"))
            .map(|(state, _)| state)
    }

    /// A stack as it really is, and its template.
    pub(crate) fn truth(&self, stack: &StackRef) -> Option<(StackState, String)> {
        self.pass();
        let stacks = self.stacks.borrow();
        let stack = stacks.get(stack)?;
        Some((stack.state.clone(), stack.template.clone()))
    }

    /// Names of the change sets that are left.
    pub(crate) fn left_over(&self) -> Vec<String> {
        let stacks = self.stacks.borrow();
        let change_sets = stacks.values().flat_map(|stack| &stack.change_sets);
        change_sets
            .filter(|found| found.execution != Execution::Spent)
            .map(|found| found.request.name.clone())
            .collect()
    }

    /// What a stack's policy guards.
    pub(crate) fn guarded(&self, name: &str) -> Vec<String> {
        let stacks = self.stacks.borrow();
        let stack = stacks.get(&StackRef::new(name, "eu-west-1"));
        let policy = stack.and_then(|stack| stack.policy.as_deref());
        let guarded = policy.and_then(guarded_by).unwrap_or_default();
        guarded.into_iter().collect()
    }

    /// The calls that change something, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls = self.mutations.take().into_iter();
        calls
            .map(|call| format!("{} {}", call.operation, call.stack.name))
            .collect()
    }

    pub(crate) fn mutations(&self) -> Vec<Mutation> {
        self.mutations.borrow().clone()
    }

    /// What happened to a stack, in order; it may be gone by now.
    pub(crate) fn endings(&self, stack: &StackRef) -> Vec<Ending> {
        self.pass();
        let endings = self.endings.borrow();
        endings
            .iter()
            .filter(|ending| ending.stack == *stack)
            .cloned()
            .collect()
    }

    fn fresh(&self, reference: &StackRef, status: &str) -> FakeStack {
        self.made.set(self.made.get() + 1);
        FakeStack {
            state: StackState {
                id: format!("arn:stack/{}/{}", reference.name, self.made.get()),
                name: reference.name.clone(),
                region: reference.region.clone(),
                status: status.to_owned(),
                ..StackState::default()
            },
            ..FakeStack::default()
        }
    }

    fn ends(&self, stack: &StackRef) -> Duration {
        let slow = self.slow.borrow().get(stack).copied();
        self.clock.now() + Duration::from_secs(slow.unwrap_or(OPERATION))
    }

    /// Does what is due by now: operations end, and others do their part.
    fn pass(&self) {
        let now = self.clock.now();
        let mut stacks = self.stacks.borrow_mut();
        for (reference, stack) in stacks.iter_mut() {
            let reached = stack.advance(now).into_iter();
            self.endings
                .borrow_mut()
                .extend(reached.map(|status| Ending {
                    stack: reference.clone(),
                    token: stack.token.clone(),
                    status,
                    template: stack.template.clone(),
                }));
        }
        stacks.retain(|_, stack| stack.state.status != "DELETE_COMPLETE");
        let running = stacks.values().filter(|stack| stack.is_busy()).count();
        self.most_running.set(self.most_running.get().max(running));
        let mut meddling = self.meddling.borrow_mut();
        let due = meddling.extract_if(.., |meddling| meddling.at <= now);
        for one in due {
            if let Some(stack) = stacks.get_mut(&one.stack)
                && !stack.is_busy()
            {
                meddle(stack, one.what, self.ends(&one.stack));
            }
        }
    }

    /// Lets a call through, or not; then `work` is what it does.
    fn call<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut BTreeMap<StackRef, FakeStack>) -> Result<T, RemoteError>,
    ) -> Result<T, RemoteError> {
        self.pass();
        let fault = self.faults.next(operation)?;
        let answer = work(&mut self.stacks.borrow_mut());
        match fault {
            Fault::LoseAnswer => Err(lost(operation)),
            Fault::None | Fault::Throttle => answer,
        }
    }

    fn heard(
        &self,
        operation: &'static str,
        stack: &StackRef,
        token: Option<&str>,
        change_set: Option<&str>,
    ) {
        self.mutations.borrow_mut().push(Mutation {
            operation,
            stack: stack.clone(),
            token: token.map(str::to_owned),
            change_set: change_set.map(str::to_owned),
        });
    }
}

fn meddle(stack: &mut FakeStack, what: What, ends: Duration) {
    match what {
        What::DeleteChangeSet => stack.change_sets.clear(),
        What::DeleteStack => {
            stack.change_sets.clear();
            stack.begin("DELETE", "DELETE_COMPLETE", ends, None);
        }
        What::Update if stack.state.status == "REVIEW_IN_PROGRESS" => {}
        What::Update => {
            stack.template = r#"{"Resources": {"Theirs": {"Type": "AWS::SNS::Topic"}}}"#.to_owned();
            stack.begin("UPDATE", "UPDATE_COMPLETE", ends, None);
        }
    }
}

/// CloudFormation has one code for nearly everything.
fn invalid(operation: &'static str) -> RemoteError {
    refused(operation, "ValidationError", false)
}

impl StackApi for FakeCloudFormation {
    async fn describe(&self, reference: &StackRef) -> Result<Option<StackState>, RemoteError> {
        const NAME: &str = "DescribeStacks";
        self.pass();
        let is_running = self.stacks.borrow().values().any(FakeStack::is_busy);
        if is_running && self.denied.get() {
            return Err(refused(NAME, "ExpiredToken", false));
        }
        if is_running && self.throttled.get() > 0 {
            self.throttled.set(self.throttled.get() - 1);
            return Err(refused(NAME, "Throttling", true));
        }
        self.call(NAME, |stacks| {
            Ok(stacks.get_mut(reference).map(|stack| {
                let stale = stack.stale.take();
                StackState {
                    status: stale.unwrap_or_else(|| stack.state.status.clone()),
                    ..stack.state.clone()
                }
            }))
        })
    }

    async fn list(&self, region: &str) -> Result<Vec<StackState>, RemoteError> {
        self.call("DescribeStacks", |stacks| {
            let here = stacks.iter().filter(|(stack, _)| stack.region == region);
            Ok(here.map(|(_, stack)| stack.state.clone()).collect())
        })
    }

    async fn template(&self, stack: &StackRef) -> Result<String, RemoteError> {
        self.call("GetTemplate", |stacks| {
            let stack = stacks.get(stack).ok_or_else(|| invalid("GetTemplate"))?;
            Ok(stack.template.clone())
        })
    }

    async fn policy(&self, stack: &StackRef) -> Result<Option<String>, RemoteError> {
        self.call("GetStackPolicy", |stacks| {
            Ok(stacks.get(stack).and_then(|stack| stack.policy.clone()))
        })
    }

    async fn set_policy(&self, reference: &StackRef, policy: &str) -> Result<(), RemoteError> {
        const NAME: &str = "SetStackPolicy";
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, None, None);
            let stack = stacks.get_mut(reference).ok_or_else(|| invalid(NAME))?;
            stack.policy = Some(policy.to_owned());
            Ok(())
        })
    }

    async fn create_change_set(
        &self,
        reference: &StackRef,
        request: &ChangeSetRequest,
    ) -> Result<(), RemoteError> {
        const NAME: &str = "CreateChangeSet";
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, Some(&request.token), Some(&request.name));
            if let Some(stack) = stacks.get_mut(reference)
                && let Some(known) = stack.change_set(&request.name)
            {
                let is_repeated = known.request.token == request.token;
                return is_repeated
                    .then_some(())
                    .ok_or_else(|| refused(NAME, "AlreadyExistsException", false));
            }
            let status = stacks
                .get(reference)
                .map(|stack| stack.state.status.as_str());
            let is_right = match (status, request.kind) {
                (None | Some("REVIEW_IN_PROGRESS"), ChangeSetKind::Create) => true,
                (Some(status), ChangeSetKind::Update) => {
                    status.ends_with("_COMPLETE") && status != "ROLLBACK_COMPLETE"
                }
                (Some(_), ChangeSetKind::Create) | (None, ChangeSetKind::Update) => false,
            };
            if !is_right {
                return Err(invalid(NAME));
            }
            let stack = stacks
                .entry(reference.clone())
                .or_insert_with(|| self.fresh(reference, "REVIEW_IN_PROGRESS"));
            self.made.set(self.made.get() + 1);
            stack.change_sets.push(FakeChangeSet {
                id: format!("arn:change-set/{}/{}", request.name, self.made.get()),
                request: request.clone(),
                ready: self.clock.now() + Duration::from_secs(1),
                execution: Execution::Available,
            });
            Ok(())
        })
    }

    async fn describe_change_set(
        &self,
        reference: &StackRef,
        name: &str,
    ) -> Result<ChangeSetState, RemoteError> {
        self.call("DescribeChangeSet", |stacks| {
            let Some(stack) = stacks.get_mut(reference) else {
                return Ok(ChangeSetState::Absent);
            };
            let Some(found) = stack.change_set(name).cloned() else {
                return Ok(ChangeSetState::Absent);
            };
            if found.ready > self.clock.now() {
                return Ok(ChangeSetState::Pending);
            }
            if found.body().contains("AWS::Nonsense") {
                let reason = "unrecognized resource types".to_owned();
                return Ok(ChangeSetState::Failed { reason });
            }
            let same = found.body() == stack.template
                && found.request.parameters == stack.state.parameters
                && found.request.tags == stack.state.tags;
            Ok(if same && found.execution == Execution::Available {
                ChangeSetState::Empty
            } else {
                ChangeSetState::Ready(found.ready(stack))
            })
        })
    }

    async fn change_sets(&self, stack: &StackRef) -> Result<Vec<String>, RemoteError> {
        self.call("ListChangeSets", |stacks| {
            let found = stacks.get(stack).into_iter();
            Ok(found
                .flat_map(|stack| &stack.change_sets)
                .map(|found| found.request.name.clone())
                .collect())
        })
    }

    async fn execute_change_set(
        &self,
        reference: &StackRef,
        name: &str,
        token: &str,
    ) -> Result<(), RemoteError> {
        const NAME: &str = "ExecuteChangeSet";
        let ends = self.ends(reference);
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, Some(token), Some(name));
            let stack = stacks.get_mut(reference).ok_or_else(|| invalid(NAME))?;
            let is_busy = stack.is_busy();
            let found = stack
                .change_set(name)
                .ok_or_else(|| refused(NAME, "ChangeSetNotFound", false))?;
            if found.execution != Execution::Available || is_busy {
                return Err(refused(NAME, "InvalidChangeSetStatus", false));
            }
            found.execution = Execution::Spent;
            let request = found.request.clone();
            if let TemplateSource::Body(_) = request.template {
                stack.apply(&request, &self.failing.borrow(), ends, token);
            }
            Ok(())
        })
    }

    async fn delete_change_set(&self, reference: &StackRef, name: &str) -> Result<(), RemoteError> {
        const NAME: &str = "DeleteChangeSet";
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, None, Some(name));
            if let Some(stack) = stacks.get_mut(reference) {
                stack
                    .change_sets
                    .retain(|found| found.id != name && found.request.name != name);
            }
            Ok(())
        })
    }

    async fn cancel_update(&self, reference: &StackRef, token: &str) -> Result<(), RemoteError> {
        const NAME: &str = "CancelUpdateStack";
        let ends = self.ends(reference);
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, Some(token), None);
            let stack = stacks.get_mut(reference).ok_or_else(|| invalid(NAME))?;
            if stack.state.status != "UPDATE_IN_PROGRESS" {
                return Err(invalid(NAME));
            }
            stack.ahead.clear();
            let end = "UPDATE_ROLLBACK_COMPLETE";
            stack.begin("UPDATE_ROLLBACK", end, ends, Some(token));
            Ok(())
        })
    }

    async fn delete(&self, reference: &StackRef, token: &str) -> Result<(), RemoteError> {
        const NAME: &str = "DeleteStack";
        let ends = self.ends(reference);
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, Some(token), None);
            let Some(stack) = stacks.get_mut(reference) else {
                return Ok(());
            };
            if stack.state.protected {
                return Err(invalid(NAME));
            }
            if stack.state.status == "DELETE_IN_PROGRESS" {
                return Ok(());
            }
            stack.ahead.clear();
            stack.begin("DELETE", "DELETE_COMPLETE", ends, Some(token));
            Ok(())
        })
    }

    async fn protect(&self, reference: &StackRef, protected: bool) -> Result<(), RemoteError> {
        const NAME: &str = "UpdateTerminationProtection";
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, None, None);
            let stack = stacks.get_mut(reference).ok_or_else(|| invalid(NAME))?;
            stack.state.protected = protected;
            Ok(())
        })
    }

    async fn latest_event(&self, reference: &StackRef) -> Result<Option<String>, RemoteError> {
        self.call("DescribeStackEvents", |stacks| {
            let newest = stacks.get(reference).and_then(|stack| stack.events.last());
            Ok(newest.map(|event| event.id.clone()))
        })
    }

    async fn events_since(
        &self,
        reference: &StackRef,
        event: Option<&str>,
    ) -> Result<Vec<StackEvent>, RemoteError> {
        self.call("DescribeStackEvents", |stacks| {
            let Some(stack) = stacks.get(reference) else {
                return Ok(Vec::new());
            };
            let start = event
                .and_then(|id| stack.events.iter().position(|event| event.id == id))
                .map_or(0, |at| at + 1);
            Ok(stack.events[start..].to_vec())
        })
    }
}

impl RollbackApi for FakeCloudFormation {
    async fn continue_rollback(
        &self,
        reference: &StackRef,
        skip: &[String],
        token: &str,
    ) -> Result<(), RemoteError> {
        const NAME: &str = "ContinueUpdateRollback";
        let ends = self.ends(reference);
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, Some(token), None);
            let stack = stacks.get_mut(reference).ok_or_else(|| invalid(NAME))?;
            if stack.state.status != "UPDATE_ROLLBACK_FAILED" {
                return Err(invalid(NAME));
            }
            let failing = self.failing.borrow();
            let blocked: Vec<_> = failing
                .iter()
                .filter(|(id, _)| !skip.contains(id))
                .collect();
            let end = if blocked.is_empty() {
                "UPDATE_ROLLBACK_COMPLETE"
            } else {
                "UPDATE_ROLLBACK_FAILED"
            };
            stack.begin("UPDATE_ROLLBACK", end, ends, Some(token));
            for (id, reason) in blocked {
                stack.event(id, "AWS::SNS::Topic", "UPDATE_FAILED", Some(reason));
            }
            Ok(())
        })
    }

    async fn rollback(&self, reference: &StackRef, token: &str) -> Result<(), RemoteError> {
        const NAME: &str = "RollbackStack";
        let ends = self.ends(reference);
        self.call(NAME, |stacks| {
            self.heard(NAME, reference, Some(token), None);
            let stack = stacks.get_mut(reference).ok_or_else(|| invalid(NAME))?;
            let end = "UPDATE_ROLLBACK_COMPLETE";
            stack.begin("UPDATE_ROLLBACK", end, ends, Some(token));
            Ok(())
        })
    }
}
