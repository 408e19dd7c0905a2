//! CloudFormation's drift detection, through the SDK.

use aws_sdk_cloudformation::types::{
    PropertyDifference, StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};

use super::Connection;
use super::error::remote;
use crate::event::StackRef;
use crate::ops::drift::{Detection, Difference, DriftApi, DriftState, ResourceDrift};
use crate::remote::RemoteError;

impl DriftApi for Connection {
    async fn start_detection(&self, stack: &StackRef) -> Result<String, RemoteError> {
        let request = self
            .cloudformation(&stack.region)
            .detect_stack_drift()
            .stack_name(&stack.name);
        let answer = request.send().await.map_err(remote("DetectStackDrift"))?;
        Ok(answer.stack_drift_detection_id.unwrap_or_default())
    }

    async fn detection(&self, region: &str, id: &str) -> Result<Detection, RemoteError> {
        let request = self
            .cloudformation(region)
            .describe_stack_drift_detection_status()
            .stack_drift_detection_id(id);
        let answer = request
            .send()
            .await
            .map_err(remote("DescribeStackDriftDetectionStatus"))?;
        // After a failure some resources are unknown, and the others were compared.
        Ok(match answer.detection_status() {
            Some(StackDriftDetectionStatus::DetectionInProgress) => Detection::Running,
            _ => Detection::Done,
        })
    }

    async fn drifts(&self, stack: &StackRef) -> Result<Vec<ResourceDrift>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut pages = client
            .describe_stack_resource_drifts()
            .stack_name(&stack.name)
            .into_paginator()
            .send();
        let mut drifts = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(remote("DescribeStackResourceDrifts"))?;
            drifts.extend(page.stack_resource_drifts().iter().map(drift));
        }
        Ok(drifts)
    }
}

fn drift(drift: &StackResourceDrift) -> ResourceDrift {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    ResourceDrift {
        logical_id: text(drift.logical_resource_id()),
        kind: text(drift.resource_type()),
        state: match drift.stack_resource_drift_status() {
            Some(StackResourceDriftStatus::InSync) => DriftState::InSync,
            Some(StackResourceDriftStatus::Deleted) => DriftState::Deleted,
            Some(StackResourceDriftStatus::Modified) => {
                let differences = drift.property_differences().iter();
                DriftState::Changed(differences.map(difference).collect())
            }
            _ => DriftState::Unknown,
        },
    }
}

fn difference(found: &PropertyDifference) -> Difference {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Difference {
        path: text(found.property_path())
            .trim_start_matches('/')
            .replace('/', "."),
        expected: text(found.expected_value()),
        actual: text(found.actual_value()),
    }
}
