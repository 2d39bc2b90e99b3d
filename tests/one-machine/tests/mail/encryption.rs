//! The data that is sent before encryption starts, and to which server.

use channels::{AlertFormat, Channels, CommandChannel, EmailChannel, TerminalChannel};
use end_to_end::run;
use mail::Mailer;
use mail::testing::{Encryption, Rule, SmtpServer};
use sqlite::Delivery;

use crate::{MOMENT, certificate, clock, jane, stored, with_news};

/// A mailer that verifies the server's name and signs in.
fn mailer(server: &SmtpServer, tls: &str, trusts: bool) -> Mailer {
    let (_folder, certificate) = certificate(server);
    let mut variables = vec![
        ("SMTP_HOST", "localhost"),
        ("SMTP_TLS", tls),
        ("SMTP_USER", "jane"),
        ("SMTP_PASSWORD", "s3cret-word"),
    ];
    if trusts {
        variables.push(("SMTP_CA_FILE", &certificate));
    }
    server.mailer(&variables, MOMENT)
}

async fn send(server: &SmtpServer, tls: &str, trusts: bool) -> Delivery {
    let clock = clock();
    let world = with_news(&clock, &[jane()]).await;
    let channels = Channels {
        terminal: TerminalChannel::new(&world.store, Vec::new(), AlertFormat::Text),
        command: CommandChannel::new(&world.store),
        email: EmailChannel::new(&world.store, Ok(mailer(server, tls, trusts))),
    };
    let drained = channels.deliver(&world.store, &clock).await.unwrap();
    let told = format!("{drained:?} {}", stored(&world));
    assert!(!told.contains("s3cret") && !told.contains("jane"), "{told}");
    drained
}

#[test]
fn both_kinds_carry_the_password_and_the_letter() {
    run(async {
        for (encryption, word) in [(Encryption::StartTls, "starttls"), (Encryption::Tls, "tls")] {
            let server = SmtpServer::start(encryption);
            assert_eq!(send(&server, word, true).await.sent, 1, "{word}");
            let taken = server.taken();
            assert!(taken[0].encrypted && taken[0].login.is_some(), "{taken:?}");
            // Only the greeting and STARTTLS were sent unencrypted.
            if encryption == Encryption::StartTls {
                assert_eq!(server.said()[2], "STARTTLS");
                assert!(server.said()[3].starts_with("EHLO") && server.said()[4].starts_with("AUTH"));
            }
        }
    });
}

#[test]
fn a_server_that_does_not_offer_what_is_asked_for_gets_nothing() {
    run(async {
        let none = SmtpServer::start(Encryption::None);
        let drained = send(&none, "starttls", false).await;
        assert!(
            drained.failed[0].contains("does not offer STARTTLS"),
            "{drained:?}"
        );
        let refuses = SmtpServer::start(Encryption::StartTls);
        refuses.rule("STARTTLS", Rule::Reply("454 no TLS today"), 1);
        let drained = send(&refuses, "starttls", true).await;
        assert!(drained.failed[0].contains("454 no TLS today"), "{drained:?}");
        // The server cannot be identified.
        for (encryption, word) in [(Encryption::StartTls, "starttls"), (Encryption::Tls, "tls")] {
            let stranger = SmtpServer::start(encryption);
            let drained = send(&stranger, word, false).await;
            assert!(drained.failed[0].contains("certificate"), "{drained:?}");
            assert_eq!(stranger.taken(), []);
            let said = stranger.said();
            assert!(
                !said
                    .iter()
                    .any(|said| said.starts_with("AUTH") || said.starts_with("MAIL")),
                "{said:?}"
            );
        }
        assert!(
            !none
                .said()
                .iter()
                .any(|said| said.starts_with("AUTH") || said.starts_with("MAIL"))
        );
    });
}

#[test]
fn a_wrong_password_is_said_and_not_shown() {
    run(async {
        let server = SmtpServer::start(Encryption::StartTls);
        // Some servers echo the client's input.
        server.rule(
            "AUTH",
            Rule::Reply("535 jane s3cret-word AGphbmUAczNjcmV0LXdvcmQ="),
            1,
        );
        let drained = send(&server, "starttls", true).await;
        assert!(
            drained.failed[0].contains("SMTP_PASSWORD") && drained.failed[0].contains("535"),
            "{drained:?}"
        );
        assert!(!drained.failed[0].contains("AGphbmU"), "{drained:?}");
    });
}
