//! The outputs of an environment's stacks.

use std::collections::BTreeMap;

use crate::deploy::{DeployOutcome, StackApi, StackSpec};
use crate::remote::RemoteError;

/// Outputs by stack name, region and output name.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Outputs(pub BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>);

/// One output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputRow<'outputs> {
    /// Name of the stack.
    pub stack: &'outputs str,
    /// Its region.
    pub region: &'outputs str,
    /// Name of the output.
    pub key: &'outputs str,
    /// Its value.
    pub value: &'outputs str,
}

impl Outputs {
    fn add(
        &mut self,
        stack: &str,
        region: &str,
        values: impl IntoIterator<Item = (String, String)>,
    ) {
        let regions = self.0.entry(stack.to_owned()).or_default();
        regions.entry(region.to_owned()).or_default().extend(values);
    }

    /// All outputs as rows.
    pub fn rows(&self) -> impl Iterator<Item = OutputRow<'_>> {
        self.0.iter().flat_map(|(stack, regions)| {
            regions.iter().flat_map(move |(region, values)| {
                values.iter().map(move |(key, value)| OutputRow {
                    stack,
                    region,
                    key,
                    value,
                })
            })
        })
    }

    /// All outputs under names that are unique: that of the output, with the region where several regions have it, and
    /// with the stack where that isn't enough. Names are letters, digits and `_`.
    pub fn variables(&self) -> BTreeMap<String, &str> {
        let mut variables = BTreeMap::new();
        let count = |fits: &dyn Fn(&OutputRow<'_>) -> bool| self.rows().filter(fits).count();
        for row in self.rows() {
            let everywhere = count(&|other| other.key == row.key);
            let here = count(&|other| other.key == row.key && other.region == row.region);
            let name = match (everywhere, here) {
                (1, _) => row.key.to_owned(),
                (_, 1) => format!("{}_{}", row.key, row.region),
                _ => format!("{}_{}_{}", row.key, row.stack, row.region),
            };
            variables.insert(name.replace('-', "_"), row.value);
        }
        variables
    }

    /// Keeps the outputs of one name.
    pub fn retain(&mut self, wanted: &str) {
        for regions in self.0.values_mut() {
            for values in regions.values_mut() {
                values.retain(|key, _| key == wanted);
            }
            regions.retain(|_, values| !values.is_empty());
        }
        self.0.retain(|_, regions| !regions.is_empty());
    }

    /// Turns AWS addresses of APIs into those of a local cloud.
    pub fn point_to(&mut self, endpoint: &str) {
        for value in self
            .0
            .values_mut()
            .flat_map(BTreeMap::values_mut)
            .flat_map(BTreeMap::values_mut)
        {
            if let Some(local) = local_api_url(value, endpoint) {
                *value = local;
            }
        }
    }
}

impl From<&DeployOutcome> for Outputs {
    fn from(outcome: &DeployOutcome) -> Self {
        let mut outputs = Self::default();
        for stack in outcome
            .stacks
            .iter()
            .filter(|stack| !stack.outputs.is_empty())
        {
            outputs.add(
                &stack.stack.name,
                &stack.stack.region,
                stack.outputs.iter().cloned(),
            );
        }
        outputs
    }
}

/// Reads the outputs of the stacks that exist.
///
/// # Errors
///
/// When a stack can't be read.
pub async fn read(stacks: &impl StackApi, specs: &[StackSpec]) -> Result<Outputs, RemoteError> {
    let mut outputs = Outputs::default();
    for spec in specs {
        if let Some(state) = stacks.describe(&spec.stack).await? {
            outputs.add(&spec.stack.name, &spec.stack.region, state.outputs);
        }
    }
    Ok(outputs)
}

/// The local cloud serves every API under one address; the names that AWS gives APIs don't resolve there.
fn local_api_url(url: &str, endpoint: &str) -> Option<String> {
    let (host, path) = url
        .strip_prefix("https://")?
        .split_once('/')
        .unwrap_or((url.strip_prefix("https://")?, ""));
    let (api, domain) = host.split_once('.')?;
    let is_api = domain.starts_with("execute-api.")
        && api.chars().all(|letter| letter.is_ascii_alphanumeric());
    is_api.then(|| format!("{endpoint}/_aws/execute-api/{api}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs() -> Outputs {
        let mut outputs = Outputs::default();
        let values = [
            (
                "ApiUrl",
                "https://a1b2.execute-api.us-east-1.amazonaws.com/v1",
            ),
            ("Docs", "https://docs.example.com/v1"),
        ];
        outputs.add(
            "game",
            "us-east-1",
            values.map(|(key, value)| (key.to_owned(), value.to_owned())),
        );
        outputs
    }

    #[test]
    fn api_address_points_to_the_local_cloud_and_nothing_else_does() {
        let mut outputs = outputs();
        outputs.point_to("http://127.0.0.1:4566");
        let values: Vec<_> = outputs.rows().map(|row| row.value).collect();
        assert_eq!(
            values,
            [
                "http://127.0.0.1:4566/_aws/execute-api/a1b2/v1",
                "https://docs.example.com/v1"
            ]
        );
    }

    #[test]
    fn variables_of_several_regions_and_stacks_never_meet() {
        let mut outputs = outputs();
        let fleet = |id: &str| [("FleetId".to_owned(), id.to_owned())];
        outputs.add("fleets", "us-east-1", fleet("f1"));
        outputs.add("fleets", "eu-west-1", fleet("f2"));
        outputs.add("more", "eu-west-1", fleet("f3"));
        outputs.retain("FleetId");
        let variables: Vec<_> = outputs.variables().into_iter().collect();
        assert_eq!(
            variables,
            [
                ("FleetId_fleets_eu_west_1".to_owned(), "f2"),
                ("FleetId_more_eu_west_1".to_owned(), "f3"),
                ("FleetId_us_east_1".to_owned(), "f1"),
            ]
        );
    }

    #[test]
    fn one_name_is_picked_from_all_stacks() {
        let mut outputs = outputs();
        outputs.retain("Docs");
        assert_eq!(outputs.rows().count(), 1);
        outputs.retain("Nothing");
        assert!(outputs.0.is_empty());
    }
}
