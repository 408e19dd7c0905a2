//! What happened to whom.

use std::collections::{BTreeMap, HashMap};

use flexmatch::RuleSet;
use flexmatch::matching::{
    AcceptanceOutcome, Event, FormedMatch, MatchedPlayer, MatchmakerOptions, Moment, PlayerId,
    Quantity, RuleMetrics, TicketId,
};
use placement::Latencies;

use crate::crowd::Arrival;
use crate::effect::Effects;
use crate::placed::Placements;
use crate::queue::Queue;
use crate::report::{
    Affected, Asked, AttributeQuality, Blocked, Percentiles, Report, RuleQuality, StepShare,
    WaitBucket, count, ratio, shares,
};

/// The beginnings of the histogram's buckets, in seconds.
const BUCKETS: [u64; 10] = [0, 2, 5, 10, 15, 20, 30, 45, 60, 120];

/// Everything that the report is made of.
pub(crate) struct Record<'a> {
    numbers: Vec<String>,
    slots: f64,
    ages: Vec<u32>,
    waiting: HashMap<TicketId, Waiting>,
    groups: Vec<String>,
    group_players: Vec<usize>,
    asked: usize,
    waits: Vec<f64>,
    /// Seconds in matchmaking of players without a match.
    stays: Vec<f64>,
    latencies: Vec<f64>,
    fills: Vec<f64>,
    locations: BTreeMap<String, usize>,
    spreads: Vec<Vec<f64>>,
    gaps: Vec<Vec<f64>>,
    rules: Vec<(String, Quantity, Vec<f64>)>,
    steps: BTreeMap<u32, usize>,
    effects: Effects,
    acceptance: Option<Asked>,
    placements: Option<Placements<'a>>,
    declined: usize,
    replaced: usize,
    timed_out: usize,
    /// Blocked players by group, by rule.
    blocked: BTreeMap<Option<String>, Vec<usize>>,
}

struct Waiting {
    since: Moment,
    players: Vec<(PlayerId, Facts)>,
    group: usize,
}

struct Facts {
    numbers: Vec<Option<f64>>,
    latency: BTreeMap<String, u32>,
}

/// A player of a match with what is known of them.
type Known<'r> = Option<&'r Facts>;

impl<'a> Record<'a> {
    pub(crate) fn new(
        rule_set: &RuleSet,
        options: &MatchmakerOptions,
        queue: Option<&'a Queue>,
        groups: Vec<String>,
    ) -> Self {
        let numbers: Vec<String> = rule_set
            .attributes()
            .iter()
            .filter(|declared| declared.attribute_type == flexmatch::AttributeType::Number)
            .map(|declared| declared.name.clone())
            .collect();
        let slots = usize::try_from(rule_set.max_players()).unwrap_or(usize::MAX);
        Self {
            spreads: vec![Vec::new(); numbers.len()],
            gaps: vec![Vec::new(); numbers.len()],
            rules: Vec::new(),
            numbers,
            slots: count(slots),
            ages: rule_set.ages(),
            waiting: HashMap::new(),
            group_players: vec![0; groups.len()],
            groups,
            asked: 0,
            waits: Vec::new(),
            stays: Vec::new(),
            latencies: Vec::new(),
            fills: Vec::new(),
            locations: BTreeMap::new(),
            steps: BTreeMap::new(),
            effects: Effects::new(rule_set),
            acceptance: options.acceptance_timeout.map(|_| Asked::default()),
            placements: queue.map(Placements::new),
            declined: 0,
            replaced: 0,
            timed_out: 0,
            blocked: BTreeMap::new(),
        }
    }

    pub(crate) fn came(&mut self, arrival: &Arrival) {
        let players = &arrival.ticket.players;
        self.asked += players.len();
        self.group_players[arrival.group] += players.len();
        let facts = |player: &flexmatch::matching::Player| {
            let number = |name: &String| match player.attributes.get(name) {
                Some(flexmatch::AttributeValue::Number(number)) => Some(*number),
                _ => None,
            };
            Facts {
                numbers: self.numbers.iter().map(number).collect(),
                latency: player.latency.clone(),
            }
        };
        let waiting = Waiting {
            since: arrival.at,
            players: players
                .iter()
                .map(|player| (player.id.clone(), facts(player)))
                .collect(),
            group: arrival.group,
        };
        self.waiting.insert(arrival.ticket.id.clone(), waiting);
    }

    pub(crate) fn happened(&mut self, event: Event, now: Moment) {
        match event {
            Event::Ready(formed) => self.matched(&formed, now),
            Event::TimedOut { ticket, metrics } => self.timed_out(&ticket, &metrics, now),
            Event::Failed { ticket, .. } => self.declined += self.left(&ticket, now),
            Event::Cancelled { ticket, .. } => self.replaced += self.left(&ticket, now),
            Event::PotentialMatchCreated { .. } => {
                if let Some(asked) = &mut self.acceptance {
                    asked.proposed += 1;
                }
            }
            Event::AcceptMatchCompleted { outcome, .. } => {
                if let Some(asked) = &mut self.acceptance {
                    match outcome {
                        AcceptanceOutcome::Accepted => {}
                        AcceptanceOutcome::Rejected => asked.rejected += 1,
                        AcceptanceOutcome::TimedOut => asked.timed_out += 1,
                    }
                }
            }
            Event::Searching { .. } | Event::AcceptMatch { .. } => {}
        }
    }

    fn matched(&mut self, formed: &FormedMatch, now: Moment) {
        self.fills
            .push(count(formed.players().count()) / self.slots);
        *self.steps.entry(formed.requirements_age).or_default() += 1;
        self.effects.matched(formed);
        if let Some(location) = self.location(formed) {
            let known = formed.players().filter_map(|player| self.facts(player));
            let latencies: Vec<u32> = known
                .filter_map(|facts| facts.latency.get(&location).copied())
                .collect();
            self.latencies.extend(latencies.into_iter().map(f64::from));
            *self.locations.entry(location).or_default() += 1;
        }
        for index in 0..self.numbers.len() {
            self.judge(formed, index);
        }
        self.note_rules(formed);
        for ticket in &formed.tickets {
            if let Some(waiting) = self.waiting.remove(ticket) {
                let wait = now.since(waiting.since).as_secs_f64();
                self.waits.extend(waiting.players.iter().map(|_| wait));
            }
        }
    }

    /// Where a match is played; `None` when that isn't known or the queue finds no place.
    fn location(&mut self, formed: &FormedMatch) -> Option<String> {
        let Some(mut placements) = self.placements.take() else {
            return formed.location.clone();
        };
        let mut latencies = Latencies::default();
        for player in formed.players() {
            let facts = self.facts(player);
            for (location, millis) in facts.iter().flat_map(|facts| &facts.latency) {
                latencies.note(player.id.as_str(), location, f64::from(*millis));
            }
        }
        let location = placements.place(&latencies, formed.players().count());
        self.placements = Some(placements);
        location
    }

    fn facts(&self, player: &MatchedPlayer) -> Known<'_> {
        let party = &self.waiting.get(&player.ticket)?.players;
        let found = party.iter().find(|(id, _)| *id == player.id);
        found.map(|(_, facts)| facts)
    }

    /// How equal the players and teams are in one attribute.
    fn judge(&mut self, formed: &FormedMatch, index: usize) {
        let teams: Vec<Vec<f64>> = formed
            .teams
            .iter()
            .map(|team| {
                let facts = team.players.iter().filter_map(|player| self.facts(player));
                facts.filter_map(|facts| facts.numbers[index]).collect()
            })
            .collect();
        let averages = teams.iter().filter(|team| !team.is_empty());
        let averages = averages.map(|team| team.iter().sum::<f64>() / count(team.len()));
        if let Some(gap) = range(averages) {
            self.gaps[index].push(gap);
        }
        if let Some(spread) = range(teams.iter().flatten().copied()) {
            self.spreads[index].push(spread);
        }
    }

    /// How far the match uses up what rules allow.
    fn note_rules(&mut self, formed: &FormedMatch) {
        for verdict in &formed.verdicts {
            let Some(extent) = verdict.extent else {
                continue;
            };
            let mut known = self.rules.iter_mut();
            if let Some((_, _, values)) = known.find(|(rule, _, _)| *rule == verdict.rule) {
                values.push(extent.value);
            } else {
                let rule = verdict.rule.clone();
                self.rules.push((rule, extent.quantity, vec![extent.value]));
            }
        }
    }

    fn timed_out(&mut self, ticket: &TicketId, metrics: &[RuleMetrics], now: Moment) {
        let Some(group) = self.waiting.get(ticket).map(|waiting| waiting.group) else {
            return;
        };
        let players = self.left(ticket, now);
        self.timed_out += players;
        let failing = metrics.iter().filter(|rule| rule.failed > 0);
        let worst = failing
            .max_by_key(|rule| rule.failed)
            .map(|rule| rule.rule.clone());
        let groups = self
            .blocked
            .entry(worst)
            .or_insert_with(|| vec![0; self.groups.len()]);
        groups[group] += players;
    }

    /// A ticket left without a match. Returns how many players it had.
    fn left(&mut self, ticket: &TicketId, now: Moment) -> usize {
        let Some(waiting) = self.waiting.remove(ticket) else {
            return 0;
        };
        let stay = now.since(waiting.since).as_secs_f64();
        self.stays.extend(waiting.players.iter().map(|_| stay));
        waiting.players.len()
    }

    pub(crate) fn report(self) -> Report {
        let matches = self.fills.len();
        let blocked = self.blocked();
        let steps = self.ages.iter().map(|age| {
            let found = self.steps.get(age).copied().unwrap_or_default();
            StepShare {
                from_seconds: *age,
                matches: found,
                share: ratio(found, matches),
            }
        });
        let judged = self.numbers.into_iter().zip(self.spreads).zip(self.gaps);
        let rules = self.rules.into_iter();
        Report {
            players: self.asked,
            matched_players: self.waits.len(),
            timed_out_players: self.timed_out,
            declined_players: self.declined,
            replaced_players: self.replaced,
            matches,
            waits: histogram(&self.waits),
            steps: steps.collect(),
            expansions: self.effects.report(&[&*self.waits, &*self.stays].concat()),
            wait_seconds: Percentiles::of(self.waits),
            fill: Percentiles::of(self.fills).mean,
            latency_millis: Percentiles::of(self.latencies),
            locations: shares(self.locations, matches),
            quality: judged
                .map(|((attribute, spread), gap)| AttributeQuality {
                    attribute,
                    spread: Percentiles::of(spread),
                    team_gap: Percentiles::of(gap),
                })
                .collect(),
            rules: rules
                .map(|(rule, quantity, values)| RuleQuality {
                    rule,
                    quantity: word(quantity),
                    value: Percentiles::of(values),
                })
                .collect(),
            acceptance: self.acceptance,
            placement: self.placements.map(|placements| placements.report(matches)),
            blocked,
        }
    }

    fn blocked(&self) -> Vec<Blocked> {
        let of_rule = |(rule, by_group): (&Option<String>, &Vec<usize>)| {
            let players = by_group.iter().sum();
            let mut cities: Vec<Affected> = by_group
                .iter()
                .enumerate()
                .filter(|(_, players)| **players > 0)
                .map(|(group, players)| Affected {
                    city: self.groups[group].clone(),
                    players: *players,
                    share: ratio(*players, self.group_players[group]),
                })
                .collect();
            cities.sort_by(|left, right| right.share.total_cmp(&left.share));
            Blocked {
                rule: rule.clone(),
                players,
                share: ratio(players, self.asked),
                cities,
            }
        };
        let mut blocked: Vec<Blocked> = self.blocked.iter().map(of_rule).collect();
        blocked.sort_by_key(|blocked| std::cmp::Reverse(blocked.players));
        blocked
    }
}

const fn word(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Distance => "distance",
        Quantity::Latency => "latency",
        Quantity::Count => "count",
    }
}

/// Largest minus smallest; `None` of nothing.
fn range(values: impl Iterator<Item = f64>) -> Option<f64> {
    let ends = values.map(|value| (value, value));
    let (low, high) = ends.reduce(|(low, high), (value, _)| (low.min(value), high.max(value)))?;
    Some(high - low)
}

fn histogram(waits: &[f64]) -> Vec<WaitBucket> {
    let ends = BUCKETS[1..].iter().copied().map(Some).chain([None]);
    let buckets = BUCKETS.into_iter().zip(ends);
    buckets
        .map(|(from, to)| {
            let holds =
                |wait: &&f64| **wait >= seconds(from) && to.is_none_or(|to| **wait < seconds(to));
            WaitBucket {
                from,
                to,
                players: waits.iter().filter(holds).count(),
            }
        })
        .collect()
}

fn seconds(seconds: u64) -> f64 {
    std::time::Duration::from_secs(seconds).as_secs_f64()
}
