//! The resources of one kind, by id.
//!
//! A resource is addressed by its id, its name or its ARN. Refusals name the kind, the way GameLift's do.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Answer, ApiError, ErrorKind};

/// Resources of one kind in one region.
#[derive(Serialize, Deserialize)]
pub(crate) struct Collection<T> {
    noun: Cow<'static, str>,
    taken: ErrorKind,
    items: BTreeMap<String, T>,
}

impl<T> Collection<T> {
    /// An empty collection; `taken` is the exception for an id that is in use.
    pub(crate) fn new(noun: &'static str, taken: ErrorKind) -> Self {
        Self {
            noun: Cow::Borrowed(noun),
            taken,
            items: BTreeMap::new(),
        }
    }

    /// Adds a resource, unless its id is in use.
    pub(crate) fn insert(&mut self, id: &str, item: T) -> Answer<()> {
        self.refuse_taken(id)?;
        self.items.insert(id.to_owned(), item);
        Ok(())
    }

    /// Refuses an id that is in use.
    pub(crate) fn refuse_taken(&self, id: &str) -> Answer<()> {
        if self.items.contains_key(id) {
            return Err(ApiError::new(
                self.taken,
                format!("{} `{id}` already exists", self.noun),
            ));
        }
        Ok(())
    }

    pub(crate) fn find(&self, reference: &str) -> Answer<&T> {
        self.items
            .get(id_of(reference))
            .ok_or_else(|| self.missing(reference))
    }

    pub(crate) fn find_mut(&mut self, reference: &str) -> Answer<&mut T> {
        let missing = self.missing(reference);
        self.items.get_mut(id_of(reference)).ok_or(missing)
    }

    pub(crate) fn remove(&mut self, reference: &str) -> Answer<T> {
        let missing = self.missing(reference);
        self.items.remove(id_of(reference)).ok_or(missing)
    }

    /// Removes and returns all that `condition` holds for.
    pub(crate) fn take_if(&mut self, mut condition: impl FnMut(&T) -> bool) -> Vec<T> {
        self.items
            .extract_if(.., |_, item| condition(item))
            .map(|(_, item)| item)
            .collect()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.items.values()
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.values_mut()
    }

    /// Those that were asked for and exist; all of them when nothing was asked for.
    pub(crate) fn select(&self, references: Option<Vec<&str>>) -> Vec<&T> {
        match references {
            Some(references) => references
                .into_iter()
                .filter_map(|name| self.items.get(id_of(name)))
                .collect(),
            None => self.items.values().collect(),
        }
    }

    fn missing(&self, reference: &str) -> ApiError {
        ApiError::not_found(format!("{} `{reference}` does not exist", self.noun))
    }
}

/// The id in an ARN, or the id itself.
pub(crate) fn id_of(reference: &str) -> &str {
    if reference.starts_with("arn:") {
        reference.rsplit('/').next().unwrap_or(reference)
    } else {
        reference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_is_found_by_id_and_by_arn() {
        let mut fleets = Collection::new("fleet", ErrorKind::Conflict);
        fleets.insert("fleet-1", 7).unwrap();
        assert_eq!(fleets.find("fleet-1"), Ok(&7));
        assert_eq!(
            fleets.find("arn:aws:gamelift:eu-west-1:000000000000:fleet/fleet-1"),
            Ok(&7)
        );
        assert_eq!(
            fleets.find("fleet-2").unwrap_err().message,
            "fleet `fleet-2` does not exist"
        );
    }

    #[test]
    fn second_resource_of_the_same_name_is_refused() {
        let mut queues = Collection::new("game session queue", ErrorKind::InvalidRequest);
        queues.insert("main", ()).unwrap();
        let error = queues.insert("main", ()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "InvalidRequestException: game session queue `main` already exists"
        );
    }

    #[test]
    fn selection_skips_what_does_not_exist() {
        let mut queues = Collection::new("game session queue", ErrorKind::InvalidRequest);
        queues.insert("main", 1).unwrap();
        queues.insert("side", 2).unwrap();
        assert_eq!(queues.select(Some(vec!["side", "other"])), [&2]);
        assert_eq!(queues.select(None), [&1, &2]);
    }
}
