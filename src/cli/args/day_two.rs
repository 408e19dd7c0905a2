//! Arguments of the commands that look after what is deployed.

use std::time::Duration;

use clap::Args;

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
