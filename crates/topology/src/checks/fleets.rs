//! Builds and fleets: what each kind of host needs, regions, locations, ports, processes, capacity.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::{Facts, QuotaName};

use super::{listed, repeated, unknown};
use crate::codes;
use crate::decode::fleets::FleetSpec;
use crate::environment::{Build, Host, Launch, PortRange};
use crate::findings::{Finding, Findings};
use crate::nearest;
use crate::node::{Node, Place};
use crate::shape::forms;
use crate::view::View;

pub(super) fn check(
    view: &View,
    specs: &BTreeMap<String, FleetSpec>,
    builds: &BTreeMap<String, Build>,
    facts: &Facts,
    findings: &mut Findings,
) {
    for name in builds.keys() {
        check_build(view, name, findings);
    }
    for (name, spec) in specs {
        let Some(node) = view
            .root()
            .get("fleets")
            .and_then(|fleets| fleets.get(name))
        else {
            continue;
        };
        let mut fleet = FleetCheck {
            view,
            name,
            node,
            spec,
            builds,
            facts,
            findings,
        };
        if !fleet.host() {
            continue;
        }
        fleet.regions();
        fleet.locations();
        fleet.ports();
        fleet.capacity();
        fleet.instance();
        if let Host::Ec2 { launch, build, .. } = &spec.fleet.host {
            fleet.processes(launch);
            fleet.launch(launch, builds.get(build));
        }
    }
}

fn check_build(view: &View, name: &str, findings: &mut Findings) {
    let Some(build) = view
        .root()
        .get("builds")
        .and_then(|builds| builds.get(name))
    else {
        return;
    };
    let place = view.key(&["builds", name]);
    let local = ["path", "crate"]
        .into_iter()
        .find(|key| build.get(key).is_some());
    match (local, build.get("s3")) {
        (Some(local), Some(_)) => {
            let message = format!("build `{name}` has both `{local}` and `s3`");
            findings.push_check(
                Finding::error(codes::ALTERNATIVES, place, message).hint("remove one of them"),
            );
        }
        (None, None) => {
            let message = format!("build `{name}` says nothing about where its files are");
            let hint =
                "add `crate: server`, `path: server/linux` or `s3: { bucket: ..., key: ... }`";
            findings.push_check(Finding::error(codes::ALTERNATIVES, place, message).hint(hint));
        }
        (Some(_), None) | (None, Some(_)) => {}
    }
    if let Some(os) = build.get("os")
        && let Some(system @ ("AMAZON_LINUX_2" | "AMAZON_LINUX" | "WINDOWS_2012")) = os.text()
    {
        let message = format!("the operating system `{system}` is out of support");
        let hint = if system.starts_with('A') {
            "use `AMAZON_LINUX_2023`"
        } else {
            "use `WINDOWS_2022`"
        };
        findings.push_check(Finding::warning(codes::OUTDATED_SYSTEM, os.place, message).hint(hint));
    }
}

struct FleetCheck<'run> {
    view: &'run View,
    name: &'run str,
    node: &'run Arc<Node>,
    spec: &'run FleetSpec,
    builds: &'run BTreeMap<String, Build>,
    facts: &'run Facts,
    findings: &'run mut Findings,
}

impl FleetCheck<'_> {
    fn place(&self, path: &[&str]) -> Place {
        let whole: Vec<&str> = ["fleets", self.name]
            .into_iter()
            .chain(path.iter().copied())
            .collect();
        self.view.place(&whole)
    }

    fn key(&self) -> Place {
        self.view.key(&["fleets", self.name])
    }

    fn report(&mut self, finding: Finding) {
        self.findings.push_check(finding);
    }

    /// Exactly one kind of host, with the keys it needs and none that it doesn't have. Without it, nothing else can
    /// be said about the fleet.
    fn host(&mut self) -> bool {
        let kinds: Vec<_> = ["build", "container", "anywhere"]
            .into_iter()
            .filter(|key| self.node.get(key).is_some())
            .collect();
        let [kind] = kinds.as_slice() else {
            let name = self.name;
            let message = match kinds.as_slice() {
                [] => format!("fleet `{name}` has none of `build`, `container` and `anywhere`"),
                several => format!(
                    "fleet `{name}` has `{}`: they exclude each other",
                    several.join("` and `")
                ),
            };
            let finding = Finding::error(codes::ALTERNATIVES, self.key(), message);
            self.report(finding.hint("write one of them; `null` removes one that is inherited"));
            return false;
        };
        self.host_fields(kind);
        if let Some(build) = self.node.get("build")
            && let Some(text) = build.text()
            && !self.builds.contains_key(text)
        {
            unknown(
                "build",
                text,
                self.builds.keys().map(String::as_str),
                build.place,
                self.findings,
            );
        }
        true
    }

    fn host_fields(&mut self, kind: &str) {
        let (needed, foreign): (&[&str], &[&str]) = match kind {
            "build" => (&["instance", "launch"], &[]),
            "container" => (&["instance"], &["launch"]),
            _ => (
                &[],
                &[
                    "instance",
                    "launch",
                    "spot",
                    "ports",
                    "capacity",
                    "certificate",
                    "protect_sessions",
                ],
            ),
        };
        for field in needed.iter().filter(|field| self.node.get(field).is_none()) {
            let message = format!("fleet `{}` needs `{field}`", self.name);
            self.report(Finding::error(codes::MISSING_FIELD, self.key(), message));
        }
        for (field, entry) in foreign
            .iter()
            .filter_map(|field| Some((field, self.node.entry(field)?)))
        {
            let message = format!("`{field}` has no effect on a fleet with `{kind}`");
            self.report(Finding::error(codes::NOT_FOR_HOST, entry.key, message));
        }
    }

    fn regions(&mut self) {
        repeated("region", self.node.get("regions"), self.findings);
        for (index, region) in self.spec.regions.iter().enumerate() {
            let place = self.place(&["regions", &index.to_string()]);
            if !self.facts.hosts_fleets(region) {
                let finding = Finding::error(
                    codes::FLEET_REGION,
                    place,
                    format!("no fleet can be created in `{region}`"),
                );
                let near = nearest::nearest(region, self.facts.fleet_regions())
                    .map(|near| format!("did you mean `{near}`?"));
                let hint = near.unwrap_or_else(|| {
                    format!(
                        "regions with fleets: {}",
                        listed(self.facts.fleet_regions())
                    )
                });
                self.report(finding.hint(hint));
            } else if matches!(self.spec.fleet.host, Host::Container(_))
                && !self.facts.hosts_flexmatch(region)
            {
                let message = format!("no container fleet can be created in `{region}`");
                let hint = format!(
                    "regions with container fleets: {}",
                    listed(self.facts.flexmatch_regions())
                );
                self.report(
                    Finding::error(codes::LOCATIONS_NOT_SUPPORTED, place, message).hint(hint),
                );
            }
        }
    }

    fn locations(&mut self) {
        let anywhere = matches!(self.spec.fleet.host, Host::Anywhere { .. });
        let spec = self.spec;
        for (region, locations) in &spec.locations {
            let key = self.view.key(&["fleets", self.name, "locations", region]);
            if !spec.regions.contains(region) {
                let message = format!(
                    "fleet `{}` is not in `{region}`, so it has no locations there",
                    self.name
                );
                self.report(
                    Finding::error(codes::LOCATION_PLACE, key, message)
                        .hint("add the region to `regions`"),
                );
            } else if !anywhere && !locations.is_empty() && !self.facts.hosts_flexmatch(region) {
                let message = format!("fleets in `{region}` cannot have remote locations");
                let hint = format!(
                    "regions whose fleets can: {}",
                    listed(self.facts.flexmatch_regions())
                );
                self.report(
                    Finding::error(codes::LOCATIONS_NOT_SUPPORTED, key, message).hint(hint),
                );
            }
            let most = self.facts.quota(QuotaName::Locations).limit;
            if (locations.len() + usize::from(!anywhere)) as u64 > most {
                let message = format!(
                    "fleet `{}` has more than {most} locations, its region counted",
                    self.name
                );
                self.report(Finding::error(codes::TOO_MANY_LOCATIONS, key, message));
            }
            let list = self.node.get("locations").and_then(|node| node.get(region));
            repeated("location", list, self.findings);
            for item in list.map(crate::shape::items).unwrap_or_default() {
                self.location(region, item, anywhere);
            }
        }
        if anywhere {
            self.anywhere_locations();
        }
    }

    fn location(&mut self, region: &str, item: &Node, anywhere: bool) {
        let Some(location) = item.text() else { return };
        let custom = location.starts_with("custom-")
            && (8..=64).contains(&location.len())
            && (forms::LOCATION.holds)(location);
        if anywhere {
            if !custom {
                let message = format!("`{location}` is not a location of an Anywhere fleet");
                let finding = Finding::error(codes::UNKNOWN_LOCATION, item.place, message);
                self.report(finding.hint("such locations look like `custom-office`"));
            }
        } else if location == region {
            let message =
                format!("`{location}` is the fleet's own region, which is always a location");
            self.report(
                Finding::error(codes::LOCATION_PLACE, item.place, message).hint("remove it"),
            );
        } else if !self.facts.locations().any(|known| known == location) {
            let finding = Finding::error(
                codes::UNKNOWN_LOCATION,
                item.place,
                format!("unknown location `{location}`"),
            );
            let near = nearest::nearest(location, self.facts.locations());
            self.report(finding.hints(near.map(|near| format!("did you mean `{near}`?"))));
        }
    }

    fn anywhere_locations(&mut self) {
        for region in &self.spec.regions {
            if self.spec.locations.get(region).is_none_or(Vec::is_empty) {
                let message = format!(
                    "Anywhere fleet `{}` has no location in `{region}`",
                    self.name
                );
                let hint = format!("add `locations: {{ {region}: [custom-office] }}`");
                self.report(Finding::error(codes::MISSING_FIELD, self.key(), message).hint(hint));
            }
        }
    }

    /// Whether a range couldn't be read: then nothing is known about what is open.
    fn ports_unknown(&self) -> bool {
        let written = self
            .node
            .get("ports")
            .map(crate::shape::items)
            .unwrap_or_default();
        written.len() != self.spec.fleet.ports.len()
    }

    fn ports(&mut self) {
        let ports = &self.spec.fleet.ports;
        if self.ports_unknown() {
            return;
        }
        if ports.is_empty() && !matches!(self.spec.fleet.host, Host::Anywhere { .. }) {
            let message = format!(
                "fleet `{}` opens no port: players cannot connect",
                self.name
            );
            let finding = Finding::warning(codes::NO_PORTS, self.key(), message);
            self.report(finding.hint("add `ports: [udp 7777-7877]`"));
        }
        if ports.len() > 50 {
            let message = format!(
                "fleet `{}` has {} port ranges; at most 50 are allowed",
                self.name,
                ports.len()
            );
            self.report(Finding::error(
                codes::PORTS,
                self.place(&["ports"]),
                message,
            ));
        }
        for (index, PortRange { from, to, .. }) in ports.iter().enumerate() {
            let place = self.place(&["ports", &index.to_string()]);
            if from > to {
                let message = format!("the port range {from}-{to} runs backwards");
                self.report(
                    Finding::error(codes::PORTS, place, message)
                        .hint(format!("write `{to}-{from}`")),
                );
            } else if *from < 1026 || *to > 60_000 {
                let message = format!("the ports {from}-{to} are not within 1026-60000");
                self.report(Finding::error(codes::PORTS, place, message));
            }
        }
    }

    fn instance(&mut self) {
        let Some(instance) = self
            .spec
            .fleet
            .host
            .instance()
            .filter(|text| !text.is_empty())
        else {
            return;
        };
        let place = self.place(&["instance"]);
        if !self.facts.has_instance(instance) {
            let message = format!("GameLift has no instance type `{instance}`");
            let hint = nearest::hint(instance, self.facts.instances()).unwrap_or_else(|| {
                format!("if AWS has added it, write `facts: {{ instances: [{instance}] }}`")
            });
            self.report(Finding::error(codes::UNKNOWN_INSTANCE, place, message).hint(hint));
        }
        if let Host::Ec2 { build, .. } = &self.spec.fleet.host
            && let Some(Build { os, .. }) = self.builds.get(build)
            && os.starts_with("WINDOWS")
            && facts::is_arm(instance)
        {
            let message = format!("`{instance}` has ARM processors, which do not run {os}");
            self.report(Finding::error(codes::INSTANCE_SYSTEM, place, message));
        }
    }

    fn capacity(&mut self) {
        let capacity = &self.spec.fleet.capacity;
        let (min, desired, max) = (capacity.min, capacity.desired, capacity.max);
        if min > desired || desired > max {
            let message =
                format!("capacity must be min <= desired <= max, but is {min}, {desired}, {max}");
            self.report(Finding::error(
                codes::CAPACITY,
                self.place(&["capacity"]),
                message,
            ));
        }
    }

    fn processes(&mut self, launch: &[Launch]) {
        let total = launch
            .iter()
            .fold(0_u32, |sum, launch| sum.saturating_add(launch.concurrent));
        let most = self.facts.quota(QuotaName::Processes).limit;
        if u64::from(total) > most {
            let message = format!(
                "an instance of fleet `{}` would run {total} server processes; at most {most} are allowed",
                self.name
            );
            self.report(Finding::error(
                codes::TOO_MANY_PROCESSES,
                self.place(&["launch"]),
                message,
            ));
        }
    }

    fn launch(&mut self, launch: &[Launch], build: Option<&Build>) {
        for (index, launch) in launch.iter().enumerate() {
            let index = index.to_string();
            if let Some((message, hint)) = wrong_path(&launch.path, build) {
                let place = self.place(&["launch", &index, "path"]);
                self.report(Finding::error(codes::LAUNCH_PATH, place, message).hint(hint));
            }
            let place = self.place(&["launch", &index, "parameters"]);
            let parameters = launch.parameters.as_deref().unwrap_or_default();
            if parameters.chars().count() > 1024 {
                let message = "launch parameters have at most 1024 characters";
                self.report(Finding::error(codes::OUT_OF_RANGE, place, message));
            }
            if let Some(port) = port_parameter(parameters)
                && !self.ports_unknown()
                && !self
                    .spec
                    .fleet
                    .ports
                    .iter()
                    .any(|range| (range.from..=range.to).contains(&port))
            {
                let message =
                    format!("the server listens on port {port}, which the fleet doesn't open");
                let finding = Finding::error(codes::LAUNCH_PORT, place, message);
                self.report(finding.hint(format!("add `udp {port}` to `ports`")));
            }
        }
    }
}

fn wrong_path(path: &str, build: Option<&Build>) -> Option<(String, String)> {
    let linux = path.strip_prefix("/local/game/");
    let windows = path
        .strip_prefix("C:\\game\\")
        .or_else(|| path.strip_prefix("c:\\game\\"));
    let example = "`/local/game/server` or `C:\\game\\server.exe`";
    let Some(rest) = linux.or(windows) else {
        return Some((
            format!(
                "the launch path `{}` is outside of the build",
                crate::node::shortened(path)
            ),
            format!("write it as {example}"),
        ));
    };
    if rest.is_empty() || path.contains(char::is_whitespace) {
        return Some((
            format!("the launch path `{path}` must name a file, without spaces"),
            format!("write it as {example}"),
        ));
    }
    let system = build.map(|build| build.os.as_str())?;
    if system.starts_with("WINDOWS") != windows.is_some() {
        let message = format!(
            "the launch path `{path}` does not fit the build's operating system `{system}`"
        );
        return Some((message, format!("paths look like {example}")));
    }
    None
}

/// The port in `-port 7777`, `--port=7777` and the like.
fn port_parameter(parameters: &str) -> Option<u16> {
    let mut words = parameters.split(|letter: char| letter.is_whitespace() || letter == '=');
    while let Some(word) = words.next() {
        if word.trim_start_matches('-').eq_ignore_ascii_case("port") && word.starts_with('-') {
            return words.next()?.parse().ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::port_parameter;

    #[test]
    fn port_is_recognised_in_its_usual_forms() {
        assert_eq!(port_parameter("-port 7777"), Some(7777));
        assert_eq!(port_parameter("-log --port=7778 -x"), Some(7778));
        assert_eq!(port_parameter("-PORT 1"), Some(1));
        for none in ["", "port 7777", "-port", "-port auto", "-ports 1"] {
            assert_eq!(port_parameter(none), None, "{none}");
        }
    }
}
