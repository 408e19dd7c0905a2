//! Builds and fleets.

use std::collections::BTreeMap;

use super::backend::{architecture, texts_of};
use crate::environment::{
    Build, BuildFiles, BuildSource, Capacity, Container, Fleet, Host, Launch, PortRange,
};
use crate::shape::{Fields, tables};
use crate::units;

/// A fleet before it is put into a region.
#[derive(Clone, Debug)]
pub(crate) struct FleetSpec {
    /// Without locations: these differ per region.
    pub(crate) fleet: Fleet,
    /// Where it is.
    pub(crate) regions: Vec<String>,
    /// Remote locations by region.
    pub(crate) locations: BTreeMap<String, Vec<String>>,
}

impl FleetSpec {
    /// The fleet as one region has it.
    pub(crate) fn in_region(&self, region: &str) -> Option<Fleet> {
        if !self.regions.iter().any(|known| known == region) {
            return None;
        }
        let locations = self.locations.get(region).cloned().unwrap_or_default();
        Some(Fleet {
            locations,
            ..self.fleet.clone()
        })
    }
}

pub(crate) fn builds(fields: Fields<'_>) -> BTreeMap<String, Build> {
    fields.records("builds", &tables::BUILD, |_, build| {
        let s3 = build.maybe_record("s3", &tables::S3);
        let source = match s3 {
            Some(s3) => BuildSource::S3 {
                bucket: s3.text_or_empty("bucket"),
                key: s3.text_or_empty("key"),
            },
            None => BuildSource::Files(files(build)),
        };
        Build {
            source,
            os: build.text_or_empty("os"),
            sdk: build.text_or_empty("sdk"),
        }
    })
}

fn files(build: Fields<'_>) -> BuildFiles {
    match build.text("crate") {
        Some(package) => BuildFiles::Crate {
            package,
            architecture: architecture(build),
            beside: build.text("path"),
        },
        None => BuildFiles::Folder(build.text_or_empty("path")),
    }
}

pub(crate) fn fleets(fields: Fields<'_>, home: &str) -> BTreeMap<String, FleetSpec> {
    fields.records("fleets", &tables::FLEET, |_, fleet| {
        let regions = if fleet.has("regions") {
            unique(fleet.texts("regions"))
        } else {
            vec![home.to_owned()]
        };
        let locations = fleet.entries("locations");
        let locations =
            locations.map(|(region, entry)| (region.to_owned(), unique(texts_of(&entry.value))));
        FleetSpec {
            fleet: read(fleet),
            regions,
            locations: locations.collect(),
        }
    })
}

/// Repetitions are warned about and count once.
fn unique(texts: Vec<String>) -> Vec<String> {
    let mut seen = Vec::with_capacity(texts.len());
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

fn read(fleet: Fields<'_>) -> Fleet {
    Fleet {
        host: host(fleet),
        locations: Vec::new(),
        ports: ports(fleet),
        capacity: capacity(fleet),
        protect_sessions: fleet.flag("protect_sessions"),
        certificate: fleet.flag("certificate"),
    }
}

fn host(fleet: Fields<'_>) -> Host {
    let instance = fleet.text_or_empty("instance");
    let spot = fleet.flag("spot");
    if let Some(anywhere) = fleet.maybe_record("anywhere", &tables::ANYWHERE) {
        return Host::Anywhere {
            cost: anywhere.text("cost"),
        };
    }
    if let Some(container) = fleet.maybe_record("container", &tables::CONTAINER) {
        return Host::Container(Container {
            image: container.text_or_empty("image"),
            instance,
            spot,
            memory_mib: container.memory("memory"),
            vcpu: container.decimal("vcpu"),
            sdk: container.text_or_empty("sdk"),
        });
    }
    let launch = fleet.list("launch").into_iter().map(|node| {
        let launch = Fields::new(&tables::LAUNCH, Some(node));
        Launch {
            path: launch.text_or_empty("path"),
            parameters: launch.text("parameters"),
            concurrent: launch.integer("concurrent").unwrap_or_default(),
        }
    });
    Host::Ec2 {
        build: fleet.text_or_empty("build"),
        instance,
        spot,
        launch: launch.collect(),
    }
}

fn ports(fleet: Fields<'_>) -> Vec<PortRange> {
    let ranges = fleet.list("ports").into_iter();
    ranges
        .filter_map(|node| units::ports(&node.scalar()?.text))
        .collect()
}

fn capacity(fleet: Fields<'_>) -> Capacity {
    let capacity = fleet.record("capacity", &tables::CAPACITY);
    let min = capacity.integer("min").unwrap_or_default();
    let max = capacity.integer("max").unwrap_or_default();
    Capacity {
        min,
        desired: capacity
            .integer("desired")
            .unwrap_or_else(|| 1.max(min).min(max)),
        max,
        keep_available: capacity.quantity("keep_available", units::percent),
    }
}
