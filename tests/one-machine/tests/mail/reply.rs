//! The name of this machine in `EHLO`, and servers whose replies do not end.

use std::time::{Duration, Instant};

use bulletin::When;
use channels::{AlertFormat, Channels, CommandChannel, EmailChannel, TerminalChannel};
use end_to_end::run;
use mail::Mailer;
use mail::testing::{Encryption, Rule, SmtpServer};
use sqlite::Delivery;

use crate::{JANE, certificate, clock, email, jane, tell, waits_for, with_news};

/// A mailer without a login, with timeouts of seconds.
fn mailer(server: &SmtpServer, encryption: &str, ehlo_name: Option<&str>) -> Mailer {
    let (_folder, certificate) = certificate(server);
    let mut variables = vec![("SMTP_HOST", "localhost"), ("SMTP_TLS", encryption)];
    if server.certificate.is_some() {
        variables.push(("SMTP_CA_FILE", &certificate));
    }
    variables.extend(ehlo_name.map(|name| ("SMTP_EHLO_NAME", name)));
    server.mailer(&variables, Duration::from_secs(20))
}

/// Sends Jane's alert with this mailer.
async fn send(mailer: Mailer) -> Delivery {
    let clock = clock();
    let world = with_news(&clock, &[jane()]).await;
    let channels = Channels {
        terminal: TerminalChannel::new(&world.store, Vec::new(), AlertFormat::Text),
        command: CommandChannel::new(&world.store),
        email: EmailChannel::new(&world.store, Ok(mailer)),
    };
    channels.deliver(&world.store, &clock).await.unwrap()
}

#[test]
fn ehlo_gives_the_name_of_the_host_or_the_configured_one() {
    run(async {
        let server = SmtpServer::start(Encryption::StartTls);
        assert_eq!(send(mailer(&server, "starttls", None)).await.sent, 1);
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim();
        let said = server.said();
        let names: Vec<&str> = said
            .iter()
            .filter_map(|said| said.strip_prefix("EHLO "))
            .collect();
        // Before STARTTLS and after it.
        assert_eq!(names.len(), 2);
        assert_eq!(names[0], names[1]);
        if !host.is_empty() && !host.starts_with("localhost") && !host.contains('_') {
            assert!(names[0].starts_with(host), "{names:?} on {host}");
        }

        for name in ["mail.example.com", "[192.0.2.7]"] {
            let server = SmtpServer::start(Encryption::Tls);
            assert_eq!(send(mailer(&server, "tls", Some(name))).await.sent, 1);
            assert!(
                server.said().contains(&format!("EHLO {name}")),
                "{:?}",
                server.said()
            );
        }
    });
}

#[test]
fn a_reply_without_an_end_is_cut_off() {
    let plain = (Encryption::None, "plain");
    for ((encryption, word), step, text, says) in [
        (plain, "CONNECT", "220-ready\r\n", "more than 256 lines"),
        (plain, "CONNECT", "220-ready when you are ", "more than 32 KiB"),
        (plain, "EHLO", "250-\r\n", "more than 256 lines"),
        (plain, "RCPT", "250-ok\r\n", "more than 256 lines"),
        (plain, "RCPT", "550 5.1.1 no ", "more than 32 KiB"),
        (plain, "BODY", "250-taken\r\n", "more than 256 lines"),
        (
            (Encryption::Tls, "tls"),
            "MAIL",
            "250-ok\r\n",
            "more than 256 lines",
        ),
        ((Encryption::Tls, "tls"), "MAIL", "250 ok ", "more than 32 KiB"),
        (
            (Encryption::StartTls, "starttls"),
            "MAIL",
            "250 ok ",
            "more than 32 KiB",
        ),
    ] {
        run(async {
            let server = SmtpServer::start(encryption);
            server.rule(step, Rule::Flood(text), usize::MAX);
            let began = Instant::now();
            let drained = send(mailer(&server, word, None)).await;
            let what = format!("{step} {text:?} {word}: {drained:?}");
            assert_eq!((drained.sent, drained.failed.len()), (0, 1), "{what}");
            assert!(drained.failed[0].contains(says), "{what}");
            assert!(
                began.elapsed() < Duration::from_secs(8),
                "{what} took {:?}",
                began.elapsed()
            );
        });
    }
}

#[test]
fn a_server_that_trickles_ends_the_attempt_and_soon_the_run() {
    for step in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY"] {
        run(async {
            let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
            let watches: Vec<_> = ["EB1", "EB2", "EB3", "F1", "F2A", "F2B", "F3", "F4"]
                .map(|category| (waits_for(category, "INDIA", When::Every), email(JANE)))
                .into();
            let world = with_news(&clock, &watches).await;
            server.rule(step, Rule::Trickle(b'2'), usize::MAX);
            let began = Instant::now();
            let (drained, _) = tell(&world.store, &clock, &server).await;
            assert_eq!(
                (drained.sent, drained.failed.len()),
                (0, 8),
                "{step}: {drained:?}"
            );
            for failure in &drained.failed {
                assert!(failure.contains("did not answer in time"), "{step}: {failure}");
            }
            // Two attempts of half a second each, and not eight.
            assert!(
                began.elapsed() < Duration::from_secs(3),
                "{step}: {:?}",
                began.elapsed()
            );
        });
    }
}
