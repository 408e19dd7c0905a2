//! Matchmaking configurations against their mode, their rule set and their queue.

use super::{Part, Scope, rule_sets};
use crate::{Finding, codes, literal};

pub(super) fn check(scope: &mut Scope<'_>) {
    for configuration in scope.parts("MatchmakingConfiguration") {
        mode(scope, &configuration);
        acceptance(scope, &configuration);
        rules(scope, &configuration);
        region(scope, configuration.id);
    }
    for rule_set in scope.parts("MatchmakingRuleSet") {
        region(scope, rule_set.id);
    }
}

/// The registry lists more regions than the service accepts.
fn region(scope: &mut Scope<'_>, id: &str) {
    let Some(region) = &scope.options.region else {
        return;
    };
    let facts = &scope.options.facts;
    // What is said of commercial regions only: others are not in the facts.
    if facts.locations().any(|known| known == region) && !facts.hosts_flexmatch(region) {
        let known: Vec<&str> = facts.flexmatch_regions().collect();
        let message = format!("{region} has no FlexMatch");
        let hint = format!("regions with FlexMatch: {}", known.join(", "));
        let path = format!("Resources/{id}/Type");
        scope.push(Finding::error(codes::REGION, path, message).hint(hint));
    }
}

fn mode(scope: &mut Scope<'_>, configuration: &Part<'_>) {
    const QUEUES: &str = "GameSessionQueueArns";
    let mode = configuration.text("FlexMatchMode");
    if mode == Some("STANDALONE") {
        if configuration.is_given(QUEUES) {
            let message = "STANDALONE matchmaking places nothing, so it has no queue";
            scope.push(Finding::error(
                codes::MODE,
                configuration.path(QUEUES),
                message,
            ));
        }
        if configuration.text("BackfillMode") == Some("AUTOMATIC") {
            let message = "STANDALONE matchmaking has no automatic backfill";
            let path = configuration.path("BackfillMode");
            scope.push(Finding::error(codes::MODE, path, message));
        }
    } else if mode == Some("WITH_QUEUE") && configuration.is_absent(QUEUES) {
        let message = "matchmaking with a queue needs `GameSessionQueueArns`";
        let path = configuration.path("FlexMatchMode");
        scope.push(Finding::error(codes::MODE, path, message));
    }
}

fn acceptance(scope: &mut Scope<'_>, configuration: &Part<'_>) {
    let required = literal::flag(configuration.get("AcceptanceRequired")) == Some(true);
    let times = (
        configuration.number("AcceptanceTimeoutSeconds"),
        configuration.number("RequestTimeoutSeconds"),
    );
    if let (true, (Some(acceptance), Some(request))) = (required, times)
        && acceptance >= request
    {
        let message =
            format!("players get {acceptance}s to accept, but tickets end after {request}s");
        let path = configuration.path("AcceptanceTimeoutSeconds");
        scope.push(Finding::warning(codes::ACCEPTANCE, path, message));
    }
}

fn rules(scope: &mut Scope<'_>, configuration: &Part<'_>) {
    let rule_set = scope.part("MatchmakingRuleSet", configuration.get("RuleSetName"));
    let Some(rules) = rule_set.as_ref().and_then(rule_sets::rules) else {
        return;
    };
    if let (Some((last, target)), Some(timeout)) = (
        rule_sets::last_step(&rules),
        configuration.number("RequestTimeoutSeconds"),
    ) && last >= timeout
    {
        let message = format!(
            "the rule set relaxes `{target}` after {last}s, but tickets end after {timeout}s"
        );
        let path = configuration.path("RequestTimeoutSeconds");
        scope.push(Finding::warning(codes::LATE_EXPANSION, path, message));
    }
    let queues = configuration.list("GameSessionQueueArns");
    let queue = queues
        .first()
        .and_then(|queue| scope.part("GameSessionQueue", Some(queue)));
    let last = queue.and_then(|queue| queue.list("PlayerLatencyPolicies").last());
    let cap = literal::number(
        last.and_then(|policy| policy.get("MaximumIndividualPlayerLatencyMilliseconds")),
    );
    if let (Some(allowed), Some(cap)) = (rule_sets::loosest_latency(&rules), cap)
        && allowed > cap
    {
        let message =
            format!("the rule set allows {allowed}ms, but the queue places nobody above {cap}ms");
        let path = configuration.path("RuleSetName");
        scope.push(Finding::warning(codes::LATENCY_GAP, path, message));
    }
}
