//! From a document to one environment.
//!
//! In: a document, the environment's name, settings, sources. Out: the resolved environment with its warnings, or
//! every problem of it. Never: stacks, AWS.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind};
use std::sync::Arc;

use facts::Facts;

use crate::checks::{self, Scope};
use crate::codes;
use crate::decode::matchmaking::RuleReader;
use crate::decode::{backend, fleets, known, matchmaking};
use crate::document::Document;
use crate::environment::{Build, Environment, FleetRegion, Host};
use crate::findings::{Finding, Findings};
use crate::layers::{merge, without};
use crate::node::{Entry, Node};
use crate::problem::Problems;
use crate::provenance;
use crate::setting::Setting;
use crate::sources::Sources;
use crate::view::{self, Layers, View};

/// An environment, and what should be looked at all the same.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The environment.
    pub environment: Environment,
    /// Warnings; never errors.
    pub warnings: Problems,
}

/// Resolves one environment.
///
/// # Errors
/// Every problem of the environment, warnings included, when at least one is an error.
pub fn resolve(
    document: &Document,
    environment: &str,
    settings: &[Setting],
    sources: &dyn Sources,
) -> Result<Resolved, Problems> {
    let files =
        std::iter::once(document.file.clone()).chain(settings.iter().map(Setting::source_name));
    let mut findings = Findings::new(files.collect());
    let Some(declared) = view::declared(&document.root, environment, &mut findings) else {
        return Err(findings.finish());
    };
    let layers = Layers::new(&document.root, declared, &mut findings);
    let resolver = Resolver {
        document,
        name: environment,
        settings,
        sources,
        findings: &mut findings,
    };
    let environment = resolver.run(&layers);
    let problems = findings.finish();
    if problems.has_errors() {
        Err(problems)
    } else {
        Ok(Resolved {
            environment,
            warnings: problems,
        })
    }
}

/// Checks every environment of a document.
#[must_use]
pub fn check_all(document: &Document, sources: &dyn Sources) -> Problems {
    let mut findings = Findings::new(vec![document.file.clone()]);
    let names = document.environments();
    if names.is_empty() {
        let base = view::base(&document.root, &mut findings);
        View::new(&base, &[], &mut findings);
        view::declared(&document.root, "dev", &mut findings);
    }
    let mut problems = findings.finish();
    let remembered = Remembered {
        sources,
        read: RefCell::default(),
    };
    let mut resolved = Vec::new();
    for name in names {
        match resolve(document, name, &[], &remembered) {
            Ok(Resolved {
                environment,
                warnings,
            }) => {
                problems.merge(warnings);
                resolved.push(environment);
            }
            Err(found) => problems.merge(found),
        }
    }
    let mut findings = Findings::new(vec![document.file.clone()]);
    checks::together(&document.root, &resolved, &mut findings);
    problems.merge(findings.finish());
    problems
}

/// A text, or why it couldn't be read: errors of I/O can't be copied.
type Reading = Result<String, (ErrorKind, String)>;

/// Reads every file once.
struct Remembered<'run> {
    sources: &'run dyn Sources,
    read: RefCell<BTreeMap<String, Reading>>,
}

impl Sources for Remembered<'_> {
    fn read(&self, path: &str) -> Result<String, Error> {
        let mut read = self.read.borrow_mut();
        let result = read.entry(path.to_owned()).or_insert_with(|| {
            self.sources
                .read(path)
                .map_err(|error| (error.kind(), error.to_string()))
        });
        result
            .clone()
            .map_err(|(kind, message)| Error::new(kind, message))
    }
}

struct Resolver<'run> {
    document: &'run Document,
    name: &'run str,
    settings: &'run [Setting],
    sources: &'run dyn Sources,
    findings: &'run mut Findings,
}

/// Builds and fleets as one view has them.
struct Hosting {
    view: View,
    builds: BTreeMap<String, Build>,
    specs: BTreeMap<String, fleets::FleetSpec>,
}

impl Resolver<'_> {
    fn run(mut self, layers: &Layers) -> Environment {
        let layered = merge(&layers.base, &layers.environment);
        let whole = View::new(&layered, self.settings, self.findings);
        let home = whole.fields().text_or_empty("home");
        let backend_view = match layers.regions.get(home.as_str()) {
            Some(overlay) => View::new(
                &merge(&layered, &overlay.value),
                self.settings,
                self.findings,
            ),
            None => whole.clone(),
        };
        let facts = known::facts(whole.fields());
        let general = self.hosting(whole, &home, &facts);
        let mut overlaid = BTreeMap::new();
        for (region, overlay) in &layers.regions {
            let view = if **region == *home {
                backend_view.clone()
            } else {
                self.region_view(&layered, region, overlay)
            };
            overlaid.insert(region.to_string(), self.hosting(view, &home, &facts));
        }
        let regions = regions(&general, &overlaid);
        self.report_idle(layers, &regions, &home);
        self.environment(&backend_view, &general, &overlaid, regions, home)
    }

    /// The view of a region that is not the home: only builds and fleets may differ there.
    fn region_view(&mut self, layered: &Arc<Node>, region: &str, overlay: &Entry) -> View {
        let hosting = |key: &str| key == "builds" || key == "fleets";
        for (key, entry) in overlay
            .value
            .mapping()
            .into_iter()
            .flatten()
            .filter(|(key, _)| !hosting(key))
        {
            let message = format!("`{key}` cannot differ in `{region}`");
            let finding = Finding::error(codes::NOT_PER_REGION, entry.key, message);
            self.findings.push_check(
                finding.hint("only `builds` and `fleets` can, or set it for the whole environment"),
            );
        }
        View::hosting(
            &merge(layered, &without(&overlay.value, |key| !hosting(key))),
            self.settings,
            self.findings,
        )
    }

    fn hosting(&mut self, view: View, home: &str, facts: &Facts) -> Hosting {
        let builds = fleets::builds(view.fields());
        let specs = fleets::fleets(view.fields(), home);
        checks::fleets(&view, &specs, &builds, facts, self.findings);
        Hosting {
            view,
            builds,
            specs,
        }
    }

    fn report_idle(
        &mut self,
        layers: &Layers,
        regions: &BTreeMap<String, FleetRegion>,
        home: &str,
    ) {
        for (region, entry) in layers
            .regions
            .iter()
            .filter(|(region, _)| ***region != *home)
        {
            if !regions.contains_key(&**region) {
                let message = format!(
                    "nothing of this environment is in `{region}`, so its overlay has no effect"
                );
                let known = regions.keys().map(String::as_str).chain([home]);
                let hint = crate::nearest::hint(region, known.collect::<BTreeSet<_>>());
                self.findings.push_check(
                    Finding::warning(codes::IDLE_REGION_OVERLAY, entry.key, message).hints(hint),
                );
            }
        }
    }

    fn environment(
        self,
        view: &View,
        general: &Hosting,
        overlaid: &BTreeMap<String, Hosting>,
        regions: BTreeMap<String, FleetRegion>,
        home: String,
    ) -> Environment {
        let fields = view.fields();
        let folder = folder(&self.document.file);
        let mut reader = RuleReader {
            view,
            folder,
            sources: self.sources,
            findings: self.findings,
        };
        let matchmaking = matchmaking::matchmakers(&mut reader);
        let environment = Environment {
            topology: fields.text_or_empty("name"),
            name: self.name.to_owned(),
            description: fields.text("description"),
            target: backend::target(fields),
            architecture: backend::architecture(fields),
            account: fields.text("account"),
            home,
            tags: fields.text_map("tags"),
            protect: backend::protect(fields),
            identity: backend::identity(fields),
            attributes: backend::attributes(fields),
            matchmaking,
            queues: matchmaking::queues(fields, &general.specs, &regions),
            regions,
            api: backend::api(fields),
            functions: backend::functions(fields),
            routes: backend::routes(fields),
            tables: backend::tables(fields),
            monitoring: backend::monitoring(fields),
            extensions: backend::extensions(fields, self.sources, self.findings),
            facts: known::facts(fields),
            provenance: self.provenance(view, overlaid),
        };
        let (specs, builds) = (
            all(general, overlaid, |hosting| &hosting.specs),
            all(general, overlaid, |hosting| &hosting.builds),
        );
        let findings = self.findings;
        checks::environment(&mut Scope {
            view,
            environment: &environment,
            specs: &specs,
            builds: &builds,
            findings,
        });
        environment
    }

    fn provenance(
        &self,
        view: &View,
        overlaid: &BTreeMap<String, Hosting>,
    ) -> BTreeMap<String, crate::environment::Origin> {
        let mut origins = provenance::trace(view, &self.document.file);
        for (region, hosting) in overlaid {
            provenance::trace_region(&hosting.view, region, &self.document.file, &mut origins);
        }
        origins
    }
}

/// Everything that any view has; the general one wins.
fn all<'run, T: Clone + 'run>(
    general: &'run Hosting,
    overlaid: &'run BTreeMap<String, Hosting>,
    of: impl Fn(&'run Hosting) -> &'run BTreeMap<String, T>,
) -> BTreeMap<String, T> {
    let mut all = of(general).clone();
    for hosting in overlaid.values() {
        for (name, value) in of(hosting) {
            all.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    all
}

/// Puts fleets, and the builds they run, into their regions.
fn regions(
    general: &Hosting,
    overlaid: &BTreeMap<String, Hosting>,
) -> BTreeMap<String, FleetRegion> {
    let listed = general.specs.values().flat_map(|spec| spec.regions.iter());
    let names: BTreeSet<&String> = listed.chain(overlaid.keys()).collect();
    let mut regions = BTreeMap::new();
    for region in names {
        let hosting = overlaid.get(region).unwrap_or(general);
        let mut held = FleetRegion::default();
        for (name, spec) in &hosting.specs {
            let Some(fleet) = spec.in_region(region) else {
                continue;
            };
            if let Host::Ec2 { build, .. } = &fleet.host
                && let Some(found) = hosting.builds.get(build)
            {
                held.builds.insert(build.clone(), found.clone());
            }
            held.fleets.insert(name.clone(), fleet);
        }
        if !held.fleets.is_empty() {
            regions.insert(region.clone(), held);
        }
    }
    regions
}

/// The folder of a file with a slash at its end, or nothing.
fn folder(file: &str) -> &str {
    file.rfind('/')
        .and_then(|slash| file.get(..=slash))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_of_a_file_keeps_its_slash() {
        assert_eq!(folder("stacks/skirmish.yaml"), "stacks/");
        assert_eq!(folder("skirmish.yaml"), "");
    }
}
