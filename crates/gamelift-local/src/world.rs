//! Everything that exists, per region, and the ids and ARNs it is known by.
//!
//! Holds no rule of a single operation.

mod collection;
mod fleet;
mod process;
mod saved;
mod session;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) use collection::{Collection, id_of};
pub(crate) use fleet::{Fleet, FleetLocation, Hosting, Installation};
pub(crate) use process::{Compute, Origin, Readiness, ServerProcess, TOKEN_LIFE, Token};
pub(crate) use saved::Unreadable;
pub(crate) use session::{
    Address, GameSession, JoinPolicy, Seating, SessionRequest, SessionStatus, present,
};

use crate::config::Config;
use crate::error::{Answer, ApiError, ErrorKind};
use crate::events::{self, Event, Notification};
use crate::hosting::Placement;
use crate::input::{Input, Record};
use crate::matchmaking::{Engine, Match, Refill, Ticket};

/// One request, as operations see it.
pub(crate) struct Call {
    pub(crate) region: String,
    pub(crate) now: f64,
    pub(crate) speed: f64,
    pub(crate) input: Input,
}

impl Call {
    /// Seconds of provisioning since `start`.
    pub(crate) fn age(&self, start: f64) -> f64 {
        (self.now - start) * self.speed
    }
}

/// What has to leave the world after a change.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// A frame for a server process.
    Push { process: String, frame: Value },
    /// The connection of a server process is to be closed.
    Disconnect { process: String },
    /// An event.
    Publish(Notification),
}

/// What becomes of the server processes of managed fleets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Servers {
    Run,
    LeftAlone,
}

/// All regions of one account.
pub(crate) struct World {
    account: String,
    seed: String,
    speed: f64,
    servers: Servers,
    now: f64,
    issued: u64,
    /// Where server processes connect to.
    socket: String,
    effects: Vec<Effect>,
    regions: BTreeMap<String, Region>,
}

/// What exists in one region.
#[derive(Serialize, Deserialize)]
pub(crate) struct Region {
    pub(crate) builds: Collection<Record>,
    pub(crate) scripts: Collection<Record>,
    pub(crate) fleets: Collection<Fleet>,
    pub(crate) aliases: Collection<Record>,
    pub(crate) locations: Collection<Record>,
    /// Versions, oldest first; never empty.
    pub(crate) container_groups: Collection<Vec<Record>>,
    pub(crate) queues: Collection<Record>,
    pub(crate) rule_sets: Collection<Record>,
    pub(crate) configurations: Collection<Record>,
    pub(crate) tickets: Collection<Ticket>,
    /// By a number that tickets name. Made anew from the tickets.
    #[serde(skip)]
    pub(crate) engines: BTreeMap<u64, Engine>,
    /// Matches that wait for their game sessions, by id.
    pub(crate) matches: BTreeMap<String, Match>,
    pub(crate) refills: Vec<Refill>,
    pub(crate) placements: Collection<Placement>,
    /// By fleet and name, see [`crate::hosting::compute_key`].
    pub(crate) computes: BTreeMap<String, Compute>,
    /// They don't outlive the service.
    #[serde(skip)]
    pub(crate) processes: BTreeMap<String, ServerProcess>,
    /// By ARN.
    pub(crate) sessions: BTreeMap<String, GameSession>,
    /// By ARN; a resource without tags has an empty entry, so that the key says whether it exists.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
}

impl Default for Region {
    fn default() -> Self {
        // The API model lists `ConflictException` for the first group only.
        let (conflict, invalid) = (ErrorKind::Conflict, ErrorKind::InvalidRequest);
        Self {
            builds: Collection::new("build", conflict),
            scripts: Collection::new("script", conflict),
            fleets: Collection::new("fleet", conflict),
            aliases: Collection::new("alias", conflict),
            locations: Collection::new("location", conflict),
            container_groups: Collection::new("container group definition", conflict),
            queues: Collection::new("game session queue", invalid),
            rule_sets: Collection::new("matchmaking rule set", invalid),
            configurations: Collection::new("matchmaking configuration", invalid),
            tickets: Collection::new("matchmaking ticket", invalid),
            engines: BTreeMap::new(),
            matches: BTreeMap::new(),
            refills: Vec::new(),
            placements: Collection::new("game session placement", invalid),
            computes: BTreeMap::new(),
            processes: BTreeMap::new(),
            sessions: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            account: config.account.clone(),
            seed: config.token.clone(),
            speed: config.speed,
            servers: match config.servers {
                Some(_) => Servers::Run,
                None => Servers::LeftAlone,
            },
            now: 0.0,
            issued: 0,
            socket: String::new(),
            effects: Vec::new(),
            regions: BTreeMap::new(),
        }
    }

    /// Forgets everything but goes on counting, so that no id is ever issued twice.
    pub(crate) fn clear(&mut self) {
        self.regions.clear();
    }

    pub(crate) fn region(&mut self, call: &Call) -> &mut Region {
        self.region_or_new(&call.region)
    }

    pub(crate) fn region_or_new(&mut self, name: &str) -> &mut Region {
        self.regions.entry(name.to_owned()).or_default()
    }

    /// The region of that name, if it has ever been used.
    pub(crate) fn region_named(&mut self, name: &str) -> Option<&mut Region> {
        self.regions.get_mut(name)
    }

    pub(crate) fn region_names(&self) -> Vec<String> {
        self.regions.keys().cloned().collect()
    }

    /// Where server processes connect to, as `ws://127.0.0.1:4566`.
    pub(crate) fn socket(&self) -> &str {
        &self.socket
    }

    pub(crate) fn set_socket(&mut self, socket: String) {
        self.socket = socket;
    }

    /// Whether managed fleets run their server processes on this machine.
    pub(crate) fn runs_servers(&self) -> bool {
        self.servers == Servers::Run
    }

    /// How many seconds of provisioning pass in a second.
    pub(crate) fn speed(&self) -> f64 {
        self.speed
    }

    /// The region that a fleet was created in.
    pub(crate) fn region_of_fleet(&self, fleet: &str) -> Answer<String> {
        let mut regions = self.regions.iter();
        regions
            .find(|(_, region)| region.fleets.find(fleet).is_ok())
            .map(|(name, _)| name.clone())
            .ok_or_else(|| ApiError::not_found(format!("fleet `{fleet}` does not exist")))
    }

    /// Lets time pass: everything that was due by `now` has happened afterwards.
    pub(crate) fn advance(&mut self, now: f64) {
        self.now = now;
        self.advance_hosting(now);
        self.advance_matchmaking(now);
    }

    /// Notes that something has to leave the world.
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What has to leave the world since the last call.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Sends an event to EventBridge, and to a topic unless `topic` is empty.
    pub(crate) fn publish(&mut self, region: &str, topic: &str, event: Event) {
        let origin = events::Origin {
            id: self.id(""),
            account: &self.account,
            region,
            now: self.now,
        };
        let notification = Notification {
            region: region.to_owned(),
            topic: (!topic.is_empty()).then(|| topic.to_owned()),
            event: event.sealed(origin),
        };
        self.effect(Effect::Publish(notification));
    }

    /// A new id such as `fleet-1b9c3b0e-…`, or without a prefix.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.issued += 1;
        let uuid = uuid(&self.seed, "resource", self.issued);
        if prefix.is_empty() {
            uuid
        } else {
            format!("{prefix}-{uuid}")
        }
    }

    /// The ARN of a resource in the region of the call.
    pub(crate) fn arn(&self, call: &Call, kind: &str, id: &str) -> String {
        self.arn_in(&call.region, kind, id)
    }

    /// What the ARNs of a region's game sessions start with. They don't name the account.
    pub(crate) fn session_arn_start(&self, region: &str) -> String {
        format!("arn:{}:gamelift:{region}::gamesession/", partition(region))
    }

    /// The ARN of a resource in a region.
    pub(crate) fn arn_in(&self, region: &str, kind: &str, id: &str) -> String {
        let partition = partition(region);
        // Aliases are the one resource whose ARN does not name the account.
        let account = if kind == "alias" {
            ""
        } else {
            self.account.as_str()
        };
        format!("arn:{partition}:gamelift:{region}:{account}:{kind}/{id}")
    }

    /// Notes a new resource and its tags.
    pub(crate) fn tag_new(&mut self, call: &Call, arn: &str) {
        let tags = tags_of(&call.input);
        self.region(call).tags.insert(arn.to_owned(), tags);
    }

    /// Removes what has finished going away.
    pub(crate) fn settle(&mut self, call: &Call) {
        let region = self.region(call);
        let gone = region.fleets.take_if(|fleet| fleet.is_gone(call));
        for fleet in gone {
            region.tags.remove(fleet.arn());
        }
        for fleet in region.fleets.values_mut() {
            fleet
                .locations
                .retain(|_, location| !location.is_gone(call));
        }
    }
}

/// The `Tags` of a request.
pub(crate) fn tags_of(input: &Input) -> BTreeMap<String, String> {
    let part = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).map(str::to_owned);
    input
        .list("Tags")
        .iter()
        .filter_map(|tag| Some((part(tag, "Key")?, part(tag, "Value")?)))
        .collect()
}

/// Writes the members of `changes` over those of `record`.
pub(crate) fn merge(record: &mut Record, changes: Map<String, Value>) {
    record.extend(changes);
}

/// The text of a member, empty when there is none.
pub(crate) fn text<'a>(record: &'a Record, member: &str) -> &'a str {
    record
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Sets a member unless the record has it already.
pub(crate) fn default_member(record: &mut Record, member: &str, value: impl Into<Value>) {
    record.entry(member).or_insert_with(|| value.into());
}

/// One member as an answer.
pub(crate) fn answer(member: &str, value: impl Into<Value>) -> Value {
    json!({ member: value.into() })
}

/// An id that repeats with its seed.
pub(crate) fn uuid(seed: &str, purpose: &str, number: u64) -> String {
    let digest = Sha256::digest(format!("{seed}/{purpose}/{number}"));
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(region: &str) -> Call {
        Call {
            region: region.to_owned(),
            now: 0.0,
            speed: 1.0,
            input: Input::new(Record::new()),
        }
    }

    #[test]
    fn ids_repeat_with_the_seed_and_never_within_it() {
        let (mut one, mut two) = (
            World::new(&Config::new("seed")),
            World::new(&Config::new("seed")),
        );
        let first = one.id("fleet");
        assert_eq!(first, two.id("fleet"));
        assert_ne!(first, one.id("fleet"));
    }

    #[test]
    fn arn_names_partition_region_and_account() {
        let world = World::new(&Config::new("seed"));
        let arn = |region: &str, kind: &str| world.arn(&call(region), kind, "x");
        assert_eq!(
            arn("eu-west-1", "fleet"),
            "arn:aws:gamelift:eu-west-1:000000000000:fleet/x"
        );
        assert_eq!(
            arn("cn-north-1", "fleet"),
            "arn:aws-cn:gamelift:cn-north-1:000000000000:fleet/x"
        );
        assert_eq!(
            arn("eu-west-1", "alias"),
            "arn:aws:gamelift:eu-west-1::alias/x"
        );
    }
}
