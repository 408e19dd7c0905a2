//! Reads `teams`.

use super::fields::Fields;
use super::{Item, check_unique};
use crate::code;
use crate::model::rule_set::Team;
use crate::report::Report;

const KEYS: &[&str] = &["name", "minPlayers", "maxPlayers", "quantity"];

pub(crate) fn read(body: &Fields<'_>, report: &mut Report<'_>) -> Vec<Item<Team>> {
    let listed = body.items("teams", report);
    let is_empty_list = body
        .get("teams")
        .is_some_and(|node| node.as_items().is_some_and(<[_]>::is_empty));
    if body.get("teams").is_none() || is_empty_list {
        report.error(
            &body.path.key("teams"),
            code::NO_TEAM,
            "the rule set has no team",
        );
    }
    let mut teams = Vec::with_capacity(listed.len());
    for (path, node) in listed {
        let value = Fields::of(node, &path, report).and_then(|fields| read_one(&fields, report));
        teams.extend(value.map(|value| Item { path, value }));
    }
    check_unique(&teams, |team| &team.name, "team", report);
    teams
}

fn read_one(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Team> {
    fields.warn_of_unknown(KEYS, report);
    let name = fields.name(report);
    fields.required("minPlayers", report);
    fields.required("maxPlayers", report);
    let min_players = fields.count("minPlayers", 0, report);
    let max_players = fields.count("maxPlayers", 1, report);
    let quantity = match fields.get("quantity") {
        Some(_) => fields.count("quantity", 1, report),
        None => Some(1),
    };
    let team = Team {
        name: name?,
        min_players: min_players?,
        max_players: max_players?,
        quantity: quantity?,
    };
    check_sizes(&team, fields, report);
    Some(team)
}

fn check_sizes(team: &Team, fields: &Fields<'_>, report: &mut Report<'_>) {
    let Team {
        name,
        min_players,
        max_players,
        ..
    } = team;
    let path = fields.path.key("minPlayers");
    if min_players > max_players {
        let message = format!(
            "team `{name}` needs at least {min_players} players but holds at most {max_players}"
        );
        report.error(&path, code::MIN_EXCEEDS_MAX, message);
    }
    if *min_players == 0 {
        report
            .warning(
                &path,
                code::UNDOCUMENTED,
                format!("team `{name}` can be empty, which no documentation shows"),
            )
            .hint("Use at least 1, or confirm with GameLift that 0 is accepted.");
    }
}
