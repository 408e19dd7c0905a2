//! Limits, and how much of them is left.

use serde::Deserialize;

/// From this share of a limit on, what is left deserves a look.
const NOTABLE_PERCENT: u64 = 80;

macro_rules! quotas {
    ($($(#[$doc:meta])+ $name:ident = $key:literal),+ $(,)?) => {
        /// A limit that can be known without an account.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        pub enum QuotaName {
            $($(#[$doc])+ #[serde(rename = $key)] $name),+
        }

        impl QuotaName {
            /// Every name.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name in files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $key),+
                }
            }
        }
    };
}

quotas! {
    /// Resources of a template.
    TemplateResources = "template-resources",
    /// Outputs of a template.
    TemplateOutputs = "template-outputs",
    /// Parameters of a template.
    TemplateParameters = "template-parameters",
    /// Mappings of a template.
    TemplateMappings = "template-mappings",
    /// Bytes of a template in S3.
    TemplateBytes = "template-bytes",
    /// Destinations of a queue.
    Destinations = "destinations",
    /// Locations of a fleet, its own region included.
    Locations = "locations",
    /// Server processes of an instance.
    Processes = "processes",
    /// Rule sets of an account in a region.
    RuleSets = "rule-sets",
    /// Matchmakers of an account in a region.
    Matchmakers = "matchmakers",
    /// Queues of an account in a region.
    Queues = "queues",
    /// Aliases of an account in a region.
    Aliases = "aliases",
    /// Managed EC2 fleets of an account in a region.
    Fleets = "fleets",
    /// Anywhere fleets of an account in a region.
    AnywhereFleets = "anywhere-fleets",
    /// Custom locations of an account in a region.
    CustomLocations = "custom-locations",
    /// Builds of an account in a region.
    Builds = "builds",
    /// Characters of a rule set.
    RuleSetCharacters = "rule-set-characters",
    /// Port ranges of a fleet.
    Ports = "ports",
    /// Attributes of a player.
    PlayerAttributes = "player-attributes",
    /// Bytes of a function's environment variables.
    FunctionEnvironmentBytes = "function-environment-bytes",
    /// Tags of a stack.
    StackTags = "stack-tags",
    /// Characters of a role's inline policies.
    RolePolicyCharacters = "role-policy-characters",
}

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// What is counted.
    pub what: String,
    /// How much of it there may be.
    pub limit: u64,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
    /// Where the figure comes from.
    pub source: String,
}

/// How much of a limit something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Less than four fifths.
    Fine,
    /// Four fifths or more.
    Tight,
    /// More than there may be.
    Over,
}

/// A count beside its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headroom {
    /// The limit.
    pub quota: Quota,
    /// The count.
    pub count: u64,
}

impl Headroom {
    /// How the count stands to the limit.
    #[must_use]
    pub fn judge(&self) -> Use {
        let (count, limit) = (u128::from(self.count), u128::from(self.quota.limit));
        if count > limit {
            Use::Over
        } else if count * 100 >= limit * u128::from(NOTABLE_PERCENT) {
            Use::Tight
        } else {
            Use::Fine
        }
    }

    /// In words: `17 of 20 managed EC2 fleets of an account in a region`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} of {} {}", self.count, self.quota.limit, self.quota.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(count: u64) -> Use {
        let quota = Quota {
            what: "things".to_owned(),
            limit: 20,
            adjustable: false,
            source: String::new(),
        };
        Headroom { quota, count }.judge()
    }

    #[test]
    fn four_fifths_of_a_limit_are_notable() {
        assert_eq!(
            [15, 16, 20, 21].map(judged),
            [Use::Fine, Use::Tight, Use::Tight, Use::Over]
        );
    }
}
