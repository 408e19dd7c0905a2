//! What the number of players demands: matches above 40 players take one algorithm and two rule types.

use crate::code;
use crate::model::algorithm::Strategy;
use crate::model::rule::RuleStatement;
use crate::model::rule_set::{
    MAX_MATCH_PLAYERS, SMALL_MATCH_PLAYERS, SizeClass, Team, max_players, size_class,
};
use crate::path::Path;
use crate::report::Report;
use crate::shape::{Draft, Item};

pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    if !draft.all_teams_read || draft.teams.is_empty() {
        return;
    }
    let teams: Vec<Team> = draft.teams.iter().map(|team| team.value.clone()).collect();
    let players = max_players(&teams);
    if players > MAX_MATCH_PLAYERS {
        let message =
            format!("the teams hold {players} players, a match holds at most {MAX_MATCH_PLAYERS}");
        report.error(
            &Path::default().key("teams"),
            code::TOO_MANY_PLAYERS,
            message,
        );
    }
    let strategy = draft.algorithm.value.strategy;
    match (size_class(players), strategy) {
        (SizeClass::Large, Strategy::ExhaustiveSearch) => require_balanced(draft, players, report),
        (SizeClass::Small, Strategy::Balanced) => warn_of_balanced(draft, players, report),
        (SizeClass::Large, Strategy::Balanced) | (SizeClass::Small, Strategy::ExhaustiveSearch) => {
        }
    }
    if size_class(players) == SizeClass::Large {
        draft
            .rules
            .iter()
            .for_each(|rule| check_rule(rule, players, report));
    }
}

fn require_balanced(draft: &Draft, players: u64, report: &mut Report<'_>) {
    report
        .error(
            &draft.algorithm.path.key("strategy"),
            code::LARGE_WITHOUT_BALANCED,
            format!("a match of {players} players needs algorithm strategy `balanced`"),
        )
        .hint(format!(
            "Set `strategy` to `balanced` with a `balancedAttribute`, or make the teams hold at most {SMALL_MATCH_PLAYERS} players."
        ));
}

// AWS's own compound-rule example uses `balanced` with exactly 40 players, so this can't be an error.
fn warn_of_balanced(draft: &Draft, players: u64, report: &mut Report<'_>) {
    report
        .warning(
            &draft.algorithm.path.key("strategy"),
            code::BALANCED_IN_SMALL,
            format!("strategy `balanced` is documented for more than {SMALL_MATCH_PLAYERS} players, these teams hold {players}"),
        )
        .hint("Use `exhaustiveSearch`, or confirm with GameLift that the rule set is accepted.");
}

fn check_rule(rule: &Item<crate::Rule>, players: u64, report: &mut Report<'_>) {
    let rule_type = rule.value.statement.rule_type();
    if !rule_type.fits_large_matches() {
        let message = format!("a match of {players} players can't have a `{rule_type}` rule");
        report
            .error(&rule.path.key("type"), code::FORBIDDEN_IN_LARGE, message)
            .hint(format!("Above {SMALL_MATCH_PLAYERS} players only `latency` and `batchDistance` rules are allowed."));
    }
    if let RuleStatement::Latency(latency) = &rule.value.statement
        && latency.max_distance.is_some()
    {
        report.error(
            &rule.path.key("maxDistance"),
            code::FORBIDDEN_IN_LARGE,
            format!("a latency rule for {players} players takes `maxLatency` only"),
        );
    }
}
