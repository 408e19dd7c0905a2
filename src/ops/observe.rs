//! What the day-two commands read of a deployed environment, in values of our own.
//!
//! `aws/` implements the traits with the SDK, tests with recorded answers. One method is one call, paged to its end. What
//! does not exist is an empty answer, not an error.

use crate::event::StackRef;
use crate::moment::Moment;
use crate::remote::RemoteError;

/// CloudFormation's memory of its stacks.
pub trait StackHistory {
    /// Reads the events of a stack, oldest first. A stack that is gone is found by its last id, for 90 days.
    fn history(
        &self,
        stack: &StackRef,
        reach: Reach,
    ) -> impl Future<Output = Result<Vec<HistoryEvent>, RemoteError>>;

    /// Reads the resources of a stack, by logical id.
    fn resources(
        &self,
        stack: &StackRef,
    ) -> impl Future<Output = Result<Vec<DeployedResource>, RemoteError>>;
}

/// How far back events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the beginning of the newest operation.
    LastOperation,
    /// To a moment.
    Since(Moment),
}

/// Something that happened in a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEvent {
    /// Unique id.
    pub id: String,
    /// When.
    pub time: Moment,
    /// Id of the stack.
    pub stack_id: String,
    /// Logical id of the resource.
    pub logical_id: String,
    /// What AWS calls it; none: it isn't there yet.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub kind: String,
    /// CloudFormation status.
    pub status: String,
    /// CloudFormation's explanation.
    pub reason: Option<String>,
}

impl HistoryEvent {
    /// Whether it is about the stack itself rather than about one of its resources.
    pub fn is_about_stack(&self) -> bool {
        self.physical_id.as_ref() == Some(&self.stack_id)
    }

    /// The id of the nested stack that it is about.
    pub fn nested_stack(&self) -> Option<&str> {
        let nested = self.kind == "AWS::CloudFormation::Stack" && !self.is_about_stack();
        self.physical_id
            .as_deref()
            .filter(|id| nested && id.starts_with("arn:"))
    }

    /// Whether an operation has come to rest with it. `REVIEW_IN_PROGRESS` waits for somebody to execute a change set.
    pub fn is_settled(&self) -> bool {
        !self.status.ends_with("_IN_PROGRESS") || self.status == "REVIEW_IN_PROGRESS"
    }
}

/// A resource as CloudFormation knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedResource {
    /// Logical id in the template.
    pub logical_id: String,
    /// What AWS calls it; none: it isn't there yet.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub kind: String,
    /// CloudFormation status.
    pub status: String,
}

/// GameLift, as far as it is read.
pub trait GameLift {
    /// Reads the events of a fleet, newest last.
    fn fleet_events(
        &self,
        region: &str,
        fleet: &str,
    ) -> impl Future<Output = Result<Vec<FleetEvent>, RemoteError>>;

    /// Reads fleets with their locations, capacity and sessions; those that don't exist are left out.
    fn fleets(
        &self,
        region: &str,
        fleets: &[String],
    ) -> impl Future<Output = Result<Vec<FleetState>, RemoteError>>;

    /// Reads the inbound permissions of a managed EC2 fleet, for one of its locations.
    fn ports(
        &self,
        region: &str,
        fleet: &str,
        location: &str,
    ) -> impl Future<Output = Result<Vec<PortPermission>, RemoteError>>;

    /// Reads an alias.
    fn alias(
        &self,
        region: &str,
        alias: &str,
    ) -> impl Future<Output = Result<Option<AliasState>, RemoteError>>;

    /// Reads a queue by name.
    fn queue(
        &self,
        region: &str,
        name: &str,
    ) -> impl Future<Output = Result<Option<QueueState>, RemoteError>>;

    /// Reads a matchmaking configuration by name.
    fn matchmaker(
        &self,
        region: &str,
        name: &str,
    ) -> impl Future<Output = Result<Option<MatchmakerState>, RemoteError>>;

    /// Whether a rule set of that name exists.
    fn rule_set_exists(
        &self,
        region: &str,
        name: &str,
    ) -> impl Future<Output = Result<bool, RemoteError>>;
}

/// Something that happened to a fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetEvent {
    /// When.
    pub time: Moment,
    /// GameLift's code, `FLEET_STATE_ACTIVE` and so on.
    pub code: String,
    /// GameLift's words.
    pub message: Option<String>,
}

/// A fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetState {
    /// Its id.
    pub id: String,
    /// Its name; container fleets have none.
    pub name: Option<String>,
    /// `ACTIVE` and so on.
    pub status: String,
    /// EC2 instance type; none: Anywhere.
    pub instance: Option<String>,
    /// Where it is, by location.
    pub locations: Vec<LocationState>,
}

/// A fleet in one location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocationState {
    /// The region, or `custom-` location.
    pub location: String,
    /// `ACTIVE` and so on.
    pub status: String,
    /// Instances; none: it has no capacity of its own, like an Anywhere location.
    pub capacity: Option<InstanceCounts>,
    /// Game sessions that run.
    pub game_sessions: u32,
    /// Players in them.
    pub players: u32,
}

/// Instances of a fleet in one location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstanceCounts {
    /// At least.
    pub min: u32,
    /// Wanted.
    pub desired: u32,
    /// At most.
    pub max: u32,
    /// Running.
    pub active: u32,
}

/// An open port range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortPermission {
    /// `TCP` or `UDP`.
    pub protocol: String,
    /// First port.
    pub from: u16,
    /// Last port.
    pub to: u16,
    /// Who may connect, CIDR.
    pub range: String,
}

/// An alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasState {
    /// Its name.
    pub name: String,
    /// The fleet that it leads to; none: it ends in a message.
    pub fleet: Option<String>,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueState {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// ARNs of the fleets and aliases, in order.
    pub destinations: Vec<String>,
    /// Seconds until a placement fails.
    pub timeout_seconds: u32,
}

/// A matchmaking configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchmakerState {
    /// Its name.
    pub name: String,
    /// The rule set it matches by.
    pub rule_set: String,
    /// ARNs of its queues.
    pub queues: Vec<String>,
}

/// Reads what IAM hides in its refusals.
pub trait AuthorizationMessages {
    /// Decodes an encoded authorisation message into IAM's JSON.
    fn decode(&self, encoded: &str) -> impl Future<Output = Result<String, RemoteError>>;
}
