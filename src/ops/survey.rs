//! What is deployed of an environment, and how it is.
//!
//! In: stacks. Out: an [`EnvironmentStatus`] over all regions. Reads only.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::observe::{
    AliasState, DeployedResource, FleetState, GameLift, QueueState, StackHistory,
};
use crate::deploy::{StackApi, StackState};
use crate::event::StackRef;
use crate::remote::RemoteError;

/// An environment as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentStatus {
    /// Stacks; without a state: not deployed.
    pub stacks: Vec<(StackRef, Option<StackState>)>,
    /// Fleets.
    pub fleets: Vec<InRegion<FleetState>>,
    /// Aliases by their ids.
    pub aliases: Vec<InRegion<(String, AliasState)>>,
    /// Queues.
    pub queues: Vec<InRegion<QueueState>>,
    /// Tables.
    pub tables: Vec<InRegion<DeployedResource>>,
}

/// Something in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InRegion<T> {
    /// The region.
    pub region: String,
    /// The thing.
    pub what: T,
}

/// What can be read of one stack.
#[derive(Default)]
struct Contents {
    fleets: Vec<FleetState>,
    aliases: Vec<(String, AliasState)>,
    queues: Vec<QueueState>,
    tables: Vec<DeployedResource>,
}

/// Reads everything, several stacks at once.
///
/// # Errors
///
/// When a call is refused. What doesn't exist is left out.
pub async fn survey<Cloud: StackApi + StackHistory + GameLift>(
    cloud: &Cloud,
    stacks: &[StackRef],
    max_parallel: usize,
) -> Result<EnvironmentStatus, RemoteError> {
    let read: Vec<_> = stream::iter(stacks)
        .map(async |stack| {
            let state = cloud.describe(stack).await?;
            let contents = match state {
                Some(_) => contents(cloud, stack).await?,
                None => Contents::default(),
            };
            Ok::<_, RemoteError>((stack, state, contents))
        })
        .buffered(max_parallel.max(1))
        .try_collect()
        .await?;
    let mut status = EnvironmentStatus::default();
    for (stack, state, contents) in read {
        let region = &stack.region;
        status.stacks.push((stack.clone(), state));
        status.fleets.extend(in_region(region, contents.fleets));
        status.aliases.extend(in_region(region, contents.aliases));
        status.queues.extend(in_region(region, contents.queues));
        status.tables.extend(in_region(region, contents.tables));
    }
    Ok(status)
}

fn in_region<T>(region: &str, things: Vec<T>) -> impl Iterator<Item = InRegion<T>> {
    things.into_iter().map(move |what| InRegion {
        region: region.to_owned(),
        what,
    })
}

async fn contents<Cloud: StackHistory + GameLift>(
    cloud: &Cloud,
    stack: &StackRef,
) -> Result<Contents, RemoteError> {
    let region = &stack.region;
    let mut found = Contents::default();
    let mut fleets = Vec::new();
    for resource in cloud.resources(stack).await? {
        let Some(id) = resource.physical_id.clone() else {
            continue;
        };
        match resource.kind.as_str() {
            "AWS::GameLift::Fleet" | "AWS::GameLift::ContainerFleet" => fleets.push(id),
            "AWS::GameLift::Alias" => {
                let alias = cloud.alias(region, &id).await?;
                found.aliases.extend(alias.map(|alias| (id, alias)));
            }
            "AWS::GameLift::GameSessionQueue" => {
                found
                    .queues
                    .extend(cloud.queue(region, &name_of(&id)).await?);
            }
            "AWS::DynamoDB::Table" => found.tables.push(resource),
            _ => {}
        }
    }
    found.fleets = cloud.fleets(region, &fleets).await?;
    Ok(found)
}

/// CloudFormation's id of a queue or matchmaking configuration is its name, or an ARN that ends in it.
pub(super) fn name_of(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}
