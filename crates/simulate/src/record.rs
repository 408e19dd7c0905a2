//! What happened to whom.

use std::collections::{BTreeMap, HashMap};

use flexmatch::RuleSet;
use flexmatch::matching::{Event, FormedMatch, Moment, PlayerId, RuleMetrics, TicketId};

use crate::cities::CITIES;
use crate::crowd::Arrival;
use crate::report::{
    Affected, AttributeQuality, Blocked, Percentiles, Report, Share, StepShare, WaitBucket, count,
    ratio,
};

/// The beginnings of the histogram's buckets, in seconds.
const BUCKETS: [u64; 10] = [0, 2, 5, 10, 15, 20, 30, 45, 60, 120];

/// Everything that the report is made of.
pub(crate) struct Record {
    numbers: Vec<String>,
    slots: f64,
    ages: Vec<u32>,
    waiting: HashMap<TicketId, Waiting>,
    players: HashMap<PlayerId, Facts>,
    city_players: Vec<usize>,
    asked: usize,
    waits: Vec<f64>,
    latencies: Vec<f64>,
    fills: Vec<f64>,
    locations: BTreeMap<String, usize>,
    spreads: Vec<Vec<f64>>,
    gaps: Vec<Vec<f64>>,
    steps: BTreeMap<u32, usize>,
    /// Blocked players by city, by rule.
    blocked: BTreeMap<Option<String>, Vec<usize>>,
}

struct Waiting {
    since: Moment,
    players: Vec<PlayerId>,
    city: usize,
}

struct Facts {
    numbers: Vec<Option<f64>>,
    latency: BTreeMap<String, u32>,
}

impl Record {
    pub(crate) fn new(rule_set: &RuleSet) -> Self {
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
            numbers,
            slots: count(slots),
            ages: rule_set.ages(),
            waiting: HashMap::new(),
            players: HashMap::new(),
            city_players: vec![0; CITIES.len()],
            asked: 0,
            waits: Vec::new(),
            latencies: Vec::new(),
            fills: Vec::new(),
            locations: BTreeMap::new(),
            steps: BTreeMap::new(),
            blocked: BTreeMap::new(),
        }
    }

    pub(crate) fn came(&mut self, arrival: &Arrival) {
        let players = &arrival.ticket.players;
        self.asked += players.len();
        self.city_players[arrival.city] += players.len();
        for player in players {
            let number = |name: &String| match player.attributes.get(name) {
                Some(flexmatch::AttributeValue::Number(number)) => Some(*number),
                _ => None,
            };
            let facts = Facts {
                numbers: self.numbers.iter().map(number).collect(),
                latency: player.latency.clone(),
            };
            self.players.insert(player.id.clone(), facts);
        }
        let waiting = Waiting {
            since: arrival.at,
            players: players.iter().map(|player| player.id.clone()).collect(),
            city: arrival.city,
        };
        self.waiting.insert(arrival.ticket.id.clone(), waiting);
    }

    pub(crate) fn happened(&mut self, event: Event, now: Moment) {
        if let Event::Ready(formed) = event {
            self.matched(&formed, now);
        } else if let Event::TimedOut { ticket, metrics } = event {
            self.timed_out(&ticket, &metrics);
        }
    }

    fn matched(&mut self, formed: &FormedMatch, now: Moment) {
        for ticket in &formed.tickets {
            if let Some(waiting) = self.waiting.remove(ticket) {
                let wait = now.since(waiting.since).as_secs_f64();
                self.waits.extend(waiting.players.iter().map(|_| wait));
            }
        }
        self.fills
            .push(count(formed.players().count()) / self.slots);
        *self.steps.entry(formed.requirements_age).or_default() += 1;
        if let Some(location) = &formed.location {
            *self.locations.entry(location.clone()).or_default() += 1;
            let facts = formed
                .players()
                .filter_map(|player| self.players.get(&player.id));
            let latencies = facts.filter_map(|facts| facts.latency.get(location));
            self.latencies.extend(latencies.copied().map(f64::from));
        }
        for index in 0..self.numbers.len() {
            self.judge(formed, index);
        }
        for player in formed.players() {
            self.players.remove(&player.id);
        }
    }

    /// How equal the players and teams are in one attribute.
    fn judge(&mut self, formed: &FormedMatch, index: usize) {
        let teams: Vec<Vec<f64>> = formed
            .teams
            .iter()
            .map(|team| {
                let facts = team
                    .players
                    .iter()
                    .filter_map(|player| self.players.get(&player.id));
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

    fn timed_out(&mut self, ticket: &TicketId, metrics: &[RuleMetrics]) {
        let Some(waiting) = self.waiting.remove(ticket) else {
            return;
        };
        let failing = metrics.iter().filter(|rule| rule.failed > 0);
        let worst = failing
            .max_by_key(|rule| rule.failed)
            .map(|rule| rule.rule.clone());
        let cities = self
            .blocked
            .entry(worst)
            .or_insert_with(|| vec![0; CITIES.len()]);
        cities[waiting.city] += waiting.players.len();
        for player in &waiting.players {
            self.players.remove(player);
        }
    }

    pub(crate) fn report(self) -> Report {
        let matches = self.fills.len();
        let blocked = self.blocked();
        let mut locations: Vec<Share> = self
            .locations
            .iter()
            .map(|(name, found)| Share {
                name: name.clone(),
                matches: *found,
                share: ratio(*found, matches),
            })
            .collect();
        locations.sort_by_key(|share| std::cmp::Reverse(share.matches));
        let steps = self.ages.iter().map(|age| {
            let found = self.steps.get(age).copied().unwrap_or_default();
            StepShare {
                from_seconds: *age,
                matches: found,
                share: ratio(found, matches),
            }
        });
        let judged = self.numbers.into_iter().zip(self.spreads).zip(self.gaps);
        Report {
            players: self.asked,
            matched_players: self.waits.len(),
            timed_out_players: blocked.iter().map(|blocked| blocked.players).sum(),
            matches,
            waits: histogram(&self.waits),
            steps: steps.collect(),
            wait_seconds: Percentiles::of(self.waits),
            fill: Percentiles::of(self.fills).mean,
            latency_millis: Percentiles::of(self.latencies),
            locations,
            quality: judged
                .map(|((attribute, spread), gap)| AttributeQuality {
                    attribute,
                    spread: Percentiles::of(spread),
                    team_gap: Percentiles::of(gap),
                })
                .collect(),
            blocked,
        }
    }

    fn blocked(&self) -> Vec<Blocked> {
        let of_rule = |(rule, by_city): (&Option<String>, &Vec<usize>)| {
            let players = by_city.iter().sum();
            let mut cities: Vec<Affected> = by_city
                .iter()
                .enumerate()
                .filter(|(_, players)| **players > 0)
                .map(|(city, players)| Affected {
                    city: CITIES[city].name.to_owned(),
                    players: *players,
                    share: ratio(*players, self.city_players[city]),
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
