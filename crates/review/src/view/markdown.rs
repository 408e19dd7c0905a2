//! For comments on pull requests and for step summaries.
//!
//! The first line of a review is a hidden marker, the same on every run, by which a bot finds the comment to update. Names
//! and values are escaped; a comment that would be too long is shortened with a notice.

use std::fmt::Write as _;

use super::line::{Colour, Width, harmless};
use super::text::{Detail, Part, TextOptions, body};
use super::words;
use crate::model::{Document, Effect, EffectLevel, Group, Review, StackAction, StackReview};

/// The longest text in characters; GitHub refuses comments of more than 65,536.
pub const MAX_MARKDOWN: usize = 65_000;

/// What the notice and the ends of open blocks need at most.
const RESERVE: usize = 600;

/// Shows a document as GitHub-flavoured Markdown.
#[must_use]
pub fn markdown(document: &Document) -> String {
    let mut page = Page::default();
    document
        .reviews
        .iter()
        .for_each(|review| page.review(review));
    page.finish()
}

#[derive(Default)]
struct Page {
    text: String,
    length: usize,
    /// Pieces that didn't fit.
    left_out: usize,
}

impl Page {
    /// Adds a piece if it fits as a whole.
    fn push(&mut self, piece: &str) {
        let length = piece.chars().count();
        if self.left_out == 0 && self.length + length + RESERVE <= MAX_MARKDOWN {
            self.text.push_str(piece);
            self.length += length;
        } else {
            self.left_out += 1;
        }
    }

    fn finish(mut self) -> String {
        if self.left_out > 0 {
            // Writing to a string can't fail.
            let _ = write!(
                self.text,
                "\n\n> [!NOTE]\n> Shortened: {} more parts don't fit into a comment of {MAX_MARKDOWN} characters. \
                 `liftform diff` shows all of them.\n",
                self.left_out
            );
        }
        self.text
    }

    fn review(&mut self, review: &Review) {
        self.push(&format!(
            "<!-- liftform:plan {} -->\n### Plan {}\n\n",
            comment(&review.subject.name()),
            escaped(&words::title(review))
        ));
        self.push(&format!("**{}**\n\n", escaped(&words::totals(review))));
        if !review.has_changes() {
            return;
        }
        self.push("| | stack | regions | changes |\n|---|---|---|---|\n");
        for group in &review.groups {
            self.push(&row(review, group));
        }
        self.push("\n");
        self.effects(review);
        for group in &review.groups {
            self.push(&details(review, group));
        }
    }

    /// What players and operators must know stands outside of the folds.
    fn effects(&mut self, review: &Review) {
        for group in &review.groups {
            let Some(stack) = review.members(group).next() else {
                continue;
            };
            let of_resources = stack.resources.iter().flat_map(|resource| {
                let name = resource.logical_id.as_str();
                resource.effects.iter().map(move |effect| (name, effect))
            });
            let of_stack = stack
                .effects
                .iter()
                .map(|effect| (stack.name.as_str(), effect));
            of_stack
                .chain(of_resources)
                .for_each(|(name, effect)| self.push(&bullet(&group.label, name, effect)));
        }
        self.push("\n");
    }
}

fn bullet(label: &str, name: &str, effect: &Effect) -> String {
    let word = match effect.level {
        EffectLevel::Note => String::new(),
        EffectLevel::Disruption | EffectLevel::Loss | EffectLevel::Failure => {
            format!("**{}**: ", words::effect(effect.level))
        }
    };
    format!(
        "- {label} {}: {word}{}\n",
        code(name),
        escaped(&effect.text)
    )
}

fn row(review: &Review, group: &Group) -> String {
    let Some(stack) = review.members(group).next() else {
        return String::new();
    };
    let losses = words::losses(stack);
    let changes = match (stack.action, losses.is_empty()) {
        (StackAction::Update, true) => words::changes(stack),
        (StackAction::Update, false) => {
            format!("{}, **{losses}**", words::changes(stack))
        }
        _ => words::stack_action(stack),
    };
    let forecast = words::forecast(stack.method).replacen("  ", " ", 1);
    format!(
        "| **{}** | {} | {} | {changes}{forecast} |\n",
        group.label,
        code(&stack.name),
        escaped(&words::regions(review.members(group))),
    )
}

/// A fold with everything about one group.
fn details(review: &Review, group: &Group) -> String {
    let Some(stack) = review.members(group).next() else {
        return String::new();
    };
    let options = TextOptions {
        colour: Colour::DiffMarks,
        width: Width::Unlimited,
        detail: Detail::Short,
        part: Part::Everything,
    };
    let body = body(stack, &options);
    let fence = "`".repeat(longest_run(&body, '`').max(2) + 1);
    format!(
        "<details><summary><b>{}</b> {} {}</summary>\n\n{}{fence}diff\n{body}{fence}\n\n</details>\n",
        group.label,
        code(&stack.name),
        escaped(&summary(review, group, stack)),
        reason(stack),
    )
}

fn summary(review: &Review, group: &Group, stack: &StackReview) -> String {
    let times = match review.members(group).count() {
        0 | 1 => String::new(),
        count => format!(" in {count} regions"),
    };
    let headroom = stack
        .headroom
        .map(|headroom| format!(", {}", words::headroom(headroom)))
        .unwrap_or_default();
    format!(
        "{}{times}: {}{headroom}",
        words::stack_action(stack),
        words::changes(stack)
    )
}

fn reason(stack: &StackReview) -> String {
    stack
        .forecast_reason
        .as_ref()
        .map(|reason| format!("Forecast, because {}.\n\n", escaped(reason)))
        .unwrap_or_default()
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|letter| letter != wanted)
        .map(str::len)
        .max()
        .unwrap_or_default()
}

/// Text within a comment of HTML, which two dashes could end.
fn comment(text: &str) -> String {
    harmless(text).replace("--", "- -").replace('>', "")
}

/// A name in the font of code.
fn code(text: &str) -> String {
    format!("<code>{}</code>", entities(text))
}

/// Text without any meaning for Markdown or HTML, and that mentions nobody.
fn escaped(text: &str) -> String {
    entities(text).replace("&#64;", "&#64;&#8203;")
}

fn entities(text: &str) -> String {
    harmless(text)
        .chars()
        .fold(String::new(), |mut shown, letter| {
            let is_punctuation =
                letter.is_ascii_punctuation() && !matches!(letter, '-' | '.' | ',' | ':' | '/');
            if is_punctuation {
                // Writing to a string can't fail.
                let _ = write!(shown, "&#{};", u32::from(letter));
            } else {
                shown.push(letter);
            }
            shown
        })
}
