//! A party resolved to the values that a program reads.

use std::collections::BTreeMap;

use super::program::{Limit, Program};
use super::symbols::{Location, LocationSet, Locations, Symbol, Symbols};
use super::ticket::{Player, PlayerId};
use crate::model::attribute::{AttributeType, AttributeValue, PlayerAttribute};
use crate::model::rule::{CollectionAggregation, PartyAggregation};

/// A map attribute in the order of its keys.
type Scores = Box<[(Symbol, f64)]>;

/// Milliseconds of one player.
type Latencies = Box<[(Location, u32)]>;

/// The players who stay together, with everything that rules read of them.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) players: Box<[PlayerId]>,
    pub(super) ids: Box<[Symbol]>,
    /// The party's number, by number column.
    pub(super) numbers: Box<[f64]>,
    /// One text per player, by text column.
    pub(super) texts: Box<[Box<[Symbol]>]>,
    /// The party's list, by list column.
    pub(super) lists: Box<[Box<[Symbol]>]>,
    /// The party's map in the order of its keys, by map column.
    pub(super) maps: Box<[Scores]>,
    /// The first player's texts that order the pool.
    pub(super) sort_texts: Box<[Box<str>]>,
    /// The locations within a limit, by limit.
    pub(super) within: Box<[LocationSet]>,
    /// The locations that all players reported; all when nobody reported any.
    pub(super) reported: LocationSet,
    /// Milliseconds, by player.
    latencies: Box<[Latencies]>,
}

/// Why players can't be resolved.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// An attribute has a value of another type than declared.
    WrongType {
        player: PlayerId,
        attribute: String,
        expected: AttributeType,
    },
    /// The matchmaker has seen too many different locations.
    TooManyLocations,
}

/// Resolves a party. `None` when a player lacks an attribute that has no default: such a ticket never matches.
pub(super) fn resolve(
    players: &[Player],
    program: &Program,
    symbols: &mut Symbols,
    locations: &mut Locations,
) -> Result<Option<Member>, Unreadable> {
    let mut values: Vec<Vec<&AttributeValue>> = Vec::with_capacity(players.len());
    let mut complete = true;
    for player in players {
        check_types(player, &program.attributes)?;
        let found = program
            .attributes
            .iter()
            .map(|declared| value(player, declared));
        match found.collect() {
            Some(found) => values.push(found),
            None => complete = false,
        }
    }
    let latencies = latencies(players, locations)?;
    if !complete {
        return Ok(None);
    }
    let columns = &program.columns;
    let of = |attribute: usize| values.iter().map(move |values| values[attribute]);
    Ok(Some(Member {
        players: players.iter().map(|player| player.id.clone()).collect(),
        ids: players
            .iter()
            .map(|player| symbols.of(player.id.as_str()))
            .collect(),
        numbers: columns
            .numbers
            .iter()
            .map(|(attribute, party)| number(of(*attribute), *party))
            .collect(),
        texts: columns
            .texts
            .iter()
            .map(|attribute| {
                of(*attribute)
                    .filter_map(text)
                    .map(|text| symbols.of(text))
                    .collect()
            })
            .collect(),
        lists: columns
            .lists
            .iter()
            .map(|(attribute, party)| list(of(*attribute), *party, symbols))
            .collect(),
        maps: columns
            .maps
            .iter()
            .map(|(attribute, party)| map(of(*attribute), *party, symbols))
            .collect(),
        sort_texts: columns
            .sort_texts
            .iter()
            .map(|attribute| of(*attribute).find_map(text).unwrap_or_default().into())
            .collect(),
        within: columns
            .limits
            .iter()
            .map(|limit| within(&latencies, *limit))
            .collect(),
        reported: reported(&latencies),
        latencies,
    }))
}

impl Member {
    pub(super) fn size(&self) -> u32 {
        u32::try_from(self.players.len()).unwrap_or(u32::MAX)
    }

    /// The party's latency at a location, in milliseconds; `None` unless every player reported it.
    pub(super) fn latency(&self, location: Location, party: PartyAggregation) -> Option<f64> {
        latency(&self.latencies, location, party)
    }

    /// The locations that somebody of the party reported.
    pub(super) fn locations(&self) -> impl Iterator<Item = Location> + '_ {
        self.latencies
            .iter()
            .flatten()
            .map(|(location, _)| *location)
    }
}

fn check_types(player: &Player, declared: &[PlayerAttribute]) -> Result<(), Unreadable> {
    for attribute in declared {
        if let Some(value) = player.attributes.get(&attribute.name)
            && value.attribute_type() != attribute.attribute_type
        {
            return Err(Unreadable::WrongType {
                player: player.id.clone(),
                attribute: attribute.name.clone(),
                expected: attribute.attribute_type,
            });
        }
    }
    Ok(())
}

fn value<'a>(player: &'a Player, declared: &'a PlayerAttribute) -> Option<&'a AttributeValue> {
    let sent = player.attributes.get(&declared.name);
    sent.or(declared.default.as_ref())
}

fn latencies(
    players: &[Player],
    locations: &mut Locations,
) -> Result<Box<[Latencies]>, Unreadable> {
    let mut known = |(name, millis): (&String, &u32)| {
        let location = locations.of(name).ok_or(Unreadable::TooManyLocations)?;
        Ok((location, *millis))
    };
    players
        .iter()
        .map(|player| player.latency.iter().map(&mut known).collect())
        .collect()
}

fn number<'a>(values: impl Iterator<Item = &'a AttributeValue>, party: PartyAggregation) -> f64 {
    let numbers = values.filter_map(|value| match value {
        AttributeValue::Number(number) => Some(*number),
        AttributeValue::String(_)
        | AttributeValue::StringList(_)
        | AttributeValue::StringNumberMap(_) => None,
    });
    aggregate(numbers, party).unwrap_or_default()
}

/// The party's one value; `None` of nobody.
fn aggregate(values: impl Iterator<Item = f64>, party: PartyAggregation) -> Option<f64> {
    match party {
        PartyAggregation::Min => values.reduce(f64::min),
        PartyAggregation::Max => values.reduce(f64::max),
        PartyAggregation::Avg => {
            let (sum, count) =
                values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            (count > 0.0).then(|| sum / count)
        }
    }
}

fn text(value: &AttributeValue) -> Option<&str> {
    match value {
        AttributeValue::String(text) => Some(text),
        AttributeValue::Number(_)
        | AttributeValue::StringList(_)
        | AttributeValue::StringNumberMap(_) => None,
    }
}

fn list<'a>(
    values: impl Iterator<Item = &'a AttributeValue>,
    party: CollectionAggregation,
    symbols: &mut Symbols,
) -> Box<[Symbol]> {
    let lists = values.filter_map(|value| match value {
        AttributeValue::StringList(texts) => Some(symbols.set_of(texts)),
        AttributeValue::Number(_)
        | AttributeValue::String(_)
        | AttributeValue::StringNumberMap(_) => None,
    });
    let joined = lists.reduce(|joined, list| match party {
        CollectionAggregation::Union => {
            let mut joined = [joined, list].concat();
            joined.sort_unstable();
            joined.dedup();
            joined.into()
        }
        CollectionAggregation::Intersection => joined
            .into_iter()
            .filter(|text| list.contains(text))
            .collect(),
    });
    joined.unwrap_or_default()
}

/// The party's value per key, over the players who have that key.
fn map<'a>(
    values: impl Iterator<Item = &'a AttributeValue>,
    party: PartyAggregation,
    symbols: &mut Symbols,
) -> Scores {
    let mut by_key: BTreeMap<Symbol, Vec<f64>> = BTreeMap::new();
    for value in values {
        if let AttributeValue::StringNumberMap(map) = value {
            for (key, number) in map {
                by_key.entry(symbols.of(key)).or_default().push(*number);
            }
        }
    }
    by_key
        .into_iter()
        .filter_map(|(key, numbers)| Some((key, aggregate(numbers.into_iter(), party)?)))
        .collect()
}

fn reported(latencies: &[Latencies]) -> LocationSet {
    let sets = latencies
        .iter()
        .filter(|reported| !reported.is_empty())
        .map(|reported| {
            let mut set = LocationSet::EMPTY;
            reported
                .iter()
                .for_each(|(location, _)| set.insert(*location));
            set
        });
    sets.fold(LocationSet::ALL, LocationSet::and)
}

fn within(latencies: &[Latencies], limit: Limit) -> LocationSet {
    let mut set = LocationSet::EMPTY;
    for (location, _) in latencies.first().into_iter().flatten() {
        let near = latency(latencies, *location, limit.party)
            .is_some_and(|millis| limit.max.is_none_or(|max| millis <= max));
        if near {
            set.insert(*location);
        }
    }
    set
}

fn latency(latencies: &[Latencies], location: Location, party: PartyAggregation) -> Option<f64> {
    let of_player = |reported: &[(Location, u32)]| {
        let found = reported.iter().find(|(known, _)| *known == location);
        found.map(|(_, millis)| f64::from(*millis))
    };
    // Looked at twice rather than collected: this is asked for every location of every ticket.
    let figures = || latencies.iter().map(|reported| of_player(reported));
    let everybody = figures().all(|figure| figure.is_some());
    everybody.then(|| aggregate(figures().flatten(), party))?
}
