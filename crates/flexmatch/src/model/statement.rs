//! Compound statements: `or(and(SameMap, SameMode), not(Blocked))`.

use std::fmt;
use std::str::FromStr;

/// Deepest nesting of operators.
const MAX_NESTING: usize = 32;

/// A logical statement over the results of other rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// All hold.
    And(Vec<Self>),
    /// At least one holds.
    Or(Vec<Self>),
    /// Exactly one holds.
    Xor(Vec<Self>),
    /// The operand doesn't hold.
    Not(Box<Self>),
    /// The result of the rule with this name.
    Rule(String),
}

/// Why a text isn't a compound statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {character} of the statement")]
pub struct StatementError {
    /// What was expected or not understood.
    pub message: String,
    /// Where, from 1.
    pub character: usize,
}

impl Statement {
    /// The names of the rules it combines, in order, repeated where they are repeated.
    pub fn rules(&self) -> Vec<&str> {
        match self {
            Self::And(operands) | Self::Or(operands) | Self::Xor(operands) => {
                operands.iter().flat_map(Self::rules).collect()
            }
            Self::Not(operand) => operand.rules(),
            Self::Rule(name) => vec![name],
        }
    }

    /// Whether every operator has the two operands that are documented.
    pub(crate) fn is_binary(&self) -> bool {
        match self {
            Self::And(operands) | Self::Or(operands) | Self::Xor(operands) => {
                operands.len() == 2 && operands.iter().all(Self::is_binary)
            }
            Self::Not(operand) => operand.is_binary(),
            Self::Rule(_) => true,
        }
    }
}

impl FromStr for Statement {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut scanner = Scanner { text, offset: 0 };
        let statement = scanner.operand(0)?;
        if scanner.offset < text.len() {
            return Err(scanner.error("unexpected text"));
        }
        match statement {
            Self::Rule(_) => Err(scanner
                .error("expected `and`, `or`, `xor` or `not` with its operands, found the end")),
            Self::And(_) | Self::Or(_) | Self::Xor(_) | Self::Not(_) => Ok(statement),
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

impl Scanner<'_> {
    fn operand(&mut self, depth: usize) -> Result<Statement, StatementError> {
        if depth > MAX_NESTING {
            return Err(self.error("operators nest too deep"));
        }
        let rest = &self.text[self.offset..];
        let length = rest.find(['(', ')', ',']).unwrap_or(rest.len());
        let word = rest[..length].trim();
        let operator = rest[length..].starts_with('(');
        if word.is_empty() {
            return Err(self.error("expected a rule's name or an operator"));
        }
        if !operator {
            self.offset += length;
            return Ok(Statement::Rule(word.to_owned()));
        }
        if !matches!(word, "and" | "or" | "xor" | "not") {
            return Err(self.error(&format!(
                "unknown operator `{word}`, use `and`, `or`, `xor` or `not`,"
            )));
        }
        self.offset += length + 1;
        let operands = self.operands(depth + 1)?;
        self.build(word, operands)
    }

    fn operands(&mut self, depth: usize) -> Result<Vec<Statement>, StatementError> {
        let mut operands = Vec::new();
        loop {
            operands.push(self.operand(depth)?);
            self.skip_space();
            let rest = &self.text[self.offset..];
            if rest.starts_with(',') {
                self.offset += 1;
            } else if rest.starts_with(')') {
                self.offset += 1;
                self.skip_space();
                return Ok(operands);
            } else {
                return Err(self.error("expected `,` or `)`"));
            }
        }
    }

    fn build(
        &self,
        operator: &str,
        mut operands: Vec<Statement>,
    ) -> Result<Statement, StatementError> {
        match (operator, operands.len()) {
            ("not", 1) => operands
                .pop()
                .map(|operand| Statement::Not(Box::new(operand)))
                .ok_or_else(|| self.error("`not` takes one operand")),
            ("not", count) => Err(self.error(&format!("`not` takes one operand, found {count},"))),
            (_, 0 | 1) => Err(self.error(&format!("`{operator}` takes two operands, found one,"))),
            ("and", _) => Ok(Statement::And(operands)),
            ("or", _) => Ok(Statement::Or(operands)),
            (_, _) => Ok(Statement::Xor(operands)),
        }
    }

    fn skip_space(&mut self) {
        self.offset = self.text.len() - self.text[self.offset..].trim_start().len();
    }

    fn error(&self, message: &str) -> StatementError {
        let character = self.text[..self.offset].chars().count() + 1;
        StatementError {
            message: message.to_owned(),
            character,
        }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operator, operands) = match self {
            Self::And(operands) => ("and", operands.as_slice()),
            Self::Or(operands) => ("or", operands.as_slice()),
            Self::Xor(operands) => ("xor", operands.as_slice()),
            Self::Not(operand) => ("not", std::slice::from_ref(&**operand)),
            Self::Rule(name) => return f.write_str(name),
        };
        write!(f, "{operator}(")?;
        for (index, operand) in operands.iter().enumerate() {
            write!(f, "{}{operand}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::Statement;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match text.parse::<Statement>() {
            Ok(statement) => statement.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn operators_nest() {
        check("or( and(A,B) ,not( C-1 ))", "or(and(A, B), not(C-1))");
    }

    #[test]
    fn a_rule_alone_is_no_statement() {
        check(
            "A",
            "expected `and`, `or`, `xor` or `not` with its operands, found the end at character 2 of the statement",
        );
    }

    #[test]
    fn not_takes_one_operand() {
        check(
            "not(A, B)",
            "`not` takes one operand, found 2, at character 10 of the statement",
        );
    }

    #[test]
    fn and_takes_two_operands() {
        check(
            "and(A)",
            "`and` takes two operands, found one, at character 7 of the statement",
        );
    }

    #[test]
    fn an_unknown_operator_is_refused() {
        check(
            "nand(A, B)",
            "unknown operator `nand`, use `and`, `or`, `xor` or `not`, at character 1 of the statement",
        );
    }

    #[test]
    fn gaps_are_placed() {
        check(
            "and(A, )",
            "expected a rule's name or an operator at character 7 of the statement",
        );
        check(
            "and(A, B",
            "expected `,` or `)` at character 9 of the statement",
        );
        check(
            "and(A, B) C",
            "unexpected text at character 11 of the statement",
        );
    }

    #[test]
    fn endless_nesting_is_refused() {
        check(
            &"not(".repeat(10_000),
            "operators nest too deep at character 133 of the statement",
        );
    }

    #[test]
    fn three_operands_are_read_though_undocumented() {
        let statement: Statement = "and(A, B, C)".parse().expect("it parses");
        assert!(!statement.is_binary());
        assert_eq!(statement.rules(), ["A", "B", "C"]);
    }
}
