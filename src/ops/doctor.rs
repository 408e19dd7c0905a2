//! Whether a machine and an account have what a user needs, as a list of answers.
//!
//! In: programs to start, deployed stacks to look at. Out: [`Check`]s. Never: changes anything.

use std::path::Path;
use std::process::Command;

use crate::deploy::StackApi;
use crate::event::StackRef;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub subject: String,
    /// How it is.
    pub state: State,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Fine,
    /// Worth knowing; nothing is wrong with it.
    Note,
    /// It is missing or broken, and something won't work.
    Missing,
}

impl Check {
    /// An answer without advice.
    pub fn new(subject: impl Into<String>, state: State, detail: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            state,
            detail: detail.into(),
            hint: None,
        }
    }

    /// With advice.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// Whether nothing is missing.
pub fn is_healthy(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.state != State::Missing)
}

/// Asks a program for its version, which also tells whether it can be started.
pub fn program(subject: &str, program: &Path, folder: &Path) -> Check {
    let mut command = Command::new(program);
    match command.current_dir(folder).arg("--version").output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            let line = text.lines().next().unwrap_or("no version");
            Check::new(subject, State::Fine, line)
        }
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            let line = text.lines().next().unwrap_or("no reason given");
            Check::new(
                subject,
                State::Missing,
                format!("`{}`: {line}", program.display()),
            )
        }
        Err(error) => {
            let message = format!("cannot start `{}`: {error}", program.display());
            Check::new(subject, State::Missing, message)
        }
    }
}

/// Looks for the artifact stack of a region, which also tells whether the region can be reached.
pub async fn region(stacks: &impl StackApi, artifacts: &StackRef, environment: &str) -> Check {
    let subject = &artifacts.region;
    match stacks.describe(artifacts).await {
        Err(error) => Check::new(subject, State::Missing, error.to_string()).hint(
            "The region may have to be enabled for the account, or the role may look at no stacks there.",
        ),
        Ok(None) => Check::new(subject, State::Note, "reached; nothing is prepared yet").hint(format!(
            "`liftform bootstrap --env {environment}` prepares it, and so does the first deployment.",
        )),
        Ok(Some(state)) => {
            let detail = format!("reached; {} is {}", artifacts.name, state.status);
            if state.status.ends_with("_COMPLETE") && !state.status.starts_with("ROLLBACK") {
                Check::new(subject, State::Fine, detail)
            } else {
                Check::new(subject, State::Missing, detail)
                    .hint(format!("`liftform deploy --env {environment}` mends or names what it needs."))
            }
        }
    }
}

/// Looks for the roles that `bootstrap` makes. Who has rights of their own needs none.
pub async fn roles(stacks: &impl StackApi, access: &StackRef, environment: &str) -> Check {
    const SUBJECT: &str = "roles";
    match stacks.describe(access).await {
        Err(error) => Check::new(SUBJECT, State::Missing, error.to_string()),
        Ok(Some(state)) => {
            Check::new(SUBJECT, State::Fine, format!("{access} is {}", state.status))
        }
        Ok(None) => Check::new(SUBJECT, State::Note, "no roles of liftform's").hint(format!(
            "`liftform bootstrap --env {environment}` makes narrow ones to look, publish and deploy with."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::fake::FakeCloudFormation;

    fn looked(status: Option<&str>) -> Check {
        let cloud = FakeCloudFormation::default();
        let cloud = match status {
            Some(status) => cloud.with("liftform-artifacts", status),
            None => cloud,
        };
        let stack = StackRef::new("liftform-artifacts", "eu-west-1");
        cloud.clock().run(region(&cloud, &stack, "prod"))
    }

    #[test]
    fn region_without_artifacts_is_only_not_prepared() {
        let check = looked(None);
        assert_eq!(check.state, State::Note);
        assert!(check.hint.unwrap().contains("bootstrap --env prod"));
    }

    #[test]
    fn region_is_as_well_as_its_artifact_stack() {
        assert_eq!(looked(Some("CREATE_COMPLETE")).state, State::Fine);
        assert_eq!(looked(Some("UPDATE_ROLLBACK_COMPLETE")).state, State::Fine);
        assert_eq!(looked(Some("ROLLBACK_COMPLETE")).state, State::Missing);
        assert_eq!(looked(Some("UPDATE_ROLLBACK_FAILED")).state, State::Missing);
    }

    #[test]
    fn region_that_refuses_is_missing() {
        let cloud = FakeCloudFormation::default();
        cloud.expire_after(Some(0));
        let stack = StackRef::new("liftform-artifacts", "eu-west-1");
        let check = cloud.clock().run(region(&cloud, &stack, "prod"));
        assert_eq!(check.state, State::Missing);
        assert!(check.detail.contains("ExpiredToken"), "{}", check.detail);
    }

    #[test]
    fn program_that_is_not_there_is_missing() {
        let check = program("cargo", Path::new("/nowhere/cargo"), Path::new("/"));
        assert_eq!(check.state, State::Missing);
        assert!(!is_healthy(&[check]));
    }
}
