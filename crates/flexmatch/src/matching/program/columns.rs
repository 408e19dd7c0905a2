//! The values that every party prepares once.

use crate::model::rule::{CollectionAggregation, PartyAggregation};

macro_rules! column_indices {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::matching) struct $name(pub(in crate::matching) usize);
    )+};
}

column_indices! {
    /// A position in [`Columns::numbers`].
    NumberColumn;
    /// A position in [`Columns::texts`].
    TextColumn;
    /// A position in [`Columns::lists`].
    ListColumn;
    /// A position in [`Columns::maps`].
    MapColumn;
}

/// What parties prepare. Attributes are positions in the rule set's declarations.
#[derive(Debug, Default)]
pub(in crate::matching) struct Columns {
    pub(in crate::matching) numbers: Vec<(usize, PartyAggregation)>,
    pub(in crate::matching) texts: Vec<usize>,
    pub(in crate::matching) lists: Vec<(usize, CollectionAggregation)>,
    pub(in crate::matching) maps: Vec<(usize, PartyAggregation)>,
    pub(in crate::matching) limits: Vec<Limit>,
    /// Attributes whose texts order the pool.
    pub(in crate::matching) sort_texts: Vec<usize>,
}

/// A latency limit: parties prepare the set of locations within it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::matching) struct Limit {
    /// Milliseconds, inclusive; every reported location without it.
    pub(in crate::matching) max: Option<f64>,
    pub(in crate::matching) party: PartyAggregation,
}

impl Columns {
    pub(super) fn number(&mut self, attribute: usize, party: PartyAggregation) -> NumberColumn {
        NumberColumn(position(&mut self.numbers, (attribute, party)))
    }

    pub(super) fn text(&mut self, attribute: usize) -> TextColumn {
        TextColumn(position(&mut self.texts, attribute))
    }

    pub(super) fn list(&mut self, attribute: usize, party: CollectionAggregation) -> ListColumn {
        ListColumn(position(&mut self.lists, (attribute, party)))
    }

    pub(super) fn map(&mut self, attribute: usize, party: PartyAggregation) -> MapColumn {
        MapColumn(position(&mut self.maps, (attribute, party)))
    }

    pub(super) fn sort_text(&mut self, attribute: usize) -> usize {
        position(&mut self.sort_texts, attribute)
    }

    pub(super) fn limit(&mut self, limit: Limit) -> usize {
        position(&mut self.limits, limit)
    }
}

fn position<T: PartialEq>(items: &mut Vec<T>, wanted: T) -> usize {
    let known = items.iter().position(|item| *item == wanted);
    known.unwrap_or_else(|| {
        items.push(wanted);
        items.len() - 1
    })
}
