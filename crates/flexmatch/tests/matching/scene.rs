//! A matchmaker with shorthands: players by one line, matches as text.

use std::time::Duration;

use flexmatch::matching::{
    Event, FormedMatch, Matchmaker, MatchmakerOptions, Moment, Player, Ticket, TicketId,
};
use flexmatch::{AttributeValue, RuleSet};

/// A matchmaker and what it reported so far.
pub(crate) struct Scene {
    pub(crate) matchmaker: Matchmaker,
    pub(crate) events: Vec<Event>,
}

pub(crate) fn published(name: &str) -> RuleSet {
    let path = format!("{}/tests/rulesets/{name}.json", env!("CARGO_MANIFEST_DIR"));
    rule_set(&std::fs::read_to_string(path).expect("the rule set is in the collection"))
}

pub(crate) fn rule_set(body: &str) -> RuleSet {
    let parsed = flexmatch::parse(body);
    parsed
        .rule_set
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems))
}

/// A rule set of two teams with these further members of the body.
pub(crate) fn duel(players: u32, rest: &str) -> RuleSet {
    rule_set(&format!(
        r#"{{"ruleLanguageVersion": "1.0", "teams": [
            {{"name": "red", "minPlayers": {players}, "maxPlayers": {players}}},
            {{"name": "blue", "minPlayers": {players}, "maxPlayers": {players}}}], {rest}}}"#
    ))
}

/// Reads `anna skill=12 mode=coop maps=[lava,ice] taste={lava:3} @eu=20`.
pub(crate) fn player(line: &str) -> Player {
    let mut words = line.split_whitespace();
    let mut player = Player::new(words.next().expect("a player has a name"));
    for word in words {
        let (key, value) = word.split_once('=').expect("key=value");
        player = match key.strip_prefix('@') {
            Some(location) => player.near(location, value.parse().expect("milliseconds")),
            None => player.with(key, attribute(value)),
        };
    }
    player
}

fn attribute(value: &str) -> AttributeValue {
    let inner = |open, close| value.strip_prefix(open)?.strip_suffix(close);
    let items = |inner: &str| -> Vec<String> {
        inner
            .split(',')
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    };
    if let Some(inner) = inner('[', ']') {
        return AttributeValue::StringList(items(inner));
    }
    if let Some(inner) = inner('{', '}') {
        let pair = |item: &String| {
            let (key, number) = item.split_once(':').expect("key:number");
            (key.to_owned(), number.parse().expect("a number"))
        };
        return AttributeValue::StringNumberMap(items(inner).iter().map(pair).collect());
    }
    match value.parse() {
        Ok(number) => AttributeValue::Number(number),
        Err(_) => AttributeValue::String(value.to_owned()),
    }
}

impl Scene {
    pub(crate) fn new(rule_set: &RuleSet) -> Self {
        Self::with(rule_set, MatchmakerOptions::default())
    }

    pub(crate) fn with(rule_set: &RuleSet, options: MatchmakerOptions) -> Self {
        Self {
            matchmaker: Matchmaker::new(rule_set, options),
            events: Vec::new(),
        }
    }

    /// Players wait long, so that only expansions matter.
    pub(crate) fn patient(rule_set: &RuleSet) -> Self {
        Self::with(
            rule_set,
            MatchmakerOptions {
                request_timeout: Duration::from_secs(10_000),
                ..MatchmakerOptions::default()
            },
        )
    }

    /// One ticket per line, players of a party separated by `+`; a ticket is called as its first player.
    pub(crate) fn enter(&mut self, seconds: u64, tickets: &str) {
        for line in tickets.lines().filter(|line| !line.trim().is_empty()) {
            let players: Vec<Player> = line.split('+').map(player).collect();
            let id = TicketId::from(players[0].id.as_str());
            let ticket = Ticket::new(id, players);
            self.matchmaker
                .enqueue(ticket, Moment::from_secs(seconds))
                .expect("the ticket is fine");
        }
    }

    /// The matches that formed at a second, each as `red: a b, blue: c d` with sorted players.
    pub(crate) fn matches(&mut self, seconds: u64) -> Vec<String> {
        self.formed(seconds).iter().map(show).collect()
    }

    pub(crate) fn formed(&mut self, seconds: u64) -> Vec<FormedMatch> {
        let events = self.matchmaker.tick(Moment::from_secs(seconds));
        self.events.extend(events.iter().cloned());
        let mut ready = Vec::new();
        for event in events {
            if let Event::Ready(formed) = event {
                ready.push(formed);
            }
        }
        ready
    }
}

pub(crate) fn show(formed: &FormedMatch) -> String {
    let team = |team: &flexmatch::matching::MatchedTeam| {
        let mut players: Vec<&str> = team
            .players
            .iter()
            .map(|player| player.id.as_str())
            .collect();
        players.sort_unstable();
        format!("{}: {}", team.name, players.join(" "))
    };
    formed.teams.iter().map(team).collect::<Vec<_>>().join(", ")
}

/// The sizes of a match's teams.
pub(crate) fn sizes(formed: &FormedMatch) -> Vec<usize> {
    formed.teams.iter().map(|team| team.players.len()).collect()
}

/// `count` lines by number, from 0.
pub(crate) fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}
