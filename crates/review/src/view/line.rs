//! One line for a terminal: styled spans, wrapped at a width.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How lines carry colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// As escape sequences of terminals.
    On,
    /// Not at all.
    Off,
    /// As the first character, from which highlighters of the `diff` language take a line's colour.
    DiffMarks,
}

/// How wide lines may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// As wide as a terminal of so many columns.
    Columns(usize),
    /// As wide as they are: logs wrap or scroll.
    Unlimited,
}

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const RED: Style = AnsiColor::Red.on_default();

/// One line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    spans: Vec<(Style, String)>,
}

impl Line {
    pub(super) fn new(indent: usize) -> Self {
        Self::default().then(PLAIN, &" ".repeat(indent))
    }

    /// Adds text. What could move the cursor or recolour the rest is shown as an escape.
    pub(super) fn then(mut self, style: Style, text: &str) -> Self {
        match self.spans.last_mut() {
            _ if text.is_empty() => {}
            Some((last, shown)) if *last == style => shown.push_str(&harmless(text)),
            _ => self.spans.push((style, harmless(text))),
        }
        self
    }

    /// Adds text and blanks up to `columns`, and two blanks between it and what follows.
    pub(super) fn column(self, style: Style, text: &str, columns: usize) -> Self {
        let blanks = columns.saturating_sub(text.width()) + 2;
        self.then(style, text).then(PLAIN, &" ".repeat(blanks))
    }

    /// How many columns it takes.
    pub(super) fn width(&self) -> usize {
        self.spans.iter().map(|(_, text)| text.width()).sum()
    }

    /// The colour of its first word, as the `diff` language marks it.
    fn diff_mark(&self) -> char {
        let first = self.spans.iter().find(|(_, text)| !text.trim().is_empty());
        match first.map(|(style, _)| *style) {
            Some(GREEN) => '+',
            Some(RED) => '-',
            Some(YELLOW) => '!',
            _ => ' ',
        }
    }

    /// Writes the line with its end; what is too wide goes on in lines of its own, further in.
    pub(super) fn write(&self, out: &mut String, width: Width, colour: Colour) {
        let columns = match width {
            Width::Columns(columns) if self.width() > columns => columns,
            Width::Columns(_) | Width::Unlimited => return self.write_as_it_is(out, colour),
        };
        let lines = self.wrapped(columns);
        lines
            .iter()
            .for_each(|line| line.write_as_it_is(out, colour));
    }

    fn write_as_it_is(&self, out: &mut String, colour: Colour) {
        let mut line = String::new();
        for (style, text) in &self.spans {
            match colour {
                Colour::On if *style != PLAIN => {
                    line.push_str(&format!("{style}{text}{style:#}"));
                }
                Colour::On | Colour::Off | Colour::DiffMarks => line.push_str(text),
            }
        }
        if colour == Colour::DiffMarks {
            out.push(self.diff_mark());
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }

    /// Breaks the line between words, and within those that are wider than a line.
    fn wrapped(&self, columns: usize) -> Vec<Self> {
        let text: String = self.spans.iter().map(|(_, text)| text.as_str()).collect();
        let indent = text.len() - text.trim_start().len();
        let indent = (indent + 4).min(columns / 2);
        let mut lines = Vec::new();
        let mut line = Self::default();
        for (style, text) in &self.spans {
            for word in text.split_inclusive(' ') {
                let mut word = word.to_owned();
                if line.width() + word.trim_end().width() > columns && line.width() > indent {
                    lines.push(std::mem::replace(&mut line, Self::new(indent)));
                    word = word.trim_start().to_owned();
                }
                while line.width() + word.trim_end().width() > columns {
                    let room = columns.saturating_sub(line.width()).max(1);
                    let rest = word.split_off(fitting(&word, room));
                    line = line.then(*style, &word);
                    lines.push(std::mem::replace(&mut line, Self::new(indent)));
                    word = rest;
                }
                line = line.then(*style, &word);
            }
        }
        lines.push(line);
        lines
    }
}

/// How many bytes of a text fit into so many columns, at least one letter.
fn fitting(text: &str, columns: usize) -> usize {
    let mut left = columns;
    let mut end = 0;
    for (place, letter) in text.char_indices() {
        let width = letter.width().unwrap_or_default();
        if width > left && end > 0 {
            break;
        }
        left = left.saturating_sub(width);
        end = place + letter.len_utf8();
    }
    end
}

/// Shortens a text to so many columns; what is cut off is marked.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = columns.saturating_sub(1);
    for letter in text.chars() {
        let width = letter.width().unwrap_or_default();
        if width > left {
            break;
        }
        left -= width;
        kept.push(letter);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// Shows control characters, and characters that reorder text, as escapes.
pub(super) fn harmless(text: &str) -> String {
    let is_harmful = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(is_harmful) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut shown, letter| {
        if is_harmful(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &Line, width: Width, colour: Colour, expected: &str) {
        let mut out = String::new();
        line.write(&mut out, width, colour);
        assert_eq!(out, format!("{expected}\n"));
    }

    fn line() -> Line {
        Line::new(2).column(GREEN, "ab", 4).then(PLAIN, "cdef")
    }

    #[test]
    fn long_line_goes_on_further_in() {
        check(&line(), Width::Columns(12), Colour::Off, "  ab    cdef");
        check(&line(), Width::Columns(10), Colour::Off, "  ab\n     cdef");
    }

    #[test]
    fn word_wider_than_a_line_is_broken() {
        let line = Line::new(1).then(PLAIN, "abcdefgh ij");
        check(
            &line,
            Width::Columns(5),
            Colour::Off,
            " abcd\n  efg\n  h\n  ij",
        );
    }

    #[test]
    fn no_width_is_too_narrow() {
        for columns in 0..4 {
            let mut out = String::new();
            line().write(&mut out, Width::Columns(columns), Colour::Off);
            assert_eq!(out.replace(['\n', ' '], ""), "abcdef");
        }
    }

    #[test]
    fn colours_end_where_they_began() {
        check(
            &line(),
            Width::Unlimited,
            Colour::On,
            "  \u{1b}[32mab\u{1b}[0m    cdef",
        );
    }

    #[test]
    fn first_word_colours_the_line_of_a_diff() {
        check(
            &line(),
            Width::Unlimited,
            Colour::DiffMarks,
            "+  ab    cdef",
        );
        let late = Line::new(2).then(PLAIN, "path ").then(RED, "old");
        check(&late, Width::Unlimited, Colour::DiffMarks, "   path old");
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 6), "日本語");
    }

    #[test]
    fn escape_sequences_are_shown_and_not_sent() {
        let line = Line::default().then(PLAIN, "a\u{1b}[2Jb\u{202e}c");
        check(
            &line,
            Width::Unlimited,
            Colour::Off,
            "a\\u{1b}[2Jb\\u{202e}c",
        );
    }
}
