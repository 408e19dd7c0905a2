//! Arguments of the commands that look after what is deployed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::duration;

/// Show what happened to an environment's stacks, in all regions
///
/// Shows the newest operation of each stack, or everything of some time. CloudFormation remembers 90 days, also of
/// stacks that are gone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform events --env prod
  liftform events --env prod --since 2h --region eu-central-1
  liftform events --env prod --chart                       how long each resource took
  liftform events --env prod --since 24h --output jsonl")]
pub(in crate::cli) struct EventsArgs {
    /// Everything of this time until now, like `90m` or `24h`
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) since: Option<Duration>,

    /// Draw the resources of each run as bars over one time axis
    #[arg(long)]
    pub(in crate::cli) chart: bool,
}

/// Find out why the last operation failed
///
/// Names the resource that failed first, the line of the topology that it comes from, what GameLift says about a fleet,
/// and the right that is missing when IAM refused something. Exits with 4 when something failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform diagnose --env prod
  liftform diagnose --env prod --region eu-central-1
  liftform diagnose --env prod --since 24h --output json   every failure of a day")]
pub(in crate::cli) struct DiagnoseArgs {
    /// Every failure of this time until now, like `24h`, instead of the newest operation of each stack
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) since: Option<Duration>,
}

/// Show how an environment is, over all regions: stacks, fleets, aliases, queues and tables
///
/// For each fleet its locations with instances, game sessions and players.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform status --env prod
  liftform status --env prod --region eu-central-1
  liftform status --env prod --output json")]
pub(in crate::cli) struct StatusArgs {}

/// Print the connection file of a game client
///
/// JSON with the API's URL, the identity pool, the matchmakers, and the regions with the beacons to measure latency to.
/// Holds nothing secret, so that it may be shipped with the game.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform manifest --env prod > client/backend.json
  liftform manifest --env local")]
pub(in crate::cli) struct ManifestArgs {}

/// Bring back events that ended in a dead-letter queue
///
/// Publishes each to the topic again, then takes it from the queue. Handlers take the same event twice without harm.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform redrive --env prod --dry-run
  liftform redrive --env prod")]
pub(in crate::cli) struct RedriveArgs {
    /// Only show what is there
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

/// Get stacks out of an update that could neither be finished nor taken back
///
/// Without a flag it says which stacks are stuck, what keeps them there, and what can be done; it exits with 4 when there
/// are any. Skipping a resource leaves it as it is, while CloudFormation takes it to be as it was before the update.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform rollback --env prod                           what is stuck, and why
  liftform rollback --env prod --continue                after the cause is mended
  liftform rollback --env prod --skip ArenaFleet
  liftform rollback --env prod --force --region eu-central-1")]
pub(in crate::cli) struct RollbackArgs {
    /// Go on with rollbacks that failed
    #[arg(long = "continue")]
    pub(in crate::cli) go_on: bool,

    /// Go on, and skip these resources (logical ids)
    #[arg(
        long,
        value_name = "ID",
        value_delimiter = ',',
        conflicts_with = "force"
    )]
    pub(in crate::cli) skip: Vec<String>,

    /// Go on, and skip everything that failed during the rollback
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

/// Compare what is deployed with its templates
///
/// CloudFormation compares what it can read; what it can't is named, and read through GameLift where that knows it:
/// capacity and ports of fleets, targets of aliases, destinations of queues in all regions, rule sets of matchmakers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform drift --env prod
  liftform drift --env prod --exit-code            2 when something drifted
  liftform drift --env prod --stack '*-fleets' --output json")]
pub(in crate::cli) struct DriftArgs {
    /// Exit with 2 when something drifted
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
}

/// Prepare an account for an environment: artifact buckets, and roles to look, publish and deploy with
///
/// The roles may work on the stacks of this environment and nothing else. They trust the account, or with `--oidc` the
/// workflows of one GitHub repository: all of them get the diff role, the given branch or GitHub environment all three.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform bootstrap --env prod
  liftform bootstrap --env prod --oidc studio/skirmish:environment:prod
  liftform bootstrap --env dev --oidc studio/skirmish:main --existing-provider
  liftform bootstrap --env prod --show-policy deploy")]
pub(in crate::cli) struct BootstrapArgs {
    /// GitHub repository, and the branch or `environment:NAME` that deploys
    #[arg(long, value_name = "OWNER/REPO:REF", value_parser = trusted)]
    pub(in crate::cli) oidc: Option<Trusted>,

    /// The account has GitHub's OpenID Connect provider already
    #[arg(long, requires = "oidc")]
    pub(in crate::cli) existing_provider: bool,

    /// Print the template of the roles, and do nothing
    #[arg(long, conflicts_with = "show_policy")]
    pub(in crate::cli) show_template: bool,

    /// Print the policies of a role, and do nothing
    #[arg(long, value_name = "ROLE", value_enum)]
    pub(in crate::cli) show_policy: Option<RoleChoice>,

    /// Write all templates and a manifest to this folder as `synth` does, and do nothing else
    #[arg(long, value_name = "DIR", conflicts_with_all = ["show_template", "show_policy"])]
    pub(in crate::cli) out: Option<PathBuf>,
}

/// A role of the access stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RoleChoice {
    /// Reads, and computes change sets
    Diff,
    /// Does everything that the environment takes
    Deploy,
    /// Uploads archives
    Publish,
}

/// Whom the roles trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Trusted {
    /// `OWNER/REPOSITORY`.
    pub(in crate::cli) repository: String,
    /// A branch, or `environment:NAME`.
    pub(in crate::cli) reference: String,
}

/// Reads `OWNER/REPO:REF`. What isn't spelled exactly would be a policy that trusts nobody, or, with `*`, anybody.
fn trusted(text: &str) -> Result<Trusted, String> {
    let wrong = || {
        format!(
            "`{text}` is no `OWNER/REPO:REF`; write it like `studio/skirmish:main` or `studio/skirmish:environment:prod`"
        )
    };
    let (repository, reference) = text.split_once(':').ok_or_else(wrong)?;
    let (owner, name) = repository.split_once('/').ok_or_else(wrong)?;
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    let branch = reference.strip_prefix("environment:").unwrap_or(reference);
    let is_reference = !branch.is_empty() && !branch.contains(['*', '?', ':', ' ', '$']);
    if is_name(owner) && is_name(name) && is_reference {
        Ok(Trusted {
            repository: repository.to_owned(),
            reference: reference.to_owned(),
        })
    } else {
        Err(wrong())
    }
}

/// Look after the archives of handlers and builds in the artifact buckets
///
/// An archive stays as long as any stack of the account and region names it, or a change set that waits; for each such
/// stack one older archive stays, too, to go back to.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform assets ls --env prod
  liftform assets gc --env prod --dry-run
  liftform assets gc --env prod --min-age 90d --yes")]
pub(in crate::cli) struct AssetsArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: AssetsCommand,
}

#[derive(Clone, Debug, Subcommand)]
pub(in crate::cli) enum AssetsCommand {
    /// List archives and the stacks that use them
    Ls,
    /// Remove archives that nobody needs; the bucket keeps their old versions for 90 days
    Gc(AssetsGcArgs),
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct AssetsGcArgs {
    /// Say what would be removed, and do nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,

    /// Spare what is younger
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = duration::parse)]
    pub(in crate::cli) min_age: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_and_branch_or_environment_are_read() {
        let found = trusted("studio/skirmish:environment:prod").unwrap();
        assert_eq!(
            (found.repository.as_str(), found.reference.as_str()),
            ("studio/skirmish", "environment:prod")
        );
        assert_eq!(
            trusted("studio/skirmish:feature/x").unwrap().reference,
            "feature/x"
        );
    }

    #[test]
    fn what_would_trust_nobody_or_anybody_is_refused() {
        for text in [
            "studio/skirmish",
            "skirmish:main",
            "studio/*:main",
            "studio/skirmish:*",
            "studio/a/b:main",
            "studio/skirmish:",
            "a/b:ref:x",
            "a/b:${x}",
        ] {
            assert!(trusted(text).is_err(), "{text}");
        }
    }
}
