//! The command line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use lexopt::prelude::*;
use thiserror::Error;

/// How to call it.
pub(crate) const USAGE: &str = "\
usage: arena-client --api URL --identity-pool ID --region REGION [options]

  --matchmaker NAME      matchmaker of the topology (duel)
  --latency REGION=MS    instead of a measurement; may be repeated
  --attributes JSON      what the player says about themselves
  --patience SECONDS     how long to wait for a match (120)
  --cognito URL          identity service of a local cloud

The values come from `liftform outputs`: ApiUrl and IdentityPoolId.";

/// What was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) api: String,
    pub(crate) identity_pool: String,
    pub(crate) region: String,
    pub(crate) matchmaker: String,
    pub(crate) latency: BTreeMap<String, u32>,
    pub(crate) attributes: BTreeMap<String, serde_json::Value>,
    pub(crate) patience: Duration,
    pub(crate) cognito: Option<String>,
}

/// What is wrong with the command line.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    #[error("{0}")]
    Syntax(#[from] lexopt::Error),
    #[error("`{0}` is missing")]
    Missing(&'static str),
}

impl Arguments {
    /// Reads the command line, the program's name first.
    pub(crate) fn read(
        line: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, ArgumentError> {
        let (mut api, mut identity_pool, mut region, mut cognito) = (None, None, None, None);
        let mut matchmaker = "duel".to_owned();
        let (mut latency, mut attributes) = (BTreeMap::new(), BTreeMap::new());
        let mut patience = Duration::from_secs(120);
        let mut parser = lexopt::Parser::from_iter(line);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("api") => api = Some(parser.value()?.string()?),
                Long("identity-pool") => identity_pool = Some(parser.value()?.string()?),
                Long("region") => region = Some(parser.value()?.string()?),
                Long("cognito") => cognito = Some(parser.value()?.string()?),
                Long("matchmaker") => matchmaker = parser.value()?.string()?,
                Long("latency") => latency.extend([parser.value()?.parse_with(distance)?]),
                Long("attributes") => {
                    attributes = parser
                        .value()?
                        .parse_with(|text| serde_json::from_str(text))?;
                }
                Long("patience") => patience = Duration::from_secs(parser.value()?.parse()?),
                Short(_) | Long(_) | Value(_) => return Err(argument.unexpected().into()),
            }
        }
        let given = |value: Option<String>, name| value.ok_or(ArgumentError::Missing(name));
        Ok(Self {
            api: given(api, "--api")?,
            identity_pool: given(identity_pool, "--identity-pool")?,
            region: given(region, "--region")?,
            matchmaker,
            latency,
            attributes,
            patience,
            cognito,
        })
    }
}

fn distance(text: &str) -> Result<(String, u32), &'static str> {
    text.split_once('=')
        .and_then(|(region, millis)| Some((region.to_owned(), millis.parse().ok()?)))
        .ok_or("latency looks like us-east-1=40")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(format!("arena-client {line}").split_whitespace())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn latency_may_be_given_for_several_regions() {
        let line = "--api http://x --identity-pool p --region r --latency a=1 --latency b=20";
        let latency = read(line).unwrap().latency;
        assert_eq!(
            latency,
            BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 20)])
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            read("--api http://x --region r").unwrap_err(),
            "`--identity-pool` is missing"
        );
    }
}
