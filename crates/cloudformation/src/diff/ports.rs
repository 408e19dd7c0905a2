//! Inbound ports that a template opens.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value as Json};

use super::Reach;
use super::policy::{items, show};
use super::resolved::Unlike;

/// Inbound ports of one resource that open or close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPort {
    /// The fleet or security group.
    pub logical_id: String,
    /// Protocol and ports, like `UDP 7777-7877`.
    pub ports: String,
    /// From where, like `0.0.0.0/0`.
    pub source: String,
    /// Whether more or less can be reached than before.
    pub reach: Reach,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rule {
    logical_id: String,
    protocol: String,
    from: String,
    to: String,
    source: String,
}

/// What opens, and what closes.
pub(super) fn ports(old: &Unlike<'_>, new: &Unlike<'_>) -> (Vec<OpenPort>, Vec<OpenPort>) {
    let (old, new) = (rules(old), rules(new));
    let opened = new.difference(&old);
    let closed = old.difference(&new);
    (
        opened
            .map(|rule| rule.shown(&old, Reach::Broader))
            .collect(),
        closed
            .map(|rule| rule.shown(&new, Reach::Narrower))
            .collect(),
    )
}

fn rules(resources: &Unlike<'_>) -> BTreeSet<Rule> {
    let mut found = BTreeSet::new();
    for &(id, resource) in resources {
        let list = match resource.raw.kind.as_str() {
            "AWS::GameLift::Fleet" => resource.properties.get("EC2InboundPermissions"),
            "AWS::GameLift::ContainerFleet" => {
                resource.properties.get("InstanceInboundPermissions")
            }
            "AWS::EC2::SecurityGroup" => resource.properties.get("SecurityGroupIngress"),
            "AWS::EC2::SecurityGroupIngress" => {
                found.insert(Rule::read(id, &resource.properties));
                None
            }
            _ => None,
        };
        let listed = list.into_iter().flat_map(items).filter_map(Json::as_object);
        found.extend(listed.map(|rule| Rule::read(id, rule)));
    }
    found
}

impl Rule {
    fn read(id: &str, rule: &Map<String, Json>) -> Self {
        let first = |keys: &[&str]| {
            let value = keys.iter().find_map(|key| rule.get(*key));
            value.map(show).unwrap_or_default()
        };
        Self {
            logical_id: id.to_owned(),
            protocol: first(&["Protocol", "IpProtocol"]).to_uppercase(),
            from: first(&["FromPort"]),
            to: first(&["ToPort"]),
            source: first(&[
                "IpRange",
                "CidrIp",
                "CidrIpv6",
                "SourceSecurityGroupId",
                "SourcePrefixListId",
            ]),
        }
    }

    fn shown(&self, others: &BTreeSet<Self>, reach: Reach) -> OpenPort {
        let is_covered = others.iter().any(|other| other.covers(self));
        OpenPort {
            logical_id: self.logical_id.clone(),
            ports: self.ports(),
            source: self.source.clone(),
            reach: if is_covered { Reach::Same } else { reach },
        }
    }

    fn ports(&self) -> String {
        match (self.protocol.as_str(), self.from == self.to) {
            ("-1", _) => "all".to_owned(),
            (protocol, true) => format!("{protocol} {}", self.from),
            (protocol, false) => format!("{protocol} {}-{}", self.from, self.to),
        }
    }

    /// Whether everything that another rule lets in comes in through this one.
    fn covers(&self, other: &Self) -> bool {
        let range =
            |rule: &Self| Some((rule.from.parse::<i64>().ok()?, rule.to.parse::<i64>().ok()?));
        let has_ports = self.protocol == "-1"
            || self.protocol == other.protocol
                && match (range(self), range(other)) {
                    (Some((from, to)), Some((first, last))) => from <= first && last <= to,
                    _ => (&self.from, &self.to) == (&other.from, &other.to),
                };
        self.logical_id == other.logical_id && has_ports && holds(&self.source, &other.source)
    }
}

/// Whether one range of addresses holds another.
fn holds(outer: &str, inner: &str) -> bool {
    let range = |text: &str| {
        let (address, length) = text.split_once('/')?;
        let length: u32 = length.parse().ok()?;
        let (bits, width) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        (length <= width).then_some((bits, length, width))
    };
    match (range(outer), range(inner)) {
        (Some((one, length, width)), Some((other, longer, same))) => {
            let network = |bits: u128| bits.checked_shr(width - length).unwrap_or(0);
            width == same && length <= longer && network(one) == network(other)
        }
        _ => outer == inner,
    }
}
