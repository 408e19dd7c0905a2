//! From a resolved environment to the stacks that hold it.
//!
//! In: an [`topology::environment::Environment`]. Out: a [`StackPlan`]: templates per stack and region, their
//! order, and the values that cross from one to the other. Pure: no I/O, no clock, the same bytes every time.

mod access;
mod artifacts;
mod backend;
mod beacons;
mod containers;
mod error;
mod fleets;
mod locate;
mod monitoring;
mod naming;
mod policy;
mod stack;

use std::collections::{BTreeMap, BTreeSet};

use cloudformation::Template;
use topology::environment::{Environment, Protected, Target};

pub use topology::environment::{Architecture, BuildFiles};

pub use access::{AccessRole, GitHub, Provider, access, policy_documents};
pub use beacons::{Beacon, beacons};
pub use error::PlanError;
pub use locate::{Located, locate, locate_path};

/// Plans all stacks of an environment.
///
/// # Errors
/// When two things would share a logical id, a document can't be rendered, or an extension doesn't fit.
pub fn build(environment: &Environment) -> Result<StackPlan, PlanError> {
    let regions: BTreeSet<&str> = environment
        .regions
        .keys()
        .map(String::as_str)
        .chain([environment.home.as_str()])
        .collect();
    let mut stacks = Vec::new();
    for region in &regions {
        stacks.push(artifacts::plan(environment, region)?);
    }
    for (region, contents) in &environment.regions {
        let mut stack = fleets::plan(environment, region, contents)?;
        stack.termination_protection = environment.protect.contains(&Protected::Fleets);
        stacks.push(stack);
    }
    stacks.push(backend::plan(environment)?);
    for stack in &mut stacks {
        stack.tags = tags(environment, stack.role);
        stack.guarded = guarded(environment, stack);
    }
    Ok(StackPlan {
        topology: environment.topology.clone(),
        environment: environment.name.clone(),
        target: environment.target,
        account: environment.account.clone(),
        home: environment.home.clone(),
        architecture: environment.architecture,
        stacks,
    })
}

/// Resources of the classes that the environment protects. The artifact stack belongs to no environment.
fn guarded(environment: &Environment, stack: &PlannedStack) -> BTreeSet<String> {
    if !matches!(stack.role, StackRole::Fleets | StackRole::Backend) {
        return BTreeSet::new();
    }
    let class = |kind: &str| match kind {
        "AWS::DynamoDB::Table" => Some(Protected::Tables),
        "AWS::GameLift::Fleet" | "AWS::GameLift::ContainerFleet" => Some(Protected::Fleets),
        _ => None,
    };
    let resources = stack.template.resources.iter();
    resources
        .filter(|(_, resource)| {
            class(&resource.kind).is_some_and(|class| environment.protect.contains(&class))
        })
        .map(|(id, _)| id.clone())
        .collect()
}

/// Stack tags. The artifact stack belongs to no topology: with the tags of one, another's deploy would change it; with
/// such tags on the access stack, destroying the environment would take the role away that destroys it.
fn tags(environment: &Environment, role: StackRole) -> BTreeMap<String, String> {
    let shared = match role {
        StackRole::Artifacts => Some("artifacts"),
        StackRole::Access => Some("access"),
        StackRole::Fleets | StackRole::Backend => None,
    };
    if let Some(shared) = shared {
        return BTreeMap::from([("liftform:role".to_owned(), shared.to_owned())]);
    }
    let mut tags = environment.tags.clone();
    tags.insert("liftform:topology".to_owned(), environment.topology.clone());
    tags.insert("liftform:environment".to_owned(), environment.name.clone());
    tags
}

/// All stacks of one environment, in deploy order (by wave, then region, then name).
#[derive(Clone, Debug)]
pub struct StackPlan {
    /// The topology's name.
    pub topology: String,
    /// The environment's name.
    pub environment: String,
    /// Where it lives.
    pub target: Target,
    /// The account it must be deployed to, 12 digits.
    pub account: Option<String>,
    /// The region of the backend stack.
    pub home: String,
    /// What handlers must be built for.
    pub architecture: Architecture,
    /// The stacks.
    pub stacks: Vec<PlannedStack>,
}

/// One stack.
#[derive(Clone, Debug)]
pub struct PlannedStack {
    /// Its name; with the region it is unique in the plan.
    pub name: String,
    /// Its region.
    pub region: String,
    /// What it is for.
    pub role: StackRole,
    /// Stacks of one wave don't need one another; waves are deployed from 0 upwards.
    pub wave: usize,
    /// Its template.
    pub template: Template,
    /// Where the value of each template parameter comes from.
    pub parameters: BTreeMap<String, ParameterSource>,
    /// Stack tags.
    pub tags: BTreeMap<String, String>,
    /// Whether DeleteStack must be refused.
    pub termination_protection: bool,
    /// Logical ids of resources that the stack policy must not let anybody replace or delete.
    pub guarded: BTreeSet<String>,
}

/// What a stack is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StackRole {
    /// The bucket for handler and build archives; shared by all topologies of the account, so `destroy` keeps it
    /// unless nothing else is left.
    Artifacts,
    /// Roles of those who work on the environment; not among its own stacks, see [`access()`].
    Access,
    /// Builds, fleets and aliases of one region.
    Fleets,
    /// Everything else, in the home region.
    Backend,
}

impl StackRole {
    /// The wave its stacks are deployed in.
    fn wave(self) -> usize {
        match self {
            Self::Artifacts => 0,
            Self::Access | Self::Fleets => 1,
            Self::Backend => 2,
        }
    }
}

/// Where a template parameter gets its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterSource {
    /// An output of a stack of an earlier wave.
    Output {
        /// The stack.
        stack: String,
        /// Its region.
        region: String,
        /// Name of the output.
        output: String,
    },
    /// The key of an uploaded artifact in the artifact bucket of the stack's own region.
    Artifact(Artifact),
}

/// A file that is built, hashed and uploaded before the stack can be deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Artifact {
    /// The zip of a Lambda handler.
    Handler {
        /// Cargo package.
        package: String,
    },
    /// The zip of a game server build.
    Build {
        /// Name in the topology.
        name: String,
        /// What goes into it.
        files: BuildFiles,
    },
}
