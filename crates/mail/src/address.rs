//! E-mail addresses, masked by default.

use std::fmt;
use std::str::FromStr;

use bulletin::UnknownSpelling;
use lettre::Address;

/// The address of a mailbox. Its output in texts and logs is only a part that its owner recognizes:
/// `j...@example.com`. Mail is sent to [`EmailAddress::revealed`].
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(Address);

/// The length limit of an address, in characters (RFC 5321, 4.5.3.1.3: 256 with the brackets around it).
const LONGEST: usize = 254;

impl EmailAddress {
    /// The full address, for the server and the header that need it.
    pub fn revealed(&self) -> &str {
        self.0.as_ref()
    }

    /// The part before the `@`.
    pub(crate) fn user(&self) -> &str {
        self.0.user()
    }

    /// The part after the `@`.
    pub(crate) fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(crate) fn as_lettre(&self) -> &Address {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = UnknownSpelling;

    /// Parses a bare address in ASCII, without a name or brackets.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let refused = |reason: &str| {
            UnknownSpelling::new("e-mail address", text, ["one like you@example.com".into()]).because(reason)
        };
        let trimmed = text.trim();
        if !trimmed.is_ascii() {
            return Err(refused("An e-mail address beyond ASCII is not supported."));
        }
        if trimmed.len() > LONGEST {
            return Err(refused("An e-mail address has at most 254 characters."));
        }
        let is_bare = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
        if !trimmed.chars().all(is_bare) {
            return Err(refused(
                "That is no e-mail address alone: names, brackets, spaces and lists do not belong to it.",
            ));
        }
        trimmed
            .parse()
            .map(Self)
            .map_err(|_| refused("That is no e-mail address."))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.user().chars().next().unwrap_or('.');
        write!(f, "{first}...@{}", self.domain())
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_only_alone() {
        for text in [
            "jane@example.com",
            " jane@example.com ",
            "jane.doe+visa@mail.example.org",
            "root@localhost",
            "o'hara@example.com",
        ] {
            assert_eq!(text.parse::<EmailAddress>().unwrap().revealed(), text.trim());
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "",
            "jane",
            "jane@",
            "@example.com",
            "jane@exa mple.com",
            "jane@example.com,joe@example.com",
            "Jane <jane@example.com>",
            "<jane@example.com>",
            "jane@example.com\r\nBcc: joe@example.com",
            "jane@example.com\nRCPT TO:<joe@example.com>",
            "jane@@example.com",
            "jan\u{e9}@example.com",
            "\"a b\"@example.com",
            "jane@example..com",
            long.as_str(),
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?} is taken");
        }
    }

    #[test]
    fn an_address_does_not_show_itself() {
        let address: EmailAddress = "jane.doe@example.com".parse().unwrap();
        assert_eq!(address.to_string(), "j...@example.com");
        assert!(!format!("{address:?}").contains("jane"));
    }
}
