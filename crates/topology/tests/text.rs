//! Any text gives a document or problems with a place; nothing makes the reader panic, hang or overflow.

use topology::problem::Problem;
use topology::{parse, parse_bytes};

#[expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]
fn first(text: &str) -> Problem {
    parse("a.yaml", text)
        .unwrap_err()
        .iter()
        .next()
        .unwrap()
        .clone()
}

fn check(text: &str, code: &str, line: u32, column: u32) {
    let problem = first(text);
    assert_eq!(
        (
            problem.code.as_str(),
            problem.span.line,
            problem.span.column
        ),
        (code, line, column),
        "{problem}"
    );
}

#[test]
fn empty_files_hold_no_topology() {
    check("", "L0104", 1, 1);
    check("# only a comment\n", "L0104", 1, 1);
    check("- a\n", "L0104", 1, 1);
    check("text", "L0104", 1, 1);
}

#[test]
fn duplicate_keys_are_all_found() {
    let problems = parse("a.yaml", "name: a\nb:\n  c: 1\n  c: 2\nname: b\n").unwrap_err();
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| (problem.code.as_str(), problem.span.line))
        .collect();
    assert_eq!(lines, [("L0103", 4), ("L0103", 5)]);
}

#[test]
fn tabs_cannot_indent() {
    let problem = first("name:\n\ta: 1\n");
    assert_eq!((problem.code.as_str(), problem.span.line), ("L0102", 2));
}

#[test]
fn second_document_is_refused() {
    check("name: a\n---\nname: b\n", "L0105", 2, 1);
}

#[test]
fn byte_order_mark_is_skipped() {
    assert_eq!(parse("a.yaml", "\u{feff}name: a\n").unwrap().name(), "a");
}

#[test]
fn bytes_that_are_not_utf8_have_a_place() {
    let problems = parse_bytes("a.yaml", b"name: a\nb: \xff\n").unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(
        (
            problem.code.as_str(),
            problem.span.line,
            problem.span.column
        ),
        ("L0101", 2, 4)
    );
}

#[test]
fn columns_count_characters_and_offsets_bytes() {
    let text = "description: \"ÄÖÜ\"\nüber: 1\nname: a\nname: b\n";
    let problem = first(text);
    assert_eq!((problem.span.line, problem.span.column), (4, 1));
    assert_eq!(&text[problem.span.start..problem.span.end], "name");
}

#[test]
fn unknown_and_circular_aliases_are_refused() {
    assert_eq!(first("a: *b\n").span.line, 1);
    assert_eq!(first("a: &a [*a]\n").code.as_str(), "L0107");
}

#[test]
fn keys_are_text() {
    assert_eq!(first("? [a]\n: 1\n").code.as_str(), "L0107");
    assert_eq!(first("{a: 1}: 1\n").code.as_str(), "L0107");
}

#[test]
fn aliases_cannot_exhaust_memory() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", "));
    }
    assert_eq!(first(&text).code.as_str(), "L0106");
}

#[test]
fn deep_and_large_nonsense_is_refused_quickly() {
    let long = 1_000_000;
    let pieces = [
        "[", "{", "- ", "? ", "a: ", "[[", "[a, ", "{a: ", "&a ", "*a ", "!!str ", "\"", "'", "|",
        "#", "\u{0}", "\t", "%", "a:\n ", "]", "}", ",", "- -\n", "x\n", "[]: ", "é",
    ];
    for piece in pieces {
        let text = piece.repeat(long / piece.len());
        let began = std::time::Instant::now();
        match parse("a.yaml", &text) {
            Ok(document) => panic!("{piece:?} gave {document:?}"),
            Err(problems) => assert!(
                problems.iter().all(|problem| problem.span.line > 0),
                "{problems}"
            ),
        }
        let took = began.elapsed();

        assert!(took.as_secs() < 30, "{piece:?} took {took:?}");
    }
}

#[test]
fn file_beyond_the_limit_is_refused() {
    assert_eq!(
        first(&format!("name: {}\n", "a".repeat(2_000_000)))
            .code
            .as_str(),
        "L0106"
    );
}

#[test]
fn long_lines_of_heirs_do_not_exhaust_the_stack() {
    let mut text =
        "name: a\nhome: us-east-1\nenvironments: { dev: {} }\nfleets:\n  f0: { anywhere: {} }\n"
            .to_owned();
    for heir in 1..5_000 {
        text += &format!("  f{heir}: {{ like: f{} }}\n", heir - 1);
    }
    let document = parse("a.yaml", &text).unwrap();
    let problems = topology::check_all(&document, &topology::sources::Memory::default());
    assert!(problems.has_errors());
}
