//! What CloudFormation remembers of a stack, through the SDK.

use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types::{StackEvent, StackResourceSummary, StackStatus};

use super::Connection;
use super::cloudformation::is_absent;
use super::error::remote;
use crate::event::StackRef;
use crate::moment::Moment;
use crate::ops::observe::{DeployedResource, HistoryEvent, Reach, StackHistory};
use crate::remote::RemoteError;

impl StackHistory for Connection {
    async fn history(
        &self,
        stack: &StackRef,
        reach: Reach,
    ) -> Result<Vec<HistoryEvent>, RemoteError> {
        let mut events = self.events(&stack.region, &stack.name, reach).await?;
        // Only the id of a stack that is gone leads to its events.
        if events.is_empty()
            && let Some(id) = self.last_id_of_deleted(stack).await?
        {
            events = self.events(&stack.region, &id, reach).await?;
        }
        Ok(events)
    }

    async fn resources(&self, stack: &StackRef) -> Result<Vec<DeployedResource>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut pages = client
            .list_stack_resources()
            .stack_name(&stack.name)
            .into_paginator()
            .send();
        let mut resources = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Err(error) if is_absent(error.message()) => break,
                page => {
                    let page = page.map_err(remote("ListStackResources"))?;
                    resources.extend(page.stack_resource_summaries().iter().map(resource));
                }
            }
        }
        Ok(resources)
    }
}

impl Connection {
    /// Reads pages, newest event first, until one reaches far enough.
    async fn events(
        &self,
        region: &str,
        stack: &str,
        reach: Reach,
    ) -> Result<Vec<HistoryEvent>, RemoteError> {
        let client = self.cloudformation(region);
        let mut pages = client
            .describe_stack_events()
            .stack_name(stack)
            .into_paginator()
            .send();
        let mut events = Vec::new();
        'pages: while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if is_absent(error.message()) => break,
                page => page.map_err(remote("DescribeStackEvents"))?,
            };
            for found in page.stack_events().iter().map(event) {
                if is_beyond(reach, &found, &events) {
                    break 'pages;
                }
                events.push(found);
            }
        }
        events.reverse();
        Ok(events)
    }

    async fn last_id_of_deleted(&self, stack: &StackRef) -> Result<Option<String>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut pages = client
            .list_stacks()
            .stack_status_filter(StackStatus::DeleteComplete)
            .into_paginator()
            .send();
        let mut newest = None;
        while let Some(page) = pages.next().await {
            let page = page.map_err(remote("ListStacks"))?;
            let named = page
                .stack_summaries()
                .iter()
                .filter(|summary| summary.stack_name() == Some(&stack.name))
                .filter_map(|summary| {
                    let deleted = summary.deletion_time().map(moment);
                    Some((deleted, summary.stack_id()?.to_owned()))
                });
            newest = named.chain(newest).max();
        }
        Ok(newest.map(|(_, id)| id))
    }
}

/// Whether an event lies before what is asked for; `newer` are those that were read already, newest first.
fn is_beyond(reach: Reach, event: &HistoryEvent, newer: &[HistoryEvent]) -> bool {
    match reach {
        Reach::Since(moment) => event.time < moment,
        // The end of the operation before, once something of the newest one was seen.
        Reach::LastOperation => {
            event.is_about_stack()
                && event.is_settled()
                && newer
                    .iter()
                    .any(|newer| newer.is_about_stack() && !newer.is_settled())
        }
    }
}

fn event(event: &StackEvent) -> HistoryEvent {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    HistoryEvent {
        id: text(event.event_id()),
        time: event.timestamp().map(moment).unwrap_or_default(),
        stack_id: text(event.stack_id()),
        logical_id: text(event.logical_resource_id()),
        physical_id: present(event.physical_resource_id()),
        kind: text(event.resource_type()),
        status: text(event.resource_status().map(|status| status.as_str())),
        reason: present(event.resource_status_reason()),
    }
}

fn resource(resource: &StackResourceSummary) -> DeployedResource {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    DeployedResource {
        logical_id: text(resource.logical_resource_id()),
        physical_id: present(resource.physical_resource_id()),
        kind: text(resource.resource_type()),
        status: text(resource.resource_status().map(|status| status.as_str())),
    }
}

/// CloudFormation sends empty text for what isn't known yet.
fn present(value: Option<&str>) -> Option<String> {
    value.filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn moment(time: &DateTime) -> Moment {
    Moment::from_millis(time.to_millis().unwrap_or_default())
}
