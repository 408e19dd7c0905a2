//! Arguments of the commands that deploy and watch.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use review::UpTo;

use crate::deploy::{OnFailure, RegionWaves, Wish};

/// Deploy an environment: build, show, ask, upload, deploy in order, print the outputs
///
/// Stacks that are as they should be are left alone. What is shown is what CloudFormation says in a change set for each
/// stack, and exactly these change sets are executed. `--env` of an environment with `target: local` starts the local cloud
/// when it isn't running, and asks nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform deploy --env local
  liftform deploy --env prod
  liftform deploy --env prod --yes --output jsonl        in a pipeline
  liftform deploy --env prod --approve broadening        ask before replacements and deletions only
  liftform deploy --env prod --plan prod.plan            execute what `diff --out prod.plan` showed
  liftform deploy --env prod --resume                    go on after a failure or an interruption
  liftform deploy --env prod --region eu-central-1 --stack '*-fleets'
  liftform deploy --env prod --waves eu-west-1                      one region first, then all others
  liftform deploy --env prod --waves eu-west-1/us-east-1,us-west-2  a second wave before the others

Ctrl-C once starts nothing new and asks what to do with what runs; twice leaves it to CloudFormation.")]
pub(in crate::cli) struct DeployArgs {
    /// Execute exactly the change sets of this plan file, or refuse when anything changed since
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub(in crate::cli) plan: Option<PathBuf>,

    /// Up to which risk no question is asked
    #[arg(long, value_name = "RISK", value_enum, default_value_t)]
    pub(in crate::cli) approve: ApproveChoice,

    /// Allow the replacement or deletion of this fleet or table, by logical id; `--yes` doesn't. A stack policy that forbids it is
    /// lifted for this run
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(in crate::cli) allow_replace: Vec<String>,

    /// Deploy groups of regions one after another, and no further than the first that fails. A group's regions are separated by
    /// commas, groups by slashes; regions that aren't named come last, together
    #[arg(long, value_name = "REGIONS", value_parser = RegionWaves::parse)]
    pub(in crate::cli) waves: Option<RegionWaves>,

    /// What CloudFormation does with a stack whose operation fails
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(in crate::cli) on_failure: OnFailureChoice,

    /// Return as soon as operations have begun; `watch` attaches again. Stacks that must wait for those are not begun: they are
    /// named, the exit code is 5, and `--resume` deploys them later
    #[arg(long)]
    pub(in crate::cli) detach: bool,

    /// Follow what an earlier run left running, remove the change sets it left, then deploy what is left
    #[arg(long, conflicts_with = "fail_if_busy")]
    pub(in crate::cli) resume: bool,

    /// What to do with running operations on Ctrl-C, instead of asking, and on SIGTERM [default without a terminal: detach]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(in crate::cli) on_interrupt: Option<OnInterruptChoice>,

    /// Fail when somebody else is working on a stack, instead of waiting
    #[arg(long)]
    pub(in crate::cli) fail_if_busy: bool,
}

/// Up to which risk no question is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ApproveChoice {
    /// Ask about every change
    #[default]
    Never,
    /// Changes in place and broader permissions pass
    Broadening,
    /// Replacements pass, too
    Replacement,
    /// Everything passes
    Any,
}

impl From<ApproveChoice> for UpTo {
    fn from(choice: ApproveChoice) -> Self {
        match choice {
            ApproveChoice::Never => Self::Never,
            ApproveChoice::Broadening => Self::Broadening,
            ApproveChoice::Replacement => Self::Replacement,
            ApproveChoice::Any => Self::Any,
        }
    }
}

/// What CloudFormation does with a stack whose operation fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OnFailureChoice {
    /// Takes everything back
    #[default]
    Rollback,
    /// Leaves everything as it is then; `rollback` takes it back
    Keep,
    /// Deletes a stack that could not be created; takes an update back
    Delete,
}

impl From<OnFailureChoice> for OnFailure {
    fn from(choice: OnFailureChoice) -> Self {
        match choice {
            OnFailureChoice::Rollback => Self::Rollback,
            OnFailureChoice::Keep => Self::Keep,
            OnFailureChoice::Delete => Self::Delete,
        }
    }
}

/// What to do with running operations when interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OnInterruptChoice {
    /// Takes them back
    Cancel,
    /// Leaves them to CloudFormation
    Detach,
}

impl From<OnInterruptChoice> for Wish {
    fn from(choice: OnInterruptChoice) -> Self {
        match choice {
            OnInterruptChoice::Cancel => Self::Cancel,
            OnInterruptChoice::Detach => Self::Detach,
        }
    }
}

/// Attach to running operations of an environment and exit as they end
///
/// Also to operations that were started elsewhere: on another machine, in a pipeline, in the console. Of a stack on which
/// nothing runs it reports how its last operation ended. Exits with 0 when all is well, with 4 when an operation failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform watch --env prod
  liftform watch --env prod --region eu-central-1 --stack '*-fleets'
  liftform watch --env prod --timeout 30m --output jsonl")]
pub(in crate::cli) struct WatchArgs {}
