//! The file a game client needs to connect: where the API is, whom it gets credentials from, what it measures.
//!
//! In: an environment and the outputs of its backend. Out: a [`ClientManifest`]. Pure; holds nothing secret.

use plan::beacons;
use serde::Serialize;
use topology::environment::Environment;

use super::outputs::Outputs;

/// Version of the file's form; a client refuses those that it doesn't know.
const FORMAT_VERSION: u32 = 1;

/// What a game client must know of a deployed backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientManifest {
    format_version: u32,
    topology: String,
    environment: String,
    api: Api,
    identity_pool: String,
    matchmakers: Vec<String>,
    regions: Vec<Measured>,
}

/// Where requests go, and the region that they are signed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Api {
    url: String,
    region: String,
}

/// A place that a client measures its latency to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Measured {
    region: String,
    beacon: String,
}

/// An output of the backend that isn't there, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the backend has no output `{0}`")]
pub struct MissingOutput(&'static str);

impl ClientManifest {
    /// Puts it together.
    ///
    /// # Errors
    ///
    /// When the backend isn't deployed, or was deployed without an API or identity pool.
    pub fn new(environment: &Environment, outputs: &Outputs) -> Result<Self, MissingOutput> {
        let output = |key: &'static str| {
            outputs
                .rows()
                .find(|row| row.key == key && row.region == environment.home)
                .map(|row| row.value.to_owned())
                .ok_or(MissingOutput(key))
        };
        Ok(Self {
            format_version: FORMAT_VERSION,
            topology: environment.topology.clone(),
            environment: environment.name.clone(),
            api: Api {
                url: output("ApiUrl")?,
                region: environment.home.clone(),
            },
            identity_pool: output("IdentityPoolId")?,
            matchmakers: environment.matchmaking.keys().cloned().collect(),
            regions: beacons(environment)
                .into_iter()
                .map(|place| Measured {
                    region: place.region,
                    beacon: place.endpoint,
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use topology::sources::Folder;

    use super::*;

    fn skirmish() -> Environment {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stacks");
        let text = std::fs::read_to_string(folder.join("skirmish.yaml")).unwrap();
        let document = topology::parse("skirmish.yaml", &text).unwrap();
        topology::resolve(&document, "prod", &[], &Folder::new(folder))
            .unwrap()
            .environment
    }

    fn outputs(region: &str, keys: &[&str]) -> Outputs {
        let values = keys
            .iter()
            .map(|key| ((*key).to_owned(), format!("the {key}")));
        let regions = BTreeMap::from([(region.to_owned(), values.collect())]);
        Outputs(BTreeMap::from([("backend".to_owned(), regions)]))
    }

    #[test]
    fn client_learns_api_identity_matchmakers_and_beacons() {
        let outputs = outputs("us-east-1", &["ApiUrl", "IdentityPoolId"]);
        let manifest = ClientManifest::new(&skirmish(), &outputs).unwrap();
        assert_eq!(manifest.api.url, "the ApiUrl");
        assert_eq!(manifest.matchmakers, ["duel", "quick"]);
        let regions: Vec<_> = manifest
            .regions
            .iter()
            .map(|place| place.region.as_str())
            .collect();
        assert_eq!(
            regions,
            ["eu-central-1", "eu-north-1", "eu-west-2", "us-east-1"]
        );
    }

    #[test]
    fn output_that_is_missing_is_named() {
        let without = outputs("us-east-1", &["ApiUrl"]);
        let error = ClientManifest::new(&skirmish(), &without).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the backend has no output `IdentityPoolId`"
        );
        let elsewhere = outputs("eu-central-1", &["ApiUrl", "IdentityPoolId"]);
        assert_eq!(
            ClientManifest::new(&skirmish(), &elsewhere),
            Err(MissingOutput("ApiUrl"))
        );
    }
}
