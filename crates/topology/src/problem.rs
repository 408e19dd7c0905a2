//! What is wrong in the user's files: code, message, place, notes, hint.
//!
//! In: findings of every stage. Out: a sorted list without repetitions, and the drawing of one problem over its
//! source line. Never: colours, the terminal, reading files.

use std::fmt;

/// The stable name of a kind of problem: `L` and four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Names a kind of problem.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing can be built from the file.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A piece of a file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Length in characters; may reach over line ends.
    pub length: u32,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// The file, as the user named it.
    pub file: String,
    /// The place in the file.
    pub span: Span,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// Draws the problem over its source line.
    ///
    /// `source` is the text of [`Problem::file`]; a line that it doesn't have is left out of the drawing.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        let drawn = Drawn {
            severity: self.severity,
            code: self.code.as_str(),
            message: &self.message,
            file: &self.file,
            span: self.span,
            notes: &self.notes,
            hint: self.hint.as_deref(),
        };
        drawn.render(source)
    }
}

/// What a drawing shows: a [`Problem`], or what somebody else's rules say under a name of theirs.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'text> {
    /// How bad it is.
    pub severity: Severity,
    /// The name of its kind.
    pub code: &'text str,
    /// What is wrong.
    pub message: &'text str,
    /// The file, as the user named it.
    pub file: &'text str,
    /// The place in the file.
    pub span: Span,
    /// Further facts.
    pub notes: &'text [String],
    /// What to do about it.
    pub hint: Option<&'text str>,
}

impl Drawn<'_> {
    /// Draws it over its source line, as [`Problem::render`] does.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        let mut text = self.render_place(source);
        let margin = self.margin();
        for note in self.notes {
            text += &format!("{margin} = note: {note}\n");
        }
        if let Some(hint) = self.hint {
            text += &format!("{margin} = hint: {hint}\n");
        }
        text
    }

    /// As wide as the number of the line.
    #[must_use]
    pub fn margin(&self) -> String {
        " ".repeat(self.span.line.to_string().len())
    }

    /// Draws what is wrong and its line, without notes and hint.
    #[must_use]
    pub fn render_place(&self, source: &str) -> String {
        let mut text = format!("{}[{}]: {}\n", self.severity, self.code, self.message);
        let line = self.source_line(source);
        let number = self.span.line.to_string();
        let margin = self.margin();
        text += &format!(
            "{margin}--> {}:{}:{}\n",
            self.file, self.span.line, self.span.column
        );
        if let Some(line) = line {
            let (indent, marks) = self.underline(line);
            text += &format!(
                "{margin} |\n{number} | {}\n{margin} | {indent}{marks}\n",
                printable(line)
            );
        }
        text
    }

    fn source_line<'source>(&self, source: &'source str) -> Option<&'source str> {
        let index = usize::try_from(self.span.line).ok()?.checked_sub(1)?;
        source
            .strip_prefix('\u{feff}')
            .unwrap_or(source)
            .lines()
            .nth(index)
    }

    /// Spaces up to the span and carets under its first line, at least one.
    fn underline(&self, line: &str) -> (String, String) {
        let before = self.span.column.saturating_sub(1) as usize;
        let width = line.chars().count();
        let indent = " ".repeat(before.min(width));
        let marks = (self.span.length as usize)
            .min(width.saturating_sub(before))
            .max(1);
        (indent, "^".repeat(marks))
    }
}

/// One column per character: a tab or control character would move the carets or the cursor.
fn printable(line: &str) -> String {
    let shown = line
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    shown.collect::<String>().trim_end().to_owned()
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { line, column, .. } = self.span;
        write!(
            formatter,
            "{}:{line}:{column}: {}[{}]: {}",
            self.file, self.severity, self.code, self.message
        )
    }
}

/// Problems by file, line and column, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.0
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count()
    }

    /// In order of file, line and column.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// Adds the problems of another list.
    pub fn merge(&mut self, other: Self) {
        self.extend(other.0);
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.0.extend(problems);
        self.0.sort_by(|a, b| {
            let by_place =
                (&a.file, a.span, a.severity, a.code).cmp(&(&b.file, b.span, b.severity, b.code));
            by_place.then_with(|| a.message.cmp(&b.message))
        });
        self.0.dedup();
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        let mut list = Self::default();
        list.extend(problems);
        list
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'list> IntoIterator for &'list Problems {
    type Item = &'list Problem;
    type IntoIter = std::slice::Iter<'list, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            problem.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: u32, column: u32, length: u32) -> Problem {
        Problem {
            code: Code::new("L0204"),
            severity: Severity::Error,
            message: "unknown queue `wordwide`".to_owned(),
            file: "stacks/skirmish.yaml".to_owned(),
            span: Span {
                line,
                column,
                length,
                start: 0,
                end: 0,
            },
            notes: Vec::new(),
            hint: Some("did you mean `worldwide`?".to_owned()),
        }
    }

    #[test]
    fn problem_is_drawn_over_its_source_line() {
        let source = format!("{}    queue: wordwide\n", "\n".repeat(30));
        let expected = "\
error[L0204]: unknown queue `wordwide`
  --> stacks/skirmish.yaml:31:12
   |
31 |     queue: wordwide
   |            ^^^^^^^^
   = hint: did you mean `worldwide`?
";
        assert_eq!(problem(31, 12, 8).render(&source), expected);
    }

    #[test]
    fn span_beyond_the_source_is_still_drawn() {
        assert!(problem(9, 9, 9).render("a: 1").contains(":9:9"));
        assert!(problem(1, 90, 9).render("a: 1").contains('^'));
        assert!(problem(0, 0, 0).render("").contains("error"));
    }

    #[test]
    fn problems_are_sorted_and_unique() {
        let problems: Problems = [problem(3, 1, 1), problem(1, 2, 1), problem(3, 1, 1)]
            .into_iter()
            .collect();
        assert_eq!(
            problems
                .iter()
                .map(|problem| problem.span.line)
                .collect::<Vec<_>>(),
            [1, 3]
        );
    }
}
