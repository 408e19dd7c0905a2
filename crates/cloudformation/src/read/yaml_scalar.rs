//! What a plain YAML scalar means.
//!
//! As CloudFormation reads it: `yes` and `off` are booleans as in YAML 1.1, dates and digits behind a leading zero (account
//! ids) stay text.

use serde_json::{Number, Value as Json};

pub(super) fn plain(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            return Json::Bool(true);
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Json::Bool(false);
        }
        _ => {}
    }
    number(text).map_or_else(|| Json::String(text.to_owned()), Json::Number)
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits.split(['.', 'e', 'E']).next().unwrap_or_default();
    if !digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
        || (whole.len() > 1 && whole.starts_with('0'))
    {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = text.strip_prefix('+').unwrap_or(text);
        return text
            .parse::<i64>()
            .map(Number::from)
            .or_else(|_| text.parse::<u64>().map(Number::from))
            .ok();
    }
    if !digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'))
    {
        return None;
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: &Json) {
        assert_eq!(plain(text), *expected, "{text}");
    }

    #[test]
    fn numbers_are_numbers() {
        check("5", &json!(5));
        check("-5", &json!(-5));
        check("0", &json!(0));
        check("1.5", &json!(1.5));
        check("1e3", &json!(1000.0));
    }

    #[test]
    fn dates_versions_and_account_ids_stay_text() {
        for text in [
            "2010-09-09",
            "1.2.3",
            "012345678901",
            "10.0.0.0/16",
            "-",
            ".",
            "1-2",
            "99999999999999999999999",
        ] {
            check(text, &json!(text));
        }
    }

    #[test]
    fn booleans_have_their_older_spellings() {
        check("yes", &json!(true));
        check("off", &json!(false));
        check("y", &json!("y"));
    }
}
