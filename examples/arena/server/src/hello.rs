//! What clients and the server say: one line per message over TCP, one message per datagram over UDP.

/// The longest message that is read, bytes.
pub(crate) const LONGEST: usize = 256;

/// What a client says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hello<'a> {
    /// `JOIN <player session>`: let me in.
    Join(&'a str),
    /// `PING <text>`: are you there?
    Ping(&'a str),
    /// `LEAVE <player session>`: I'm gone. Over TCP, closing says the same.
    Leave(&'a str),
}

/// Reads a message.
pub(crate) fn read(message: &str) -> Option<Hello<'_>> {
    let (word, rest) = message.trim_end().split_once(' ')?;
    match word {
        "JOIN" => Some(Hello::Join(rest)),
        "PING" => Some(Hello::Ping(rest)),
        "LEAVE" => Some(Hello::Leave(rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_a_word_and_its_object() {
        assert_eq!(read("JOIN psess-1\r\n"), Some(Hello::Join("psess-1")));
        assert_eq!(read("PING 17"), Some(Hello::Ping("17")));
        assert_eq!(read("LEAVE psess-1\n"), Some(Hello::Leave("psess-1")));
    }

    #[test]
    fn anything_else_is_no_message() {
        for message in ["", "JOIN", "join psess-1", "GET / HTTP/1.1"] {
            assert_eq!(read(message), None, "{message}");
        }
    }
}
