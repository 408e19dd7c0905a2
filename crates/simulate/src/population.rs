//! Who plays: how many, when, with whom, with which attributes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use flexmatch::{AttributeType, AttributeValue, PlayerAttribute, RuleSet};
use serde::Deserialize;

use crate::acceptance::Acceptance;
use crate::cities::{CITIES, city_of};
use crate::recording::RecordingError;

/// Locations where a population names none.
const LOCATIONS: [&str; 4] = ["us-east-1", "eu-central-1", "ap-northeast-1", "sa-east-1"];

/// A population, as a file describes it. Everything has a default that fits the rule set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Population {
    /// Players who ask for a match.
    pub players: u32,
    /// The time during which they come, in seconds.
    pub duration_seconds: u64,
    /// Arrivals at 20:00 local time against the mean, 1 to 2; 1 is the same all day.
    pub evening_peak: f64,
    /// Arrivals by local hour, 24 weights from midnight on, instead of `evening_peak`; empty without.
    pub hours: Vec<f64>,
    /// Shares of tickets with one, two, three, ... players.
    pub parties: Vec<f64>,
    /// Locations with fleets, whose latency players measure. Empty: four around the world.
    pub locations: Vec<String>,
    /// Milliseconds from cities to a location that the table doesn't know, or instead of its figures. Players of cities that
    /// are left out don't measure the location.
    pub distances: BTreeMap<String, BTreeMap<String, f64>>,
    /// Players per city of the table, instead of its shares.
    pub cities: BTreeMap<String, f64>,
    /// How attributes are distributed; a declared one that isn't here follows its default.
    pub attributes: BTreeMap<String, Distribution>,
    /// What players do with a proposed match, where the matchmaker asks them; everybody accepts at once by default.
    pub acceptance: Acceptance,
}

/// How the values of an attribute are distributed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// A bell curve.
    Normal {
        /// Its middle.
        mean: f64,
        /// Its standard deviation.
        deviation: f64,
    },
    /// Any number between two equally often.
    Uniform {
        /// Lowest.
        from: f64,
        /// Highest.
        to: f64,
    },
    /// Words with their weights: one of them for a string, a list of one for a list of strings.
    Words(BTreeMap<String, f64>),
    /// A map from words to numbers, the same for all.
    Scores(BTreeMap<String, f64>),
    /// No value: for attributes that clients forget.
    Missing {
        /// Share of players without a value, 0 to 1.
        share: f64,
        /// What the others have.
        otherwise: Box<Self>,
    },
}

/// Why a population can't be played.
#[derive(Debug, thiserror::Error)]
pub enum PopulationError {
    /// It isn't JSON of the right shape.
    #[error("the population doesn't parse: {0}")]
    Shape(#[from] serde_json::Error),
    /// A number is out of its range.
    #[error("`{key}` is {found}, it must be {expected}")]
    Range {
        /// The key.
        key: &'static str,
        /// The value found.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A location that the table of distances doesn't know.
    #[error("no distances are known for location `{0}`; write them into `distances`")]
    UnknownLocation(String),
    /// A city that the table doesn't know.
    #[error("the table has no city `{0}`")]
    UnknownCity(String),
    /// An attribute that the rule set doesn't declare, or with values of another type.
    #[error("the distribution of `{0}` doesn't fit what the rule set declares")]
    Attribute(String),
    /// Recorded tickets don't fit.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

impl Default for Population {
    /// 10,000 players in a day, mostly alone, around four locations.
    fn default() -> Self {
        Self {
            players: 10_000,
            duration_seconds: 86_400,
            evening_peak: 1.6,
            hours: Vec::new(),
            parties: vec![0.75, 0.18, 0.07],
            locations: Vec::new(),
            distances: BTreeMap::new(),
            cities: BTreeMap::new(),
            attributes: BTreeMap::new(),
            acceptance: Acceptance::default(),
        }
    }
}

impl Population {
    /// Reads a population from JSON.
    ///
    /// # Errors
    /// When the text isn't a population; ranges are checked by [`Self::check`].
    pub fn parse(text: &str) -> Result<Self, PopulationError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Checks the population against a rule set.
    ///
    /// # Errors
    /// When a number is out of range, or something is named that isn't known.
    pub fn check(&self, rule_set: &RuleSet) -> Result<(), PopulationError> {
        in_range("players", self.players, 1..=10_000_000, "1 to 10000000")?;
        in_range(
            "duration_seconds",
            self.duration_seconds,
            1..=31_536_000,
            "1 second to a year",
        )?;
        in_range("evening_peak", self.evening_peak, 1.0..=2.0, "1 to 2")?;
        in_range(
            "parties",
            self.parties.len(),
            1..=10,
            "a list of 1 to 10 shares",
        )?;
        weights("parties", self.parties.iter())?;
        self.check_day()?;
        self.check_places()?;
        self.acceptance.check()?;
        for (name, distribution) in &self.attributes {
            let declared = rule_set
                .attributes()
                .iter()
                .find(|declared| declared.name == *name);
            match declared {
                Some(declared) if distribution.fits(declared.attribute_type) => {
                    distribution.check()?;
                }
                _ => return Err(PopulationError::Attribute(name.clone())),
            }
        }
        Ok(())
    }

    /// Lets players measure these locations instead, as far as distances are known. Returns those that are not.
    pub fn measure<'l>(&mut self, locations: impl Iterator<Item = &'l String>) -> Vec<String> {
        let wanted: BTreeSet<&String> = locations.collect();
        let (known, unknown): (Vec<String>, Vec<String>) = wanted
            .into_iter()
            .cloned()
            .partition(|location| self.knows(location));
        self.locations = known;
        unknown
    }

    fn knows(&self, location: &str) -> bool {
        self.distances.contains_key(location) || city_of(location).is_some()
    }

    /// The locations whose latency players measure.
    pub(crate) fn measured(&self) -> Vec<&str> {
        if self.locations.is_empty() {
            return LOCATIONS.to_vec();
        }
        self.locations.iter().map(String::as_str).collect()
    }

    fn check_day(&self) -> Result<(), PopulationError> {
        if self.hours.is_empty() {
            return Ok(());
        }
        in_range("hours", self.hours.len(), 24..=24, "a list of 24 weights")?;
        // A simulation of less than a day may lie in hours without players: then no moment could be drawn.
        if self.duration_seconds >= 86_400 {
            return weights("hours", self.hours.iter());
        }
        let least = self.hours.iter().copied().fold(f64::INFINITY, f64::min);
        in_range(
            "hours",
            least,
            f64::MIN_POSITIVE..=f64::MAX,
            "above 0 in every hour when less than a day is played",
        )
    }

    fn check_places(&self) -> Result<(), PopulationError> {
        let mut measured = self.measured().into_iter();
        if let Some(unknown) = measured.find(|location| !self.knows(location)) {
            return Err(PopulationError::UnknownLocation(unknown.to_owned()));
        }
        let named = self.distances.values().flat_map(BTreeMap::keys);
        let is_city = |name: &str| CITIES.iter().any(|city| city.name == name);
        if let Some(unknown) = self.cities.keys().chain(named).find(|name| !is_city(name)) {
            return Err(PopulationError::UnknownCity(unknown.clone()));
        }
        for millis in self.distances.values().flat_map(BTreeMap::values) {
            in_range(
                "distances",
                *millis,
                0.0..=60_000.0,
                "0 to 60000 milliseconds",
            )?;
        }
        if self.cities.is_empty() {
            return Ok(());
        }
        weights("cities", self.cities.values())
    }

    /// The time during which players come.
    pub(crate) const fn duration(&self) -> Duration {
        Duration::from_secs(self.duration_seconds)
    }

    /// The distribution of a declared attribute.
    pub(crate) fn distribution(&self, declared: &PlayerAttribute) -> Distribution {
        self.attributes
            .get(&declared.name)
            .cloned()
            .unwrap_or_else(|| assumed(declared))
    }
}

/// Numbers around the default with a quarter of it as deviation, else what the default says.
fn assumed(declared: &PlayerAttribute) -> Distribution {
    let any = || BTreeMap::from([("any".to_owned(), 1.0)]);
    let one_each = |words: &[String]| words.iter().map(|word| (word.clone(), 1.0)).collect();
    match (&declared.default, declared.attribute_type) {
        (Some(AttributeValue::Number(mean)), _) => Distribution::Normal {
            mean: *mean,
            deviation: mean.abs() / 4.0,
        },
        (Some(AttributeValue::String(word)), _) => {
            Distribution::Words(BTreeMap::from([(word.clone(), 1.0)]))
        }
        (Some(AttributeValue::StringList(words)), _) => Distribution::Words(one_each(words)),
        (Some(AttributeValue::StringNumberMap(map)), _) => Distribution::Scores(map.clone()),
        (None, AttributeType::Number) => Distribution::Normal {
            mean: 50.0,
            deviation: 12.5,
        },
        (None, AttributeType::String | AttributeType::StringList) => Distribution::Words(any()),
        (None, AttributeType::StringNumberMap) => Distribution::Scores(any()),
    }
}

impl Acceptance {
    fn check(self) -> Result<(), PopulationError> {
        in_range("rejects", self.rejects, 0.0..=1.0, "0 to 1")?;
        in_range(
            "ignores",
            self.ignores,
            0.0..=1.0 - self.rejects,
            "0 to 1, together with `rejects`",
        )?;
        in_range("seconds", self.seconds, 0.0..=600.0, "0 to 600")
    }
}

impl Distribution {
    fn fits(&self, attribute_type: AttributeType) -> bool {
        match self {
            Self::Normal { .. } | Self::Uniform { .. } => attribute_type == AttributeType::Number,
            Self::Words(_) => matches!(
                attribute_type,
                AttributeType::String | AttributeType::StringList
            ),
            Self::Scores(_) => attribute_type == AttributeType::StringNumberMap,
            Self::Missing { otherwise, .. } => otherwise.fits(attribute_type),
        }
    }

    fn check(&self) -> Result<(), PopulationError> {
        match self {
            Self::Normal { deviation, .. } => {
                in_range("deviation", *deviation, 0.0..=f64::MAX, "a number from 0")
            }
            Self::Uniform { from, to } => in_range("to", *to, *from..=f64::MAX, "at least `from`"),
            Self::Words(words) => weights("words", words.values()),
            Self::Scores(_) => Ok(()),
            Self::Missing { share, otherwise } => {
                in_range("share", *share, 0.0..=1.0, "0 to 1")?;
                otherwise.check()
            }
        }
    }
}

fn in_range<T: PartialOrd + ToString>(
    key: &'static str,
    found: T,
    allowed: std::ops::RangeInclusive<T>,
    expected: &'static str,
) -> Result<(), PopulationError> {
    if allowed.contains(&found) {
        return Ok(());
    }
    Err(PopulationError::Range {
        key,
        found: found.to_string(),
        expected,
    })
}

/// Weights must be able to choose something.
fn weights<'a>(
    key: &'static str,
    weights: impl Iterator<Item = &'a f64> + Clone,
) -> Result<(), PopulationError> {
    let sum: f64 = weights.clone().sum();
    let is_sound = weights.clone().all(|weight| *weight >= 0.0) && sum > 0.0 && sum.is_finite();
    if is_sound {
        return Ok(());
    }
    Err(PopulationError::Range {
        key,
        found: sum.to_string(),
        expected: "weights from 0 with a sum above 0",
    })
}
