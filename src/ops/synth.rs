//! Templates and a manifest on disk, for pipelines that deploy without liftform.
//!
//! In: a plan. Out: files; the same plan gives the same bytes. What an earlier run left in the folder is removed when
//! its manifest lists it; nothing else in the folder is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use plan::{Artifact, ParameterSource, PlannedStack, StackPlan, StackRole};
use serde::{Deserialize, Serialize};

use super::select::StackFilter;

/// Name of the manifest in its folder.
pub const MANIFEST: &str = "manifest.json";

/// How templates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateFormat {
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// Files by path relative to the output folder, `/` between parts.
pub type Files = BTreeMap<String, String>;

/// Why templates could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`", path.display())]
pub struct SynthError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

#[derive(Serialize)]
struct Manifest<'plan> {
    format_version: u32,
    topology: &'plan str,
    environment: &'plan str,
    home: &'plan str,
    stacks: Vec<ManifestStack<'plan>>,
}

#[derive(Serialize)]
struct ManifestStack<'plan> {
    name: &'plan str,
    region: &'plan str,
    role: &'static str,
    wave: usize,
    template: String,
    parameters: BTreeMap<&'plan str, ManifestParameter<'plan>>,
    tags: &'plan BTreeMap<String, String>,
    termination_protection: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ManifestParameter<'plan> {
    Output {
        stack: &'plan str,
        region: &'plan str,
        output: &'plan str,
    },
    Artifact(ManifestArtifact<'plan>),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ManifestArtifact<'plan> {
    Handler(&'plan str),
    Build(&'plan str),
}

/// Makes the files of a plan.
pub fn files(plan: &StackPlan, filter: &StackFilter, format: TemplateFormat) -> Files {
    let stacks = filter.select(&plan.stacks);
    let mut files: Files = stacks
        .iter()
        .map(|stack| (template_path(stack, format), template_text(stack, format)))
        .collect();
    let manifest = Manifest {
        format_version: 1,
        topology: &plan.topology,
        environment: &plan.environment,
        home: &plan.home,
        stacks: stacks
            .into_iter()
            .map(|stack| manifest_stack(stack, format))
            .collect(),
    };
    files.insert(MANIFEST.to_owned(), pretty(&manifest));
    files
}

fn template_path(stack: &PlannedStack, format: TemplateFormat) -> String {
    let extension = match format {
        TemplateFormat::Json => "json",
        TemplateFormat::Yaml => "yaml",
    };
    format!("{}/{}.template.{extension}", stack.region, stack.name)
}

/// The text of a stack's template.
pub fn template_text(stack: &PlannedStack, format: TemplateFormat) -> String {
    match format {
        TemplateFormat::Json => stack.template.to_json(),
        TemplateFormat::Yaml => stack.template.to_yaml(),
    }
}

fn manifest_stack(stack: &PlannedStack, format: TemplateFormat) -> ManifestStack<'_> {
    ManifestStack {
        name: &stack.name,
        region: &stack.region,
        role: match stack.role {
            StackRole::Artifacts => "artifacts",
            StackRole::Access => "access",
            StackRole::Fleets => "fleets",
            StackRole::Backend => "backend",
        },
        wave: stack.wave,
        template: template_path(stack, format),
        parameters: stack
            .parameters
            .iter()
            .map(|(name, source)| (name.as_str(), parameter(source)))
            .collect(),
        tags: &stack.tags,
        termination_protection: stack.termination_protection,
    }
}

fn parameter(source: &ParameterSource) -> ManifestParameter<'_> {
    match source {
        ParameterSource::Output {
            stack,
            region,
            output,
        } => ManifestParameter::Output {
            stack,
            region,
            output,
        },
        ParameterSource::Artifact(Artifact::Handler { package }) => {
            ManifestParameter::Artifact(ManifestArtifact::Handler(package))
        }
        ParameterSource::Artifact(Artifact::Build { name, .. }) => {
            ManifestParameter::Artifact(ManifestArtifact::Build(name))
        }
    }
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a manifest has text keys only");
    text.push('\n');
    text
}

/// Writes the files below a folder, and removes those of an earlier run that are not among them.
///
/// # Errors
///
/// When a file can't be written or removed.
pub fn write(folder: &Path, files: &Files) -> Result<(), SynthError> {
    let stale = earlier(folder)
        .into_iter()
        .filter(|path| !files.contains_key(path));
    for path in stale {
        let path = folder.join(path);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(SynthError {
                    action: "remove",
                    path,
                    source,
                });
            }
            _ => {}
        }
        // A region that left the topology leaves an empty folder; one that isn't empty refuses, which is right.
        let _ = path.parent().map(fs::remove_dir);
    }
    // The files of a region follow one another.
    let mut made = PathBuf::new();
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        let ready = if parent == made {
            Ok(())
        } else {
            fs::create_dir_all(parent)
        };
        made = parent.to_path_buf();
        let written = ready.and_then(|()| fs::write(&path, text));
        written.map_err(|source| SynthError {
            action: "write",
            path,
            source,
        })?;
    }
    Ok(())
}

/// The templates that the manifest of an earlier run lists.
fn earlier(folder: &Path) -> BTreeSet<String> {
    #[derive(Deserialize)]
    struct Earlier {
        stacks: Vec<EarlierStack>,
    }
    #[derive(Deserialize)]
    struct EarlierStack {
        template: String,
    }
    let text = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let Ok(earlier) = serde_json::from_str::<Earlier>(&text) else {
        return BTreeSet::new();
    };
    let templates = earlier.stacks.into_iter().map(|stack| stack.template);
    // Anybody may have edited the file; it must not name files outside its folder.
    templates
        .filter(|path| {
            Path::new(path)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use topology::environment::Target;

    fn stack(name: &str, region: &str) -> PlannedStack {
        PlannedStack {
            name: name.to_owned(),
            region: region.to_owned(),
            role: StackRole::Backend,
            wave: 1,
            template: cloudformation::Template::default(),
            parameters: BTreeMap::from([
                (
                    "Bucket".to_owned(),
                    ParameterSource::Output {
                        stack: "liftform-artifacts".to_owned(),
                        region: region.to_owned(),
                        output: "ArtifactBucket".to_owned(),
                    },
                ),
                (
                    "Key".to_owned(),
                    ParameterSource::Artifact(Artifact::Handler {
                        package: "ticket-status".to_owned(),
                    }),
                ),
            ]),
            tags: BTreeMap::new(),
            termination_protection: false,
            guarded: std::collections::BTreeSet::new(),
        }
    }

    fn plan(stacks: Vec<PlannedStack>) -> StackPlan {
        StackPlan {
            topology: "game".to_owned(),
            environment: "dev".to_owned(),
            target: Target::Aws,
            account: None,
            home: "eu-west-1".to_owned(),
            architecture: plan::Architecture::X86_64,
            stacks,
        }
    }

    fn synth(folder: &Path, stacks: Vec<PlannedStack>) -> Vec<String> {
        let files = files(&plan(stacks), &StackFilter::default(), TemplateFormat::Json);
        write(folder, &files).unwrap();
        files.into_keys().collect()
    }

    #[test]
    fn manifest_says_where_each_parameter_comes_from() {
        let files = files(
            &plan(vec![stack("game-dev-backend", "eu-west-1")]),
            &StackFilter::default(),
            TemplateFormat::Json,
        );
        let manifest: serde_json::Value = serde_json::from_str(&files[MANIFEST]).unwrap();
        assert_eq!(manifest["format_version"], 1);
        let stack = &manifest["stacks"][0];
        assert_eq!(
            stack["template"],
            "eu-west-1/game-dev-backend.template.json"
        );
        assert_eq!(
            stack["parameters"]["Bucket"]["output"]["output"],
            "ArtifactBucket"
        );
        assert_eq!(
            stack["parameters"]["Key"]["artifact"]["handler"],
            "ticket-status"
        );
    }

    #[test]
    fn templates_of_an_earlier_run_are_removed_with_their_region() {
        let folder = tempfile::tempdir().unwrap();
        synth(
            folder.path(),
            vec![stack("old", "us-east-1"), stack("game", "eu-west-1")],
        );
        synth(folder.path(), vec![stack("game", "eu-west-1")]);
        assert!(!folder.path().join("us-east-1").exists());
        assert!(folder.path().join("eu-west-1/game.template.json").exists());
    }

    #[test]
    fn files_that_nobody_listed_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.template.json"), "{}").unwrap();
        synth(folder.path(), vec![stack("game", "eu-west-1")]);
        assert!(folder.path().join("notes.template.json").exists());
    }

    #[test]
    fn manifest_that_points_outside_removes_nothing() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("out");
        fs::create_dir(&folder).unwrap();
        let precious = outer.path().join("precious");
        fs::write(&precious, "").unwrap();
        fs::write(
            folder.join(MANIFEST),
            r#"{"stacks": [{"template": "../precious"}]}"#,
        )
        .unwrap();
        synth(&folder, vec![]);
        assert!(precious.exists());
    }

    #[test]
    fn other_format_replaces_the_files_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        synth(folder.path(), vec![stack("game", "eu-west-1")]);
        let yaml = files(
            &plan(vec![stack("game", "eu-west-1")]),
            &StackFilter::default(),
            TemplateFormat::Yaml,
        );
        write(folder.path(), &yaml).unwrap();
        assert!(!folder.path().join("eu-west-1/game.template.json").exists());
        assert!(folder.path().join("eu-west-1/game.template.yaml").exists());
    }

    #[test]
    fn filter_leaves_other_regions_out() {
        let filter = StackFilter {
            regions: vec!["eu-west-1".to_owned()],
            names: vec![],
        };
        let stacks = vec![stack("a", "us-east-1"), stack("b", "eu-west-1")];
        let files = files(&plan(stacks), &filter, TemplateFormat::Json);
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            ["eu-west-1/b.template.json", MANIFEST]
        );
    }
}
