//! Every code of this crate with its title and explanation.
//!
//! The groups: `L01` reading the file, `L02` its shape, `L03` environments and layers, `L04` names and identity,
//! `L06` regions, fleets and queues, `L07` matchmaking around the rule set, `L08` API and the rest. `L05` belongs to
//! rule sets, `L09` to what fails in AWS.

use crate::problem::Code;

/// The long text of a code.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// A few words.
    pub title: &'static str,
    /// One paragraph: what it means, why it matters, what to do.
    pub text: &'static str,
}

/// Finds the explanation of a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explanation> {
    ALL.iter()
        .find(|explanation| explanation.code.as_str().eq_ignore_ascii_case(code))
}

/// What a code of the rule-set checker (`L05`) means.
#[must_use]
pub fn explain_rule_set(code: &str) -> Option<&'static str> {
    flexmatch::code::explain(&code.to_ascii_uppercase())
}

/// Every code of the rule-set checker, in order.
pub fn rule_set_codes() -> impl Iterator<Item = &'static str> {
    flexmatch::code::ALL.iter().copied()
}

macro_rules! codes {
    ($($name:ident $code:literal $title:literal $text:literal)*) => {
        $(pub(crate) const $name: Code = Code::new($code);)*

        /// All codes in order.
        pub const ALL: &[Explanation] = &[
            $(Explanation { code: $name, title: $title, text: $text },)*
        ];
    };
}

codes! {
    NOT_UTF8 "L0101" "file is not UTF-8"
        "A topology is UTF-8 text. The place is the first byte that isn't. Editors usually offer to save a file with another encoding; UTF-16 from Windows tools is the common case."
    SYNTAX "L0102" "YAML syntax"
        "The text is not YAML. Common causes: a tab in the indentation, a missing space after a colon, a value with `: ` or ` #` inside that needs quotes, or brackets that don't close."
    DUPLICATE_KEY "L0103" "key written twice"
        "A map has the same key twice. YAML forbids it, and parsers that accept it silently keep one of the values. Remove one, or give it another name."
    NOT_A_MAP "L0104" "file holds no topology"
        "The file is empty or its outermost value is not a map. A topology starts with keys such as `name:` and `home:` in the first column."
    MANY_DOCUMENTS "L0105" "more than one YAML document"
        "One file describes one topology. Anything after a second `---` would be ignored, so it is refused: move it to a file of its own."
    TOO_LARGE "L0106" "file too large or nested too deeply"
        "The file is beyond what a topology can sensibly be: in bytes, in levels of nesting, or in values after aliases are expanded. The limits protect pipelines from files that only exist to exhaust memory."
    UNSUPPORTED_YAML "L0107" "YAML feature that topologies don't use"
        "Tags such as `!Ref`, merge keys (`<<`), and keys that are lists or maps have no meaning in a topology. For shared fleet settings use `like: other-fleet`; for differences between environments use overlays; plain aliases (`*name`) work."

    UNKNOWN_KEY "L0201" "unknown key"
        "The key is not part of the language at this place. Unknown keys are errors because a misspelt key that is silently ignored means a default nobody asked for. Keys that start with `x-` are free at the top level."
    MISSING_FIELD "L0202" "required key is missing"
        "The key has no default that would be safe, so it must be written."
    WRONG_TYPE "L0203" "value of the wrong type"
        "The field expects another kind of value: text, a number, a truth value (`true` or `false`), a list or a map. Text that looks like a number or truth value needs quotes: `\"4711\"`."
    UNKNOWN_NAME "L0204" "unknown name"
        "The value names something that the topology doesn't define: a queue, fleet, build, function or table. Names are compared exactly."
    UNIT "L0205" "malformed quantity"
        "Quantities carry their unit: `30s`, `5m`, `2h`, `1d` for durations, `50ms` for latencies, `512MiB` or `1GiB` for memory, `20%` for percentages, `300 per 5m` for rates, `udp 7777-7877` or `tcp 8080 from 10.0.0.0/8` for ports."
    OUT_OF_RANGE "L0206" "value out of range"
        "The value is outside the range that the AWS service accepts. The deployment would fail, usually after minutes."
    UNKNOWN_CHOICE "L0207" "value is not one of the choices"
        "The field accepts a fixed set of words, which the hint lists. Case matters: `AMAZON_LINUX_2023`, `automatic`."
    MALFORMED "L0208" "malformed text"
        "The text does not have the form that the field needs, such as an ARN, a region, an account number of twelve digits or a name in lower case."
    ALTERNATIVES "L0209" "exactly one of several keys"
        "The keys are alternatives: write exactly one of them."
    NOT_FOR_HOST "L0210" "key has no effect on this kind of fleet"
        "Some fleet keys belong to one kind of host only: `build` and `launch` to managed EC2 instances, `container` to managed containers; Anywhere fleets run on your own hardware, so they have no instances, capacity or ports to configure."

    UNKNOWN_ENVIRONMENT "L0301" "unknown environment"
        "Environments exist when they are declared below `environments:`. There is no implicit one, so that a typing error cannot create an environment."
    NOT_PER_REGION "L0302" "section cannot differ per region"
        "The overlay of a region may change `builds` and `fleets`. All else lives in the backend stack of the home region, so only the overlay of the home region may change it."
    IDLE_REGION_OVERLAY "L0303" "overlay of a region where nothing lives"
        "The overlay belongs to a region that is neither the home region nor a region of any fleet, so it changes nothing. Often the region is misspelt or its fleets were moved."
    LIKE_CYCLE "L0304" "fleets inherit from each other in a circle"
        "`like` takes the settings of another fleet. Following it must end at a fleet without `like`."
    SETTING "L0305" "setting that cannot be applied"
        "`--set` takes `key.path=value`; the value is YAML. `name` and `environments` cannot be set: they decide which stacks belong to the topology. Keys that contain dots are quoted: `extensions.overrides.\"A.B\"=1`."
    WRONG_LEVEL "L0306" "key at the wrong level"
        "`target`, `account`, `protect` and `regions` say where an environment lives and stand below `environments.<name>`; `name` and `environments` belong to the whole topology and stand at the top level."

    NAME_TOO_LONG "L0401" "physical name too long"
        "Physical names are `<topology>-<environment>-<name>`, and the service that the name is for has a limit: 64 characters for Lambda functions, 128 for stacks, queues, matchmakers and rule sets (which also carry a content hash). Shorten one of the three parts."
    RESERVED_NAME "L0402" "name is taken by a built-in part"
        "The backend brings its own tables (`players`, `tickets`) and handlers (such as `start-matchmaking`). A user's table or function needs another name."
    ROUTE_CLASH "L0403" "route is taken"
        "Two routes would answer the same request: either a built-in one (`/tickets`, `/tickets/{id}`, `/tickets/{id}/acceptance`, `/regions`) or another of yours whose path differs only in the names of its parameters."
    ROUTE "L0404" "malformed route"
        "A route is an HTTP method in capitals, a space, and a path that starts with `/`: `GET /profile/{id}`. Parameters fill a whole segment; `{proxy+}` may only be the last."
    TOO_MANY_ATTRIBUTES "L0405" "too many player attributes"
        "FlexMatch accepts at most ten attributes per player in a matchmaking request."
    ATTRIBUTE_DEFAULT "L0406" "default does not fit the attribute"
        "The default must be a value of the attribute's type: text of 1 to 100 characters, a number, a list of at most 100 texts, or a map of at most 10 texts to numbers. FlexMatch refuses the request otherwise."
    NOBODY_CAN_SIGN_IN "L0407" "nobody can get credentials"
        "There are no guests and no identity provider, so no game client can call the API. Set `identity.guests: true` or name a provider."
    RESERVED_VARIABLE "L0408" "environment variable is reserved"
        "Lambda sets variables that start with `AWS_` or `LAMBDA_` itself and refuses functions that define them; `LIFTFORM_` carries the names of tables and topics to the handlers."

    HOME_REGION "L0601" "home region has no FlexMatch"
        "Matchmakers and rule sets can only be created in a few regions, fewer than CloudFormation lists. Fleets in other regions can still be reached by the queue, so only `home` has to move."
    FLEET_REGION "L0602" "region cannot be the home of a fleet"
        "Fleets can be created in a fixed set of regions. Other locations can be reached as remote locations of a fleet in one of the regions that support multi-location fleets."
    LOCATIONS_NOT_SUPPORTED "L0603" "region cannot have this kind of fleet"
        "Fleets with remote locations and container fleets can only be created in a part of the regions. CloudFormation accepts the template elsewhere and fails while it creates the fleet."
    UNKNOWN_LOCATION "L0604" "unknown location"
        "Remote locations are regions and local zones that GameLift offers; Anywhere fleets use your own locations, whose names start with `custom-` and have 8 to 64 characters."
    LOCATION_PLACE "L0605" "location in the wrong place"
        "`locations` lists remote locations per region of the fleet. The region must be one of the fleet's `regions`, and it is a location by itself, so that it need not be listed."
    TOO_MANY_LOCATIONS "L0606" "too many locations"
        "A fleet has at most ten locations, its own region included."
    DESTINATIONS "L0607" "number of destinations"
        "A queue has at least one and at most ten destinations; a fleet counts once for each of its regions."
    LATENCY_ORDER "L0608" "latency policies out of order"
        "Policies are tried one after the other and must loosen: each `at_most` above the one before. Only the last may go without `for`, since it holds until the queue's timeout."
    LATENCY_TIME "L0609" "latency policies outlast the queue"
        "A placement ends at the queue's timeout. Policies that only start then never hold, so that players with higher latency are never placed."
    CERTIFICATES "L0610" "fleets of a queue differ in certificates"
        "All fleets of a queue must have the same TLS certificate setting, otherwise GameLift refuses the queue."
    REPEATED "L0611" "listed twice"
        "The second mention changes nothing; in ordered lists such as `destinations` it is usually a slip for another name."
    PORTS "L0612" "port range"
        "Game servers listen on ports 1026 to 60000; a range is written from the lower to the higher port."
    LAUNCH_PORT "L0613" "server's port is not open"
        "The launch parameters tell the server to listen on a port that the fleet's `ports` don't open: players could never connect."
    TOO_MANY_PROCESSES "L0614" "too many server processes"
        "An instance runs at most 50 server processes, all launch entries together."
    CAPACITY "L0615" "capacity out of order"
        "The numbers of instances must satisfy min <= desired <= max."
    LAUNCH_PATH "L0616" "launch path"
        "GameLift installs a build at `/local/game/` (Linux) or `C:\\game\\` (Windows); the path must be below it, match the build's operating system and have no spaces."
    UNUSED "L0617" "defined but not used"
        "Nothing refers to it: a queue without matchmaker, a fleet that no queue names, a build that no fleet runs, a function that no route calls. Fleets that nobody can reach still cost money."
    OUTDATED_SYSTEM "L0618" "operating system out of support"
        "GameLift no longer gets fixes for this operating system. Use AMAZON_LINUX_2023, WINDOWS_2016 or WINDOWS_2022."
    NO_PORTS "L0619" "fleet without open ports"
        "No port is open, so that players can't connect to the servers of the fleet."

    UNKNOWN_INSTANCE "L0620" "unknown instance type"
        "GameLift's API accepts a closed list of EC2 instance types. When AWS has added one since this version, name it in `facts: { instances: [...] }`. Not every type exists in every location: AWS says so only at deployment."
    INSTANCE_SYSTEM "L0621" "instance type cannot run the operating system"
        "Instance types with AWS Graviton processors (a `g` behind the generation, as in `c7g.large`) run Linux only, and only builds that were compiled for ARM."
    ONLY_SPOT "L0622" "queue without On-Demand fleet"
        "Spot instances are taken away when AWS needs them, often all of a type in a region at once. A queue needs an On-Demand fleet behind its Spot fleets, or players wait until capacity returns."
    ACCOUNT_QUOTA "L0623" "quota of the account"
        "An account has quotas per region for fleets, aliases, builds, queues, matchmakers and rule sets. The environments of one account share them. Ask AWS to raise the quota, and write the new one into `facts: { quotas: { fleets: 50 } }`."

    SOURCE_FILE "L0701" "file cannot be read"
        "A file that the topology names is missing, unreadable or not UTF-8. Paths are relative to the folder of the topology file."
    TEMPLATE "L0703" "template failed"
        "A rule set is made from a template in strict mode: every parameter must exist, and the result must be JSON."
    UNKNOWN_TEMPLATE "L0704" "unknown template"
        "Templates come with liftform or stand as `templates/rule-sets/NAME.json.hbs` beside the topology file."
    TEMPLATE_PARAMETER "L0705" "template parameter"
        "The template's head lists the parameters it needs and those with defaults; `with` may hold exactly these."
    ACCEPTANCE_TIME "L0706" "acceptance takes longer than the ticket lives"
        "Players accept a match within the life of their tickets, so `acceptance` must be shorter than `timeout`."
    LATE_EXPANSION "L0707" "rule expansion comes after the ticket's end"
        "A rule set relaxes its rules after some waiting time. Steps at or after the matchmaker's timeout never happen, so that players who needed them time out."
    RULE_ATTRIBUTE "L0708" "rule-set attribute that players don't have"
        "The rule set uses a player attribute that `players.attributes` doesn't declare, or declares with another type. Tickets without it stay unmatched until they time out."
    LATENCY_GAP "L0709" "queue refuses latencies that the rules allow"
        "The rule set finally allows a higher latency than the last policy of its queue. Such matches are made but can't be placed."
    EXTRA_SLOTS "L0710" "more open slots than players"
        "`extra_slots` are taken from the teams' places, so they must be fewer than the players of a match."

    FIREWALL "L0801" "firewall limit"
        "AWS WAF counts requests per address over 1, 2, 5 or 10 minutes, and its limits start at 10 requests."
    LOG_RETENTION "L0802" "log retention"
        "CloudWatch Logs knows a fixed list of retention times."
    SLOW_ROUTE "L0803" "function may outlast its route"
        "API Gateway gives up after 29 seconds; a function that a route calls shouldn't be allowed more, or it goes on working for a client that is gone."
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn every_code_is_explained() {
        for Explanation { code, title, text } in ALL {
            assert!(
                code.as_str().len() == 5 && !title.is_empty() && text.len() > 40,
                "{code}"
            );
        }
        assert_eq!(explain("l0204").unwrap().code, UNKNOWN_NAME);
        assert!(explain("L9999").is_none());
    }

    /// Collects the names behind `codes::` in the crate's sources.
    fn emitted(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                emitted(&path, names);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                for piece in text.split(concat!("codes", "::")).skip(1) {
                    let end = piece.find(|c: char| {
                        !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
                    });
                    names.insert(piece[..end.unwrap_or(piece.len())].to_owned());
                }
            }
        }
    }

    #[test]
    fn every_code_in_the_table_is_emitted_somewhere() {
        let mut names = BTreeSet::new();
        emitted(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut names,
        );
        let table = include_str!("codes.rs");
        let defined = table
            .lines()
            .filter(|line| line.starts_with("    ") && line.contains(" \"L0"));
        for line in defined.filter(|line| !line.contains("//")) {
            let name = line.split_whitespace().next().unwrap();
            if name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            {
                assert!(names.contains(name), "{name} is never emitted");
            }
        }
    }
}
