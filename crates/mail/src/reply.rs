//! The classification of a server's negative reply: retry or not.
//!
//! The enhanced status code (RFC 3463) decides if a reply has one, because providers answer with a `5xx` when
//! a mailbox is full or a daily limit is reached. Without one, the reply code decides.

use lettre::transport::smtp::response::{Code, Severity};

/// Subject and detail of an enhanced status code: `(2, 2)` for `5.2.2`.
type Status = (u16, u16);

/// True if the same message may be accepted later: a reply of the class `4yz`, or a `5yz` with a transient
/// cause.
pub(crate) fn is_temporary(code: Code, text: &str) -> bool {
    if code.severity != Severity::PermanentNegativeCompletion {
        return true;
    }
    let code = u16::from(code);
    // 530 asks for a login or for TLS. That is a configuration error, and says nothing about recipient or
    // message.
    if code == 530 {
        return true;
    }
    match enhanced_status(text) {
        // Mailbox full.
        Some((2, 2)) => true,
        // The server's own state (disk full, not accepting mail) and its network, routing and
        // limits.
        Some((3 | 4, _)) => true,
        Some((7, 0)) => asks_to_retry(text),
        Some(_) => false,
        // RFC 5321 has 552 for exceeded storage, and asks to treat it as temporary for too many
        // recipients (4.5.3.1.10).
        None => code == 552,
    }
}

/// The first enhanced status code of the classes 4 and 5 in a text. Some servers put it in brackets or after
/// a `#`.
fn enhanced_status(text: &str) -> Option<Status> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .find_map(|word| {
            let parts: Vec<&str> = word.trim_end_matches('.').split('.').collect();
            let ["4" | "5", subject, detail] = parts[..] else {
                return None;
            };
            let number = |part: &str| part.parse::<u16>().ok().filter(|number| *number <= 999);
            Some((number(subject)?, number(detail)?))
        })
}

/// True if the text asks for another attempt, such as "please retry in 5 minutes".
fn asks_to_retry(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        matches!(
            word,
            "again" | "later" | "retry" | "retrying" | "temporary" | "temporarily"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::transport::smtp::response::Response;

    /// Classifies a reply as the mailer does, with separate code and text.
    fn is_retried(reply: &str) -> bool {
        let response: Response = format!("{reply}\r\n").parse().unwrap();
        let text: Vec<&str> = response.message().collect();
        is_temporary(response.code(), &text.join(" "))
    }

    #[test]
    fn replies_that_pass_are_temporary() {
        for reply in [
            "421 too busy",
            "450 4.2.1 greylisted",
            "451 5.1.1 the reply code counts",
            "452 4.2.2 mailbox full",
            "550 5.4.5 Daily user sending limit exceeded",
            "550-5.4.5 Daily user sending\r\n550 5.4.5 limit exceeded",
            "552 5.2.2 mailbox full",
            "552 #5.2.2 over quota",
            "550 mailbox is full (5.2.2)",
            "554 5.2.2. mailbox full",
            "552 5.3.4 message too big for system",
            "550 5.3.2 system not accepting mail",
            "554 5.7.0 try again later",
            "550 5.7.0 Too much mail, please retry in an hour",
            "530 5.7.0 Authentication required",
            "552 mailbox full",
            "550 4.2.2 the classes differ",
        ] {
            assert!(is_retried(reply), "{reply}");
        }
    }

    #[test]
    fn replies_about_recipient_or_message_are_permanent() {
        for reply in [
            "550 5.1.1 no such user",
            "550 5.1.1 no such user, do not try again",
            "550 5.2.1 mailbox disabled",
            "552 5.2.3 message too long for this mailbox",
            "553 5.1.7 bad sender",
            "554 5.6.0 malformed",
            "554 5.7.0 rejected",
            "554 5.7.1 spam",
            "550 5.7.26 unauthenticated",
            "550 no such user",
            "551 user not local",
            "553 bad name",
            "554 no",
            "500 5.5.2 syntax error",
            "550 blocked by 5.4.3.2",
            "550 version 5.4",
        ] {
            assert!(!is_retried(reply), "{reply}");
        }
    }
}
