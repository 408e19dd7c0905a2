//! What environments take of their account's quotas, alone and together.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Facts, Headroom, QuotaName, Use};

use super::Scope;
use crate::codes;
use crate::environment::{Environment, Host, Target};
use crate::findings::{Finding, Findings};
use crate::node::{Node, Place};

/// How many of each thing are in each region.
type Counts<'run> = BTreeMap<(&'run str, QuotaName), u64>;

pub(super) fn check(scope: &mut Scope<'_>) {
    let environment = scope.environment;
    if environment.target == Target::Local {
        return;
    }
    let place = scope.view.place(&["name"]);
    let who = format!("`{}`", environment.name);
    for ((region, name), count) in counts(environment) {
        report(
            &environment.facts,
            region,
            name,
            count,
            &who,
            place,
            scope.findings,
        );
    }
}

/// Environments of one account share its quotas; what one of them takes alone is reported by [`check`].
pub(super) fn together(root: &Node, environments: &[Environment], findings: &mut Findings) {
    let Some(place) = root.entry("environments").map(|section| section.key) else {
        return;
    };
    let mut accounts: BTreeMap<&str, Vec<&Environment>> = BTreeMap::new();
    for environment in environments {
        if let (Target::Aws, Some(account)) = (environment.target, &environment.account) {
            accounts.entry(account).or_default().push(environment);
        }
    }
    for sharing in accounts.values().filter(|sharing| sharing.len() > 1) {
        let mut total = Counts::new();
        let mut single = BTreeSet::new();
        for environment in sharing {
            for (key, count) in counts(environment) {
                *total.entry(key).or_default() += count;
                if judge(&environment.facts, key.1, count).judge() != Use::Fine {
                    single.insert(key);
                }
            }
        }
        let Some(facts) = sharing.first().map(|environment| &environment.facts) else {
            continue;
        };
        let names: Vec<_> = sharing
            .iter()
            .map(|environment| format!("`{}`", environment.name))
            .collect();
        let who = names.join(", ");
        for (key, count) in total.into_iter().filter(|(key, _)| !single.contains(key)) {
            report(facts, key.0, key.1, count, &who, place, findings);
        }
    }
}

fn judge(facts: &Facts, name: QuotaName, count: u64) -> Headroom {
    Headroom {
        quota: facts.quota(name),
        count,
    }
}

fn report(
    facts: &Facts,
    region: &str,
    name: QuotaName,
    count: u64,
    who: &str,
    place: Place,
    findings: &mut Findings,
) {
    let headroom = judge(facts, name, count);
    let verdict = match headroom.judge() {
        Use::Fine => return,
        Use::Tight => "close to the limit",
        Use::Over => "more than there may be",
    };
    let message = format!(
        "{verdict}: {who} would have {} ({region})",
        headroom.words()
    );
    let key = name.as_str().replace('-', "_");
    findings.push_check(
        Finding::warning(codes::ACCOUNT_QUOTA, place, message)
            .note(format!("source: {}", headroom.quota.source))
            .hint(format!(
                "when the account has a higher quota, write it as `facts: {{ quotas: {{ {key}: ... }} }}`"
            )),
    );
}

fn counts(environment: &Environment) -> Counts<'_> {
    let mut counts = Counts::new();
    let home = environment.home.as_str();
    let mut add = |region, name, count: usize| {
        *counts.entry((region, name)).or_default() += count as u64;
    };
    add(home, QuotaName::Queues, environment.queues.len());
    add(home, QuotaName::Matchmakers, environment.matchmaking.len());
    add(home, QuotaName::RuleSets, environment.matchmaking.len());
    for (region, held) in &environment.regions {
        add(region, QuotaName::Builds, held.builds.len());
        add(region, QuotaName::Aliases, held.fleets.len());
        for fleet in held.fleets.values() {
            match fleet.host {
                Host::Ec2 { .. } => add(region, QuotaName::Fleets, 1),
                // Their quota is not in the source.
                Host::Container(_) => {}
                Host::Anywhere { .. } => {
                    add(region, QuotaName::AnywhereFleets, 1);
                    add(region, QuotaName::CustomLocations, fleet.locations.len());
                }
            }
        }
    }
    counts
}
