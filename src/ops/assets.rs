//! What lies in the artifact buckets, who needs it, and what nobody needs any more.
//!
//! An archive is kept as long as a stack of its account and region names it: in a parameter, in its template, or in a change
//! set that waits. CloudFormation forgets what a stack named before its last update, so that of each archive as many older
//! ones are kept as stacks use it. In: objects and texts. Out: a [`Sweep`]. Pure but for [`survey`].

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::deploy::{StackApi, StackState};
use crate::event::StackRef;
use crate::moment::Moment;
use crate::remote::RemoteError;

/// Where archives and templates lie; what somebody else put into a bucket is none of our business.
const FOLDERS: [&str; 3] = ["builds/", "handlers/", "templates/"];

/// The artifact buckets, and what waits to be applied.
pub trait AssetApi {
    /// Lists the objects of a bucket.
    fn objects(
        &self,
        region: &str,
        bucket: &str,
    ) -> impl Future<Output = Result<Vec<StoredObject>, RemoteError>>;

    /// Deletes objects. The bucket keeps their old versions for as long as its lifecycle rule says.
    fn remove(
        &self,
        region: &str,
        bucket: &str,
        keys: &[String],
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Reads the parameter values and templates of all change sets of a stack that can be executed.
    fn waiting(&self, stack: &StackRef) -> impl Future<Output = Result<Vec<String>, RemoteError>>;
}

/// An object in a bucket.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StoredObject {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When it was uploaded.
    pub modified: Moment,
}

/// A bucket with its objects and with what names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// The objects.
    pub objects: Vec<StoredObject>,
    /// What every stack says, by its name.
    pub texts: BTreeMap<String, Vec<String>>,
    /// Stacks with change sets that wait.
    pub waiting: Vec<String>,
    /// Stacks of liftform that somebody is working on.
    pub busy: Vec<String>,
}

/// Reads a bucket and all stacks of its region.
///
/// # Errors
///
/// When anything can't be read: what isn't seen to be needed would be removed.
pub async fn survey<Cloud: StackApi + AssetApi>(
    cloud: &Cloud,
    region: &str,
    bucket: &str,
    max_parallel: usize,
) -> Result<Holdings, RemoteError> {
    let states = cloud.list(region).await?;
    let mut holdings = Holdings {
        objects: cloud.objects(region, bucket).await?,
        busy: states
            .iter()
            .filter(|state| is_ours_and_busy(state))
            .map(|state| state.name.clone())
            .collect(),
        ..Holdings::default()
    };
    let read: Vec<_> = stream::iter(states)
        .map(async |state| {
            let stack = state.stack();
            let waiting = cloud.waiting(&stack).await?;
            let mut texts: Vec<String> = state.parameters.into_values().collect();
            // A stack whose creation waits for somebody to approve it has no template yet.
            if state.status != "REVIEW_IN_PROGRESS" {
                texts.push(cloud.template(&stack).await?);
            }
            Ok::<_, RemoteError>((stack.name, texts, waiting))
        })
        .buffered(max_parallel.max(1))
        .try_collect()
        .await?;
    for (name, mut texts, waiting) in read {
        if !waiting.is_empty() {
            holdings.waiting.push(name.clone());
        }
        texts.extend(waiting);
        holdings.texts.insert(name, texts);
    }
    Ok(holdings)
}

fn is_ours_and_busy(state: &StackState) -> bool {
    let ours = state.tags.keys().any(|tag| tag.starts_with("liftform:"));
    ours && state.status.ends_with("_IN_PROGRESS") && state.status != "REVIEW_IN_PROGRESS"
}

/// What becomes of each object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Objects and why they stay.
    pub keep: Vec<(StoredObject, Reason)>,
    /// Objects that nobody needs.
    pub remove: Vec<StoredObject>,
}

/// Why an object stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// These stacks name it.
    Used(Vec<String>),
    /// A stack may go back to it.
    Previous,
    /// It is younger than asked for.
    Young,
    /// It isn't liftform's.
    Foreign,
}

impl Holdings {
    /// The stacks that name an object.
    pub fn users(&self, key: &str) -> Vec<String> {
        let names = |texts: &Vec<String>| texts.iter().any(|text| text.contains(key));
        let users = self.texts.iter().filter(|(_, texts)| names(texts));
        users.map(|(stack, _)| stack.clone()).collect()
    }

    /// Chooses what goes: objects of ours, older than `min_age`, that nobody needs.
    pub fn sweep(&self, now: Moment, min_age: Duration) -> Sweep {
        let mut sweep = Sweep::default();
        let mut families: BTreeMap<&str, Vec<&StoredObject>> = BTreeMap::new();
        let mut users_of: BTreeMap<&str, usize> = BTreeMap::new();
        for object in &self.objects {
            let users = self.users_or_waiting(&object.key);
            let family = family(&object.key);
            if !FOLDERS.iter().any(|folder| object.key.starts_with(folder)) {
                sweep.keep.push((object.clone(), Reason::Foreign));
            } else if users.is_empty() {
                families.entry(family).or_default().push(object);
            } else {
                *users_of.entry(family).or_default() += users.len();
                sweep.keep.push((object.clone(), Reason::Used(users)));
            }
        }
        for (family, mut unused) in families {
            unused
                .sort_by(|one, other| (other.modified, &other.key).cmp(&(one.modified, &one.key)));
            let previous = users_of.get(family).copied().unwrap_or_default();
            for (place, object) in unused.into_iter().enumerate() {
                let object = object.clone();
                if place < previous {
                    sweep.keep.push((object, Reason::Previous));
                } else if now.since(object.modified) < min_age {
                    sweep.keep.push((object, Reason::Young));
                } else {
                    sweep.remove.push(object);
                }
            }
        }
        sweep
    }

    /// A change set was made from a template in the bucket, whose address it doesn't tell.
    fn users_or_waiting(&self, key: &str) -> Vec<String> {
        let mut users = self.users(key);
        if let Some(file) = key.strip_prefix("templates/") {
            let of = |stack: &&String| {
                file.strip_prefix(stack.as_str())
                    .is_some_and(|rest| rest.starts_with('-'))
            };
            users.extend(self.waiting.iter().filter(of).cloned());
        }
        users
    }
}

/// What an object is a version of: its key without the digest.
fn family(key: &str) -> &str {
    key.rsplit_once('-').map_or(key, |(family, _)| family)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(100 * DAY);
    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn days(days: u32) -> Duration {
        Duration::from_secs(u64::from(days) * 24 * 60 * 60)
    }

    /// A bucket with objects of these ages in days.
    fn holdings(objects: &[(&str, u32)], texts: &[(&str, &str)]) -> Holdings {
        let object = |(key, age): &(&str, u32)| StoredObject {
            key: (*key).to_owned(),
            size: 1,
            modified: NOW.before(days(*age)),
        };
        let text = |(stack, text): &(&str, &str)| ((*stack).to_owned(), vec![(*text).to_owned()]);
        Holdings {
            objects: objects.iter().map(object).collect(),
            texts: texts.iter().map(text).collect(),
            ..Holdings::default()
        }
    }

    fn removed(holdings: &Holdings) -> Vec<String> {
        let sweep = holdings.sweep(NOW, days(30));
        assert_eq!(
            sweep.keep.len() + sweep.remove.len(),
            holdings.objects.len()
        );
        sweep.remove.into_iter().map(|object| object.key).collect()
    }

    #[test]
    fn old_archive_that_nobody_names_goes() {
        let holdings = holdings(&[("handlers/status-a.zip", 40)], &[("game", "{}")]);
        assert_eq!(removed(&holdings), ["handlers/status-a.zip"]);
    }

    #[test]
    fn archive_that_a_parameter_or_template_names_stays_whatever_its_age() {
        let objects = [("handlers/status-a.zip", 900), ("builds/server-b.zip", 900)];
        let texts = [
            ("one", "handlers/status-a.zip"),
            ("two", r#"{"Key": "builds/server-b.zip"}"#),
        ];
        assert_eq!(removed(&holdings(&objects, &texts)), Vec::<String>::new());
    }

    #[test]
    fn young_archive_stays() {
        assert!(removed(&holdings(&[("handlers/status-a.zip", 29)], &[])).is_empty());
    }

    #[test]
    fn for_each_stack_that_uses_an_archive_one_older_stays() {
        let objects = [
            ("handlers/status-a.zip", 90),
            ("handlers/status-b.zip", 80),
            ("handlers/status-c.zip", 70),
            ("handlers/status-d.zip", 60),
        ];
        let one = [("dev", "handlers/status-d.zip")];
        assert_eq!(
            removed(&holdings(&objects, &one)),
            ["handlers/status-b.zip", "handlers/status-a.zip"]
        );
        let two = [
            ("dev", "handlers/status-d.zip"),
            ("prod", "handlers/status-d.zip"),
        ];
        assert_eq!(
            removed(&holdings(&objects, &two)),
            ["handlers/status-a.zip"]
        );
    }

    #[test]
    fn template_of_a_change_set_that_waits_stays() {
        let mut holdings = holdings(&[("templates/game-dev-backend-19a.json", 90)], &[]);
        assert_eq!(removed(&holdings).len(), 1);
        holdings.waiting = vec!["game-dev-backend".to_owned()];
        assert!(removed(&holdings).is_empty());
    }

    #[test]
    fn what_somebody_else_put_there_stays() {
        assert!(removed(&holdings(&[("notes.txt", 900)], &[])).is_empty());
    }

    #[test]
    fn nothing_that_is_named_is_ever_removed() {
        use proptest::prelude::*;
        let key = "(handlers|builds|templates)/[ab]-[0-9]";
        let objects = proptest::collection::btree_map(key, 0_u32..200, 0..12);
        let named = proptest::collection::vec(key, 0..6);
        proptest!(|(objects in objects, named in named)| {
            let objects: Vec<_> = objects.iter().map(|(key, age)| (key.as_str(), *age)).collect();
            let text = named.join(" ");
            for key in removed(&holdings(&objects, &[("game", &text)])) {
                prop_assert!(!named.contains(&key));
            }
        });
    }
}
