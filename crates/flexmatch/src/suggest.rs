//! "Did you mean": the known word closest to an unknown one.

/// The hint for an unknown word: the closest known one, or all of them when there are few.
pub(crate) fn hint<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(word) = closest(unknown, known.iter().copied()) {
        return Some(format!("Did you mean `{word}`?"));
    }
    (!known.is_empty() && known.len() <= 8).then(|| format!("Use {}.", list(&known)))
}

/// The words in backticks, with `or` before the last.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// The known word closest to an unknown one, if any is close.
pub(crate) fn closest<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Comparing is quadratic: no word of the language is anywhere near this long.
    if unknown.len() > 200 {
        return None;
    }
    let lower = unknown.to_lowercase();
    known
        .into_iter()
        .map(|word| {
            (
                strsim::damerau_levenshtein(&lower, &word.to_lowercase()),
                word,
            )
        })
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(1))
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::{hint, list};

    #[test]
    fn a_slip_is_corrected() {
        assert_eq!(
            hint("maxplayer", ["minPlayers", "maxPlayers"]).as_deref(),
            Some("Did you mean `maxPlayers`?")
        );
    }

    #[test]
    fn without_a_close_word_the_choices_are_named() {
        assert_eq!(
            hint("bogus", ["red", "blue"]).as_deref(),
            Some("Use `red` or `blue`.")
        );
    }

    #[test]
    fn one_word_is_listed_alone() {
        assert_eq!(list(&["a"]), "`a`");
    }
}
