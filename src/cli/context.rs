//! Everything a command gets from outside its arguments: environment variables, folders, the terminal, the clock.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum as _;

use super::args::{ColourChoice, Command, GlobalArgs, OutputChoice, OutputForm};
use super::error::CliError;
use super::github::Actions;
use super::status::ExitStatus;
use super::view::Groups;
use crate::moment::Moment;
use crate::ops::companion::Companion;
use crate::ops::compile::Compiler;
use crate::ops::pipeline::Pipeline;
use crate::ops::select::StackFilter;
use crate::ops::source::{TopologySource, only_topology};
use crate::ops::{aws_rules, policies};

/// Where topologies are looked for.
const TOPOLOGIES: &str = "stacks";

/// The environment variables that mean something here.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    topology: Option<String>,
    environment: Option<String>,
    region: Option<String>,
    profile: Option<String>,
    role: Option<String>,
    account: Option<String>,
    output: Option<String>,
    no_input: bool,
    python: Option<PathBuf>,
    guard: Option<PathBuf>,
    aws_rules: Option<PathBuf>,
    cache_folder: Option<PathBuf>,
    local_folder: Option<PathBuf>,
    xdg_cache: Option<PathBuf>,
    home: Option<PathBuf>,
    search_path: OsString,
    cargo: Option<PathBuf>,
    cargo_home: Option<PathBuf>,
    no_colour: bool,
    force_colour: bool,
    dumb_terminal: bool,
    github_actions: bool,
    github_summary: Option<PathBuf>,
    github_output: Option<PathBuf>,
    panic: Option<String>,
}

impl Variables {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads environment variables"
    )]
    pub(super) fn read() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).and_then(|value| value.into_string().ok());
        let path = |name: &str| set(name).map(PathBuf::from);
        let flag = |name: &str| set(name).is_some_and(|value| value != "0");
        Self {
            topology: text("LIFTFORM_TOPOLOGY"),
            environment: text("LIFTFORM_ENV"),
            region: text("LIFTFORM_REGION"),
            profile: text("LIFTFORM_PROFILE"),
            role: text("LIFTFORM_ROLE_ARN"),
            account: text("LIFTFORM_ACCOUNT"),
            output: text("LIFTFORM_OUTPUT"),
            no_input: flag("LIFTFORM_NO_INPUT"),
            python: path("LIFTFORM_PYTHON"),
            guard: path("LIFTFORM_GUARD"),
            aws_rules: path("LIFTFORM_AWS_RULES"),
            cache_folder: path("LIFTFORM_CACHE_DIR"),
            local_folder: path("LIFTFORM_LOCAL_DIR"),
            xdg_cache: path("XDG_CACHE_HOME"),
            home: path("HOME"),
            search_path: set("PATH").unwrap_or_default(),
            cargo: path("CARGO"),
            cargo_home: path("CARGO_HOME"),
            // Any value counts, also `0`: https://no-color.org
            no_colour: set("NO_COLOR").is_some(),
            force_colour: flag("CLICOLOR_FORCE"),
            dumb_terminal: text("TERM").is_some_and(|terminal| terminal == "dumb"),
            github_actions: text("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            github_summary: path("GITHUB_STEP_SUMMARY"),
            github_output: path("GITHUB_OUTPUT"),
            panic: text("LIFTFORM_PANIC"),
        }
    }

    /// What the program shall panic with: how a bug ends can't be shown by a test unless there is one.
    pub(super) fn panic(&self) -> Option<&str> {
        self.panic.as_deref()
    }
}

/// A program beside this one, unless a variable names another.
fn beside(named: Option<&PathBuf>, name: &str) -> PathBuf {
    let found = || Some(std::env::current_exe().ok()?.with_file_name(name));
    named
        .cloned()
        .or_else(found)
        .unwrap_or_else(|| PathBuf::from(name))
}

/// What a command knows of the world.
#[derive(Debug)]
pub(super) struct Context {
    /// Flags, with variables filled in where no flag was given.
    pub(super) global: GlobalArgs,
    variables: Variables,
    pipeline: Pipeline,
    groups: Rc<Groups>,
}

impl Context {
    pub(super) fn new(mut global: GlobalArgs, variables: Variables) -> Result<Self, CliError> {
        let list = |text: &Option<String>| {
            text.iter()
                .flat_map(|text| text.split(','))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        global.topology = global
            .topology
            .or_else(|| variables.topology.as_ref().map(PathBuf::from));
        if global.env.is_empty() {
            global.env = list(&variables.environment);
        }
        if global.region.is_empty() {
            global.region = list(&variables.region);
        }
        global.profile = global.profile.or_else(|| variables.profile.clone());
        global.role_arn = global.role_arn.or_else(|| variables.role.clone());
        global.account = global.account.or_else(|| variables.account.clone());
        if global.output.is_none() {
            global.output = output_variable(variables.output.as_deref())?;
        }
        global.no_input |= variables.no_input;
        Ok(Self {
            global,
            variables,
            pipeline: Pipeline,
            groups: Rc::default(),
        })
    }

    /// The pure pipeline.
    pub(super) fn compiler(&self) -> &dyn Compiler {
        &self.pipeline
    }

    /// The form of the result; a command with a special form looks at that first.
    pub(super) fn output(&self) -> OutputForm {
        match self.global.output {
            Some(OutputChoice::Json) => OutputForm::Json,
            Some(OutputChoice::Jsonl) => OutputForm::Jsonl,
            Some(OutputChoice::Text | OutputChoice::Markdown | OutputChoice::Sarif) | None => {
                OutputForm::Text
            }
        }
    }

    /// Refuses a form that the command doesn't have.
    pub(super) fn check_output(&self, command: &Command) -> Result<(), CliError> {
        let (choice, form) = match self.global.output {
            Some(choice @ OutputChoice::Markdown) => (choice, "markdown"),
            Some(choice @ OutputChoice::Sarif) => (choice, "sarif"),
            Some(OutputChoice::Text | OutputChoice::Json | OutputChoice::Jsonl) | None => {
                return Ok(());
            }
        };
        if command.special_form() == Some(choice) {
            return Ok(());
        }
        let message = format!("this command has no `--output {form}`");
        Err(CliError::new(ExitStatus::Usage, message)
            .hint("`diff` and `simulate` have `markdown`, `validate` has `sarif`; every command has text, json and jsonl."))
    }

    /// Reads the topology that the user chose, or the only one there is.
    pub(super) fn topology(&self) -> Result<TopologySource, CliError> {
        let path = match &self.global.topology {
            Some(path) => path.clone(),
            None => only_topology(Path::new(TOPOLOGIES))?,
        };
        Ok(TopologySource::read(&path)?)
    }

    /// The one environment of a command that works on one.
    pub(super) fn environment(&self, source: &TopologySource) -> Result<String, CliError> {
        match self.global.env.as_slice() {
            [one] if one != "all" => Ok(one.clone()),
            [] => {
                let known = self.compiler().environments(source)?.join(", ");
                let message = format!("which environment? `{}` has: {known}", source.file);
                Err(CliError::new(ExitStatus::Usage, message).hint("Choose one with `--env NAME`."))
            }
            _ => Err(CliError::new(
                ExitStatus::Usage,
                "this command works on one environment at a time",
            )),
        }
    }

    /// The environments of a command that works on several; none chosen means all.
    pub(super) fn environments(&self, source: &TopologySource) -> Result<Vec<String>, CliError> {
        if self.global.env.is_empty() || self.global.env.iter().any(|name| name == "all") {
            Ok(self.compiler().environments(source)?)
        } else {
            Ok(self.global.env.clone())
        }
    }

    pub(super) fn filter(&self) -> StackFilter {
        StackFilter {
            regions: self.global.region.clone(),
            names: self.global.stack.clone(),
        }
    }

    /// Whether stderr gets colours.
    pub(super) fn colours(&self) -> bool {
        match self.global.color.unwrap_or_default() {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto if self.variables.no_colour => false,
            ColourChoice::Auto if self.variables.force_colour => true,
            ColourChoice::Auto => self.is_lively(),
        }
    }

    /// Whether stdout gets colours.
    pub(super) fn colours_on_stdout(&self) -> bool {
        match self.global.color.unwrap_or_default() {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto if self.variables.no_colour => false,
            ColourChoice::Auto if self.variables.force_colour => true,
            ColourChoice::Auto => io::stdout().is_terminal() && !self.variables.dumb_terminal,
        }
    }

    /// Columns of the terminal that stdout is; none: it is no terminal.
    pub(super) fn columns(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(width.0.into())
    }

    /// Whether stderr is a terminal that can redraw lines.
    pub(super) fn is_lively(&self) -> bool {
        io::stderr().is_terminal() && !self.variables.dumb_terminal
    }

    /// The step of GitHub Actions that this runs in; none: it runs elsewhere.
    pub(super) fn github(&self) -> Option<Actions> {
        let variables = &self.variables;
        variables.github_actions.then(|| Actions {
            summary: variables.github_summary.clone(),
            output: variables.github_output.clone(),
        })
    }

    /// The groups of progress lines, where these are folded.
    pub(super) fn groups(&self) -> Option<Rc<Groups>> {
        let groups = Rc::clone(&self.groups);
        self.variables.github_actions.then_some(groups)
    }

    /// Ends the open group of progress lines, if there is one, so that what comes next isn't folded away.
    pub(super) fn leave_group(&self) {
        self.groups.leave();
    }

    /// Whether somebody can answer a question.
    pub(super) fn can_ask(&self) -> bool {
        !self.global.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    pub(super) fn cargo(&self) -> PathBuf {
        self.variables
            .cargo
            .clone()
            .unwrap_or_else(|| PathBuf::from("cargo"))
    }

    pub(super) fn cargo_home(&self) -> Option<PathBuf> {
        let default = || self.variables.home.as_ref().map(|home| home.join(".cargo"));
        self.variables.cargo_home.clone().or_else(default)
    }

    /// The program that applies policies.
    pub(super) fn guard(&self) -> Companion {
        policies::companion(beside(self.variables.guard.as_ref(), "liftform-guard"))
    }

    /// The program that knows AWS's rules.
    pub(super) fn aws_rules(&self) -> Companion {
        aws_rules::companion(beside(
            self.variables.aws_rules.as_ref(),
            "liftform-aws-rules",
        ))
    }

    pub(super) fn python(&self) -> Option<PathBuf> {
        self.variables.python.clone()
    }

    /// Where programs are found.
    pub(super) fn search_path(&self) -> OsString {
        self.variables.search_path.clone()
    }

    /// Where what can be made again is kept for all projects.
    pub(super) fn cache_folder(&self) -> Result<PathBuf, CliError> {
        let variables = &self.variables;
        let xdg = || {
            variables
                .xdg_cache
                .as_ref()
                .map(|folder| folder.join("liftform"))
        };
        let home = || {
            variables
                .home
                .as_ref()
                .map(|home| home.join(".cache/liftform"))
        };
        variables
            .cache_folder
            .clone()
            .or_else(xdg)
            .or_else(home)
            .ok_or_else(|| {
                CliError::new(
                    ExitStatus::Failure,
                    "no folder for caches: neither XDG_CACHE_HOME nor HOME is set",
                )
                .hint("Name one in LIFTFORM_CACHE_DIR.")
            })
    }

    /// Where the local cloud of this project keeps its state.
    pub(super) fn local_folder(&self) -> PathBuf {
        self.variables
            .local_folder
            .clone()
            .unwrap_or_else(|| PathBuf::from("target/liftform/local-cloud"))
    }

    /// The current time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub(super) fn now(&self) -> Moment {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Moment::default() + now
    }

    /// The clock, for what runs longer than a moment.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub(super) fn clock(&self) -> fn() -> SystemTime {
        SystemTime::now
    }

    /// A name that no other run has: change sets and tokens are named by it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub(super) fn run_id(&self) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        format!("{:x}-{:x}", now.as_millis(), std::process::id())
    }
}

fn output_variable(value: Option<&str>) -> Result<Option<OutputChoice>, CliError> {
    let Some(value) = value else { return Ok(None) };
    OutputChoice::from_str(value, false).map(Some).map_err(|_| {
        let message = format!(
            "LIFTFORM_OUTPUT is `{value}`, which is none of text, json, jsonl, markdown and sarif"
        );
        CliError::new(ExitStatus::Usage, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(global: GlobalArgs, variables: Variables) -> Context {
        Context::new(global, variables).unwrap()
    }

    #[test]
    fn flag_wins_over_variable() {
        let global = GlobalArgs {
            env: vec!["dev".to_owned()],
            ..GlobalArgs::default()
        };
        let variables = Variables {
            environment: Some("prod".to_owned()),
            ..Variables::default()
        };
        assert_eq!(context(global, variables).global.env, ["dev"]);
    }

    #[test]
    fn variable_may_name_several_regions() {
        let variables = Variables {
            region: Some("eu-west-1,us-east-1".to_owned()),
            ..Variables::default()
        };
        assert_eq!(
            context(GlobalArgs::default(), variables).global.region,
            ["eu-west-1", "us-east-1"]
        );
    }

    #[test]
    fn colours_are_off_when_the_user_says_so_anywhere() {
        let variables = Variables {
            no_colour: true,
            force_colour: true,
            ..Variables::default()
        };
        assert!(!context(GlobalArgs::default(), variables.clone()).colours());
        let global = GlobalArgs {
            color: Some(ColourChoice::Always),
            ..GlobalArgs::default()
        };
        assert!(context(global, variables).colours());
    }

    #[test]
    fn unknown_output_in_a_variable_is_a_usage_error() {
        let variables = Variables {
            output: Some("xml".to_owned()),
            ..Variables::default()
        };
        let error = Context::new(GlobalArgs::default(), variables).unwrap_err();
        assert_eq!(error.status, ExitStatus::Usage);
    }

    #[test]
    fn cache_folder_prefers_the_own_variable() {
        let home = Variables {
            home: Some("/home/x".into()),
            ..Variables::default()
        };
        assert_eq!(
            context(GlobalArgs::default(), home.clone())
                .cache_folder()
                .unwrap(),
            Path::new("/home/x/.cache/liftform")
        );
        let own = Variables {
            cache_folder: Some("/c".into()),
            ..home
        };
        assert_eq!(
            context(GlobalArgs::default(), own).cache_folder().unwrap(),
            Path::new("/c")
        );
    }
}
