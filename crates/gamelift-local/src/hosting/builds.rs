//! Which builds have to be installed for fleets, and which server processes their computes should run.

use std::collections::BTreeSet;

use serde_json::Value;

use super::computes::managed;
use crate::input::Record;
use crate::lifecycle::Course;
use crate::surroundings::StoredObject;
use crate::world::{Call, Fleet, Hosting, Installation, World, id_of, text};

/// A build to be installed for a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) region: String,
    pub(crate) fleet: String,
    pub(crate) archive: StoredObject,
    /// The launch paths that have to be in it.
    pub(crate) launch_paths: Vec<String>,
}

/// Why a build can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InstallFailure {
    /// The archive can't be had or read.
    Archive(String),
    /// The install script failed.
    Script(String),
    /// The installed build has no file at this launch path.
    LaunchPath(String),
}

/// One of the server processes that a compute should run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) fleet: String,
    pub(crate) location: String,
    /// Position in the runtime configuration.
    pub(crate) entry: usize,
    /// From 0, below `ConcurrentExecutions`.
    pub(crate) number: i64,
}

/// What a slot's process is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Launch {
    pub(crate) slot: Slot,
    pub(crate) region: String,
    pub(crate) compute: String,
    pub(crate) token: String,
    pub(crate) path: String,
    pub(crate) parameters: String,
}

impl World {
    /// Whether a new fleet waits for its build.
    pub(crate) fn installation_of(&mut self, call: &Call, fleet: &Fleet) -> Installation {
        if !self.runs_servers() || fleet.hosting != Hosting::Ec2 {
            return Installation::None;
        }
        let build = text(&fleet.record, "BuildId").to_owned();
        let archive = self.region(call).builds.find(&build).ok().and_then(archive);
        match archive {
            Some((bucket, key)) => Installation::Due(StoredObject {
                region: call.region.clone(),
                bucket,
                key,
            }),
            None => Installation::None,
        }
    }

    /// The builds that are to be installed; each is given out once.
    pub(crate) fn take_orders(&mut self) -> Vec<Order> {
        let mut orders = Vec::new();
        for region in self.region_names() {
            let fleets = self.region_or_new(&region).fleets.values_mut();
            for fleet in fleets {
                let Installation::Due(archive) = fleet.installation.clone() else {
                    continue;
                };
                fleet.installation = Installation::Running(archive.clone());
                orders.push(Order {
                    region: region.clone(),
                    fleet: fleet.id().to_owned(),
                    archive,
                    launch_paths: launches(fleet).map(|(_, path, _)| path).collect(),
                });
            }
        }
        orders
    }

    /// Lets a fleet go on after its build was installed, or fail.
    pub(crate) fn installed(
        &mut self,
        order: &Order,
        outcome: Result<(), InstallFailure>,
        now: f64,
    ) {
        let Some(place) = self.region_named(&order.region) else {
            return;
        };
        let Ok(fleet) = place.fleets.find_mut(&order.fleet) else {
            return;
        };
        match outcome {
            Ok(()) => fleet.installation = Installation::Done(order.archive.clone()),
            Err(InstallFailure::Archive(problem)) => {
                fleet.installation = Installation::None;
                fleet.course = Course::Ec2WithoutBuild;
                fleet.note(now, "GENERIC_EVENT", problem);
            }
            Err(InstallFailure::Script(problem)) => {
                fleet.installation = Installation::None;
                fleet.course = Course::Ec2WithFailedInstaller;
                fleet.note(now, "FLEET_CREATION_FAILED_INSTALLER", problem);
            }
            Err(InstallFailure::LaunchPath(path)) => {
                fleet.installation = Installation::None;
                fleet.course = Course::Ec2WithoutExecutable;
                fleet.note(
                    now,
                    "GENERIC_EVENT",
                    format!("the build has no file for `{path}`"),
                );
            }
        }
    }

    /// The server processes that should run now.
    pub(crate) fn launches(&mut self) -> Vec<Launch> {
        let mut wanted = Vec::new();
        for region in self.region_names() {
            let place = self.region_or_new(&region);
            let ready = place.fleets.values().filter(|fleet| {
                matches!(fleet.installation, Installation::Done(_)) && fleet.deleting.is_none()
            });
            for fleet in ready {
                for location in fleet.locations.keys() {
                    let Some(compute) = managed(place, fleet.id(), location) else {
                        continue;
                    };
                    wanted.extend(
                        slots(fleet, location).map(|(slot, path, parameters)| Launch {
                            slot,
                            region: region.clone(),
                            compute: compute.name.clone(),
                            token: compute.token.text.clone(),
                            path,
                            parameters,
                        }),
                    );
                }
            }
        }
        wanted
    }

    /// The server processes that are connected, or were a moment ago.
    pub(crate) fn process_ids(&mut self) -> BTreeSet<String> {
        self.region_names()
            .iter()
            .flat_map(|region| {
                self.region_or_new(region)
                    .processes
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Notes an event of a slot's fleet.
    pub(crate) fn note_server(&mut self, launch: &Launch, code: &str, message: String, now: f64) {
        if let Some(place) = self.region_named(&launch.region)
            && let Ok(fleet) = place.fleets.find_mut(&launch.slot.fleet)
        {
            fleet.note(now, code, message);
        }
    }
}

fn archive(build: &Record) -> Option<(String, String)> {
    // This machine is taken for a Linux one, and the servers of others are left alone.
    if text(build, "OperatingSystem").starts_with("WINDOWS") {
        return None;
    }
    let location = build.get("StorageLocation")?;
    let member = |name: &str| location.get(name)?.as_str().map(str::to_owned);
    Some((member("Bucket")?, member("Key")?))
}

/// The entries of a fleet's runtime configuration: how many, launch path, parameters.
fn launches(fleet: &Fleet) -> impl Iterator<Item = (i64, String, String)> {
    let entries = fleet
        .runtime
        .get("ServerProcesses")
        .and_then(Value::as_array);
    entries.into_iter().flatten().filter_map(|entry| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        Some((
            entry.get("ConcurrentExecutions").and_then(Value::as_i64)?,
            text("LaunchPath")?.to_owned(),
            text("Parameters").unwrap_or_default().to_owned(),
        ))
    })
}

fn slots(fleet: &Fleet, location: &str) -> impl Iterator<Item = (Slot, String, String)> {
    launches(fleet)
        .enumerate()
        .flat_map(move |(entry, (count, path, parameters))| {
            (0..count).map(move |number| {
                let slot = Slot {
                    fleet: id_of(fleet.id()).to_owned(),
                    location: location.to_owned(),
                    entry,
                    number,
                };
                (slot, path.clone(), parameters.clone())
            })
        })
}
