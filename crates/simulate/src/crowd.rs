//! The players of one simulation.

use flexmatch::matching::{Moment, Player, Ticket};
use flexmatch::{AttributeType, AttributeValue, PlayerAttribute, RuleSet};

use crate::cities::{CITIES, City, city_of};
use crate::population::{Distribution, Population};

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// Seconds of an hour.
const HOUR: f64 = 3_600.0;

/// The local hour at which most players come.
const PEAK_HOUR: f64 = 20.0;

/// A ticket that will come.
pub(crate) struct Arrival {
    pub(crate) at: Moment,
    pub(crate) ticket: Ticket,
    /// Where its players live, as a place among the names of the groups.
    pub(crate) group: usize,
}

/// All tickets of a simulation.
pub(crate) struct Arrivals {
    /// In the order of time.
    pub(crate) list: Vec<Arrival>,
    /// The groups of players that the report tells apart.
    pub(crate) groups: Vec<String>,
}

/// Draws all tickets of a simulation.
pub(crate) fn draw(population: &Population, rule_set: &RuleSet, seed: u64) -> Arrivals {
    let mut crowd = Crowd {
        population,
        random: fastrand::Rng::with_seed(seed),
        cities: city_weights(population),
        distances: distances(population),
        attributes: rule_set
            .attributes()
            .iter()
            .map(|declared| (declared, population.distribution(declared)))
            .collect(),
    };
    let mut arrivals = Vec::new();
    let mut players = 0;
    while players < population.players {
        let arrival = crowd.arrival(players);
        players += u32::try_from(arrival.ticket.players.len()).unwrap_or(u32::MAX);
        arrivals.push(arrival);
    }
    arrivals.sort_by_key(|arrival| arrival.at);
    Arrivals {
        list: arrivals,
        groups: CITIES.iter().map(|city| city.name.to_owned()).collect(),
    }
}

struct Crowd<'a> {
    population: &'a Population,
    random: fastrand::Rng,
    cities: Vec<f64>,
    /// The locations that players measure, with the milliseconds by city; `None` where no figure is known.
    distances: Vec<(&'a str, Vec<Option<f64>>)>,
    attributes: Vec<(&'a PlayerAttribute, Distribution)>,
}

impl Crowd<'_> {
    /// One ticket; `number` is the number of players before it.
    fn arrival(&mut self, number: u32) -> Arrival {
        let city = self.choose(|crowd| crowd.cities.clone());
        let size = 1 + self.choose(|crowd| crowd.population.parties.clone());
        let left = usize::try_from(self.population.players - number).unwrap_or(usize::MAX);
        let players = (number..)
            .take(size.min(left))
            .map(|number| self.player(number, city));
        let players: Vec<Player> = players.collect();
        Arrival {
            at: self.moment(CITIES[city].utc),
            ticket: Ticket::new(format!("t{number}"), players),
            group: city,
        }
    }

    fn player(&mut self, number: u32, city: usize) -> Player {
        let mut player = Player::new(format!("p{number}"));
        for index in 0..self.attributes.len() {
            let (declared, distribution) = &self.attributes[index];
            let value = draw_value(distribution, declared.attribute_type, &mut self.random);
            if let Some(value) = value {
                player = player.with(&declared.name, value);
            }
        }
        // The way from home to the city's exchange: fibre to mobile.
        let last_mile = 4.0 + 30.0 * self.random.f64().powi(2);
        for (location, millis) in &self.distances {
            if let Some(millis) = millis[city] {
                let millis = millis + last_mile + 4.0 * self.random.f64();
                player = player.near(location, whole(millis));
            }
        }
        player
    }

    /// A moment of the simulation, as likely as its hour in the city.
    fn moment(&mut self, utc: f64) -> Moment {
        loop {
            let second = self.random.f64() * self.population.duration().as_secs_f64();
            if self.random.f64() * self.most_likely() <= self.rate(second, utc) {
                return Moment::from_millis(
                    u64::from(whole(second)) * 1000 + self.random.u64(..1000),
                );
            }
        }
    }

    /// Arrivals at a second of the simulation, relative to others.
    fn rate(&self, second: f64, utc: f64) -> f64 {
        let hours = &self.population.hours;
        if hours.is_empty() {
            let swing = self.population.evening_peak - 1.0;
            let hour_angle = (second / DAY + (utc - PEAK_HOUR) / 24.0) * std::f64::consts::TAU;
            return 1.0 + swing * hour_angle.cos();
        }
        let hour = (second / HOUR + utc).rem_euclid(24.0);
        let index = usize::try_from(whole(hour)).unwrap_or_default();
        hours.get(index).copied().unwrap_or_default()
    }

    /// The largest rate.
    fn most_likely(&self) -> f64 {
        match self.population.hours.as_slice() {
            [] => self.population.evening_peak,
            hours => hours.iter().copied().fold(0.0, f64::max),
        }
    }

    fn choose(&mut self, weights: impl Fn(&Self) -> Vec<f64>) -> usize {
        choose(&weights(self), &mut self.random)
    }
}

fn city_weights(population: &Population) -> Vec<f64> {
    let own = |name: &str| population.cities.get(name).copied().unwrap_or_default();
    let cities = CITIES.iter();
    cities
        .map(|city| {
            if population.cities.is_empty() {
                city.share
            } else {
                own(city.name)
            }
        })
        .collect()
}

/// What players measure to each location: the population's own figures before those of the table.
fn distances(population: &Population) -> Vec<(&str, Vec<Option<f64>>)> {
    let of = |location: &str, city: &City| {
        let own = population.distances.get(location);
        match own {
            Some(by_city) => by_city.get(city.name).copied(),
            None => city_of(location).map(|place| city.millis[place]),
        }
    };
    let locations = population.measured().into_iter();
    locations
        .map(|location| {
            let millis = CITIES.iter().map(|city| of(location, city));
            (location, millis.collect())
        })
        .collect()
}

/// A position, each as often as its weight says.
fn choose(weights: &[f64], random: &mut fastrand::Rng) -> usize {
    let mut left = random.f64() * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        if left < *weight {
            return index;
        }
        left -= weight;
    }
    weights
        .iter()
        .rposition(|weight| *weight > 0.0)
        .unwrap_or_default()
}

fn draw_value(
    distribution: &Distribution,
    attribute_type: AttributeType,
    random: &mut fastrand::Rng,
) -> Option<AttributeValue> {
    match distribution {
        Distribution::Normal { mean, deviation } => {
            // Twelve uniform numbers make a bell curve to three deviations; no logarithm, whose last bit machines differ in.
            let bell: f64 = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
            Some(AttributeValue::Number(mean + deviation * bell))
        }
        Distribution::Uniform { from, to } => {
            Some(AttributeValue::Number(from + (to - from) * random.f64()))
        }
        Distribution::Words(words) => {
            let weights: Vec<f64> = words.values().copied().collect();
            let word = words.keys().nth(choose(&weights, random)).cloned();
            match attribute_type {
                AttributeType::StringList => {
                    Some(AttributeValue::StringList(word.into_iter().collect()))
                }
                AttributeType::String | AttributeType::Number | AttributeType::StringNumberMap => {
                    word.map(AttributeValue::String)
                }
            }
        }
        Distribution::Scores(scores) => Some(AttributeValue::StringNumberMap(scores.clone())),
        Distribution::Missing { share, otherwise } => {
            let is_missing = random.f64() < *share;
            (!is_missing)
                .then(|| draw_value(otherwise, attribute_type, random))
                .flatten()
        }
    }
}

/// Milliseconds or seconds without fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from float saturates, and nothing negative is drawn"
)]
fn whole(number: f64) -> u32 {
    number as u32
}
