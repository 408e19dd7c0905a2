//! Names, limits, parameters and outputs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Finding, FindingKind, Path};
use crate::schema::Pattern;
use crate::template::{Parameter, ParameterType, Template, check_id};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MAX_RESOURCES: usize = 500;
const MAX_PARAMETERS: usize = 200;
const MAX_OUTPUTS: usize = 200;
const MAX_MAPPINGS: usize = 200;
const MAX_DESCRIPTION: usize = 1024;
const MAX_BYTES: usize = 1_000_000;

pub(super) fn check(template: &Template, findings: &mut Vec<Finding>) {
    limits(template, findings);
    names(template, findings);
    for (name, parameter) in &template.parameters {
        let root = Path::root("Parameters");
        parameter_check(parameter, root.key(name), findings);
    }
    outputs(template, findings);
}

fn limits(template: &Template, findings: &mut Vec<Finding>) {
    let counts = [
        ("Resources", template.resources.len(), MAX_RESOURCES),
        ("Parameters", template.parameters.len(), MAX_PARAMETERS),
        ("Outputs", template.outputs.len(), MAX_OUTPUTS),
        ("Mappings", template.mappings.len(), MAX_MAPPINGS),
    ];
    for (section, count, limit) in counts {
        if count > limit {
            findings.push(Finding::new(
                FindingKind::Limit,
                section,
                format!("{count} entries, at most {limit} are allowed"),
            ));
        }
    }
    if template.resources.is_empty() && !template.has_unknown_resources() {
        findings.push(Finding::new(
            FindingKind::Limit,
            "Resources",
            "a template needs at least one resource",
        ));
    }
    let length = template.description.as_ref().map_or(0, String::len);
    if length > MAX_DESCRIPTION {
        findings.push(Finding::new(
            FindingKind::Limit,
            "Description",
            format!("{length} bytes, at most {MAX_DESCRIPTION} are allowed"),
        ));
    }
    let bytes = template.to_json_compact().len();
    if bytes > MAX_BYTES {
        findings.push(Finding::new(
            FindingKind::Limit,
            "Resources",
            format!("the template has {bytes} bytes, at most {MAX_BYTES} are allowed"),
        ));
    }
}

fn names(template: &Template, findings: &mut Vec<Finding>) {
    let sections: [(&str, Vec<&String>); 3] = [
        ("Resources", template.resources.keys().collect()),
        ("Parameters", template.parameters.keys().collect()),
        ("Outputs", template.outputs.keys().collect()),
    ];
    for (section, names) in sections {
        for name in names {
            if let Err(error) = check_id(name) {
                findings.push(Finding::new(
                    FindingKind::Name,
                    Path::root(section).key(name),
                    error.to_string(),
                ));
            }
        }
    }
    for name in template
        .parameters
        .keys()
        .filter(|name| template.resources.contains_key(*name))
    {
        let message = format!("`{name}` is a parameter and a resource");
        findings.push(Finding::new(
            FindingKind::Name,
            Path::root("Parameters").key(name),
            message,
        ));
    }
}

fn parameter_check(parameter: &Parameter, path: Path<'_>, findings: &mut Vec<Finding>) {
    let mut find =
        |message: String| findings.push(Finding::new(FindingKind::Parameter, path, message));
    if let ParameterType::Other(name) = &parameter.kind
        && !is_known_type(name)
    {
        find(format!("there is no parameter type `{name}`"));
    }
    if parameter
        .min_length
        .zip(parameter.max_length)
        .is_some_and(|(min, max)| min > max)
    {
        find("the minimum length is above the maximum length".to_owned());
    }
    if parameter
        .min_value
        .zip(parameter.max_value)
        .is_some_and(|(min, max)| min > max)
    {
        find("the minimum is above the maximum".to_owned());
    }
    let Some(default) = &parameter.default else {
        return;
    };
    let Some(text) = text(default) else {
        find("the default has to be text or a number".to_owned());
        return;
    };
    // A default of these types names the value; the constraints are about the value.
    if !parameter.kind.as_str().starts_with("AWS::SSM::") {
        default_check(parameter, &text, &mut find);
    }
}

fn default_check(parameter: &Parameter, default: &str, find: &mut impl FnMut(String)) {
    let items: Vec<&str> = if parameter.kind.is_list() {
        default.split(',').map(str::trim).collect()
    } else {
        vec![default]
    };
    // Constraints of a list may be written for the whole or for each item.
    let holds = |rule: &dyn Fn(&str) -> bool| rule(default) || items.iter().all(|item| rule(item));
    let allowed: Vec<String> = parameter.allowed_values.iter().filter_map(text).collect();
    if !allowed.is_empty() && !holds(&|item| allowed.iter().any(|value| value == item)) {
        find(format!(
            "the default `{default}` is none of the allowed values"
        ));
    }
    if let Some(pattern) = &parameter.allowed_pattern {
        let whole = Pattern::new(format!("^(?:{pattern})$"));
        if !holds(&|item| whole.is_match(item)) {
            find(format!(
                "the default `{default}` does not match the pattern {pattern}"
            ));
        }
    }
    let length = u64::try_from(default.chars().count()).unwrap_or(u64::MAX);
    if parameter.kind == ParameterType::String
        && (parameter.min_length.is_some_and(|min| length < min)
            || parameter.max_length.is_some_and(|max| length > max))
    {
        find(format!(
            "the default has {length} characters, which is out of bounds"
        ));
    }
    if matches!(
        parameter.kind,
        ParameterType::Number | ParameterType::NumberList
    ) {
        for item in items {
            numeric_default(parameter, item, find);
        }
    }
}

fn numeric_default(parameter: &Parameter, item: &str, find: &mut impl FnMut(String)) {
    let Ok(number) = item.parse::<f64>() else {
        find(format!("the default `{item}` is not a number"));
        return;
    };
    if parameter.min_value.is_some_and(|min| number < min)
        || parameter.max_value.is_some_and(|max| number > max)
    {
        find(format!("the default {number} is out of bounds"));
    }
}

fn is_known_type(name: &str) -> bool {
    let plain = |name: &str| {
        matches!(
            name,
            "String" | "Number" | "CommaDelimitedList" | "List<String>" | "List<Number>"
        )
    };
    if matches!(name, "AWS::SSM::Parameter::Name" | "List<String>") {
        return true;
    }
    let inner = |name: &str, prefix: &str| {
        name.strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix('>'))
            .map(str::to_owned)
    };
    if let Some(value) = inner(name, "AWS::SSM::Parameter::Value<") {
        return plain(&value) || is_account_type(&value);
    }
    is_account_type(name)
}

/// A resource of the account, or a list of them.
fn is_account_type(name: &str) -> bool {
    const TYPES: [&str; 10] = [
        "AWS::EC2::AvailabilityZone::Name",
        "AWS::EC2::Image::Id",
        "AWS::EC2::Instance::Id",
        "AWS::EC2::KeyPair::KeyName",
        "AWS::EC2::SecurityGroup::GroupName",
        "AWS::EC2::SecurityGroup::Id",
        "AWS::EC2::Subnet::Id",
        "AWS::EC2::Volume::Id",
        "AWS::EC2::VPC::Id",
        "AWS::Route53::HostedZone::Id",
    ];
    let single = name
        .strip_prefix("List<")
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(name);
    TYPES.contains(&single)
}

fn outputs(template: &Template, findings: &mut Vec<Finding>) {
    let root = Path::root("Outputs");
    let mut exported: BTreeMap<String, &str> = BTreeMap::new();
    for (name, output) in &template.outputs {
        let path = root.key(name);
        let is_function = super::function::called(&output.value).is_some();
        if !is_function && text(&output.value).is_none() {
            findings.push(Finding::new(
                FindingKind::Output,
                path.key("Value"),
                "an output shows text",
            ));
        }
        if output
            .description
            .as_ref()
            .is_some_and(|text| text.len() > MAX_DESCRIPTION)
        {
            let message = format!("more than {MAX_DESCRIPTION} bytes");
            findings.push(Finding::new(
                FindingKind::Output,
                path.key("Description"),
                message,
            ));
        }
        if let Some(export) = &output.export
            && let Some(other) = exported.insert(export.to_string(), name)
        {
            let message = format!("output `{other}` is exported under the same name");
            findings.push(Finding::new(
                FindingKind::Output,
                path.key("Export"),
                message,
            ));
        }
    }
}

/// Text, and what CloudFormation turns into text.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
