//! One environment of a topology with nothing left to ask: overlays applied, defaults filled in, references checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use facts::Facts;
use serde_json::Value;

/// A topology as one environment sees it.
///
/// Maps are keyed by the names of the topology file; every name that another field mentions exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// The topology's `name`: prefix of stacks and physical names. `[a-z][a-z0-9-]*`.
    pub topology: String,
    /// The environment's name.
    pub name: String,
    /// The topology's `description`.
    pub description: Option<String>,
    /// Where the environment lives.
    pub target: Target,
    /// The account it must be deployed to, 12 digits.
    pub account: Option<String>,
    /// The region of the backend stack.
    pub home: String,
    /// What the functions are built for.
    pub architecture: Architecture,
    /// Tags of every stack, and so of every resource that takes tags.
    pub tags: BTreeMap<String, String>,
    /// What must not be destroyed or replaced without being asked for.
    pub protect: BTreeSet<Protected>,
    /// Who may call the API.
    pub identity: Identity,
    /// What matchmaking knows about a player, by attribute name.
    pub attributes: BTreeMap<String, Attribute>,
    /// Matchmakers by name.
    pub matchmaking: BTreeMap<String, Matchmaker>,
    /// Game session queues by name.
    pub queues: BTreeMap<String, Queue>,
    /// What each region with fleets holds, region overlays applied.
    pub regions: BTreeMap<String, FleetRegion>,
    /// The client API.
    pub api: Api,
    /// The user's own functions by name (the built-in handlers are not listed).
    pub functions: BTreeMap<String, Function>,
    /// The user's own routes.
    pub routes: Vec<Route>,
    /// The user's own tables by name (`players` and `tickets` are built in and not listed).
    pub tables: BTreeMap<String, Table>,
    /// Alarms, dashboard, log retention.
    pub monitoring: Monitoring,
    /// Escape hatches.
    pub extensions: Extensions,
    /// What AWS offers where, with what the topology knows better.
    pub facts: Facts,
    /// Where each setting came from: key path (`fleets.arena.instance`) to place and layer.
    pub provenance: BTreeMap<String, Origin>,
}

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What it says there; defaults as they would be written.
    pub value: Value,
    /// Which layer set it.
    pub layer: Layer,
    /// The file, as the user named it; empty for defaults and `--set`.
    pub file: String,
    /// Line, from 1; 0 for defaults and `--set`.
    pub line: u32,
    /// Column, from 1; 0 for defaults and `--set`.
    pub column: u32,
}

/// The layers of a topology, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// liftform's own default.
    Default,
    /// The topology itself.
    Base,
    /// `environments.<name>`.
    Environment,
    /// `environments.<name>.regions.<region>`.
    Region,
    /// `--set key=value`.
    Set,
}

/// Where an environment lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An AWS account.
    Aws,
    /// The embedded local cloud.
    Local,
}

/// Processor architecture of Lambda functions and game servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Architecture {
    /// 64-bit Intel and AMD.
    X86_64,
    /// 64-bit ARM, AWS Graviton.
    Arm64,
}

impl fmt::Display for Architecture {
    /// Lambda's name for it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        })
    }
}

/// A class of resources that an environment protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protected {
    /// DynamoDB tables: deletion protection, retain policies, point-in-time recovery, stack policy.
    Tables,
    /// Fleets: stack termination protection, stack policy.
    Fleets,
}

/// Who may call the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Unauthenticated identities get credentials too.
    pub guests: bool,
    /// Social providers: Cognito's provider name (`accounts.google.com`, `graph.facebook.com`, `www.amazon.com`,
    /// `appleid.apple.com`) to the app id there.
    pub social: BTreeMap<String, String>,
    /// ARNs of IAM OpenID Connect providers.
    pub oidc: Vec<String>,
    /// ARNs of IAM SAML providers.
    pub saml: Vec<String>,
}

/// A player attribute that matchmaking may use.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its FlexMatch type.
    pub kind: AttributeKind,
    /// Value for players whose row lacks it, in JSON of that type; without one the attribute is required.
    pub default: Option<Value>,
}

/// The attribute types of FlexMatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// `S`
    String,
    /// `N`
    Number,
    /// `SL`
    StringList,
    /// `SDM`
    StringNumberMap,
}

/// A FlexMatch matchmaker with its rule set.
#[derive(Clone, Debug, PartialEq)]
pub struct Matchmaker {
    /// The rule set's body: checked, without comments.
    pub rules: Value,
    /// The queue that places its matches.
    pub queue: String,
    /// Life of a ticket.
    pub timeout: Duration,
    /// Time players have to accept a match; none: no acceptance.
    pub acceptance: Option<Duration>,
    /// Who asks for replacements of players that left.
    pub backfill: Backfill,
    /// Slots of each match left open.
    pub extra_slots: u32,
}

/// Who starts backfill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backfill {
    /// The game server.
    Manual,
    /// GameLift.
    Automatic,
}

/// A game session queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// How long a placement is tried.
    pub timeout: Duration,
    /// Fleets, best first: name and region of each, fleets of several regions expanded in their order.
    pub destinations: Vec<Destination>,
    /// Latency policies, strictest first.
    pub latency: Vec<LatencyPolicy>,
    /// What placement looks at, most important first.
    pub priority: Vec<Priority>,
}

/// One fleet in one region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    /// The fleet's name.
    pub fleet: String,
    /// The region whose stack holds it.
    pub region: String,
}

/// A cap on every player's latency for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatencyPolicy {
    /// The cap.
    pub at_most: Duration,
    /// How long it holds; none: until the queue's timeout.
    pub lasts: Option<Duration>,
}

/// What a queue may sort locations by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Lowest average latency first.
    Latency,
    /// Cheapest first.
    Cost,
    /// In the order of the destinations.
    Destination,
    /// In the order of the locations.
    Location,
}

/// What one region's fleet stack holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetRegion {
    /// Builds that its fleets run, by name.
    pub builds: BTreeMap<String, Build>,
    /// Fleets by name.
    pub fleets: BTreeMap<String, Fleet>,
}

/// A game server build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Where its files are.
    pub source: BuildSource,
    /// GameLift's name of the operating system, `AMAZON_LINUX_2023` and so on.
    pub os: String,
    /// Version of the server SDK it was built with.
    pub sdk: String,
}

/// Where a build's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildSource {
    /// On this machine; they are zipped and uploaded.
    Files(BuildFiles),
    /// An object that exists already.
    S3 {
        /// Bucket in the fleet's region.
        bucket: String,
        /// Key of the zip.
        key: String,
    },
}

/// Files of a build on this machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuildFiles {
    /// Everything in a folder relative to the topology file.
    Folder(String),
    /// The executable of a Cargo package, at the archive's root under its own name.
    Crate {
        /// The package, in the workspace around the topology file.
        package: String,
        /// What the instances run on.
        architecture: Architecture,
        /// A folder, relative to the topology file, whose files go beside it.
        beside: Option<String>,
    },
}

/// A fleet in one region.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// What runs the game servers.
    pub host: Host,
    /// Remote locations beside the region itself, `custom-` locations for Anywhere fleets.
    pub locations: Vec<String>,
    /// Open ports.
    pub ports: Vec<PortRange>,
    /// Instances per location.
    pub capacity: Capacity,
    /// Whether scale-in spares instances with sessions.
    pub protect_sessions: bool,
    /// Whether instances get a TLS certificate.
    pub certificate: bool,
}

/// What runs the game servers of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub enum Host {
    /// Managed EC2 instances.
    Ec2 {
        /// The build.
        build: String,
        /// EC2 instance type.
        instance: String,
        /// Spot rather than On-Demand.
        spot: bool,
        /// The server processes of an instance, at most 50 in all.
        launch: Vec<Launch>,
    },
    /// Managed containers.
    Container(Container),
    /// The user's own hardware.
    Anywhere {
        /// Cost per hour for the queue's ranking, like `10.0`.
        cost: Option<String>,
    },
}

impl Host {
    /// Whether its instances may be interrupted.
    #[must_use]
    pub fn is_spot(&self) -> bool {
        match self {
            Self::Ec2 { spot, .. } => *spot,
            Self::Container(container) => container.spot,
            Self::Anywhere { .. } => false,
        }
    }

    /// The EC2 instance type; none on the user's own hardware.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::Ec2 { instance, .. } => Some(instance),
            Self::Container(container) => Some(&container.instance),
            Self::Anywhere { .. } => None,
        }
    }
}

/// A container group that runs one game server.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// Image in an ECR repository of the same account and region.
    pub image: String,
    /// EC2 instance type.
    pub instance: String,
    /// Spot rather than On-Demand.
    pub spot: bool,
    /// Memory limit of the container group, MiB.
    pub memory_mib: u64,
    /// vCPU limit of the container group.
    pub vcpu: f64,
    /// Version of the server SDK in the image.
    pub sdk: String,
}

/// A server process configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Path of the executable on the instance.
    pub path: String,
    /// Its command line.
    pub parameters: Option<String>,
    /// Copies per instance.
    pub concurrent: u32,
}

/// An open port range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// First port.
    pub from: u16,
    /// Last port.
    pub to: u16,
    /// Who may connect, as CIDR; `0.0.0.0/0` unless the topology says otherwise.
    pub cidr: String,
}

/// Transport protocol of a port range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

/// Instances per location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// At least.
    pub min: u32,
    /// At the start.
    pub desired: u32,
    /// At most.
    pub max: u32,
    /// Percentage of game sessions that scaling keeps free, 1-99; none: no automatic scaling.
    pub keep_available: Option<u32>,
}

/// The client API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Throttling of the stage.
    pub throttle: Throttle,
    /// Requests per IP address, enforced by a web ACL; none: no web ACL.
    pub firewall: Option<RateLimit>,
}

/// Throttling of the API's stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Requests per second.
    pub rate: u32,
    /// Requests at once.
    pub burst: u32,
}

/// So many requests in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests.
    pub requests: u32,
    /// Evaluation window; AWS WAF knows 1, 2, 5 and 10 minutes.
    pub per: Duration,
}

/// A user's function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Cargo package of the handler.
    pub package: String,
    /// Memory, MiB.
    pub memory_mib: u32,
    /// Time limit.
    pub timeout: Duration,
    /// Tables it may read.
    pub reads: BTreeSet<String>,
    /// Tables it may write.
    pub writes: BTreeSet<String>,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
}

/// A route of the API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// HTTP method in capitals.
    pub method: String,
    /// Path, like `/profile/{id}`.
    pub path: String,
    /// Function that answers.
    pub function: String,
}

/// A user's table. Key attributes are strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Partition key.
    pub key: String,
    /// Sort key.
    pub sort: Option<String>,
    /// Attribute with the expiry time, seconds since the epoch.
    pub expires: Option<String>,
}

/// What watches the backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitoring {
    /// Alarms; none: none.
    pub alarms: Option<Alarms>,
    /// Whether there is a dashboard.
    pub dashboard: bool,
    /// Days that logs are kept; one of the values CloudWatch Logs knows.
    pub log_retention_days: u32,
}

/// Alarms and whom they tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarms {
    /// ARN of an SNS topic.
    pub notify: Option<String>,
}

/// Escape hatches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extensions {
    /// A CloudFormation template that is merged into the backend stack.
    pub resources: Option<ExtensionTemplate>,
    /// Paths into the backend template (`MatchmakingTopic.Properties.DisplayName`) and their values.
    pub overrides: BTreeMap<String, Value>,
}

/// A template of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionTemplate {
    /// The file, relative to the topology file.
    pub file: String,
    /// What it says.
    pub text: String,
}
