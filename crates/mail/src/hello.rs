//! The name that this machine gives in `EHLO`.
//!
//! RFC 5321, 4.1.4, asks for the host's fully qualified name, and for an address literal where it
//! has none. Many servers reject mail from a client that calls itself `[127.0.0.1]`.

use std::net::IpAddr;

use lettre::transport::smtp::extension::ClientId;

/// Parses a configured name: a host name, or an address literal such as `[192.0.2.1]` or
/// `[IPv6:2001:db8::1]`.
pub(crate) fn parse(text: &str) -> Option<ClientId> {
    let Some(literal) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return is_domain(text).then(|| ClientId::Domain(text.to_owned()));
    };
    match literal.split_once(':') {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6") => address.parse().ok().map(ClientId::Ipv6),
        _ => literal.parse().ok().map(ClientId::Ipv4),
    }
}

/// The host's name. For a host without a usable name, the address literal of this end of the connection.
pub(crate) fn of_this_machine(local: Option<IpAddr>) -> ClientId {
    let system = rustix::system::uname();
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    match (host_name(&system.nodename().to_string_lossy(), &hosts), local) {
        (Some(name), _) => ClientId::Domain(name),
        (None, Some(IpAddr::V4(address))) => ClientId::Ipv4(address),
        (None, Some(IpAddr::V6(address))) => ClientId::Ipv6(address),
        // `[127.0.0.1]`.
        (None, None) => ClientId::default(),
    }
}

/// The fully qualified name of a host if the system or its `/etc/hosts` has one, else its short name.
fn host_name(system_name: &str, hosts: &str) -> Option<String> {
    let name = system_name.trim().trim_end_matches('.');
    let short = name.split('.').next().unwrap_or_default();
    if !is_domain(name) || short.eq_ignore_ascii_case("localhost") {
        return None;
    }
    if name.contains('.') {
        return Some(name.to_owned());
    }
    let qualifies = |known: &&str| {
        let first = known.split_once('.').map(|(first, _)| first);
        first.is_some_and(|first| first.eq_ignore_ascii_case(name)) && is_domain(known)
    };
    let qualified = hosts
        .lines()
        .filter_map(|line| line.split('#').next())
        // The first word of a line is the address.
        .flat_map(|line| line.split_ascii_whitespace().skip(1))
        .find(qualifies);
    Some(qualified.unwrap_or(name).to_owned())
}

/// True for a host name as RFC 5321 allows it in `EHLO`. A name whose last label is a number would
/// be an address.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 255 && text.split('.').all(is_label) && !last.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_by_its_full_name_where_there_is_one() {
        let hosts =
            "127.0.0.1 localhost\n127.0.1.1 box.example.org box # box.example.net\n::1 ip6-localhost\n";
        for (system, hosts, name) in [
            ("mail.example.com", hosts, Some("mail.example.com")),
            ("mail.example.com.", "", Some("mail.example.com")),
            ("box", hosts, Some("box.example.org")),
            ("BOX", hosts, Some("box.example.org")),
            ("box", "127.0.0.1 localhost box", Some("box")),
            ("box", "", Some("box")),
            ("other", hosts, Some("other")),
            ("localhost", hosts, None),
            ("localhost.localdomain", hosts, None),
            ("", hosts, None),
            ("(none)", hosts, None),
            ("under_score", hosts, None),
            ("10.0.0.1", hosts, None),
        ] {
            assert_eq!(host_name(system, hosts).as_deref(), name, "{system:?}");
        }
    }

    #[test]
    fn a_configured_name_is_a_host_or_an_address_literal() {
        for text in ["mail.example.com", "box", "[192.0.2.1]", "[IPv6:2001:db8::1]"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "-box",
            "a..b",
            "a b",
            "mail.example.com\r\nMAIL FROM:<joe@example.com>",
            "192.0.2.1",
            "[192.0.2]",
            "[2001:db8::1]",
            "[IPv6:192.0.2.1]",
            "m\u{fc}ller.example.com",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
