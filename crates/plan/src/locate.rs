//! From a resource of a deployed stack back to the line of the topology that it was made from.
//!
//! Logical ids are made of the names of components (`arena-spot` becomes `ArenaSpotFleet`), so that each can be read
//! backwards; where in the file a component stands is in the environment's provenance.

use cloudformation::Template;
use topology::environment::{Environment, Fleet, Layer, Origin};

use crate::naming::logical_id;

/// What the logical ids of a section's resources end in, after the component's name.
const RESOURCES: [(Section, &[&str]); 6] = [
    (
        Section::Fleets,
        &["Fleet", "Alias", "Group", "FleetRole", "FullAlarm"],
    ),
    (Section::Builds, &["Build"]),
    (Section::Queues, &["Queue", "PlacementAlarm"]),
    (Section::Matchmaking, &["Matchmaker", "Rules"]),
    (Section::Tables, &["Table"]),
    (Section::Functions, &["Function", "Role", "Logs"]),
];

/// The sections of a topology whose entries become resources.
#[derive(Clone, Copy)]
enum Section {
    Fleets,
    Builds,
    Queues,
    Matchmaking,
    Tables,
    Functions,
}

/// Where a resource comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<'environment> {
    /// Key path in the topology: `fleets.arena-spot.launch`, or the component's where no setting fits.
    pub path: String,
    /// Where that was written.
    pub origin: &'environment Origin,
}

/// Finds what in the topology made a resource; none: liftform adds the resource by itself.
///
/// `settings` are keys of the component (`launch`), the likeliest first; without one that was written, the place is the
/// component's first line.
pub fn locate<'environment>(
    environment: &'environment Environment,
    region: &str,
    resource: &str,
    settings: &[&str],
) -> Option<Located<'environment>> {
    let component = component(environment, region, resource)
        .or_else(|| custom_location(environment, region, resource))?;
    let exact = settings
        .iter()
        .find_map(|setting| first_line(environment, region, &format!("{component}.{setting}")));
    exact.or_else(|| first_line(environment, region, &component))
}

/// Finds what in the topology made the part of a template at a path such as `Resources/DuelMatchmaker/Properties/Name`: an
/// override, a component, or the user's own template. None: liftform adds it by itself.
pub fn locate_path<'environment>(
    environment: &'environment Environment,
    region: &str,
    path: &str,
) -> Option<Located<'environment>> {
    let below = path.strip_prefix("Resources/")?;
    let resource = below.split('/').next()?;
    let overriding = || {
        let dotted = below.replace('/', ".");
        let keys = environment.extensions.overrides.keys();
        let mut touching = keys.filter(|key| is_below(key, &dotted) || is_below(&dotted, key));
        let key = touching.next()?;
        first_line(
            environment,
            region,
            &format!("extensions.overrides.{}", quoted(key)),
        )
    };
    let extending = || {
        let template = environment.extensions.resources.as_ref()?;
        let own = Template::parse(&template.text).ok()?;
        own.resources.get(resource)?;
        first_line(environment, region, "extensions.resources")
    };
    // Overrides and the user's template are part of the backend's stack, which is in the home region.
    let is_home = region == environment.home;
    is_home
        .then(overriding)
        .flatten()
        .or_else(|| locate(environment, region, resource, &[]))
        .or_else(|| is_home.then(extending).flatten())
}

/// The key path of the component whose resources have such a logical id.
fn component(environment: &Environment, region: &str, resource: &str) -> Option<String> {
    RESOURCES.into_iter().find_map(|(section, endings)| {
        let name = section
            .names(environment, region)
            .into_iter()
            .find(|name| section.made(name, endings, resource))?;
        Some(format!("{}.{}", section.key(), quoted(name)))
    })
}

/// The key path of the Anywhere fleet that brings its own location.
fn custom_location(environment: &Environment, region: &str, resource: &str) -> Option<String> {
    let made = |fleet: &Fleet| {
        let mut locations = fleet.locations.iter();
        locations.any(|location| logical_id(&[location, "location"]) == resource)
    };
    let contents = environment.regions.get(region)?;
    let (name, _) = contents.fleets.iter().find(|(_, fleet)| made(fleet))?;
    Some(format!("fleets.{}.locations", quoted(name)))
}

impl Section {
    fn key(self) -> &'static str {
        match self {
            Self::Fleets => "fleets",
            Self::Builds => "builds",
            Self::Queues => "queues",
            Self::Matchmaking => "matchmaking",
            Self::Tables => "tables",
            Self::Functions => "functions",
        }
    }

    fn names<'environment>(
        self,
        environment: &'environment Environment,
        region: &str,
    ) -> Vec<&'environment str> {
        let contents = environment.regions.get(region);
        match self {
            Self::Fleets => keys(contents.map(|contents| &contents.fleets)),
            Self::Builds => keys(contents.map(|contents| &contents.builds)),
            Self::Queues => keys(Some(&environment.queues)),
            Self::Matchmaking => keys(Some(&environment.matchmaking)),
            Self::Tables => keys(Some(&environment.tables)),
            Self::Functions => keys(Some(&environment.functions)),
        }
    }

    fn made(self, name: &str, endings: &[&str], resource: &str) -> bool {
        let start = match self {
            Self::Functions => logical_id(&["own", name]),
            Self::Fleets | Self::Builds | Self::Queues | Self::Matchmaking | Self::Tables => {
                logical_id(&[name])
            }
        };
        resource
            .strip_prefix(&start)
            .is_some_and(|rest| endings.contains(&rest))
    }
}

fn keys<T>(map: Option<&std::collections::BTreeMap<String, T>>) -> Vec<&str> {
    map.into_iter()
        .flat_map(|map| map.keys().map(String::as_str))
        .collect()
}

/// The first written line at or below a key path; what the region's overlay says comes first.
fn first_line<'environment>(
    environment: &'environment Environment,
    region: &str,
    path: &str,
) -> Option<Located<'environment>> {
    [
        format!("regions.{}.{path}", quoted(region)),
        path.to_owned(),
    ]
    .into_iter()
    .find_map(|path| {
        environment
            .provenance
            .iter()
            .filter(|(key, origin)| origin.layer != Layer::Default && is_below(key, &path))
            .min_by_key(|(_, origin)| (&origin.file, origin.line, origin.column))
            .map(|(_, origin)| Located { path, origin })
    })
}

fn is_below(key: &str, path: &str) -> bool {
    key.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Keys with dots are quoted in paths.
fn quoted(key: &str) -> String {
    if key.contains('.') {
        format!("\"{key}\"")
    } else {
        key.to_owned()
    }
}
