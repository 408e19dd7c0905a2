//! Property expressions: `avg(flatten(teams[*].players.attributes[skill]))`.
//!
//! ```text
//! expression := function "(" expression ")" | path
//! path       := "teams[" selector "]" [ ".players" [ "[playerId]" | ".attributes[" name "]" ] ]
//! selector   := "*" | name { "," name }
//! ```

use std::fmt;
use std::str::FromStr;

use crate::keyword::{Keyword, keywords};
use crate::suggest;

/// Deepest nesting of functions. Anything deeper than five levels has no meaning, because no value is nested deeper.
const MAX_NESTING: usize = 16;

keywords! {
    /// A function of the expression language. Each takes one list.
    Function {
        Min = "min",
        Max = "max",
        Avg = "avg",
        Median = "median",
        Sum = "sum",
        Stddev = "stddev",
        Count = "count",
        Flatten = "flatten",
        SetIntersection = "set_intersection",
    }
}

/// A property expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A function of another expression.
    Call {
        /// Which one.
        function: Function,
        /// What it is applied to.
        argument: Box<Self>,
    },
    /// Values read from teams.
    Path(PropertyPath),
}

/// The innermost part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyPath {
    /// Which teams.
    pub teams: TeamSelector,
    /// What of them.
    pub selection: Selection,
}

/// The part in the first brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamSelector {
    /// `*`
    All,
    /// One or more names.
    Named(Vec<String>),
}

/// The part after the team selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The teams themselves.
    Teams,
    /// Their players.
    Players,
    /// Their players' ids.
    PlayerIds,
    /// One attribute of their players.
    Attribute(String),
}

/// Why a text isn't an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {character} of the expression")]
pub struct ExpressionError {
    /// What was expected or not understood.
    pub message: String,
    /// Where, from 1.
    pub character: usize,
}

impl Expression {
    /// The path at the heart of the expression.
    pub fn path(&self) -> &PropertyPath {
        let mut expression = self;
        loop {
            match expression {
                Self::Call { argument, .. } => expression = argument,
                Self::Path(path) => return path,
            }
        }
    }

    /// Whether a text that may also be a literal is meant as an expression.
    pub(crate) fn is_meant(text: &str) -> bool {
        let calls = |function: &str| {
            text.trim_start()
                .strip_prefix(function)
                .is_some_and(|rest| rest.trim_start().starts_with('('))
        };
        text.contains("teams[") || Function::ALL.iter().any(|(word, _)| calls(word))
    }
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut scanner = Scanner { text, offset: 0 };
        let mut functions = Vec::new();
        let path = loop {
            let start = scanner.skip_space();
            let word = scanner.word();
            if word == "teams" {
                break scanner.path()?;
            }
            functions.push(scanner.function(word, start)?);
            if functions.len() > MAX_NESTING {
                return Err(
                    scanner.error(start, format!("functions nest deeper than {MAX_NESTING}"))
                );
            }
        };
        for _ in &functions {
            scanner.skip_space();
            scanner.expect(")")?;
        }
        let end = scanner.skip_space();
        if end < text.len() {
            return Err(scanner.error(end, "unexpected text".to_owned()));
        }
        let wrap = |argument, function| Self::Call {
            function,
            argument: Box::new(argument),
        };
        Ok(functions.into_iter().rev().fold(Self::Path(path), wrap))
    }
}

struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn skip_space(&mut self) -> usize {
        self.offset = self.text.len() - self.rest().trim_start().len();
        self.offset
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let word = &rest[..rest
            .find(|character| !is_part(character))
            .unwrap_or(rest.len())];
        self.offset += word.len();
        word
    }

    fn function(&mut self, word: &str, start: usize) -> Result<Function, ExpressionError> {
        let Some(function) = Function::from_word(word) else {
            return Err(self.error(start, unknown_start(word)));
        };
        self.skip_space();
        self.expect("(")?;
        Ok(function)
    }

    fn path(&mut self) -> Result<PropertyPath, ExpressionError> {
        let start = self.offset;
        let selector = self.bracketed()?;
        let names: Vec<String> = selector
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        if names.iter().any(String::is_empty) {
            return Err(self.error(start, "expected a team's name or `*`".to_owned()));
        }
        let teams = if selector.trim() == "*" {
            TeamSelector::All
        } else {
            TeamSelector::Named(names)
        };
        Ok(PropertyPath {
            teams,
            selection: self.selection()?,
        })
    }

    fn selection(&mut self) -> Result<Selection, ExpressionError> {
        if !self.rest().starts_with('.') {
            return Ok(Selection::Teams);
        }
        self.expect(".players")?;
        if self.rest().starts_with('[') {
            let start = self.offset;
            // Older documentation spells it in lower case.
            return match self.bracketed()?.trim() {
                "playerId" | "playerid" => Ok(Selection::PlayerIds),
                _ => Err(self.error(start, "expected `[playerId]`".to_owned())),
            };
        }
        if !self.rest().starts_with('.') {
            return Ok(Selection::Players);
        }
        self.expect(".attributes")?;
        let start = self.offset;
        match self.bracketed()?.trim() {
            "" => Err(self.error(start, "expected an attribute's name".to_owned())),
            name => Ok(Selection::Attribute(name.to_owned())),
        }
    }

    fn bracketed(&mut self) -> Result<&'a str, ExpressionError> {
        let start = self.offset;
        self.expect("[")?;
        let inner = self.rest();
        let Some(length) = inner.find(']') else {
            return Err(self.error(start, "bracket is never closed".to_owned()));
        };
        self.offset += length + 1;
        Ok(&inner[..length])
    }

    fn expect(&mut self, wanted: &str) -> Result<(), ExpressionError> {
        if !self.rest().starts_with(wanted) {
            return Err(self.error(self.offset, format!("expected `{wanted}`")));
        }
        self.offset += wanted.len();
        Ok(())
    }

    fn error(&self, offset: usize, message: String) -> ExpressionError {
        let character = self.text[..offset].chars().count() + 1;
        ExpressionError { message, character }
    }
}

fn unknown_start(word: &str) -> String {
    let known = Function::ALL.iter().map(|(word, _)| *word).chain(["teams"]);
    match suggest::closest(word, known) {
        Some(meant) => format!("unknown function `{word}`, did you mean `{meant}`,"),
        None if word.is_empty() => "expected a function or `teams[...]`".to_owned(),
        None => format!("unknown function `{word}`, expected a function or `teams[...]`"),
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { function, argument } => write!(f, "{function}({argument})"),
            Self::Path(path) => path.fmt(f),
        }
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.teams {
            TeamSelector::All => f.write_str("teams[*]")?,
            TeamSelector::Named(names) => write!(f, "teams[{}]", names.join(","))?,
        }
        match &self.selection {
            Selection::Teams => Ok(()),
            Selection::Players => f.write_str(".players"),
            Selection::PlayerIds => f.write_str(".players[playerId]"),
            Selection::Attribute(name) => write!(f, ".players.attributes[{name}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match text.parse::<Expression>() {
            Ok(expression) => expression.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn nested_functions_are_read() {
        check(
            "max( avg(teams[*].players.attributes[skill]) )",
            "max(avg(teams[*].players.attributes[skill]))",
        );
    }

    #[test]
    fn several_teams_are_selected_by_name() {
        check(
            "count(teams[red, blue].players)",
            "count(teams[red,blue].players)",
        );
    }

    #[test]
    fn attribute_names_may_hold_hyphens() {
        check(
            "teams[*].players.attributes[monster-kills]",
            "teams[*].players.attributes[monster-kills]",
        );
    }

    #[test]
    fn player_ids_are_read_in_both_spellings() {
        check(
            "flatten(teams[*].players[playerid])",
            "flatten(teams[*].players[playerId])",
        );
    }

    #[test]
    fn a_team_alone_is_an_expression() {
        check("teams[red]", "teams[red]");
    }

    #[test]
    fn a_misspelt_function_is_suggested() {
        check(
            "agv(teams[*].players)",
            "unknown function `agv`, did you mean `avg`, at character 1 of the expression",
        );
    }

    #[test]
    fn team_in_singular_is_suggested() {
        check(
            "count(team[red].players)",
            "unknown function `team`, did you mean `teams`, at character 7 of the expression",
        );
    }

    #[test]
    fn a_missing_bracket_is_placed() {
        check(
            "avg(teams[*].players",
            "expected `)` at character 21 of the expression",
        );
        check(
            "avg(teams[*.players)",
            "bracket is never closed at character 10 of the expression",
        );
    }

    #[test]
    fn text_behind_the_expression_is_refused() {
        check(
            "teams[a] + 1",
            "unexpected text at character 10 of the expression",
        );
    }

    #[test]
    fn players_have_only_ids_and_attributes() {
        check(
            "teams[a].players[x]",
            "expected `[playerId]` at character 17 of the expression",
        );
        check(
            "teams[a].players.skill",
            "expected `.attributes` at character 17 of the expression",
        );
    }

    #[test]
    fn endless_nesting_is_refused() {
        let text = format!("{}teams[a]{}", "avg(".repeat(10_000), ")".repeat(10_000));
        check(
            &text,
            "functions nest deeper than 16 at character 65 of the expression",
        );
    }
}
