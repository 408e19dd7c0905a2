//! Texts and locations as small numbers, so that the search compares no strings.

use std::collections::HashMap;

use super::choices::MAX_LOCATIONS;

/// A text that was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Symbol(u32);

/// Every text seen so far. Never iterated, so that its order can't matter.
#[derive(Debug, Default)]
pub(super) struct Symbols(HashMap<String, Symbol>);

impl Symbols {
    pub(super) fn of(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.0.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.insert(text.to_owned(), symbol);
        symbol
    }

    /// The texts' symbols, each once, in the order of the symbols.
    pub(super) fn set_of(&mut self, texts: &[String]) -> Box<[Symbol]> {
        let mut symbols: Vec<Symbol> = texts.iter().map(|text| self.of(text)).collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols.into()
    }
}

/// A location; below [`MAX_LOCATIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Location(u8);

/// Every location seen so far.
#[derive(Debug, Default)]
pub(super) struct Locations(Vec<String>);

impl Locations {
    /// The location of that name; `None` when there are too many.
    pub(super) fn of(&mut self, name: &str) -> Option<Location> {
        let known = self.0.iter().position(|known| known == name);
        let index = known.unwrap_or(self.0.len());
        if index >= MAX_LOCATIONS {
            return None;
        }
        if known.is_none() {
            self.0.push(name.to_owned());
        }
        u8::try_from(index).ok().map(Location)
    }

    pub(super) fn name(&self, location: Location) -> &str {
        &self.0[usize::from(location.0)]
    }
}

/// A set of locations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LocationSet(u128);

impl LocationSet {
    pub(super) const EMPTY: Self = Self(0);
    pub(super) const ALL: Self = Self(u128::MAX);

    pub(super) fn insert(&mut self, location: Location) {
        self.0 |= 1 << location.0;
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn contains(self, location: Location) -> bool {
        self.0 >> location.0 & 1 == 1
    }
}
