//! A review on disk that pins change sets, and whether it still holds.
//!
//! In: a review and what it was made from. Out: JSON text, and later the answer to "may exactly this be executed now?".
//! Values of parameters never stand in the file, only their digest: some are secrets.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::model::Review;

/// Grows when an older liftform could misread the file.
pub const PLAN_FORMAT_VERSION: u32 = 1;

/// A plan to be executed later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanFile {
    /// Version of this form.
    pub format_version: u32,
    /// What it was made with and for; all of it must still be so.
    #[serde(flatten)]
    pub scope: Scope,
    /// The stacks, in deploy order.
    pub stacks: Vec<Pin>,
    /// What was shown when it was made.
    pub review: Review,
}

/// What a plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// Version of liftform.
    pub liftform: String,
    /// The topology's name.
    pub topology: String,
    /// The environment's name.
    pub environment: String,
    /// The account; none for a local cloud.
    pub account: Option<String>,
}

/// One stack of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pin {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// What CloudFormation said about it after the change set was made; none: there was no such stack.
    pub stamp: Option<Stamp>,
    /// What it is made from.
    pub inputs: Inputs,
    /// What is executed.
    pub step: Step,
}

/// Tells whether anybody touched a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stamp {
    /// The stack's ARN: a stack made again has another.
    pub id: String,
    /// Its status.
    pub status: String,
    /// When it was last changed, as CloudFormation says it; none: never.
    pub last_updated: Option<String>,
}

/// Digests of what a stack is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inputs {
    /// Of the template.
    pub template: String,
    /// Of parameter values; none: some were not known yet.
    pub parameters: Option<String>,
    /// Of the stack tags.
    pub tags: String,
}

impl Inputs {
    /// Digests of a template's text, its parameter values and tags.
    #[must_use]
    pub fn of(
        template: &str,
        parameters: Option<&BTreeMap<String, String>>,
        tags: &BTreeMap<String, String>,
    ) -> Self {
        Self {
            template: digest(template.as_bytes()),
            parameters: parameters.map(digest_of_map),
            tags: digest_of_map(tags),
        }
    }
}

/// What is done with a stack of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Step {
    /// Nothing.
    Leave,
    /// Termination protection or stack policy is set; no change set is needed for that.
    Protect,
    /// Exactly this change set is executed.
    Execute {
        /// Its ARN.
        change_set: String,
    },
    /// Its inputs are known only after earlier stacks; its change set is made then and must stay within what the plan's
    /// review showed.
    Later,
}

/// What the plan is compared with when it shall be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// What liftform runs with and for now.
    pub scope: Scope,
    /// The stacks of the topology as it is now.
    pub stacks: Vec<CurrentStack>,
}

/// One stack as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentStack {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// What CloudFormation says about it; none: there is no such stack.
    pub stamp: Option<Stamp>,
    /// What it would be made from now.
    pub inputs: Inputs,
    /// The pinned change set; none: nothing is pinned.
    pub change_set: Option<PinnedChangeSet>,
}

/// What became of a pinned change set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinnedChangeSet {
    /// It can be executed.
    Executable,
    /// It was executed, or can't be any more.
    Spent,
    /// It is gone.
    Gone,
}

/// A plan that no longer holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan is stale: {}", list(.reasons))]
pub struct Stale {
    /// All reasons, never empty.
    pub reasons: Vec<StaleReason>,
}

fn list(reasons: &[StaleReason]) -> String {
    let texts: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// Why a plan no longer holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaleReason {
    /// It was made with or for something else.
    #[error("it was made for {what} {planned}, and this is {current}")]
    Scope {
        /// `account`, `liftform` and so on.
        what: &'static str,
        /// In the plan.
        planned: String,
        /// Now.
        current: String,
    },
    /// The topology has a stack that the plan doesn't know.
    #[error("{0} is not in it")]
    NewStack(Place),
    /// The plan has a stack that the topology no longer has.
    #[error("{0} left the topology")]
    LostStack(Place),
    /// Somebody made, changed or removed the stack.
    #[error("{0} changed since")]
    Changed(Place),
    /// Its template, parameters or tags are others now.
    #[error("{place} has {what} now")]
    Inputs {
        /// The stack.
        place: Place,
        /// `another template`, `other parameters` or `other tags`.
        what: &'static str,
    },
    /// The change set can't be executed any more.
    #[error("the change set of {0} was executed or replaced already")]
    Spent(Place),
    /// The change set is gone.
    #[error("the change set of {0} is gone")]
    Gone(Place),
}

/// A stack in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.region)
    }
}

/// Why a text is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// Not JSON, or not of this form.
    #[error("this is no plan file")]
    Form(#[source] serde_json::Error),
    /// Written by a liftform with another form.
    #[error("the plan has format version {found}, and this liftform reads {PLAN_FORMAT_VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
}

impl PlanFile {
    /// A plan of this version.
    #[must_use]
    pub fn new(scope: Scope, stacks: Vec<Pin>, review: Review) -> Self {
        Self {
            format_version: PLAN_FORMAT_VERSION,
            scope,
            stacks,
            review,
        }
    }

    /// The plan as text; the same plan gives the same bytes.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a plan has text keys only");
        text.push('\n');
        text
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// When the text is no plan, or one of another version.
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        // The version first: a newer form may lack what this one needs.
        let version: Version = serde_json::from_str(text).map_err(PlanFileError::Form)?;
        if version.format_version != PLAN_FORMAT_VERSION {
            return Err(PlanFileError::Version {
                found: version.format_version,
            });
        }
        serde_json::from_str(text).map_err(PlanFileError::Form)
    }

    /// Says whether everything is as it was when the plan was made.
    ///
    /// # Errors
    /// All reasons why not.
    pub fn verify(&self, current: &Current) -> Result<(), Stale> {
        let mut reasons = self.scope.differences(&current.scope);
        for stack in &current.stacks {
            match self.stacks.iter().find(|pin| pin.is_for(stack)) {
                Some(pin) => reasons.extend(pin.differences(stack)),
                None => reasons.push(StaleReason::NewStack(place(&stack.name, &stack.region))),
            }
        }
        let lost = self
            .stacks
            .iter()
            .filter(|pin| !current.stacks.iter().any(|stack| pin.is_for(stack)));
        reasons.extend(lost.map(|pin| StaleReason::LostStack(place(&pin.name, &pin.region))));
        if reasons.is_empty() {
            Ok(())
        } else {
            Err(Stale { reasons })
        }
    }
}

#[derive(Deserialize)]
struct Version {
    format_version: u32,
}

impl Scope {
    fn differences(&self, current: &Self) -> Vec<StaleReason> {
        let none = || "none".to_owned();
        let pairs = [
            ("liftform", self.liftform.clone(), current.liftform.clone()),
            ("topology", self.topology.clone(), current.topology.clone()),
            (
                "environment",
                self.environment.clone(),
                current.environment.clone(),
            ),
            (
                "account",
                self.account.clone().unwrap_or_else(none),
                current.account.clone().unwrap_or_else(none),
            ),
        ];
        pairs
            .into_iter()
            .filter(|(_, planned, current)| planned != current)
            .map(|(what, planned, current)| StaleReason::Scope {
                what,
                planned,
                current,
            })
            .collect()
    }
}

impl Pin {
    fn is_for(&self, stack: &CurrentStack) -> bool {
        self.name == stack.name && self.region == stack.region
    }

    fn differences(&self, stack: &CurrentStack) -> Vec<StaleReason> {
        let place = || place(&self.name, &self.region);
        let mut reasons = Vec::new();
        if self.stamp != stack.stamp {
            reasons.push(StaleReason::Changed(place()));
        }
        let (planned, now) = (&self.inputs, &stack.inputs);
        // Values that weren't known can't differ.
        let parameters = planned.parameters.is_some() && planned.parameters != now.parameters;
        let inputs = [
            ("another template", planned.template != now.template),
            ("other parameters", parameters),
            ("other tags", planned.tags != now.tags),
        ];
        for (what, _) in inputs.into_iter().filter(|(_, differs)| *differs) {
            let place = place();
            reasons.push(StaleReason::Inputs { place, what });
        }
        if let Step::Execute { .. } = &self.step {
            match stack.change_set {
                Some(PinnedChangeSet::Executable) => {}
                Some(PinnedChangeSet::Spent) => reasons.push(StaleReason::Spent(place())),
                Some(PinnedChangeSet::Gone) | None => reasons.push(StaleReason::Gone(place())),
            }
        }
        reasons
    }
}

fn place(name: &str, region: &str) -> Place {
    Place {
        name: name.to_owned(),
        region: region.to_owned(),
    }
}

fn digest(bytes: &[u8]) -> String {
    let hash = sha2::Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn digest_of_map(values: &BTreeMap<String, String>) -> String {
    // JSON keeps `a: bc` and `ab: c` apart.
    let text = serde_json::to_string(values).expect("a map of texts is JSON");
    digest(text.as_bytes())
}

#[cfg(test)]
mod tests;
