//! One stack's life.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::Value;

use crate::deploy::{
    ChangeSet, ChangeSetKind, ChangeSetRequest, Execution, StackEvent, StackState, TemplateSource,
    guarded_by,
};
use crate::event::ResourceProgress;

/// What CloudFormation says of a resource that the stack's policy guards.
const DENIED: &str = "Action denied by stack policy";

#[derive(Clone, Default)]
pub(super) struct FakeStack {
    pub(super) state: StackState,
    pub(super) template: String,
    pub(super) policy: Option<String>,
    pub(super) change_sets: Vec<FakeChangeSet>,
    pub(super) events: Vec<StackEvent>,
    /// Statuses to come.
    pub(super) ahead: VecDeque<(Duration, String)>,
    /// Status that describing still shows once more, as AWS does right after a call.
    pub(super) stale: Option<String>,
    /// Token of the operation that runs or ran last.
    pub(super) token: Option<String>,
    /// Grows with every operation.
    pub(super) version: usize,
}

#[derive(Clone)]
pub(super) struct FakeChangeSet {
    pub(super) id: String,
    pub(super) request: ChangeSetRequest,
    /// When it is computed.
    pub(super) ready: Duration,
    pub(super) execution: Execution,
}

impl FakeChangeSet {
    pub(super) fn body(&self) -> &str {
        match &self.request.template {
            TemplateSource::Body(body) | TemplateSource::Url(body) => body,
        }
    }

    pub(super) fn ready(&self, stack: &FakeStack) -> ChangeSet {
        ChangeSet {
            id: self.id.clone(),
            stack_id: stack.state.id.clone(),
            execution: self.execution,
            changes: Vec::new(),
        }
    }
}

impl FakeStack {
    pub(super) fn is_busy(&self) -> bool {
        !self.ahead.is_empty()
    }

    pub(super) fn change_set(&mut self, name: &str) -> Option<&mut FakeChangeSet> {
        self.change_sets
            .iter_mut()
            .find(|found| found.id == name || found.request.name == name)
    }

    pub(super) fn event(&mut self, id: &str, kind: &str, status: &str, reason: Option<&str>) {
        let number = self.events.len();
        self.events.push(StackEvent {
            id: format!("{}-{number}", self.state.id),
            about_stack: kind == "AWS::CloudFormation::Stack",
            token: self.token.clone(),
            resource: ResourceProgress {
                logical_id: id.to_owned(),
                kind: kind.to_owned(),
                status: status.to_owned(),
                reason: reason.map(str::to_owned),
            },
        });
    }

    pub(super) fn about_itself(&mut self, status: &str) {
        let name = self.state.name.clone();
        self.event(&name, "AWS::CloudFormation::Stack", status, None);
    }

    /// Begins an operation that ends by itself.
    pub(super) fn begin(&mut self, verb: &str, end: &str, ends: Duration, token: Option<&str>) {
        self.version += 1;
        self.token = token.map(str::to_owned);
        let status = format!("{verb}_IN_PROGRESS");
        self.stale = Some(std::mem::replace(&mut self.state.status, status.clone()));
        self.ahead.push_back((ends, end.to_owned()));
        self.about_itself(&status);
        for other in &mut self.change_sets {
            if other.execution == Execution::Available {
                other.execution = Execution::Obsolete;
            }
        }
    }

    /// Lets time pass, and gives back the statuses that it came to.
    pub(super) fn advance(&mut self, now: Duration) -> Vec<String> {
        let mut reached = Vec::new();
        while let Some((time, _)) = self.ahead.front()
            && *time <= now
            && let Some((_, status)) = self.ahead.pop_front()
        {
            self.about_itself(&status);
            if status.ends_with("_COMPLETE") && !status.contains("ROLLBACK") {
                self.change_sets.clear();
            }
            self.state.status.clone_from(&status);
            reached.push(status);
        }
        reached
    }

    /// What would go although the stack's policy says no.
    fn forbidden(&self, kept: &[String]) -> Vec<String> {
        let guarded = self.policy.as_deref().and_then(guarded_by);
        let mut ids: Vec<String> = guarded.unwrap_or_default().into_iter().collect();
        let there: Value = serde_json::from_str(&self.template).unwrap_or_default();
        ids.retain(|id| there["Resources"].get(id).is_some() && !kept.contains(id));
        ids
    }

    /// Applies a change set: every resource of its template succeeds, or fails the whole.
    pub(super) fn apply(
        &mut self,
        request: &ChangeSetRequest,
        failing: &BTreeMap<String, String>,
        ends: Duration,
        token: &str,
    ) {
        let TemplateSource::Body(text) = &request.template else {
            return;
        };
        let template: Value = serde_json::from_str(text).unwrap();
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
        let forbidden = self.forbidden(&resources);
        let failing = &failing
            .iter()
            .map(|(id, reason)| (id.clone(), reason.clone()))
            .chain(forbidden.iter().map(|id| (id.clone(), DENIED.to_owned())))
            .collect::<BTreeMap<_, _>>();
        let resources: Vec<String> = resources.into_iter().chain(forbidden).collect();
        if resources.iter().any(|id| failing.contains_key(id)) {
            let end = match request.kind {
                ChangeSetKind::Create => "ROLLBACK_COMPLETE",
                ChangeSetKind::Update => "UPDATE_ROLLBACK_COMPLETE",
            };
            self.begin(verb, end, ends, Some(token));
            for id in &resources {
                let reason = failing
                    .get(id)
                    .map_or("Resource creation cancelled", String::as_str);
                let status = format!("{verb}_FAILED");
                self.event(id, "AWS::SNS::Topic", &status, Some(reason));
            }
            return;
        }
        self.begin(verb, &format!("{verb}_COMPLETE"), ends, Some(token));
        for id in &resources {
            self.event(id, "AWS::SNS::Topic", &format!("{verb}_COMPLETE"), None);
        }
        self.template.clone_from(text);
        self.state.parameters.clone_from(&request.parameters);
        self.state.tags.clone_from(&request.tags);
        let outputs = template["Outputs"].as_object().into_iter().flatten();
        self.state.outputs = outputs
            .map(|(key, value)| (key.clone(), value["Value"].as_str().unwrap().to_owned()))
            .collect();
    }
}
