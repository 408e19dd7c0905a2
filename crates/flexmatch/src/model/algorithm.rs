//! How tickets are batched and ordered.

use crate::keyword::keywords;

keywords! {
    /// How matches are built.
    Strategy {
        ExhaustiveSearch = "exhaustiveSearch",
        Balanced = "balanced",
    }
}

keywords! {
    /// How the ticket pool is cut into batches. The first two belong to `exhaustiveSearch`, the others to `balanced`.
    BatchingPreference {
        Random = "random",
        Sorted = "sorted",
        LargestPopulation = "largestPopulation",
        FastestRegion = "fastestRegion",
    }
}

keywords! {
    /// Which ticket's age drives expansions.
    ExpansionAgeSelection {
        Newest = "newest",
        Oldest = "oldest",
    }
}

keywords! {
    /// How backfill tickets rank against new ones.
    BackfillPriority {
        Normal = "normal",
        High = "high",
        Low = "low",
    }
}

impl BatchingPreference {
    /// The strategy that this preference belongs to.
    pub const fn strategy(self) -> Strategy {
        match self {
            Self::Random | Self::Sorted => Strategy::ExhaustiveSearch,
            Self::LargestPopulation | Self::FastestRegion => Strategy::Balanced,
        }
    }
}

/// The `algorithm` object, its defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithm {
    /// How matches are built.
    pub strategy: Strategy,
    /// How the pool is cut into batches.
    pub batching_preference: BatchingPreference,
    /// The number attribute that `balanced` evens out.
    pub balanced_attribute: Option<String>,
    /// The attributes that `sorted` sorts by, first one first.
    pub sort_by_attributes: Vec<String>,
    /// Which ticket's age drives expansions.
    pub expansion_age_selection: ExpansionAgeSelection,
    /// How backfill tickets rank.
    pub backfill_priority: BackfillPriority,
}

impl Default for Algorithm {
    fn default() -> Self {
        Self {
            strategy: Strategy::ExhaustiveSearch,
            batching_preference: BatchingPreference::Random,
            balanced_attribute: None,
            sort_by_attributes: Vec::new(),
            expansion_age_selection: ExpansionAgeSelection::Newest,
            backfill_priority: BackfillPriority::Normal,
        }
    }
}
