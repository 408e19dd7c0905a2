//! For people at a terminal or in front of a log.

use super::line::{BOLD, Colour, DIM, GREEN, Line, PLAIN, RED, Width, YELLOW, cut};
use super::{value, words};
use crate::model::{
    Document, Effect, EffectLevel, Group, PropertyReview, ResourceAction, ResourceReview, Review,
    Sign, StackAction, StackReview,
};

/// The widest column before a value; longer names push their own line only.
const WIDEST_COLUMN: usize = 44;
/// The widest list of regions before what follows.
const WIDEST_REGIONS: usize = 84;
/// How much of a value is shown where nothing limits the line.
const LONGEST_VALUE: usize = 100;
/// The least that is shown of a value, however narrow the terminal.
const SHORTEST_VALUE: usize = 12;

/// How to show a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Colours.
    pub colour: Colour,
    /// Width of lines.
    pub width: Width,
    /// How much of values.
    pub detail: Detail,
    /// Which part.
    pub part: Part,
}

/// How much of long values is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Their beginning.
    Short,
    /// All, on lines as long as they need.
    Full,
}

/// Which part of a document is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All.
    #[default]
    Everything,
    /// One group of stacks, by its label.
    Group(String),
    /// What is replaced, removed or may be.
    Losses,
    /// Permissions and ports.
    Security,
}

/// Shows a document.
#[must_use]
pub fn text(document: &Document, options: &TextOptions) -> String {
    let mut view = View {
        out: String::new(),
        options,
    };
    for (place, review) in document.reviews.iter().enumerate() {
        if place > 0 {
            view.out.push('\n');
        }
        view.review(review);
    }
    view.out
}

/// One group's changes without its headline, for views that frame it themselves.
pub(super) fn body(stack: &StackReview, options: &TextOptions) -> String {
    let mut view = View {
        out: String::new(),
        options,
    };
    view.body(stack);
    view.out
}

struct View<'options> {
    out: String,
    options: &'options TextOptions,
}

impl View<'_> {
    fn write(&mut self, line: &Line) {
        let width = match self.options.detail {
            Detail::Short => self.options.width,
            Detail::Full => Width::Unlimited,
        };
        line.write(&mut self.out, width, self.options.colour);
    }

    fn review(&mut self, review: &Review) {
        self.headline(review);
        let groups: Vec<&Group> = review
            .groups
            .iter()
            .filter(|group| match &self.options.part {
                Part::Group(label) => group.label == *label,
                Part::Everything | Part::Losses | Part::Security => true,
            })
            .collect();
        if review.groups.len() > 1 {
            self.matrix(review);
        }
        for group in groups {
            self.group(review, group);
        }
        self.write(&Line::default().then(BOLD, &words::totals(review)));
    }

    fn headline(&mut self, review: &Review) {
        let mut line = Line::default()
            .then(BOLD, "Plan ")
            .then(BOLD, &words::title(review));
        if let Some(account) = &review.subject.account {
            line = line.then(PLAIN, &format!("   account {account}"));
        }
        if review.subject.environment.is_some() && review.subject.old != "deployed" {
            line = line.then(PLAIN, &format!("   against {}", review.subject.old));
        }
        let regions = words::regions(review.stacks.iter());
        let regions = regions.split_whitespace().count();
        if regions > 1 {
            line = line.then(PLAIN, &format!("   {regions} regions"));
        }
        match review.groups.len() {
            0 | 1 => {}
            groups => line = line.then(PLAIN, &format!(", {groups} distinct changes")),
        }
        self.write(&line);
        let unchanged = review.totals.stacks_unchanged;
        if unchanged > 0 {
            let stacks = if unchanged == 1 { "stack" } else { "stacks" };
            self.write(&Line::new(2).then(DIM, &format!("{unchanged} {stacks} unchanged")));
        }
    }

    /// One row per group.
    fn matrix(&mut self, review: &Review) {
        let rows: Vec<(&Group, String, String)> = review
            .groups
            .iter()
            .map(|group| {
                let name = review.members(group).next().map(|stack| stack.name.clone());
                let regions = words::regions(review.members(group));
                (group, name.unwrap_or_default(), regions)
            })
            .collect();
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
        let names = widest(&mut rows.iter().map(|(_, name, _)| name.len()));
        let regions =
            widest(&mut rows.iter().map(|(_, _, regions)| regions.len())).min(WIDEST_REGIONS);
        for (group, name, found) in rows {
            let Some(stack) = review.members(group).next() else {
                continue;
            };
            let losses = words::losses(stack);
            let style = if losses.is_empty() { PLAIN } else { RED };
            let line = Line::new(2)
                .column(BOLD, &group.label, 2)
                .column(PLAIN, &name, names)
                .column(PLAIN, &found, regions)
                .column(PLAIN, &words::changes(stack), 10)
                .then(style, &losses);
            self.write(&line);
        }
    }

    fn group(&mut self, review: &Review, group: &Group) {
        let Some(stack) = review.members(group).next() else {
            return;
        };
        self.out.push('\n');
        self.stack_headline(review, group, stack);
        self.body(stack);
    }

    fn body(&mut self, stack: &StackReview) {
        for effect in &stack.effects {
            self.effect(2, effect);
        }
        let part = &self.options.part;
        let show_resources = *part != Part::Security;
        let show_security = *part != Part::Losses;
        let show_values = matches!(part, Part::Everything | Part::Group(_));
        let only_losses = *part == Part::Losses;
        if show_resources {
            let shown = stack
                .resources
                .iter()
                .filter(|resource| !only_losses || resource.action.is_loss());
            let shown: Vec<&ResourceReview> = shown.collect();
            self.resources(&shown);
        }
        if show_values {
            self.values(stack);
        }
        if show_security {
            self.grants(stack);
            self.ports(stack);
        }
    }

    fn stack_headline(&mut self, review: &Review, group: &Group, stack: &StackReview) {
        let mut line = Line::default();
        if review.groups.len() > 1 {
            line = line.column(BOLD, &group.label, 0);
        }
        line = line.then(BOLD, &stack.name);
        let regions = words::regions(review.members(group));
        if !regions.is_empty() {
            line = line.then(PLAIN, &format!("  {regions}"));
        }
        let action = words::stack_action(stack);
        line = match stack.action {
            StackAction::Update => line,
            StackAction::Unchanged | StackAction::Create | StackAction::Recreate => {
                line.then(GREEN, &format!("  {action}"))
            }
            StackAction::Delete | StackAction::Blocked => line.then(RED, &format!("  {action}")),
        };
        if let (Some(arn), 1) = (&stack.change_set, group.stacks.len()) {
            let id = words::short_change_set(arn);
            line = line.then(DIM, &format!("  change set {id}"));
        }
        if let Some(headroom) = stack.headroom {
            let style = if headroom.is_scarce() { YELLOW } else { DIM };
            line = line.then(style, &format!("  {}", words::headroom(headroom)));
        }
        self.write(&line);
        if let Some(reason) = &stack.forecast_reason {
            self.write(&Line::new(2).then(YELLOW, &format!("forecast, because {reason}")));
        }
    }

    fn resources(&mut self, resources: &[&ResourceReview]) {
        let ids = column(resources.iter().map(|resource| resource.logical_id.len()));
        let kinds = column(
            resources
                .iter()
                .map(|resource| words::short_kind(&resource.kind).len()),
        );
        for resource in resources {
            self.resource(resource, ids, kinds);
        }
    }

    fn resource(&mut self, resource: &ResourceReview, ids: usize, kinds: usize) {
        let style = style(resource.action);
        let line = Line::new(2)
            .column(style, &format!("{:<3}", words::mark(resource.action)), 0)
            .column(BOLD, &resource.logical_id, ids)
            .column(PLAIN, words::short_kind(&resource.kind), kinds);
        // A change in place of one property fits its resource's line.
        if let ([property], ResourceAction::Change, true) = (
            resource.properties.as_slice(),
            resource.action,
            resource.causes.is_empty(),
        ) {
            self.property(line, property, 0);
        } else {
            self.write(&line.then(style, &words::headline(resource)));
            let paths = column(
                resource
                    .properties
                    .iter()
                    .map(|property| property.path.len()),
            );
            for property in &resource.properties {
                self.property(Line::new(9), property, paths);
            }
        }
        for effect in &resource.effects {
            self.effect(9, effect);
        }
    }

    fn property(&mut self, line: Line, property: &PropertyReview, paths: usize) {
        let line = line.column(PLAIN, &property.path, paths);
        let end = words::join(&[
            if property.replaces { "replaces" } else { "" }.to_owned(),
            words::unseen(property).to_owned(),
            words::doubt(property.verdict),
        ]);
        let (before, after) = (
            value::shown(property.before.as_ref()),
            value::shown(property.after.as_ref()),
        );
        let line = self.change(line, &before, &after, end.len() + 2);
        self.write(&line.then(PLAIN, "  ").then(DIM, &end));
    }

    /// Adds `before -> after`, both cut so that `reserved` columns stay free behind them.
    fn change(&self, line: Line, before: &str, after: &str, reserved: usize) -> Line {
        let room = match (self.options.detail, self.options.width) {
            (Detail::Full, _) => usize::MAX,
            (Detail::Short, Width::Unlimited) => LONGEST_VALUE,
            (Detail::Short, Width::Columns(columns)) => {
                let left = columns.saturating_sub(line.width() + reserved + 4);
                (left / 2).clamp(SHORTEST_VALUE, LONGEST_VALUE)
            }
        };
        line.then(RED, &cut(before, room))
            .then(PLAIN, " -> ")
            .then(GREEN, &cut(after, room))
    }

    fn effect(&mut self, indent: usize, effect: &Effect) {
        let style = match effect.level {
            EffectLevel::Note => DIM,
            EffectLevel::Disruption => YELLOW,
            EffectLevel::Loss | EffectLevel::Failure => RED,
        };
        let line = Line::new(indent)
            .column(style, words::effect(effect.level), 6)
            .then(PLAIN, &effect.text);
        self.write(&line);
    }

    fn values(&mut self, stack: &StackReview) {
        let is_new = matches!(stack.action, StackAction::Create | StackAction::Recreate);
        if is_new && self.options.detail == Detail::Short && !stack.values.is_empty() {
            let count = stack.values.len();
            let note = format!("and {count} parameters, outputs and the like, all of them new");
            self.write(&Line::new(2).then(DIM, &note));
            return;
        }
        let names = column(
            stack
                .values
                .iter()
                .map(|value| words::section(value.section).len() + 1 + value.name.len()),
        );
        for found in &stack.values {
            let name = format!("{} {}", words::section(found.section), found.name);
            let mark = match (&found.before, &found.after) {
                (None, _) => "+",
                (_, None) => "-",
                _ => "~",
            };
            let line = Line::new(2)
                .column(YELLOW, &format!("{mark:<3}"), 0)
                .column(PLAIN, &name, names);
            let before = value::shown(found.before.as_ref());
            let after = value::shown(found.after.as_ref());
            let end = words::forecast(stack.method);
            let line = self.change(line, &before, &after, end.len());
            self.write(&line.then(DIM, end));
        }
    }

    fn grants(&mut self, stack: &StackReview) {
        for grant in &stack.grants {
            let parts = [
                grant.effect.clone(),
                grant.logical_id.clone(),
                grant.actions.clone(),
                grant.resources.clone(),
                prefixed("to ", &grant.principal),
                prefixed("if ", &grant.condition),
            ];
            let line = security("IAM ", grant.sign, grant.broadening);
            let line = line.then(PLAIN, &columns(&parts));
            self.write(&line.then(DIM, words::forecast(stack.method)));
        }
    }

    fn ports(&mut self, stack: &StackReview) {
        for port in &stack.ports {
            let parts = [
                port.logical_id.clone(),
                port.ports.clone(),
                prefixed("from ", &port.source),
            ];
            let line = security("PORT", port.sign, port.broadening);
            let line = line.then(PLAIN, &columns(&parts));
            self.write(&line.then(DIM, words::forecast(stack.method)));
        }
    }
}

fn security(what: &str, sign: Sign, broadening: bool) -> Line {
    let (style, word) = if broadening {
        (RED, "broader")
    } else {
        (GREEN, "narrower")
    };
    Line::new(2)
        .then(style, &format!("{what} {} ", words::sign(sign)))
        .then(DIM, &format!("{word:<8}  "))
}

/// Joins what is there with two blanks.
fn columns(parts: &[String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("  ")
}

fn prefixed(prefix: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{prefix}{text}")
    }
}

fn column(lengths: impl Iterator<Item = usize>) -> usize {
    lengths
        .filter(|length| *length <= WIDEST_COLUMN)
        .max()
        .unwrap_or_default()
}

fn style(action: ResourceAction) -> anstyle::Style {
    match action {
        ResourceAction::Import | ResourceAction::Add => GREEN,
        ResourceAction::Change | ResourceAction::Retain => YELLOW,
        ResourceAction::MayReplace
        | ResourceAction::Replace
        | ResourceAction::Snapshot
        | ResourceAction::Delete => RED,
    }
}
