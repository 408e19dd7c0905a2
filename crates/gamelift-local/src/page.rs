//! Lists in pages: `Limit` in, `NextToken` in and out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::input::Input;

/// The page of `items` that was asked for, under the name `member`.
///
/// A token is the position of the next item, so a list that shrinks between two pages may skip one; GameLift
/// promises no more.
pub(crate) fn page(input: &Input, member: &str, default_limit: usize, items: Vec<Value>) -> Answer {
    let start = input.text_or_none("NextToken").map_or(Ok(0), position)?;
    let limit = input.number("Limit").map_or(default_limit, |limit| {
        usize::try_from(limit).unwrap_or(default_limit)
    });
    let end = start.saturating_add(limit);
    let more = end < items.len();
    let shown: Vec<_> = items.into_iter().skip(start).take(limit).collect();
    let mut answer = json!({ member: shown });
    if more {
        answer["NextToken"] = Value::String(token(end));
    }
    Ok(answer)
}

fn token(position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("from:{position}"))
}

fn position(token: &str) -> Answer<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("from:")?.parse().ok())
        .ok_or_else(|| {
            ApiError::invalid(format!(
                "`NextToken` is `{token}`, which this service has not issued"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: Value, expected: Result<Value, &str>) {
        let Value::Object(members) = request else {
            panic!("a request is an object")
        };
        let items = (1..=5).map(Value::from).collect();
        let found = page(&Input::new(members), "Items", 10, items).map_err(|error| error.message);
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn short_list_is_one_page() {
        check(json!({}), Ok(json!({"Items": [1, 2, 3, 4, 5]})));
    }

    #[test]
    fn token_continues_where_the_page_ended() {
        check(
            json!({"Limit": 2}),
            Ok(json!({"Items": [1, 2], "NextToken": token(2)})),
        );
        check(
            json!({"Limit": 3, "NextToken": token(2)}),
            Ok(json!({"Items": [3, 4, 5]})),
        );
    }

    #[test]
    fn foreign_token_is_refused() {
        check(
            json!({"NextToken": "zzz"}),
            Err("`NextToken` is `zzz`, which this service has not issued"),
        );
    }
}
