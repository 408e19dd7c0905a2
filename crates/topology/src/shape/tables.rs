//! Every record of the language. The texts are what editors show.

use super::forms;
use super::{Field, Kind, Record, default, optional, required};

const NAME: Kind = Kind::Form(&forms::NAME);
const NAMES: Kind = Kind::List(&NAME);
const REGIONS: Kind = Kind::List(&Kind::Form(&forms::REGION));
const LOCATIONS: Kind = Kind::List(&Kind::Form(&forms::LOCATION));
const ATTRIBUTE: Kind = Kind::Form(&forms::ATTRIBUTE);
const FILE: Kind = Kind::Form(&forms::FILE);

const fn named(value: &'static Kind) -> Kind {
    Kind::Map {
        key: &forms::NAME,
        value,
    }
}

const SECTION_COUNT: usize = 17;

/// The sections that layers may override.
static SECTIONS: [Field; SECTION_COUNT] = [
    optional(
        "description",
        Kind::Text,
        "One line about the game; shown with the stacks.",
    ),
    required(
        "home",
        Kind::Form(&forms::REGION),
        "Region of the API, the tables, the queues and matchmaking: one of the seven that host FlexMatch.",
    ),
    default(
        "tags",
        Kind::Map {
            key: &forms::TAG_KEY,
            value: &Kind::Form(&forms::TAG_VALUE),
        },
        "{}",
        "Tags of every stack and resource.",
    ),
    default(
        "identity",
        Kind::Record(&IDENTITY),
        "{}",
        "Who may call the API.",
    ),
    default(
        "players",
        Kind::Record(&PLAYERS),
        "{}",
        "What matchmaking knows about a player.",
    ),
    default(
        "matchmaking",
        named(&Kind::Record(&MATCHMAKER)),
        "{}",
        "FlexMatch matchmakers by name.",
    ),
    default(
        "queues",
        named(&Kind::Record(&QUEUE)),
        "{}",
        "Game session queues by name.",
    ),
    default(
        "builds",
        named(&Kind::Record(&BUILD)),
        "{}",
        "Game server builds by name.",
    ),
    default(
        "fleets",
        named(&Kind::Record(&FLEET)),
        "{}",
        "Fleets by name; one stack per region holds them.",
    ),
    default(
        "api",
        Kind::Record(&API),
        "{}",
        "The API that game clients call.",
    ),
    default(
        "functions",
        named(&Kind::Record(&FUNCTION)),
        "{}",
        "Your own functions, beside the built-in ones.",
    ),
    default(
        "routes",
        Kind::Map {
            key: &forms::ANY_KEY,
            value: &NAME,
        },
        "{}",
        "Your own routes, such as `GET /profile: profile`.",
    ),
    default(
        "tables",
        named(&Kind::Record(&TABLE)),
        "{}",
        "Your own tables, beside `players` and `tickets`.",
    ),
    default(
        "monitoring",
        Kind::Record(&MONITORING),
        "{}",
        "Alarms, dashboard, log retention.",
    ),
    default(
        "extensions",
        Kind::Record(&EXTENSIONS),
        "{}",
        "Escape hatches: raw resources and overrides.",
    ),
    default(
        "architecture",
        Kind::Choice(&["x86_64", "arm64"]),
        "x86_64",
        "Processor architecture of all functions; building for `arm64` needs the Rust target for it.",
    ),
    default(
        "facts",
        Kind::Record(&FACTS),
        "{}",
        "What AWS offers beyond what this version of liftform knows.",
    ),
];

static ENVIRONMENT_KIND: Kind = Kind::Record(&ENVIRONMENT);
static REGION_KIND: Kind = Kind::Record(&REGION);

const NAME_FIELD: Field = required("name", NAME, "Prefix of every stack and physical name.");
const ENVIRONMENTS_FIELD: Field = required(
    "environments",
    named(&ENVIRONMENT_KIND),
    "Where the topology is deployed, each with its differences.",
);
const TARGET: Field = default(
    "target",
    Kind::Choice(&["aws", "local"]),
    "aws",
    "An AWS account, or the embedded local cloud.",
);
const ACCOUNT: Field = optional(
    "account",
    Kind::Form(&forms::ACCOUNT),
    "The account it must be deployed to; any other is refused.",
);
const PROTECT: Field = default(
    "protect",
    Kind::List(&Kind::Choice(&["tables", "fleets"])),
    "[]",
    "What must not be destroyed or replaced without being asked for.",
);
const REGIONS_FIELD: Field = default(
    "regions",
    Kind::Map {
        key: &forms::REGION,
        value: &REGION_KIND,
    },
    "{}",
    "Differences of single regions.",
);

/// The sections and, behind them, other fields; `N` must be their sum.
const fn with_sections<const N: usize, const M: usize>(others: [Field; M]) -> [Field; N] {
    assert!(
        N == SECTION_COUNT + M,
        "the length is that of all sections and the others"
    );
    let mut fields = [NAME_FIELD; N];
    let mut index = 0;
    while index < N {
        fields[index] = if index < SECTION_COUNT {
            SECTIONS[index]
        } else {
            others[index - SECTION_COUNT]
        };
        index += 1;
    }
    fields
}

/// The sections that a region's overlay may change: its home would be another region.
const fn without_home() -> [Field; SECTION_COUNT - 1] {
    let mut fields = [SECTIONS[0]; SECTION_COUNT - 1];
    let mut index = 1;
    while index < SECTION_COUNT - 1 {
        fields[index] = SECTIONS[index + 1];
        index += 1;
    }
    fields
}

/// The file as a whole.
pub(crate) static TOPOLOGY: Record = Record {
    name: "the topology",
    fields: &with_sections::<{ SECTION_COUNT + 2 }, 2>([NAME_FIELD, ENVIRONMENTS_FIELD]),
};

/// The overlay of an environment; its fields are all optional.
pub(crate) static ENVIRONMENT: Record = Record {
    name: "an environment",
    fields: &with_sections::<{ SECTION_COUNT + 4 }, 4>([TARGET, ACCOUNT, PROTECT, REGIONS_FIELD]),
};

/// The overlay of a region; its fields are all optional.
pub(crate) static REGION: Record = Record {
    name: "a region's overlay",
    fields: &without_home(),
};

/// What may differ between regions.
pub(crate) static HOSTING: Record = Record {
    name: "a region",
    fields: &[SECTIONS[7], SECTIONS[8]],
};

/// The file with one environment's overlay applied.
pub(crate) static RESOLVED: Record = Record {
    name: "the topology",
    fields: &with_sections::<{ SECTION_COUNT + 4 }, 4>([NAME_FIELD, TARGET, ACCOUNT, PROTECT]),
};

pub(crate) static IDENTITY: Record = Record {
    name: "identity",
    fields: &[
        default(
            "guests",
            Kind::Flag,
            "false",
            "Whether players without sign-in get credentials.",
        ),
        default(
            "providers",
            Kind::Record(&PROVIDERS),
            "{}",
            "Social and OpenID Connect providers.",
        ),
        default(
            "saml",
            Kind::List(&Kind::Form(&forms::SAML_ARN)),
            "[]",
            "ARNs of IAM SAML providers.",
        ),
    ],
};

pub(crate) static PROVIDERS: Record = Record {
    name: "identity providers",
    fields: &[
        optional("google", Kind::Text, "Client id at Google."),
        optional("facebook", Kind::Text, "App id at Facebook, in quotes."),
        optional("amazon", Kind::Text, "App id at Login with Amazon."),
        optional("apple", Kind::Text, "Services id at Apple."),
        default(
            "oidc",
            Kind::List(&Kind::Form(&forms::OIDC_ARN)),
            "[]",
            "ARNs of IAM OpenID Connect providers.",
        ),
    ],
};

pub(crate) static PLAYERS: Record = Record {
    name: "players",
    fields: &[default(
        "attributes",
        Kind::Map {
            key: &forms::ATTRIBUTE,
            value: &Kind::Record(&PLAYER_ATTRIBUTE),
        },
        "{}",
        "Attributes that rule sets may use, at most ten.",
    )],
};

pub(crate) static PLAYER_ATTRIBUTE: Record = Record {
    name: "an attribute",
    fields: &[
        required(
            "type",
            Kind::Choice(&["string", "number", "string_list", "string_number_map"]),
            "FlexMatch type of the attribute.",
        ),
        optional(
            "default",
            Kind::Anything,
            "Value for players whose row lacks it; without one the attribute is required.",
        ),
    ],
};

pub(crate) static MATCHMAKER: Record = Record {
    name: "a matchmaker",
    fields: &[
        optional(
            "rules",
            FILE,
            "Path of a FlexMatch rule set, relative to the topology file.",
        ),
        optional(
            "template",
            NAME,
            "Template that the rule set is made from, instead of `rules`.",
        ),
        optional(
            "with",
            Kind::Map {
                key: &forms::ATTRIBUTE,
                value: &Kind::Anything,
            },
            "Parameters of the template.",
        ),
        required("queue", NAME, "Queue that places the matches."),
        default(
            "timeout",
            Kind::Duration {
                min: 1,
                max: 43_200,
            },
            "120s",
            "Life of a ticket, up to 12h.",
        ),
        optional(
            "acceptance",
            Kind::Duration { min: 1, max: 600 },
            "Time to accept a match; absent: no acceptance.",
        ),
        default(
            "backfill",
            Kind::Choice(&["manual", "automatic"]),
            "manual",
            "Who asks for replacements of players that left.",
        ),
        default(
            "extra_slots",
            Kind::Integer { min: 0, max: 199 },
            "0",
            "Places of each match that stay open.",
        ),
    ],
};

pub(crate) static QUEUE: Record = Record {
    name: "a queue",
    fields: &[
        default(
            "timeout",
            Kind::Duration { min: 10, max: 600 },
            "300s",
            "How long a placement is tried, 10s to 10m.",
        ),
        required(
            "destinations",
            NAMES,
            "Fleets, best first; a fleet stands for all its regions in their order.",
        ),
        default(
            "latency",
            Kind::List(&Kind::Record(&LATENCY)),
            "[]",
            "Caps on every player's latency, strictest first.",
        ),
        default(
            "priority",
            Kind::List(&Kind::Choice(&[
                "latency",
                "cost",
                "destination",
                "location",
            ])),
            "[latency, cost, destination, location]",
            "What placement looks at, most important first.",
        ),
    ],
};

pub(crate) static LATENCY: Record = Record {
    name: "a latency policy",
    fields: &[
        required("at_most", Kind::Latency, "Highest latency of any player."),
        optional(
            "for",
            Kind::Duration { min: 1, max: 600 },
            "How long it holds; absent: until the queue's timeout.",
        ),
    ],
};

pub(crate) static BUILD: Record = Record {
    name: "a build",
    fields: &[
        optional(
            "path",
            FILE,
            "Folder of the server's files; zipped, uploaded and named by its content.",
        ),
        optional(
            "crate",
            NAME,
            "Cargo package whose executable goes into the build's root; `path` may add files beside it.",
        ),
        default(
            "architecture",
            Kind::Choice(&["x86_64", "arm64"]),
            "x86_64",
            "Processor of the instances; `crate` is built for it.",
        ),
        optional(
            "s3",
            Kind::Record(&S3),
            "A zip that is in S3 already, instead of `path` and `crate`.",
        ),
        default(
            "os",
            Kind::Choice(&[
                "AMAZON_LINUX_2023",
                "AMAZON_LINUX_2",
                "AMAZON_LINUX",
                "WINDOWS_2022",
                "WINDOWS_2016",
                "WINDOWS_2012",
            ]),
            "AMAZON_LINUX_2023",
            "Operating system of the instances.",
        ),
        // GameLift's own default is 4.0.2, which no current server speaks.
        required(
            "sdk",
            Kind::Form(&forms::VERSION),
            "Version of the server SDK that the server was built with.",
        ),
    ],
};

pub(crate) static S3: Record = Record {
    name: "an S3 location",
    fields: &[
        required(
            "bucket",
            Kind::Form(&forms::BUCKET),
            "Bucket in the fleet's region.",
        ),
        required("key", Kind::Text, "Key of the zip."),
    ],
};

pub(crate) static FLEET: Record = Record {
    name: "a fleet",
    fields: &[
        optional(
            "like",
            NAME,
            "Another fleet whose settings hold where this one says nothing.",
        ),
        optional("build", NAME, "Build that managed EC2 instances run."),
        optional(
            "container",
            Kind::Record(&CONTAINER),
            "Container that managed instances run, instead of `build`.",
        ),
        optional(
            "anywhere",
            Kind::Record(&ANYWHERE),
            "Your own hardware, instead of `build`.",
        ),
        optional(
            "instance",
            Kind::Form(&forms::INSTANCE),
            "EC2 instance type.",
        ),
        default(
            "spot",
            Kind::Flag,
            "false",
            "Spot instances: cheaper, and interrupted at times.",
        ),
        optional(
            "launch",
            Kind::OneOrMore(&Kind::Record(&LAUNCH)),
            "Server processes of an instance, at most 50 in all.",
        ),
        default(
            "ports",
            Kind::List(&Kind::Ports),
            "[]",
            "Open ports: `udp 7777-7877`, `tcp 8080 from 10.0.0.0/8`.",
        ),
        default(
            "capacity",
            Kind::Record(&CAPACITY),
            "{}",
            "Instances per location.",
        ),
        default(
            "protect_sessions",
            Kind::Flag,
            "true",
            "Whether scaling in spares instances with sessions.",
        ),
        default(
            "certificate",
            Kind::Flag,
            "false",
            "Whether instances get a TLS certificate; it lasts 13 months.",
        ),
        optional(
            "regions",
            REGIONS,
            "Regions that have such a fleet; absent: the home region.",
        ),
        default(
            "locations",
            Kind::Map {
                key: &forms::REGION,
                value: &LOCATIONS,
            },
            "{}",
            "Remote locations by region of the fleet; `custom-` locations for Anywhere fleets.",
        ),
    ],
};

pub(crate) static CONTAINER: Record = Record {
    name: "a container",
    fields: &[
        required(
            "image",
            Kind::Text,
            "Image in an ECR repository of the same account and region.",
        ),
        required(
            "memory",
            Kind::Memory {
                min: 4,
                max: 1_024_000,
            },
            "Memory limit of the container group.",
        ),
        required(
            "vcpu",
            Kind::Decimal {
                min: 0.125,
                max: 10.0,
            },
            "vCPU limit of the container group.",
        ),
        required(
            "sdk",
            Kind::Form(&forms::VERSION),
            "Version of the server SDK in the image.",
        ),
    ],
};

pub(crate) static ANYWHERE: Record = Record {
    name: "an Anywhere fleet",
    fields: &[optional(
        "cost",
        Kind::Form(&forms::COST),
        "Cost per hour, for the queue's ranking: `\"10.0\"`.",
    )],
};

pub(crate) static LAUNCH: Record = Record {
    name: "a server process",
    fields: &[
        required(
            "path",
            Kind::Text,
            "Executable on the instance, below `/local/game/` or `C:\\game\\`.",
        ),
        optional("parameters", Kind::Text, "Its command line."),
        default(
            "concurrent",
            Kind::Integer { min: 1, max: 50 },
            "1",
            "Copies per instance.",
        ),
    ],
};

pub(crate) static CAPACITY: Record = Record {
    name: "capacity",
    fields: &[
        default(
            "min",
            Kind::Integer {
                min: 0,
                max: 10_000,
            },
            "0",
            "Instances at least.",
        ),
        optional(
            "desired",
            Kind::Integer {
                min: 0,
                max: 10_000,
            },
            "Instances at the start; absent: 1, within `min` and `max`.",
        ),
        default(
            "max",
            Kind::Integer {
                min: 0,
                max: 10_000,
            },
            "1",
            "Instances at most.",
        ),
        optional(
            "keep_available",
            Kind::Percent { min: 1, max: 99 },
            "Percentage of game sessions that scaling keeps free; absent: no automatic scaling.",
        ),
    ],
};

pub(crate) static API: Record = Record {
    name: "the API",
    fields: &[
        default(
            "kind",
            Kind::Choice(&["rest"]),
            "rest",
            "Kind of API Gateway API; only REST APIs are known so far.",
        ),
        default(
            "throttle",
            Kind::Record(&THROTTLE),
            "{}",
            "Requests that the stage lets through.",
        ),
        optional(
            "firewall",
            Kind::Record(&FIREWALL),
            "Web ACL; absent: none.",
        ),
    ],
};

pub(crate) static THROTTLE: Record = Record {
    name: "throttling",
    fields: &[
        default(
            "rate",
            Kind::Integer {
                min: 1,
                max: 10_000,
            },
            "100",
            "Requests per second.",
        ),
        default(
            "burst",
            Kind::Integer {
                min: 1,
                max: 10_000,
            },
            "200",
            "Requests at once.",
        ),
    ],
};

pub(crate) static FIREWALL: Record = Record {
    name: "the firewall",
    fields: &[required(
        "per_ip",
        Kind::Rate,
        "Requests per address: `300 per 5m`.",
    )],
};

pub(crate) static FUNCTION: Record = Record {
    name: "a function",
    fields: &[
        required(
            "package",
            Kind::Form(&forms::PACKAGE),
            "Cargo package of the handler.",
        ),
        default(
            "memory",
            Kind::Memory {
                min: 128,
                max: 10_240,
            },
            "128MiB",
            "Memory.",
        ),
        default(
            "timeout",
            Kind::Duration { min: 1, max: 900 },
            "3s",
            "Time limit, up to 15m.",
        ),
        default("reads", NAMES, "[]", "Tables it may read."),
        default("writes", NAMES, "[]", "Tables it may write."),
        default(
            "environment",
            Kind::Map {
                key: &forms::VARIABLE,
                value: &Kind::Text,
            },
            "{}",
            "Its environment variables.",
        ),
    ],
};

pub(crate) static TABLE: Record = Record {
    name: "a table",
    fields: &[
        required("key", ATTRIBUTE, "Partition key, a string."),
        optional("sort", ATTRIBUTE, "Sort key, a string."),
        optional(
            "expires",
            ATTRIBUTE,
            "Attribute with the expiry time in seconds since the epoch.",
        ),
    ],
};

pub(crate) static MONITORING: Record = Record {
    name: "monitoring",
    fields: &[
        default(
            "alarms",
            Kind::FlagOr(&ALARMS),
            "true",
            "Alarms; `false`: none.",
        ),
        default(
            "dashboard",
            Kind::Flag,
            "false",
            "Whether there is a CloudWatch dashboard.",
        ),
        default(
            "logs",
            Kind::Duration {
                min: 86_400,
                max: 315_360_000,
            },
            "30d",
            "How long logs are kept.",
        ),
    ],
};

pub(crate) static ALARMS: Record = Record {
    name: "alarms",
    fields: &[optional(
        "notify",
        Kind::Form(&forms::TOPIC_ARN),
        "SNS topic that alarms are sent to.",
    )],
};

pub(crate) static FACTS: Record = Record {
    name: "facts",
    fields: &[
        default(
            "fleet_regions",
            REGIONS,
            "[]",
            "Further regions that can be the home of fleets.",
        ),
        default(
            "flexmatch_regions",
            REGIONS,
            "[]",
            "Further regions that host FlexMatch, multi-location fleets and container fleets.",
        ),
        default(
            "locations",
            LOCATIONS,
            "[]",
            "Further remote locations of fleets.",
        ),
        default(
            "instances",
            Kind::List(&Kind::Form(&forms::INSTANCE)),
            "[]",
            "Further instance types of fleets.",
        ),
        default(
            "quotas",
            Kind::Record(&QUOTAS),
            "{}",
            "Limits of the account that AWS raised.",
        ),
    ],
};

/// Any count of things in an account.
const COUNT: Kind = Kind::Integer {
    min: 1,
    max: 1_000_000,
};

pub(crate) static QUOTAS: Record = Record {
    name: "quotas",
    fields: &[
        optional("aliases", COUNT, "Fleet aliases per region."),
        optional("anywhere_fleets", COUNT, "Anywhere fleets per region."),
        optional("builds", COUNT, "Builds per region."),
        optional("custom_locations", COUNT, "Custom locations per region."),
        optional("destinations", COUNT, "Destinations per queue."),
        optional("fleets", COUNT, "Managed EC2 fleets per region."),
        optional("locations", COUNT, "Locations per fleet."),
        optional("matchmakers", COUNT, "Matchmakers per region."),
        optional("queues", COUNT, "Queues per region."),
        optional("rule_sets", COUNT, "Rule sets per region."),
    ],
};

pub(crate) static EXTENSIONS: Record = Record {
    name: "extensions",
    fields: &[
        optional(
            "resources",
            FILE,
            "CloudFormation template that is merged into the backend stack.",
        ),
        default(
            "overrides",
            Kind::Map {
                key: &forms::ANY_KEY,
                value: &Kind::Anything,
            },
            "{}",
            "Values by their path in the backend template: `MatchmakingTopic.Properties.DisplayName`.",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_differ_in_builds_and_fleets_only() {
        assert_eq!(HOSTING.keys().collect::<Vec<_>>(), ["builds", "fleets"]);
        assert!(REGION.field("home").is_none() && REGION.field("extensions").is_some());
    }

    #[test]
    fn layers_have_the_sections_and_their_own_fields() {
        assert_eq!(TOPOLOGY.keys().last(), Some("environments"));
        assert!(ENVIRONMENT.field("regions").is_some() && RESOLVED.field("regions").is_none());
    }
}
