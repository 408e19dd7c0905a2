//! Byte offsets to lines and columns.

/// A range of bytes in the text.
pub(crate) type Span = std::ops::Range<usize>;

/// Line, column and length of a span, in characters; line and column from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) length: u32,
}

/// Finds the position of a span. Walks the text: only problems need positions, and they are few.
pub(crate) fn locate(text: &str, span: &Span) -> Position {
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[..start].matches('\n').count() + 1;
    let column = text[line_start..start].chars().count() + 1;
    let shown = text[start..end].lines().next().unwrap_or_default();
    Position {
        line: small(line),
        column: small(column),
        length: small(shown.chars().count().max(1)),
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Position, locate};

    #[test]
    fn columns_count_characters_rather_than_bytes() {
        assert_eq!(
            locate("a\nüx", &(4..5)),
            Position {
                line: 2,
                column: 2,
                length: 1
            }
        );
    }

    #[test]
    fn a_span_over_lines_is_shown_on_its_first() {
        assert_eq!(
            locate("{abc\n}", &(0..6)),
            Position {
                line: 1,
                column: 1,
                length: 4
            }
        );
    }

    #[test]
    fn an_offset_beyond_the_text_is_its_end() {
        assert_eq!(
            locate("ab", &(9..12)),
            Position {
                line: 1,
                column: 3,
                length: 1
            }
        );
    }
}
