//! Names of the registry turned into Rust names.

/// Words that can't be method or module names as they are.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "final", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move",
    "mut", "new", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "type", "try", "unsafe", "use", "where", "while", "yield",
];

/// `KMSMasterKeyId` becomes `kms_master_key_id`, `EC2InstanceType` becomes `ec2_instance_type`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            push_underscore(&mut snake);
            continue;
        }
        if letter.is_ascii_uppercase() && starts_word(&letters, index) {
            push_underscore(&mut snake);
        }
        snake.push(letter.to_ascii_lowercase());
    }
    if KEYWORDS.contains(&snake.as_str()) {
        snake.push('_');
    }
    snake
}

fn push_underscore(text: &mut String) {
    if !text.is_empty() && !text.ends_with('_') {
        text.push('_');
    }
}

/// Whether the capital at `index` begins a word: after a small letter or digit, or as the last capital of a run.
fn starts_word(letters: &[char], index: usize) -> bool {
    if index == 0 || !letters[index - 1].is_ascii_uppercase() {
        return true;
    }
    let Some(next) = letters.get(index + 1) else {
        return false;
    };
    // `ARNs` and `IPv4` are one word each.
    let plural = *next == 's' && letters.get(index + 2).is_none_or(char::is_ascii_uppercase);
    let version = *next == 'v' && letters.get(index + 2).is_some_and(char::is_ascii_digit);
    next.is_ascii_lowercase() && !plural && !version
}

/// `PAY_PER_REQUEST` becomes `PayPerRequest`, `s3:ObjectCreated:*` becomes `S3ObjectCreatedAny`.
pub(crate) fn variant(text: &str) -> String {
    let marked = text
        .replace('*', " Any ")
        .replace('+', " Plus ")
        .replace("<=", " AtMost ")
        .replace(">=", " AtLeast ");
    let pieces = marked
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|piece| !piece.is_empty());
    let mut variant: String = pieces.map(title).collect();
    if variant.is_empty() {
        variant.push_str("Empty");
    }
    if variant.starts_with(|letter: char| letter.is_ascii_digit()) {
        variant.insert(0, 'V');
    }
    if variant == "Self" {
        "SelfOnly".to_owned()
    } else {
        variant
    }
}

fn title(piece: &str) -> String {
    let shouting = !piece.contains(|letter: char| letter.is_ascii_lowercase());
    let (first, rest) = piece.split_at(1);
    let rest = if shouting {
        rest.to_ascii_lowercase()
    } else {
        rest.to_owned()
    };
    first.to_ascii_uppercase() + &rest
}

/// The name of one item of a list: `Architectures` holds values of `Architecture`.
pub(crate) fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') && !stem.ends_with('u') => stem.to_owned(),
        _ => name.to_owned(),
    }
}
