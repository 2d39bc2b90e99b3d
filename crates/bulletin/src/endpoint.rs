//! The destination of a subscription: its protocol and address, masked by default.

use std::fmt;

/// The destination of a subscription's alerts: an SNS protocol and an address. Its output in texts and logs
/// is masked; [`Endpoint::revealed`] is for SNS, and for people who ask for the full address.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    protocol: String,
    address: String,
}

impl Endpoint {
    /// An address of this protocol, which has its SNS name: `email`, `sms`, `https`, `sqs`, ...
    pub fn new(protocol: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            protocol: protocol.into(),
            address: address.into(),
        }
    }

    /// The SNS name of the protocol.
    pub fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The full address.
    pub fn revealed(&self) -> &str {
        &self.address
    }

    /// True if SNS delivers to the same place. Case does not distinguish mailboxes.
    pub fn is_same(&self, other: &Self) -> bool {
        let same_address = match self.protocol.as_str() {
            "email" => self.address.eq_ignore_ascii_case(&other.address),
            _ => self.address == other.address,
        };
        same_address && self.protocol == other.protocol
    }

    /// A part of the address that its owner recognizes: `a***@example.com`, `+1******0100`, the host of a
    /// URL, the name of a queue.
    pub fn masked(&self) -> String {
        let address = self.address.as_str();
        match self.protocol.as_str() {
            "sms" => {
                let digits: Vec<char> = address.chars().collect();
                let shown = |index: usize| index < 2 || index + 4 >= digits.len();
                let masked = digits.iter().enumerate();
                masked
                    .map(|(index, digit)| if shown(index) { *digit } else { '*' })
                    .collect()
            }
            "http" | "https" => {
                let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
                let authority = bare.split(['/', '?', '#']).next().unwrap_or_default();
                let host = authority.rsplit('@').next().unwrap_or_default();
                format!("{}://{host}/***", self.protocol)
            }
            "sqs" | "lambda" | "firehose" => {
                format!("***:{}", address.rsplit(':').next().unwrap_or_default())
            }
            _ => match address.rsplit_once('@') {
                Some((user, domain)) => {
                    format!("{}***@{domain}", user.chars().take(1).collect::<String>())
                }
                None => "***".into(),
            },
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}: {})", self.protocol, self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_no_more_than_its_owner_needs() {
        for (protocol, address, masked) in [
            ("email", "anna.b@example.com", "a***@example.com"),
            ("sms", "+12025550100", "+1******0100"),
            (
                "https",
                "https://joe:secret@example.com/hook?key=1",
                "https://example.com/***",
            ),
            ("https", "https://example.com?key=1", "https://example.com/***"),
            ("sqs", "arn:aws:sqs:us-east-1:000000000000:alerts", "***:alerts"),
            ("application", "whatever", "***"),
        ] {
            let endpoint = Endpoint::new(protocol, address);
            assert_eq!(endpoint.to_string(), masked);
            assert!(!format!("{endpoint:?}").contains(address));
        }
    }

    #[test]
    fn a_mailbox_is_the_same_however_it_is_capitalised() {
        let one = Endpoint::new("email", "Anna@example.com");
        assert!(one.is_same(&Endpoint::new("email", "anna@example.com")));
        assert!(!one.is_same(&Endpoint::new("email-json", "Anna@example.com")));
        let hook = Endpoint::new("https", "https://example.com/A");
        assert!(!hook.is_same(&Endpoint::new("https", "https://example.com/a")));
    }
}
