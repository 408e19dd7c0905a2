//! Matchmakers with their rule sets, and queues.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fleets::FleetSpec;
use crate::codes;
use crate::environment::{
    Backfill, Destination, FleetRegion, LatencyPolicy, Matchmaker, Priority, Queue,
};
use crate::findings::{Finding, Findings};
use crate::nearest;
use crate::node::Place;
use crate::problem::{Problem, Severity, Span};
use crate::rules;
use crate::shape::{Fields, tables};
use crate::sources::Sources;
use crate::templates::{self, TemplateProblem};
use crate::units;
use crate::view::View;

/// What rule sets are read with.
pub(crate) struct RuleReader<'run> {
    pub(crate) view: &'run View,
    /// The topology's folder as problems name it, with a slash at the end; empty: the current one.
    pub(crate) folder: &'run str,
    pub(crate) sources: &'run dyn Sources,
    pub(crate) findings: &'run mut Findings,
}

pub(crate) fn matchmakers(reader: &mut RuleReader<'_>) -> BTreeMap<String, Matchmaker> {
    let view = reader.view;
    view.fields()
        .records("matchmaking", &tables::MATCHMAKER, |name, fields| {
            Matchmaker {
                rules: reader.rules(name, fields),
                queue: fields.text_or_empty("queue"),
                timeout: fields.duration("timeout").unwrap_or_default(),
                acceptance: fields.duration("acceptance"),
                backfill: match fields.text("backfill").as_deref() {
                    Some("automatic") => Backfill::Automatic,
                    _ => Backfill::Manual,
                },
                extra_slots: fields.integer("extra_slots").unwrap_or_default(),
            }
        })
}

impl RuleReader<'_> {
    /// The rule set's body; null when it couldn't be had, which has been reported.
    fn rules(&mut self, name: &str, fields: Fields<'_>) -> Value {
        let place = self.view.key(&["matchmaking", name]);
        match (fields.node("rules"), fields.node("template")) {
            (Some(_), Some(template)) => {
                let message = "`rules` and `template` exclude each other";
                self.findings.push_check(
                    Finding::error(codes::ALTERNATIVES, template.place, message)
                        .hint("remove one of them"),
                );
                Value::Null
            }
            (None, None) => {
                let finding = Finding::error(
                    codes::ALTERNATIVES,
                    place,
                    format!("matchmaker `{name}` has no rule set"),
                );
                self.findings.push_check(
                    finding.hint("add `rules: rules/NAME.json`, or `template: teams` with `with:`"),
                );
                Value::Null
            }
            (Some(rules), None) => {
                self.refuse_with(fields);
                rules
                    .text()
                    .map_or(Value::Null, |path| self.file(path, rules.place))
            }
            (None, Some(template)) => template.text().map_or(Value::Null, |of| {
                self.template(name, of, template.place, fields)
            }),
        }
    }

    fn refuse_with(&mut self, fields: Fields<'_>) {
        if let Some(with) = fields.node("with") {
            let message = "`with` has no effect: the rule set is a file, not a template";
            self.findings.push_check(
                Finding::error(codes::TEMPLATE_PARAMETER, with.place, message)
                    .hint("remove `with`"),
            );
        }
    }

    fn file(&mut self, path: &str, place: Place) -> Value {
        let text = match self.sources.read(path) {
            Ok(text) => text,
            Err(error) => {
                let finding = Finding::error(
                    codes::SOURCE_FILE,
                    place,
                    format!("cannot read the rule set `{path}`: {error}"),
                );
                self.findings.push_check(
                    finding.hint("paths are relative to the folder of the topology file"),
                );
                return Value::Null;
            }
        };
        let rules = rules::parse(&text);
        for problem in rules.problems {
            let file = format!("{}{path}", self.folder);
            let span = Span {
                line: problem.line,
                column: problem.column,
                length: problem.length,
                start: 0,
                end: 0,
            };
            let code = problem.code;
            let (severity, message, hint) = (problem.severity, problem.message, problem.hint);
            self.findings.push_problem(Problem {
                code,
                severity,
                message,
                file,
                span,
                notes: Vec::new(),
                hint,
            });
        }
        rules.canonical.unwrap_or(Value::Null)
    }

    fn template(&mut self, name: &str, template: &str, place: Place, fields: Fields<'_>) -> Value {
        let with = match fields.node("with").map(|node| node.to_json()) {
            Some(Value::Object(with)) => with,
            _ => Map::new(),
        };
        let body = match templates::rule_set(template, &with, self.sources) {
            Ok(body) => body,
            Err(problems) => {
                for problem in problems {
                    let finding = self.template_finding(name, template, place, problem);
                    self.findings.push_check(finding);
                }
                return Value::Null;
            }
        };
        let rules = rules::parse(&body.to_string());
        for problem in rules.problems {
            let message = format!(
                "the rule set made from template `{template}`: {}",
                problem.message
            );
            let code = problem.code;
            let finding = match problem.severity {
                Severity::Error => Finding::error(code, place, message),
                Severity::Warning => Finding::warning(code, place, message),
            };
            self.findings.push_check(finding.hints(problem.hint));
        }
        rules.canonical.unwrap_or(Value::Null)
    }

    fn template_finding(
        &self,
        name: &str,
        template: &str,
        place: Place,
        problem: TemplateProblem,
    ) -> Finding {
        match problem {
            TemplateProblem::Unknown => {
                let message = format!("unknown template `{template}`");
                let hint = nearest::hint(template, templates::built_in()).unwrap_or_default();
                Finding::error(codes::UNKNOWN_TEMPLATE, place, message)
                    .hint(hint)
                    .note(format!(
                        "there is no `{}` beside the topology either",
                        templates::path(template)
                    ))
            }
            TemplateProblem::Unreadable(error) => Finding::error(
                codes::SOURCE_FILE,
                place,
                format!("cannot read `{}`: {error}", templates::path(template)),
            ),
            TemplateProblem::NoHead(reason) => Finding::error(codes::TEMPLATE, place, reason),
            TemplateProblem::Failed(error) => {
                Finding::error(codes::TEMPLATE, place, error.to_string())
            }
            TemplateProblem::MissingParameter(parameter) => {
                let place = self.view.key(&["matchmaking", name, "with"]);
                Finding::error(
                    codes::TEMPLATE_PARAMETER,
                    place,
                    format!("template `{template}` needs `{parameter}`"),
                )
                .hint(format!("add `{parameter}` below `with:`"))
            }
            TemplateProblem::UnknownParameter {
                name: parameter,
                known,
            } => {
                let place = self.view.key(&["matchmaking", name, "with", &parameter]);
                let message = format!("template `{template}` has no parameter `{parameter}`");
                Finding::error(codes::TEMPLATE_PARAMETER, place, message)
                    .hints(nearest::hint(&parameter, known.iter().map(String::as_str)))
            }
        }
    }
}

/// Queues; each destination stands for its fleet in every region that has it.
pub(crate) fn queues(
    fields: Fields<'_>,
    specs: &BTreeMap<String, FleetSpec>,
    regions: &BTreeMap<String, FleetRegion>,
) -> BTreeMap<String, Queue> {
    fields.records("queues", &tables::QUEUE, |_, queue| {
        let mut destinations: Vec<Destination> = Vec::new();
        for fleet in queue.texts("destinations") {
            for region in regions_of(&fleet, specs, regions) {
                let destination = Destination {
                    fleet: fleet.clone(),
                    region,
                };
                if !destinations.contains(&destination) {
                    destinations.push(destination);
                }
            }
        }
        Queue {
            timeout: queue.duration("timeout").unwrap_or_default(),
            destinations,
            latency: latency(queue),
            priority: queue
                .texts("priority")
                .iter()
                .filter_map(|word| priority(word))
                .collect(),
        }
    })
}

/// In the order of the fleet's own list; regions that only an overlay adds follow.
fn regions_of(
    fleet: &str,
    specs: &BTreeMap<String, FleetSpec>,
    regions: &BTreeMap<String, FleetRegion>,
) -> Vec<String> {
    let listed = specs
        .get(fleet)
        .map(|spec| spec.regions.clone())
        .unwrap_or_default();
    let has = |region: &String| {
        regions
            .get(region)
            .is_some_and(|held| held.fleets.contains_key(fleet))
    };
    let others = regions
        .keys()
        .filter(|region| !listed.contains(region))
        .cloned()
        .collect::<Vec<_>>();
    listed.into_iter().chain(others).filter(has).collect()
}

fn latency(queue: Fields<'_>) -> Vec<LatencyPolicy> {
    let policies = queue.list("latency").into_iter().map(|node| {
        let policy = Fields::new(&tables::LATENCY, Some(node));
        LatencyPolicy {
            at_most: policy
                .quantity("at_most", units::duration)
                .unwrap_or_default(),
            lasts: policy.duration("for"),
        }
    });
    policies.collect()
}

fn priority(word: &str) -> Option<Priority> {
    match word {
        "latency" => Some(Priority::Latency),
        "cost" => Some(Priority::Cost),
        "destination" => Some(Priority::Destination),
        "location" => Some(Priority::Location),
        _ => None,
    }
}
