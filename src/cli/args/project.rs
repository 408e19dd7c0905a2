//! Arguments of the commands about a project rather than about what is deployed.

use clap::{Args, Subcommand, ValueEnum};

/// Begin a project: a commented topology, a rule set, the crate of a function, a pipeline
///
/// Writes into the current folder, overwrites nothing, calls nothing. The handlers are built from a Cargo workspace that holds
/// liftform's `lambdas/`: a clone of its repository is such a one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform init skirmish
  liftform init skirmish --ci github
  liftform init --ci github --env prod        a workflow for the topology that is here")]
pub(in crate::cli) struct InitArgs {
    /// Name of the topology: small letters, digits and dashes [default: game]
    #[arg(value_parser = name)]
    pub(in crate::cli) name: Option<String>,

    /// Write a pipeline; without a name nothing else
    #[arg(long, value_name = "SYSTEM", value_enum)]
    pub(in crate::cli) ci: Option<CiChoice>,
}

/// A system that runs pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CiChoice {
    /// GitHub Actions
    Github,
}

/// A topology's name, as its checks have it.
fn name(text: &str) -> Result<String, String> {
    let rest_fits =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let fits =
        text.starts_with(|letter: char| letter.is_ascii_lowercase()) && text.chars().all(rest_fits);
    if fits && text.len() <= 32 {
        Ok(text.to_owned())
    } else {
        Err(
            "a name begins with a small letter and has up to 32 small letters, digits and dashes"
                .to_owned(),
        )
    }
}

/// Say what an environment's settings are, and which layer set each
///
/// Layers, the weakest first: liftform's default, the topology, the environment, the region, `--set`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform config explain fleets.arena.instance --env prod
  liftform config explain fleets --env prod --set fleets.arena.spot=true
  liftform config render --env prod --output json")]
pub(in crate::cli) struct ConfigArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: ConfigCommand,
}

#[derive(Clone, Debug, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Show one setting and everything below it, with where it was written
    Explain {
        /// Key path, like `fleets.arena.instance`
        key: String,
    },
    /// Show all settings
    Render,
}

/// Draw what needs what: matchmakers, queues, fleets, builds, routes, functions, tables
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform graph --env prod
  liftform graph --env prod --format mermaid
  liftform graph --env prod --format dot | dot -Tsvg > prod.svg")]
pub(in crate::cli) struct GraphArgs {
    /// Form of the drawing
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: GraphForm,
}

/// Form of a drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum GraphForm {
    /// For people
    #[default]
    Text,
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
}

/// Check what this machine and an account need: toolchain, Python, credentials, regions, what `bootstrap` prepared
///
/// Changes nothing. Ends with 1 when something is missing; what is only worth knowing is a note.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform doctor                          this machine
  liftform doctor --env prod               and the account and regions of an environment
  liftform doctor --env prod --profile studio --output json")]
pub(in crate::cli) struct DoctorArgs {}

/// Print the version
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform version
  liftform version --output json")]
pub(in crate::cli) struct VersionArgs {}
