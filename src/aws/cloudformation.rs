//! CloudFormation through the SDK.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::{
    Capability, ChangeSetType, OnStackFailure, Parameter, Stack, StackEvent as SdkEvent, Tag,
    TemplateStage,
};

use super::error::remote;
use super::history::moment;
use super::{Connection, change_set};
use crate::deploy::{
    ChangeSetKind, ChangeSetRequest, ChangeSetState, OnFailure, StackApi, StackEvent, StackState,
    TemplateSource,
};
use crate::event::{ResourceProgress, StackRef};
use crate::remote::RemoteError;

impl StackApi for Connection {
    async fn describe(&self, stack: &StackRef) -> Result<Option<StackState>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        match client
            .describe_stacks()
            .stack_name(&stack.name)
            .send()
            .await
        {
            Ok(answer) => Ok(answer
                .stacks()
                .first()
                .map(|found| state(found, &stack.region))),
            Err(error) if is_absent(error.message()) => Ok(None),
            Err(error) => Err(remote("DescribeStacks")(error)),
        }
    }

    async fn list(&self, region: &str) -> Result<Vec<StackState>, RemoteError> {
        let mut pages = self
            .cloudformation(region)
            .describe_stacks()
            .into_paginator()
            .send();
        let mut stacks = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(remote("DescribeStacks"))?;
            stacks.extend(page.stacks().iter().map(|found| state(found, region)));
        }
        Ok(stacks)
    }

    async fn template(&self, stack: &StackRef) -> Result<String, RemoteError> {
        let request = self
            .cloudformation(&stack.region)
            .get_template()
            .stack_name(&stack.name);
        let answer = request
            .template_stage(TemplateStage::Original)
            .send()
            .await
            .map_err(remote("GetTemplate"))?;
        Ok(answer.template_body.unwrap_or_default())
    }

    async fn policy(&self, stack: &StackRef) -> Result<Option<String>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let request = client.get_stack_policy().stack_name(&stack.name);
        match request.send().await {
            Ok(answer) => Ok(answer.stack_policy_body.filter(|body| !body.is_empty())),
            Err(error) if is_absent(error.message()) => Ok(None),
            Err(error) => Err(remote("GetStackPolicy")(error)),
        }
    }

    async fn set_policy(&self, stack: &StackRef, policy: &str) -> Result<(), RemoteError> {
        let client = self.cloudformation(&stack.region);
        let request = client.set_stack_policy().stack_name(&stack.name);
        let request = request.stack_policy_body(policy);
        request.send().await.map_err(remote("SetStackPolicy"))?;
        Ok(())
    }

    async fn create_change_set(
        &self,
        stack: &StackRef,
        request: &ChangeSetRequest,
    ) -> Result<(), RemoteError> {
        let call = self
            .cloudformation(&stack.region)
            .create_change_set()
            .stack_name(&stack.name)
            .change_set_name(&request.name)
            .client_token(&request.token)
            .change_set_type(match request.kind {
                ChangeSetKind::Create => ChangeSetType::Create,
                ChangeSetKind::Update => ChangeSetType::Update,
            })
            .on_stack_failure(match (request.on_failure, request.kind) {
                (OnFailure::Rollback, _) | (OnFailure::Delete, ChangeSetKind::Update) => {
                    OnStackFailure::Rollback
                }
                (OnFailure::Keep, _) => OnStackFailure::DoNothing,
                (OnFailure::Delete, ChangeSetKind::Create) => OnStackFailure::Delete,
            })
            .include_nested_stacks(true)
            .capabilities(Capability::CapabilityNamedIam)
            .capabilities(Capability::CapabilityAutoExpand)
            .set_parameters(Some(parameters(&request.parameters)))
            .set_tags(Some(tags(&request.tags)));
        let call = match &request.template {
            TemplateSource::Body(body) => call.template_body(body),
            TemplateSource::Url(url) => call.template_url(url),
        };
        call.send().await.map_err(remote("CreateChangeSet"))?;
        Ok(())
    }

    async fn describe_change_set(
        &self,
        stack: &StackRef,
        name: &str,
    ) -> Result<ChangeSetState, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut state = ChangeSetState::Absent;
        let mut next = None;
        loop {
            let request = client
                .describe_change_set()
                .stack_name(&stack.name)
                .change_set_name(name)
                .include_property_values(true)
                .set_next_token(next);
            let page = match request.send().await {
                Err(error) if is_absent_change_set(&error) => return Ok(ChangeSetState::Absent),
                page => page.map_err(remote("DescribeChangeSet"))?,
            };
            if let ChangeSetState::Ready(change_set) = &mut state {
                change_set.changes.extend(change_set::changes(&page));
            } else {
                state = change_set::state(&page);
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(state);
            }
        }
    }

    async fn change_sets(&self, stack: &StackRef) -> Result<Vec<String>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut pages = client
            .list_change_sets()
            .stack_name(&stack.name)
            .into_paginator()
            .send();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if is_absent(error.message()) => break,
                page => page.map_err(remote("ListChangeSets"))?,
            };
            let summaries = page.summaries().iter();
            names.extend(summaries.filter_map(|summary| summary.change_set_name.clone()));
        }
        Ok(names)
    }

    async fn execute_change_set(
        &self,
        stack: &StackRef,
        name: &str,
        token: &str,
    ) -> Result<(), RemoteError> {
        let client = self.cloudformation(&stack.region);
        let request = client
            .execute_change_set()
            .stack_name(&stack.name)
            .change_set_name(name);
        request
            .client_request_token(token)
            .send()
            .await
            .map_err(remote("ExecuteChangeSet"))?;
        Ok(())
    }

    async fn delete_change_set(&self, stack: &StackRef, name: &str) -> Result<(), RemoteError> {
        let client = self.cloudformation(&stack.region);
        let request = client
            .delete_change_set()
            .stack_name(&stack.name)
            .change_set_name(name);
        request.send().await.map_err(remote("DeleteChangeSet"))?;
        Ok(())
    }

    async fn cancel_update(&self, stack: &StackRef, token: &str) -> Result<(), RemoteError> {
        let client = self.cloudformation(&stack.region);
        let request = client.cancel_update_stack().stack_name(&stack.name);
        request
            .client_request_token(token)
            .send()
            .await
            .map_err(remote("CancelUpdateStack"))?;
        Ok(())
    }

    async fn delete(&self, stack: &StackRef, token: &str) -> Result<(), RemoteError> {
        let request = self
            .cloudformation(&stack.region)
            .delete_stack()
            .stack_name(&stack.name);
        request
            .client_request_token(token)
            .send()
            .await
            .map_err(remote("DeleteStack"))?;
        Ok(())
    }

    async fn protect(&self, stack: &StackRef, protected: bool) -> Result<(), RemoteError> {
        let client = self.cloudformation(&stack.region);
        let request = client
            .update_termination_protection()
            .stack_name(&stack.name);
        let request = request.enable_termination_protection(protected);
        request
            .send()
            .await
            .map_err(remote("UpdateTerminationProtection"))?;
        Ok(())
    }

    async fn latest_event(&self, stack: &StackRef) -> Result<Option<String>, RemoteError> {
        let request = self
            .cloudformation(&stack.region)
            .describe_stack_events()
            .stack_name(&stack.name);
        match request.send().await {
            // Newest first.
            Ok(answer) => Ok(answer
                .stack_events()
                .first()
                .and_then(|event| event.event_id.clone())),
            Err(error) if is_absent(error.message()) => Ok(None),
            Err(error) => Err(remote("DescribeStackEvents")(error)),
        }
    }

    async fn events_since(
        &self,
        stack: &StackRef,
        known: Option<&str>,
    ) -> Result<Vec<StackEvent>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut pages = client
            .describe_stack_events()
            .stack_name(&stack.name)
            .into_paginator()
            .send();
        let mut events = Vec::new();
        'pages: while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if is_absent(error.message()) => break,
                page => page.map_err(remote("DescribeStackEvents"))?,
            };
            for found in page.stack_events() {
                if known.is_some() && found.event_id() == known {
                    break 'pages;
                }
                events.push(event(found));
            }
        }
        events.reverse();
        Ok(events)
    }
}

/// CloudFormation has no error code of its own for a stack that doesn't exist.
pub(super) fn is_absent(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.contains("does not exist"))
}

/// A change set that is gone has an error code of its own, unless its stack is gone, too.
fn is_absent_change_set(error: &impl ProvideErrorMetadata) -> bool {
    error
        .code()
        .is_some_and(|code| code.starts_with("ChangeSetNotFound"))
        || is_absent(error.message())
}

fn state(stack: &Stack, region: &str) -> StackState {
    let pair = |key: Option<&str>, value: Option<&str>| Some((key?.to_owned(), value?.to_owned()));
    StackState {
        id: stack.stack_id().unwrap_or_default().to_owned(),
        name: stack.stack_name().unwrap_or_default().to_owned(),
        region: region.to_owned(),
        status: stack
            .stack_status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        reason: stack.stack_status_reason().map(str::to_owned),
        parameters: stack
            .parameters()
            .iter()
            .filter_map(|parameter| pair(parameter.parameter_key(), parameter.parameter_value()))
            .collect(),
        tags: stack
            .tags()
            .iter()
            .filter_map(|tag| pair(tag.key(), tag.value()))
            .collect(),
        outputs: stack
            .outputs()
            .iter()
            .filter_map(|output| pair(output.output_key(), output.output_value()))
            .collect(),
        protected: stack.enable_termination_protection().unwrap_or_default(),
        policy: None,
        last_updated: stack.last_updated_time().map(moment),
        parent: stack.parent_id().map(str::to_owned),
    }
}

fn event(event: &SdkEvent) -> StackEvent {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    StackEvent {
        id: text(event.event_id()),
        // A nested stack is a resource of its own type.
        about_stack: event.resource_type() == Some("AWS::CloudFormation::Stack")
            && event.physical_resource_id() == event.stack_id(),
        token: event.client_request_token().map(str::to_owned),
        resource: ResourceProgress {
            logical_id: text(event.logical_resource_id()),
            kind: text(event.resource_type()),
            status: event
                .resource_status()
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            reason: event.resource_status_reason().map(str::to_owned),
        },
    }
}

fn parameters(values: &BTreeMap<String, String>) -> Vec<Parameter> {
    let parameter = |(key, value)| {
        Parameter::builder()
            .parameter_key(key)
            .parameter_value(value)
            .build()
    };
    values.iter().map(parameter).collect()
}

fn tags(values: &BTreeMap<String, String>) -> Vec<Tag> {
    values
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}
