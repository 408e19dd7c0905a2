//! Inbound ports that a template opens.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::policy::{items, show};
use crate::template::Template;

/// Inbound ports of one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenPort {
    /// The fleet or security group.
    pub logical_id: String,
    /// Protocol and ports, like `UDP 7777-7877`.
    pub ports: String,
    /// From where, like `0.0.0.0/0`.
    pub source: String,
}

pub(super) fn open_ports(template: &Template) -> BTreeSet<OpenPort> {
    let mut found = BTreeSet::new();
    for (id, resource) in &template.resources {
        let list = match resource.kind.as_str() {
            "AWS::GameLift::Fleet" => resource.properties.get("EC2InboundPermissions"),
            "AWS::GameLift::ContainerFleet" => {
                resource.properties.get("InstanceInboundPermissions")
            }
            "AWS::EC2::SecurityGroup" => resource.properties.get("SecurityGroupIngress"),
            _ => None,
        };
        found.extend(list.into_iter().flat_map(items).map(|rule| port(id, rule)));
        if resource.kind == "AWS::EC2::SecurityGroupIngress" {
            found.insert(port(id, &Json::Object(resource.properties.clone())));
        }
    }
    found
}

fn port(id: &str, rule: &Json) -> OpenPort {
    let first = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| rule.get(key))
            .map(show)
            .unwrap_or_default()
    };
    let (from, to) = (first(&["FromPort"]), first(&["ToPort"]));
    let protocol = first(&["Protocol", "IpProtocol"]).to_uppercase();
    let ports = match (protocol.as_str(), from == to) {
        ("-1", _) => "all".to_owned(),
        (protocol, true) => format!("{protocol} {from}"),
        (protocol, false) => format!("{protocol} {from}-{to}"),
    };
    OpenPort {
        logical_id: id.to_owned(),
        ports,
        source: first(&[
            "IpRange",
            "CidrIp",
            "CidrIpv6",
            "SourceSecurityGroupId",
            "SourcePrefixListId",
        ]),
    }
}
