//! "Did you mean": the known word closest to what was typed.

/// The closest known word, when it is close enough to be a slip of the fingers.
pub(crate) fn nearest<'word>(
    typed: &str,
    known: impl IntoIterator<Item = &'word str>,
) -> Option<&'word str> {
    // Comparing costs length times length; nobody mistypes a name into a page of text.
    if typed.len() > 100 {
        return None;
    }
    let scored = known.into_iter().map(|word| (distance(typed, word), word));
    let (distance, word) = scored.min()?;
    let allowed = (typed.chars().count().max(word.chars().count()) / 3).max(1);
    (distance <= allowed).then_some(word)
}

/// Edits between two words; hyphens, underscores and case count nothing.
fn distance(typed: &str, word: &str) -> usize {
    let fold = |text: &str| text.replace('-', "_").to_lowercase();
    strsim::damerau_levenshtein(&fold(typed), &fold(word))
}

/// The hint that goes with an unknown word: the nearest one, or all of them.
pub(crate) fn hint<'word>(
    typed: &str,
    known: impl IntoIterator<Item = &'word str> + Clone,
) -> Option<String> {
    if let Some(word) = nearest(typed, known.clone()) {
        return Some(format!("did you mean `{word}`?"));
    }
    let all: Vec<_> = known
        .into_iter()
        .take(30)
        .map(|word| format!("`{word}`"))
        .collect();
    (!all.is_empty()).then(|| format!("known: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slip_finds_its_word() {
        assert_eq!(
            nearest("wordwide", ["worldwide", "europe"]),
            Some("worldwide")
        );
        assert_eq!(
            nearest("keep-available", ["keep_available"]),
            Some("keep_available")
        );
    }

    #[test]
    fn unrelated_word_finds_none() {
        assert_eq!(nearest("zebra", ["worldwide"]), None);
        assert_eq!(hint("zebra", ["worldwide"]).unwrap(), "known: `worldwide`");
        assert_eq!(hint("zebra", []), None);
    }
}
