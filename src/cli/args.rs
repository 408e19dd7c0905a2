//! The command line as typed. Doc comments here are the help text.

mod day_two;
mod deploy;
mod project;
mod simulate;

use crate::bundle::Architecture;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::duration;

pub(super) use self::day_two::{
    AssetsArgs, AssetsCommand, AssetsGcArgs, BootstrapArgs, DiagnoseArgs, DriftArgs, EventsArgs,
    ManifestArgs, RedriveArgs, RoleChoice, RollbackArgs, StatusArgs,
};
pub(super) use self::deploy::{DeployArgs, OnInterruptChoice, WatchArgs};
pub(super) use self::project::{
    CiChoice, ConfigArgs, ConfigCommand, DoctorArgs, GraphArgs, GraphForm, InitArgs, VersionArgs,
};
pub(super) use self::simulate::SimulateArgs;

/// Game backends on Amazon GameLift from one YAML topology
#[derive(Debug, Parser)]
#[command(
    name = "liftform",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  liftform validate                 check the topology, offline
  liftform deploy --env local       run the whole backend on this machine
  liftform diff --env prod          show what a deployment would change
  liftform deploy --env prod        show what will change, ask, deploy
  liftform explain L0204            what a diagnostic means

Exit codes: 0 done or nothing to do, 2 differences with --exit-code, 3 input refused, 4 failed in AWS, 5 partly done, 6 identity,
7 conflict, 8 gave up waiting, 9 not approved, 64 usage, 70 bug, 130 and 143 interrupted."
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalArgs {
    /// Topology file [default: the only one in `stacks/`]
    #[arg(short = 'f', long, global = true, value_name = "FILE")]
    pub(super) topology: Option<PathBuf>,

    /// Environment of the topology; several separated by commas, or `all`, where a command takes more than one
    #[arg(short, long, global = true, value_name = "NAME", value_delimiter = ',')]
    pub(super) env: Vec<String>,

    /// Only stacks in these regions
    #[arg(
        short,
        long,
        global = true,
        value_name = "REGION",
        value_delimiter = ','
    )]
    pub(super) region: Vec<String>,

    /// Only stacks with names like this; `*` stands for any letters
    #[arg(long, global = true, value_name = "GLOB", value_delimiter = ',')]
    pub(super) stack: Vec<String>,

    /// Set a value over everything in the topology, like `fleets.arena.capacity.max=2`
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,

    /// Profile of the AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// Role to assume for everything that is done in AWS
    #[arg(long, global = true, value_name = "ARN")]
    pub(super) role_arn: Option<String>,

    /// Refuse to run in another account
    #[arg(long, global = true, value_name = "ID")]
    pub(super) account: Option<String>,

    /// Form of the result on stdout; `markdown` is for diff and simulate, `sarif` for validate
    #[arg(long, global = true, value_name = "FORM", value_enum)]
    pub(super) output: Option<OutputChoice>,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub(super) color: Option<ColourChoice>,

    /// Say nothing but errors on stderr
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,

    /// Say more on stderr
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,

    /// Never ask; a needed answer ends the command with exit code 9
    #[arg(long, global = true)]
    pub(super) no_input: bool,

    /// Answer yes to the approval of a deployment or destruction
    #[arg(short, long, global = true)]
    pub(super) yes: bool,

    /// Stacks to work on at the same time [default: 16]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) max_parallel: Option<u16>,

    /// Stop waiting after this time, like `45m`; what was started goes on in AWS
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse)]
    pub(super) timeout: Option<Duration>,
}

/// Form of a result as asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputChoice {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// One JSON value per line, while it happens
    Jsonl,
    /// For pull requests
    Markdown,
    /// For code scanning
    Sarif,
}

/// Form of a result that every command has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum OutputForm {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// One JSON value per line, while it happens
    Jsonl,
}

impl Command {
    /// The form beside those of [`OutputForm`] that this command has, too.
    pub(super) fn special_form(&self) -> Option<OutputChoice> {
        let markdown =
            matches!(self, Self::Diff(_) | Self::Simulate(_)).then_some(OutputChoice::Markdown);
        markdown.or(matches!(self, Self::Validate(_)).then_some(OutputChoice::Sarif))
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    /// On terminals
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(InitArgs),
    Validate(ValidateArgs),
    Synth(SynthArgs),
    Bundle(BundleArgs),
    #[command(visible_alias = "plan")]
    Diff(DiffArgs),
    Bootstrap(BootstrapArgs),
    Deploy(DeployArgs),
    Watch(WatchArgs),
    Redrive(RedriveArgs),
    Rollback(RollbackArgs),
    Assets(AssetsArgs),
    Destroy(DestroyArgs),
    Status(StatusArgs),
    Events(EventsArgs),
    Diagnose(DiagnoseArgs),
    Drift(DriftArgs),
    Outputs(OutputsArgs),
    Manifest(ManifestArgs),
    Simulate(SimulateArgs),
    Local(LocalArgs),
    Explain(ExplainArgs),
    Config(ConfigArgs),
    Graph(GraphArgs),
    Schema(SchemaArgs),
    Completion(CompletionArgs),
    Doctor(DoctorArgs),
    Version(VersionArgs),
}

/// Check topologies, rule sets and CloudFormation templates, offline
///
/// Finds every problem at once: syntax, references, limits, regions, rule sets, and the templates that would be made of a
/// topology. Files are told apart by what is in them; templates may come from anywhere, SAM and CDK included. Folders are
/// searched for all three.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform validate
  liftform validate stacks/*.yaml rules/duel.json
  liftform validate --region eu-west-1 cdk.out/ template.yaml
  liftform validate --env prod --output json
  liftform validate --policy shipped --policy policies/
  liftform validate --aws-rules cdk.out/
  liftform validate --output sarif > liftform.sarif     for code scanning")]
pub(super) struct ValidateArgs {
    /// Files and folders to check [default: the topology of `--topology`]
    pub(super) files: Vec<PathBuf>,

    /// Policies that every template must hold, in the language of cfn-guard: a file, a folder of `.guard` files, or
    /// `shipped` for the rules that come with liftform
    #[arg(long, value_name = "PATH")]
    pub(super) policy: Vec<PathBuf>,

    /// Apply AWS's own rules to every template, too; needs the program `liftform-aws-rules`
    #[arg(long)]
    pub(super) aws_rules: bool,
}

/// Write CloudFormation templates and a manifest
///
/// Calls nothing and depends on nothing but the topology and the files it names: the same input gives the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform synth --env prod
  liftform synth --env all --out build/templates
  liftform synth --env dev --stack '*-backend' --stdout")]
pub(super) struct SynthArgs {
    /// Folder to write to; with several environments each gets a folder in it [default: target/liftform/ENV]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,

    /// Do it twice and compare; write nothing
    #[arg(long, conflicts_with = "stdout")]
    pub(super) check: bool,

    /// Form of the templates
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TemplateForm,

    /// Write the templates to stdout instead of files
    #[arg(long, conflicts_with = "out")]
    pub(super) stdout: bool,
}

/// Form of templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TemplateForm {
    /// JSON
    #[default]
    Json,
    /// YAML
    Yaml,
}

/// Build the Lambda handlers and game server archives
///
/// The archives depend on their content only, so that nothing is deployed again that didn't change.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform bundle --env dev
  liftform bundle --env dev --arch arm64")]
pub(super) struct BundleArgs {
    /// Processor of the Lambda functions [default: the topology's `architecture`]
    #[arg(long, value_enum)]
    pub(super) arch: Option<ArchitectureChoice>,

    /// Build twice into different folders and compare
    #[arg(long)]
    pub(super) check: bool,
}

/// Processor of Lambda functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ArchitectureChoice {
    /// Intel and AMD
    #[value(name = "x86_64")]
    X86_64,
    /// AWS Graviton
    Arm64,
}

impl From<ArchitectureChoice> for Architecture {
    fn from(choice: ArchitectureChoice) -> Self {
        match choice {
            ArchitectureChoice::X86_64 => Self::X86_64,
            ArchitectureChoice::Arm64 => Self::Arm64,
        }
    }
}

/// Show what a deployment would change, or how two templates differ
///
/// Against what is deployed, CloudFormation is asked: a change set is made for each stack, shown, and removed again, unless
/// `--out` keeps it for `deploy --plan`. Against files, folders and commits nothing is called, and every line is a forecast.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform diff --env prod
  liftform diff --env prod --out prod.plan          then `liftform deploy --env prod --plan prod.plan`
  liftform diff --env prod --against git:main       what a branch changes, offline
  liftform diff old.template.json new.template.json
  liftform diff --env all --output markdown > comment.md
  liftform diff --env prod --discard prod.plan      a plan that nobody will execute")]
pub(super) struct DiffArgs {
    /// Two templates, or two folders that `synth` wrote: the old one
    #[arg(requires = "new", conflicts_with_all = ["against", "method", "out"])]
    pub(super) old: Option<PathBuf>,

    /// And the new one
    pub(super) new: Option<PathBuf>,

    /// What to compare with: `deployed`, a template, a folder that `synth` wrote, or `git:REF`
    #[arg(long, value_name = "SOURCE", default_value = "deployed", value_parser = Against::parse)]
    pub(super) against: Against,

    /// Who says what happens [default: changeset against what is deployed, else template]
    #[arg(long, value_enum)]
    pub(super) method: Option<MethodChoice>,

    /// End with exit code 2 when something differs
    #[arg(long)]
    pub(super) exit_code: bool,

    /// Keep the change sets, and write the plan to this file
    #[arg(long, value_name = "PLANFILE")]
    pub(super) out: Option<PathBuf>,

    /// Compare nothing; remove the change sets that this plan file pins and the empty stacks that they made, or with `all`
    /// those of every plan of the environment, for example when the file is lost
    #[arg(
        long,
        value_name = "PLANFILE",
        conflicts_with_all = ["old", "against", "method", "out", "group", "exit_code"]
    )]
    pub(super) discard: Option<PathBuf>,

    /// Only one group of equal changes, by its letter
    #[arg(long, value_name = "LETTER")]
    pub(super) group: Option<String>,
}

/// What an environment is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Against {
    /// What is deployed.
    Deployed,
    /// A template or a folder of templates.
    Path(PathBuf),
    /// The topology at a commit.
    Git(String),
}

impl Against {
    fn parse(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("git:")) {
            ("", _) | (_, Some("")) => Err("expected deployed, a path or git:REF".to_owned()),
            ("deployed", _) => Ok(Self::Deployed),
            (_, Some(reference)) => Ok(Self::Git(reference.to_owned())),
            (path, None) => Ok(Self::Path(path.into())),
        }
    }
}

/// Who says what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MethodChoice {
    /// CloudFormation
    Changeset,
    /// Our own rules: a forecast, for roles that may only read
    Template,
}

/// Remove all stacks of an environment
///
/// Also finds stacks that left the topology. Asks for the environment's name, and refuses when one of the stacks is
/// protected.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform destroy --env dev
  liftform destroy --env dev --drain 1h
  liftform destroy --env local --yes --drain 0s")]
pub(super) struct DestroyArgs {
    /// How long to wait for game sessions to end, before anything is removed; what still runs then ends with its fleet
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration::parse)]
    pub(super) drain: Duration,
}

/// Print the outputs of an environment's stacks
///
/// As variables, outputs of the same name carry their region, too: `ArenaFleetId_eu_west_1`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform outputs --env prod
  liftform outputs --env local ApiUrl
  eval \"$(liftform outputs --env local --format env)\"
  liftform outputs --env prod --format github >> \"$GITHUB_OUTPUT\"")]
pub(super) struct OutputsArgs {
    /// Only this output; its bare value when it is the only one
    pub(super) key: Option<String>,

    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: OutputsForm,
}

/// Form of a list of outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputsForm {
    /// For people
    #[default]
    Table,
    /// `{"stacks": {STACK: {REGION: {OUTPUT: VALUE}}}}`
    Json,
    /// `OUTPUT='VALUE'` lines for a shell
    Env,
    /// `OUTPUT="VALUE"` lines for tools that read `.env` files
    Dotenv,
    /// Lines for `$GITHUB_OUTPUT`
    Github,
    /// `output = "value"` lines for Terraform
    Tfvars,
}

/// Run the local cloud: CloudFormation, API Gateway, Lambda, DynamoDB, Cognito and GameLift on this machine
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform local up                 in the foreground, until Ctrl-C
  liftform local up --detach
  liftform local play --players 10
  liftform local status
  liftform local down")]
pub(super) struct LocalArgs {
    #[command(subcommand)]
    pub(super) command: LocalCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum LocalCommand {
    /// Start it and stay until it is stopped
    Up {
        /// Return when it is ready
        #[arg(long)]
        detach: bool,
        /// Start with what was deployed when it was last stopped, and keep what is deployed for the next time
        #[arg(long)]
        keep: bool,
    },
    /// Stop it
    Down,
    /// Remove everything that is deployed in it
    Reset,
    /// Say whether it runs, and where
    Status,
    /// Print its log
    Logs,
    Play(PlayArgs),
}

/// Let players go the whole way: identity, signed requests, ticket, match, game server
///
/// Ends with 1 when a player who wanted to play could not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform local play --players 10
  liftform local play --players 10 --party 5 --matchmaker quick
  liftform local play --players 20 --reject 10 --output json")]
pub(super) struct PlayArgs {
    /// How many players
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) players: u32,

    /// Players per ticket
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub(super) party: u32,

    /// Name of the matchmaker
    #[arg(long, default_value = "duel", value_name = "NAME")]
    pub(super) matchmaker: String,

    /// Per cent of the players who reject proposed matches
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(super) reject: u8,

    /// Per cent of the players who never answer proposed matches
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(super) silent: u8,

    /// How players join the sample game's server
    #[arg(long, value_enum, default_value_t)]
    pub(super) connect: ProtocolChoice,

    /// How long players wait for a match
    #[arg(long, default_value = "2m", value_name = "DURATION", value_parser = duration::parse)]
    pub(super) patience: Duration,

    /// How long players stay in the game
    #[arg(long, default_value = "1s", value_name = "DURATION", value_parser = duration::parse)]
    pub(super) stay: Duration,
}

/// How players join a game server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ProtocolChoice {
    /// Over TCP, then over UDP
    #[default]
    Both,
    /// Over TCP
    Tcp,
    /// Over UDP
    Udp,
    /// Not at all: a match is enough
    None,
}

/// Explain a diagnostic, or list them all
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform explain L0204
  liftform explain
  liftform explain --output json")]
pub(super) struct ExplainArgs {
    /// Code of the diagnostic, like `L0204` [default: a list of all]
    pub(super) code: Option<String>,
}

/// Print a JSON Schema: of topologies, of what `diff` prints, or of plan files
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform schema topology > topology.schema.json     for editors
  liftform schema output                              of `liftform diff --output json`")]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    pub(super) of: SchemaChoice,
}

/// What a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaChoice {
    /// Topology files
    Topology,
    /// What `diff --output json` prints
    Output,
    /// Plan files
    Plan,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform completion bash > ~/.local/share/bash-completion/completions/liftform")]
pub(super) struct CompletionArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in Cli::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(help.contains("Examples:"), "{}", command.get_name());
        }
    }
}
