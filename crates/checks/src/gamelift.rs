//! What GameLift refuses, and what it accepts although it can't work.
//!
//! Facts: the GameLift API reference (<https://docs.aws.amazon.com/gameliftservers/latest/apireference/>) and the FlexMatch
//! developer guide (<https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/>).

mod aliases;
mod containers;
mod fleets;
mod matchmaking;
mod notifications;
mod ports;
mod queues;
mod rule_sets;

use cloudformation::{Resource, Template};
use serde_json::Value as Json;

use crate::literal;
use crate::{Finding, Options};

pub(crate) fn check(template: &Template, options: &Options, findings: &mut Vec<Finding>) {
    let has_games = template
        .resources
        .values()
        .any(|resource| resource.kind.starts_with("AWS::GameLift::"));
    if !has_games {
        return;
    }
    let mut scope = Scope {
        template,
        options,
        findings,
    };
    aliases::check(&mut scope);
    containers::check(&mut scope);
    fleets::check(&mut scope);
    rule_sets::check(&mut scope);
    matchmaking::check(&mut scope);
    queues::check(&mut scope);
    notifications::check(&mut scope);
}

/// A template under check.
struct Scope<'run> {
    template: &'run Template,
    options: &'run Options,
    findings: &'run mut Vec<Finding>,
}

/// A resource of one type.
#[derive(Clone, Copy)]
struct Part<'run> {
    id: &'run str,
    resource: &'run Resource,
}

impl<'run> Scope<'run> {
    /// The resources of a type, by its name behind `AWS::GameLift::`.
    fn parts(&self, name: &str) -> Vec<Part<'run>> {
        let kind = format!("AWS::GameLift::{name}");
        let all = self.template.resources.iter();
        all.filter(|(_, resource)| resource.kind == kind)
            .map(|(id, resource)| Part { id, resource })
            .collect()
    }

    /// The resource of a type that a value refers to, or whose name it is.
    fn part(&self, name: &str, value: Option<&Json>) -> Option<Part<'run>> {
        let value = value?;
        let (target, text) = (literal::target(value), value.as_str());
        self.parts(name)
            .into_iter()
            .find(|part| target == Some(part.id) || (text.is_some() && part.text("Name") == text))
    }

    fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

impl<'run> Part<'run> {
    fn get(&self, property: &str) -> Option<&'run Json> {
        self.resource.properties.get(property)
    }

    fn text(&self, property: &str) -> Option<&'run str> {
        literal::text(self.get(property))
    }

    fn number(&self, property: &str) -> Option<f64> {
        literal::number(self.get(property))
    }

    /// The items of a literal list, none for anything else.
    fn list(&self, property: &str) -> &'run [Json] {
        literal::list(self.get(property)).unwrap_or_default()
    }

    fn is_given(&self, property: &str) -> bool {
        literal::is_given(self.get(property))
    }

    fn is_absent(&self, property: &str) -> bool {
        // Properties that one function gives could be any.
        let whole = self
            .resource
            .properties
            .keys()
            .any(|key| key.starts_with("Fn::"));
        !whole && literal::is_absent(self.get(property))
    }

    fn path(&self, below: &str) -> String {
        format!("Resources/{}/Properties/{below}", self.id)
    }
}
