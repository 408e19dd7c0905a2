//! Matchmakers and their rule sets.

use cloudformation::gamelift::matchmaking_configuration::{BackfillMode, FlexMatchMode};
use cloudformation::intrinsic::{get_att, reference};
use cloudformation::{Resource, Value, gamelift};
use topology::environment::{Backfill, Matchmaker};

use super::{events, queues, seconds};
use crate::naming::{content_hash, logical_id, physical_name};
use crate::stack::StackBuilder;

pub(crate) fn add(stack: &mut StackBuilder<'_>) {
    let environment = stack.environment;
    for (name, matchmaker) in &environment.matchmaking {
        let rules = logical_id(&[name, "rules"]);
        // Canonical text: a change of layout must not replace the rule set.
        let body = matchmaker.rules.to_string();
        // Name and body are create-only and the name is required: a changed body under the same name can't be deployed.
        let rules_name = format!(
            "{}-{}",
            physical_name(environment, name),
            content_hash(&body)
        );
        stack.add(&rules, gamelift::MatchmakingRuleSet::new(rules_name, body));
        let configuration = configuration(physical_name(environment, name), matchmaker, &rules);
        stack.add(
            &logical_id(&[name, "matchmaker"]),
            Resource::from(configuration).depends_on(events::TOPIC_POLICY),
        );
    }
}

fn configuration(
    name: String,
    matchmaker: &Matchmaker,
    rules: &str,
) -> gamelift::MatchmakingConfiguration {
    let queue: Value<String> = get_att(queues::queue_id(&matchmaker.queue), "Arn").into();
    let resource = gamelift::MatchmakingConfiguration::new(
        matchmaker.acceptance.is_some(),
        name,
        seconds(matchmaker.timeout),
        reference(rules),
    )
    .flex_match_mode(FlexMatchMode::WithQueue)
    .game_session_queue_arns(vec![queue])
    .notification_target(reference(events::TOPIC))
    .backfill_mode(match matchmaker.backfill {
        Backfill::Manual => BackfillMode::Manual,
        Backfill::Automatic => BackfillMode::Automatic,
    })
    .additional_player_count(i64::from(matchmaker.extra_slots));
    match matchmaker.acceptance {
        Some(acceptance) => resource.acceptance_timeout_seconds(seconds(acceptance)),
        None => resource,
    }
}
