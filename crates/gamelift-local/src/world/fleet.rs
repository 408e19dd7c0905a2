//! A fleet of any kind: what it consists of, and what state it and its locations are in.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Call, text};
use crate::error::{Answer, ApiError, ErrorKind};
use crate::input::Record;
use crate::lifecycle::{self, Course};
use crate::surroundings::StoredObject;

/// What runs the game servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Hosting {
    /// Instances that GameLift manages.
    Ec2,
    /// Computes that the user registers.
    Anywhere,
    /// Containers on instances that GameLift manages.
    Container,
}

/// How far a fleet's build has come on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Installation {
    /// There is nothing to run here.
    None,
    /// The build waits to be fetched from there.
    Due(StoredObject),
    /// It is being fetched from there and unpacked.
    Running(StoredObject),
    /// It is here, from there: its server processes can be started.
    Done(StoredObject),
}

/// A fleet.
#[derive(Serialize, Deserialize)]
pub(crate) struct Fleet {
    pub(crate) hosting: Hosting,
    pub(crate) installation: Installation,
    /// The members of `FleetAttributes` or `ContainerFleet` that don't change by themselves.
    pub(crate) record: Record,
    pub(crate) course: Course,
    pub(crate) created: f64,
    /// Since when a container fleet deploys a change.
    pub(crate) deploying: Option<f64>,
    pub(crate) deleting: Option<f64>,
    pub(crate) home: String,
    pub(crate) locations: BTreeMap<String, FleetLocation>,
    pub(crate) permissions: Vec<Value>,
    pub(crate) runtime: Value,
    pub(crate) policies: BTreeMap<String, Record>,
    pub(crate) deployments: Vec<Record>,
    /// Events beside those that the stages bring.
    pub(crate) log: Vec<Record>,
}

/// A place where a fleet has instances.
#[derive(Serialize, Deserialize)]
pub(crate) struct FleetLocation {
    pub(crate) added: f64,
    pub(crate) deleting: Option<f64>,
    pub(crate) minimum: i64,
    pub(crate) maximum: i64,
    pub(crate) desired: i64,
    pub(crate) managed: Option<Value>,
    pub(crate) stopped: BTreeSet<String>,
}

impl FleetLocation {
    /// A location with the capacity that GameLift gives to new ones.
    pub(crate) fn new(added: f64) -> Self {
        Self {
            added,
            deleting: None,
            minimum: 0,
            maximum: 1,
            desired: 1,
            managed: None,
            stopped: BTreeSet::new(),
        }
    }

    pub(crate) fn is_gone(&self, call: &Call) -> bool {
        self.deleting
            .is_some_and(|since| call.age(since) >= lifecycle::DELETION)
    }
}

impl Fleet {
    pub(crate) fn id(&self) -> &str {
        text(&self.record, "FleetId")
    }

    pub(crate) fn arn(&self) -> &str {
        text(&self.record, "FleetArn")
    }

    pub(crate) fn is_gone(&self, call: &Call) -> bool {
        self.deleting
            .is_some_and(|since| call.age(since) >= lifecycle::DELETION)
    }

    pub(crate) fn status(&self, call: &Call) -> &'static str {
        if self.deleting.is_some() {
            return "DELETING";
        }
        if self
            .deploying
            .is_some_and(|since| call.age(since) < lifecycle::DEPLOYMENT)
        {
            return "UPDATING";
        }
        self.course
            .status(self.age(self.created, call.now, call.speed))
    }

    /// Seconds of provisioning since `start`. A fleet gets no further than its build.
    pub(crate) fn age(&self, start: f64, now: f64, speed: f64) -> f64 {
        let age = (now - start) * speed;
        match self.installation {
            Installation::Due(_) | Installation::Running(_) => age.min(lifecycle::EXTRACTION),
            Installation::None | Installation::Done(_) => age,
        }
    }

    /// The state of one location.
    pub(crate) fn location_status(&self, location: &FleetLocation, call: &Call) -> &'static str {
        self.location_status_at(location, call.now, call.speed)
    }

    /// The state of one location at a time.
    pub(crate) fn location_status_at(
        &self,
        location: &FleetLocation,
        now: f64,
        speed: f64,
    ) -> &'static str {
        if self.deleting.is_some() || location.deleting.is_some() {
            return "DELETING";
        }
        self.course.status(self.age(location.added, now, speed))
    }

    /// Refuses a change to a fleet that isn't ready for it.
    pub(crate) fn require_active(&self, call: &Call) -> Answer<()> {
        match self.status(call) {
            "ACTIVE" | "UPDATING" => Ok(()),
            status => Err(ApiError::new(
                ErrorKind::InvalidFleetStatus,
                format!(
                    "fleet `{}` is in status {status}; it must be ACTIVE",
                    self.id()
                ),
            )),
        }
    }

    /// The location of that name; the home region when none is given.
    pub(crate) fn location(&self, name: Option<&str>) -> Answer<(&str, &FleetLocation)> {
        let name = name.unwrap_or(&self.home);
        let found = self.locations.get_key_value(name);
        found
            .map(|(name, location)| (name.as_str(), location))
            .ok_or_else(|| self.no_location(name))
    }

    /// The location of that name, to change it.
    pub(crate) fn location_mut(&mut self, name: Option<&str>) -> Answer<&mut FleetLocation> {
        let name = name.unwrap_or(&self.home).to_owned();
        let missing = self.no_location(&name);
        self.locations.get_mut(&name).ok_or(missing)
    }

    /// The fleet's id and ARN, which nearly every answer about a part of it begins with.
    pub(crate) fn header(&self) -> Record {
        ["FleetId", "FleetArn"]
            .into_iter()
            .map(|member| (member.to_owned(), Value::from(text(&self.record, member))))
            .collect()
    }

    /// The states of all locations, as `LocationStates` or a container fleet's `LocationAttributes`.
    pub(crate) fn location_states(&self, call: &Call) -> Vec<Value> {
        let state = |(name, location): (&String, &FleetLocation)| json!({ "Location": name, "Status": self.location_status(location, call) });
        self.locations.iter().map(state).collect()
    }

    /// Notes that something happened to the fleet.
    pub(crate) fn note(&mut self, now: f64, code: &str, message: impl Into<String>) {
        let event = json!({ "EventCode": code, "Message": message.into(), "EventTime": now });
        if let Value::Object(event) = event {
            self.log.push(event);
        }
    }

    fn no_location(&self, name: &str) -> ApiError {
        ApiError::not_found(format!("fleet `{}` has no location `{name}`", self.id()))
    }
}
