//! `GET /regions`: the Regions a client measures its latency to. Fixed at deployment; asks nobody.

use serde::{Deserialize, Serialize};
use tickets::answer::Answer;
use tickets::settings::{SettingsError, Variables};

/// Regions change with a deployment, clients ask at every start.
const CACHED_SECONDS: u32 = 3_600;

/// A Region and where to measure it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The code to send latency for.
    pub region: String,
    /// Host and UDP port that echo what they get.
    pub beacon: String,
}

#[derive(Serialize)]
struct Body<'a> {
    regions: &'a [Region],
}

/// Reads `REGIONS`.
pub fn regions(variables: &Variables<'_>) -> Result<Vec<Region>, SettingsError> {
    variables.json("REGIONS")
}

/// Answers with all Regions.
pub fn handle(regions: &[Region]) -> Answer {
    Answer::json(200, &Body { regions }).cached_for(CACHED_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIONS: &str =
        r#"[{"region":"us-east-1","beacon":"gamelift-ping.us-east-1.api.aws:7770"}]"#;

    #[test]
    fn regions_are_answered_as_configured() {
        let lookup = |name: &str| (name == "REGIONS").then(|| REGIONS.to_owned());
        let answer = handle(&regions(&Variables::new(&lookup)).unwrap());
        assert_eq!(answer.status_code, 200);
        assert_eq!(answer.body, format!(r#"{{"regions":{REGIONS}}}"#));
        assert_eq!(answer.headers["cache-control"], "private, max-age=3600");
    }

    #[test]
    fn a_missing_list_is_named() {
        let error = regions(&Variables::new(&|_| None)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment variable `REGIONS` is not set"
        );
    }
}
