//! What is shown when a command can't go on.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use super::github;
use super::status::ExitStatus;
use crate::bundle::BundleError;
use crate::deploy::{PrepareError, StackFailure};
use crate::ops::companion::CompanionError;
use crate::ops::compile::{Diagnostic, Refusal};
use crate::ops::diff::deployed::TemplateError;
use crate::ops::diff::git::GitError;
use crate::ops::diff::sides::SideError;
use crate::ops::policies::PolicyError;
use crate::ops::simulate::SimulateError;
use crate::ops::source::SourceError;
use crate::ops::synth::SynthError;
use crate::remote::RemoteError;

/// The end of a command that didn't work.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CliError {
    pub(super) status: ExitStatus,
    /// Problems of the user's files.
    problems: Vec<Diagnostic>,
    /// What went wrong; none: nothing is said, because there is nobody to read it or everything was said.
    message: Option<String>,
    causes: Vec<String>,
    hint: Option<String>,
}

impl CliError {
    pub(super) fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self {
            status,
            problems: Vec::new(),
            message: Some(message.into()),
            causes: Vec::new(),
            hint: None,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// What went wrong and what to do about it, for a command that goes on all the same.
    pub(super) fn told(self) -> (String, Option<String>) {
        let problems = self.problems.into_iter().map(|problem| problem.message);
        let texts: Vec<String> = self.message.into_iter().chain(problems).collect();
        (texts.join("; "), self.hint)
    }

    /// Ends without a word.
    pub(super) fn silent(status: ExitStatus) -> Self {
        Self {
            message: None,
            ..Self::new(status, "")
        }
    }

    pub(super) fn of(status: ExitStatus, error: &dyn Error, hint: Option<String>) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Self {
            causes,
            hint,
            ..Self::new(status, error.to_string())
        }
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        Self {
            problems: refusal.0,
            ..Self::new(ExitStatus::Refused, message)
        }
    }
}

impl From<SourceError> for CliError {
    fn from(error: SourceError) -> Self {
        let status = match &error {
            SourceError::None { .. } | SourceError::Several { .. } => ExitStatus::Usage,
            SourceError::Folder { .. } | SourceError::TooLong { .. } | SourceError::Read { .. } => {
                ExitStatus::Refused
            }
        };
        Self::of(status, &error, error.hint())
    }
}

impl From<PolicyError> for CliError {
    fn from(error: PolicyError) -> Self {
        let hint = match &error {
            PolicyError::Read { .. } => None,
            PolicyError::None { .. } => {
                Some("`--policy shipped` takes the rules that come with liftform.".to_owned())
            }
            PolicyError::Engine(error) => error.hint().map(str::to_owned),
        };
        Self::of(ExitStatus::Refused, &error, hint)
    }
}

impl From<CompanionError> for CliError {
    fn from(error: CompanionError) -> Self {
        let hint = error.hint().map(str::to_owned);
        Self::of(ExitStatus::Refused, &error, hint)
    }
}

impl From<BundleError> for CliError {
    fn from(error: BundleError) -> Self {
        let status = match &error {
            BundleError::Start { .. } | BundleError::Write { .. } => ExitStatus::Failure,
            BundleError::Workspace { .. }
            | BundleError::UnknownPackage { .. }
            | BundleError::NoBinary { .. }
            | BundleError::ManyBinaries { .. }
            | BundleError::MissingTarget { .. }
            | BundleError::Build { .. }
            | BundleError::NoExecutable { .. }
            | BundleError::Glibc { .. }
            | BundleError::NotExecutable { .. }
            | BundleError::NoFolder { .. }
            | BundleError::EmptyFolder { .. }
            | BundleError::UnsupportedFile { .. }
            | BundleError::FileName { .. }
            | BundleError::Read { .. } => ExitStatus::Refused,
        };
        Self::of(status, &error, error.hint())
    }
}

impl From<SimulateError> for CliError {
    fn from(error: SimulateError) -> Self {
        match error {
            SimulateError::RuleSet(refusal) => refusal.into(),
            SimulateError::Unknown { .. } => Self::of(ExitStatus::Refused, &error, None),
            SimulateError::Population(error) => {
                let hint = "`liftform simulate --help` shows what a population may say.";
                Self::of(ExitStatus::Refused, &error, Some(hint.to_owned()))
            }
        }
    }
}

impl From<SideError> for CliError {
    fn from(error: SideError) -> Self {
        Self::of(ExitStatus::Refused, &error, Some(error.hint().to_owned()))
    }
}

impl From<TemplateError> for CliError {
    fn from(error: TemplateError) -> Self {
        Self::of(ExitStatus::Refused, &error, None)
    }
}

impl From<PrepareError> for CliError {
    fn from(error: PrepareError) -> Self {
        let no_change_set = matches!(
            *error.failure,
            StackFailure::ChangeSet { .. } | StackFailure::Remote(_)
        );
        let hint = error.failure.hint(&error.stack).or_else(|| {
            no_change_set.then(|| {
                "Without change sets `liftform diff --method template` forecasts from the templates.".to_owned()
            })
        });
        Self::of(error.failure.verdict().into(), &error, hint)
    }
}

impl From<GitError> for CliError {
    fn from(error: GitError) -> Self {
        let (status, hint) = match &error {
            GitError::Start(_) => (
                ExitStatus::Failure,
                "Install git, or compare with a folder.",
            ),
            GitError::Refused { .. } => (ExitStatus::Refused, "Name a branch, a tag or a commit."),
            GitError::Topology { .. } => {
                (ExitStatus::Refused, "Name a commit that has the topology.")
            }
        };
        Self::of(status, &error, Some(hint.to_owned()))
    }
}

impl From<SynthError> for CliError {
    fn from(error: SynthError) -> Self {
        Self::of(ExitStatus::Failure, &error, None)
    }
}

impl From<RemoteError> for CliError {
    fn from(error: RemoteError) -> Self {
        let status = ExitStatus::from(error.cause());
        let hint = (status == ExitStatus::Identity)
            .then(|| "Sign in (`aws sso login`), or choose another `--profile`.".to_owned());
        Self::of(status, &error, hint)
    }
}

/// A reader that went away is no failure, and there is nobody to tell.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::silent(ExitStatus::Done)
        } else {
            Self::new(
                ExitStatus::Failure,
                format!("cannot write the output: {error}"),
            )
        }
    }
}

/// Marks the error, or the problems that it is about, on the page of a run in GitHub Actions.
pub(super) fn annotate(error: &CliError) {
    github::annotate(&error.problems);
    if let (Some(message), []) = (&error.message, error.problems.as_slice()) {
        github::annotate_error(message);
    }
}

/// Writes the error to stderr.
pub(super) fn report(error: &CliError, colours: bool) -> ExitStatus {
    // When stderr is gone the exit status still tells.
    let _ = io::stderr().write_all(render(error, colours).as_bytes());
    error.status
}

fn render(error: &CliError, colours: bool) -> String {
    let label = if colours {
        "\x1b[1;31merror\x1b[0m"
    } else {
        "error"
    };
    let mut text: String = error
        .problems
        .iter()
        .map(|problem| format!("{}\n", problem.drawing.trim_end()))
        .collect();
    let Some(message) = &error.message else {
        return text;
    };
    // Writing to a string can't fail.
    let _ = writeln!(text, "{label}: {message}");
    for cause in &error.causes {
        let _ = writeln!(text, "  caused by: {cause}");
    }
    if let Some(hint) = &error.hint {
        let _ = writeln!(text, "hint: {hint}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_causes_and_hint_are_lines_of_their_own() {
        let error = SourceError::Read {
            path: "game.yaml".into(),
            source: io::Error::other("disk on fire"),
        };
        assert_eq!(
            render(&error.into(), false),
            "error: cannot read the topology `game.yaml`\n  caused by: disk on fire\nhint: Name another one with \
             `--topology FILE`.\n"
        );
    }

    #[test]
    fn closed_pipe_says_nothing() {
        let error = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(render(&error, false), "");
        assert_eq!(error.status, ExitStatus::Done);
    }

    #[test]
    fn missing_credentials_exit_as_identity() {
        let error = RemoteError {
            operation: "GetCallerIdentity",
            code: Some("ExpiredToken".to_owned()),
            message: "expired".to_owned(),
            request_id: None,
            retryable: false,
        };
        assert_eq!(CliError::from(error).status, ExitStatus::Identity);
    }
}
