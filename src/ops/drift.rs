//! Where reality left the templates.
//!
//! CloudFormation compares what it can read. What it can't (types without drift support, properties that can be written but
//! not read) is named, and where GameLift knows it, read there: capacity and ports of fleets, targets of aliases,
//! destinations of queues, rule sets of matchmakers, and whether all of these lead somewhere, also in other regions.

mod expected;
mod gamelift;

use std::collections::BTreeMap;
use std::time::Duration;

use cloudformation::schema;
use serde::Serialize;

use self::expected::Expected;
use super::observe::{GameLift, StackHistory};
use crate::deploy::{Pace, StackApi};
use crate::event::StackRef;
use crate::remote::RemoteError;

/// CloudFormation's drift detection.
pub trait DriftApi {
    /// Starts to compare a stack with reality; gives the id to ask for it by.
    fn start_detection(
        &self,
        stack: &StackRef,
    ) -> impl Future<Output = Result<String, RemoteError>>;

    /// Reads how far a comparison is.
    fn detection(
        &self,
        region: &str,
        id: &str,
    ) -> impl Future<Output = Result<Detection, RemoteError>>;

    /// Reads what the newest comparison of a stack found, resource by resource.
    fn drifts(
        &self,
        stack: &StackRef,
    ) -> impl Future<Output = Result<Vec<ResourceDrift>, RemoteError>>;
}

/// How far a comparison is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detection {
    /// It runs.
    Running,
    /// It is done; some resources may have refused to be compared.
    Done,
}

/// What CloudFormation says of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceDrift {
    /// Logical id in the template.
    pub logical_id: String,
    /// CloudFormation type.
    pub kind: String,
    /// The finding.
    pub state: DriftState,
}

/// Whether a resource is as its template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriftState {
    /// As far as CloudFormation can tell.
    InSync,
    /// It isn't.
    Changed(Vec<Difference>),
    /// It is gone.
    Deleted,
    /// CloudFormation couldn't tell.
    Unknown,
}

/// One property that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Path of the property: `RoutingStrategy.FleetId`.
    pub path: String,
    /// As the template says it.
    pub expected: String,
    /// As it is.
    pub actual: String,
}

/// What was found of one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackDrift {
    /// The stack.
    pub stack: StackRef,
    /// Resources that left their template.
    pub drifted: Vec<Drifted>,
    /// What nobody could compare.
    pub unchecked: Vec<Unchecked>,
}

/// A resource that left its template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drifted {
    /// Logical id in the template.
    pub logical_id: String,
    /// CloudFormation type.
    pub resource_type: String,
    /// Who saw it.
    pub seen_by: SeenBy,
    /// What is different; nothing: the resource is gone.
    pub differences: Vec<Difference>,
}

/// Who saw a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeenBy {
    /// CloudFormation's drift detection.
    CloudFormation,
    /// A call to GameLift.
    GameLift,
}

/// Something that CloudFormation can't compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unchecked {
    /// Logical id in the template.
    pub logical_id: String,
    /// CloudFormation type.
    pub resource_type: String,
    /// The properties; none: the whole resource.
    pub properties: Vec<String>,
}

/// Compares stacks with reality, one after another; CloudFormation allows few comparisons at a time.
///
/// # Errors
///
/// When a stack can't be read, or CloudFormation refuses to compare it.
pub async fn detect<Cloud, Clock>(
    cloud: &Cloud,
    stacks: &[StackRef],
    clock: &Clock,
    pause: Duration,
) -> Result<Vec<StackDrift>, RemoteError>
where
    Cloud: StackApi + StackHistory + DriftApi + GameLift,
    Clock: Pace,
{
    let mut started = Vec::new();
    for stack in stacks {
        if let Some(state) = cloud.describe(stack).await? {
            let id = cloud.start_detection(stack).await?;
            started.push((stack, state, id));
        }
    }
    let mut found = Vec::new();
    for (stack, state, id) in started {
        while cloud.detection(&stack.region, &id).await? == Detection::Running {
            clock.pause(pause).await;
        }
        let resources = cloud.resources(stack).await?;
        let template = cloud.template(stack).await?;
        let expected = Expected::new(&template, state.parameters, resources);
        found.push(compare(cloud, stack, &expected).await?);
    }
    Ok(found)
}

async fn compare<Cloud: DriftApi + GameLift>(
    cloud: &Cloud,
    stack: &StackRef,
    expected: &Expected,
) -> Result<StackDrift, RemoteError> {
    let drifts: BTreeMap<String, DriftState> = cloud
        .drifts(stack)
        .await?
        .into_iter()
        .map(|drift| (drift.logical_id, drift.state))
        .collect();
    let mut result = StackDrift {
        stack: stack.clone(),
        drifted: Vec::new(),
        unchecked: Vec::new(),
    };
    for resource in expected.resources() {
        let (id, kind) = (&resource.logical_id, &resource.kind);
        let mut drifted = |seen_by, differences| {
            result.drifted.push(Drifted {
                logical_id: id.clone(),
                resource_type: kind.clone(),
                seen_by,
                differences,
            });
        };
        match drifts.get(id) {
            Some(DriftState::Deleted) => drifted(SeenBy::CloudFormation, Vec::new()),
            Some(DriftState::Changed(differences)) => {
                drifted(SeenBy::CloudFormation, differences.clone());
            }
            Some(DriftState::InSync | DriftState::Unknown) | None => {
                let differences =
                    gamelift::differences(cloud, &stack.region, expected, resource).await?;
                if !differences.is_empty() {
                    drifted(SeenBy::GameLift, differences);
                }
            }
        }
        result
            .unchecked
            .extend(unchecked(expected, id, kind, drifts.get(id)));
    }
    Ok(result)
}

/// What CloudFormation couldn't compare of a resource.
fn unchecked(
    expected: &Expected,
    id: &str,
    kind: &str,
    state: Option<&DriftState>,
) -> Option<Unchecked> {
    let properties = match state {
        None | Some(DriftState::Unknown) => Vec::new(),
        Some(DriftState::Deleted) => return None,
        Some(DriftState::InSync | DriftState::Changed(_)) => {
            let hidden = written_only(expected, id, kind);
            if hidden.is_empty() {
                return None;
            }
            hidden
        }
    };
    Some(Unchecked {
        logical_id: id.to_owned(),
        resource_type: kind.to_owned(),
        properties,
    })
}

/// The properties of a resource that its template sets and nobody can read back.
fn written_only(expected: &Expected, id: &str, kind: &str) -> Vec<String> {
    let Some(schema) = schema::resource_type(kind) else {
        return Vec::new();
    };
    let set = |path: &&String| expected.property(id, path).is_some();
    schema.write_only().iter().filter(set).cloned().collect()
}

#[cfg(test)]
mod tests;
