//! One stack as deploying needs it: text and values, nothing left of how it was made.

use std::collections::{BTreeMap, BTreeSet};

use plan::{ParameterSource, StackPlan, StackRole};

use crate::event::StackRef;

/// Tag with the topology's name. By it stacks are found that left the topology.
pub const TAG_TOPOLOGY: &str = "liftform:topology";
/// Tag with the environment's name.
pub const TAG_ENVIRONMENT: &str = "liftform:environment";

/// A stack to be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackSpec {
    /// Its name and region.
    pub stack: StackRef,
    /// What it is for.
    pub role: StackRole,
    /// Deployed after all stacks of smaller waves.
    pub wave: usize,
    /// Its template as JSON.
    pub template: String,
    /// Where the value of each parameter comes from.
    pub parameters: BTreeMap<String, ParameterSource>,
    /// Stack tags.
    pub tags: BTreeMap<String, String>,
    /// Whether DeleteStack must be refused.
    pub protected: bool,
    /// Logical ids of resources that the stack policy lets nobody replace or delete.
    pub guarded: BTreeSet<String>,
    /// Whether it is deployed in this run.
    pub selection: Selection,
}

/// Whether a stack is deployed in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// It is.
    Deploy,
    /// Only its outputs are read, because other stacks take them.
    ReadOutputs,
}

impl StackSpec {
    /// Reads the stacks of a plan, in its order.
    ///
    /// Stacks of one topology get the tags that find them again. The artifact stack belongs to all topologies, so that
    /// with such tags each of them would change it back and forth.
    pub fn from_plan(plan: &StackPlan) -> Vec<Self> {
        plan.stacks
            .iter()
            .map(|stack| {
                let mut tags = stack.tags.clone();
                if !matches!(stack.role, StackRole::Artifacts | StackRole::Access) {
                    tags.entry(TAG_TOPOLOGY.to_owned())
                        .or_insert_with(|| plan.topology.clone());
                    tags.entry(TAG_ENVIRONMENT.to_owned())
                        .or_insert_with(|| plan.environment.clone());
                }
                Self {
                    stack: StackRef::new(&stack.name, &stack.region),
                    role: stack.role,
                    wave: stack.wave,
                    template: stack.template.to_json(),
                    parameters: stack.parameters.clone(),
                    tags,
                    protected: stack.termination_protection,
                    guarded: stack.guarded.clone(),
                    selection: Selection::Deploy,
                }
            })
            .collect()
    }
}
