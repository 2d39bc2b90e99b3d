//! Watches that are told by e-mail and by commands: what a mail server that refuses, breaks off or is silent makes of an
//! alert, and that nobody else waits for it.
//!
//! The server is a real one on this machine, of this crate's own, and the mail client and the database are the real ones.

#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::path::PathBuf;

use bulletin::{Case, Month, Subscription, When};
use bulletin_samples::site;
use chrono::Duration;
use end_to_end::pages::{altered_bulletin, page_of};
use end_to_end::world::World;
use end_to_end::{run, tables};
use local::{
    AlertFormat, DeadLetterKind, Drained, ExecSink, MailSink, SqliteStore, TerminalSink, WatchKind, Way,
    Ways, drain_to_watches,
};
use mail::testing::{Encryption, Rule, SmtpServer, Taken};
use mail::{Mailer, SmtpConfig, Timeouts};
use pipeline::port::Clock;
use pipeline::testing::FixedClock;

const HOSTS: [&str; 3] = ["travel", "mirror", "third"];
const EB2_INDIA: [&str; 3] = ["final_action", "EB2", "INDIA"];
const JANE: &str = "jane.doe@example.com";
const JOE: &str = "joe@example.org";

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn april() -> Month {
    month("2024-04")
}

/// April 2024 with this as the cut-off of EB-2 India. The page said `2012-04-01` on its first day, and `2012-04-15` after
/// its correction.
fn april_saying(text: &str) -> Vec<u8> {
    page_of(&altered_bulletin(
        &site::bulletin(april()).unwrap(),
        EB2_INDIA,
        text,
    ))
}

fn waits_for(category: &str, area: &str, when: When) -> WatchKind {
    WatchKind::Case(Subscription {
        case: Case {
            category: category.parse().unwrap(),
            area: area.parse().unwrap(),
        },
        priority_date: Some("2012-04-10".parse().unwrap()),
        when,
        chart: None,
    })
}

fn email(address: &str) -> Way {
    Way::Email(address.parse().unwrap())
}

/// A mailer for the server, with a password where it is asked for, and shorter times to wait.
fn mailer(server: &SmtpServer) -> Mailer {
    let port = server.port.to_string();
    let config = SmtpConfig::read(|name| {
        Ok(match name {
            "SMTP_HOST" => Some("127.0.0.1".into()),
            "SMTP_PORT" => Some(port.clone()),
            "MAIL_FROM" => Some("visa@example.com".into()),
            _ => None,
        })
    });
    patient_for_a_moment(config.unwrap())
}

fn patient_for_a_moment(config: SmtpConfig) -> Mailer {
    let moment = std::time::Duration::from_millis(500);
    let timeouts = Timeouts {
        connect: moment,
        command: moment,
        acceptance: moment,
    };
    Mailer::with_timeouts(config, timeouts).unwrap()
}

/// Sends what waits in the change log, as one run does, and answers what was printed.
async fn tell(store: &SqliteStore, clock: &FixedClock, server: &SmtpServer) -> (Drained, String) {
    let mut printed = Vec::new();
    let ways = Ways {
        terminal: TerminalSink::new(store, &mut printed, AlertFormat::Text),
        exec: ExecSink::new(store),
        mail: MailSink::new(store, Ok(mailer(server))),
    };
    let drained = drain_to_watches(store, &ways, clock).await.unwrap();
    drop(ways);
    (drained, String::from_utf8(printed).unwrap())
}

/// A world on the day on which the bulletin of April 2024 came, which is stored and not told yet.
async fn with_news<'a>(clock: &'a FixedClock, watches: &[(WatchKind, Way)]) -> World<'a> {
    let world = World::new(clock, &HOSTS);
    let before = month("2024-02");
    world.publish(&HOSTS, before, &page_of(&site::bulletin(before).unwrap()));
    world.deliver([before]).await;
    world.announce().await;
    for (kind, way) in watches {
        world.store.add_watch(*kind, way).unwrap();
    }
    world.publish(&HOSTS, april(), &april_saying("2012-04-01"));
    world.deliver([april()]).await;
    world
}

fn clock() -> FixedClock {
    FixedClock::noon("2024-03-13")
}

fn jane() -> (WatchKind, Way) {
    (waits_for("EB2", "INDIA", When::Moves), email(JANE))
}

fn receivers(taken: &[Taken]) -> Vec<&str> {
    taken
        .iter()
        .flat_map(|taken| &taken.to)
        .map(String::as_str)
        .collect()
}

fn marks(world: &World<'_>) -> Vec<String> {
    tables::query(
        &world.path(),
        "SELECT mark FROM alert_mark WHERE sent_at IS NOT NULL ORDER BY mark",
    )
}

/// Everything that the file holds outside of the table of watches, where addresses belong.
fn stored(world: &World<'_>) -> String {
    ["change_log", "alert_mark", "refusal", "message", "bulletin"]
        .iter()
        .flat_map(|table| tables::query(&world.path(), &format!("SELECT * FROM {table}")))
        .collect()
}

#[test]
fn an_alert_comes_as_an_e_mail_that_a_person_can_read() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let world = with_news(&clock, &[jane()]).await;
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!(
            (drained.sent, drained.failed, printed.as_str()),
            (1, Vec::new(), "")
        );
        let taken = server.taken();
        let [letter] = taken.as_slice() else {
            panic!("{taken:?}")
        };
        println!("{}", letter.message);

        assert_eq!(
            (letter.from.as_str(), receivers(&taken)),
            ("visa@example.com", vec![JANE])
        );
        let header = |name| {
            letter
                .header(name)
                .unwrap_or_else(|| panic!("no {name} in\n{}", letter.message))
        };
        let subject = header("Subject");
        assert!(subject.len() < 100 && subject.is_ascii(), "{subject}");
        assert!(subject.starts_with("EB-2 India, April 2024: "), "{subject}");
        assert_eq!(header("To"), JANE);
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert_eq!(header("Content-Type"), "text/plain; charset=utf-8");
        assert_eq!(header("Content-Transfer-Encoding"), "7bit");
        assert_eq!(header("MIME-Version"), "1.0");
        let date = header("Date");
        assert!(chrono::DateTime::parse_from_rfc2822(&date).is_ok(), "{date}");
        let id = header("Message-ID");
        assert!(
            id.starts_with("<category.eb2.country.india.2024-04.0.") && id.ends_with("@example.com>"),
            "{id}"
        );
        assert!(!id.contains("jane"), "{id}");
        assert_eq!(letter.header("In-Reply-To"), None);
        assert!(
            letter
                .body()
                .starts_with("EB-2 India, April 2024: your date 10 Apr 2012: not yet served"),
            "{}",
            letter.message
        );
        // The table as it is printed, and how to stop it.
        for line in [
            "Final Action Dates   01 Mar 2012 -> 01 Apr 2012   advanced 31 days",
            "Dates for Filing     15 May 2012 -> 15 May 2012   unchanged",
            "To be told no more of this: bulletin watch remove 1",
        ] {
            assert!(
                letter.body().lines().any(|other| other == line),
                "no {line:?} in\n{}",
                letter.message
            );
        }

        // It is noted, and a second run sends nothing.
        assert_eq!(marks(&world), ["CATEGORY#EB2#COUNTRY#INDIA#2024-04#0#watch-1"]);
        assert_eq!(tell(&world.store, &clock, &server).await.0, Drained::default());
        assert_eq!(server.taken().len(), 1);
        assert!(!stored(&world).contains("jane"));
        tables::assert_sound_and_settled(&world.path());
    });
}

/// What a server does to the first attempt, and what is certain then.
struct Fault {
    step: &'static str,
    rule: Rule,
    /// How many letters the server has at the end: two only where it took the first and the answer was lost.
    letters: usize,
    says: &'static str,
}

#[test]
fn a_server_that_fails_in_the_middle_is_tried_again_and_sends_nothing_twice() {
    let faults = [
        ("CONNECT", Rule::Reply("421 too busy"), 1, "421"),
        ("CONNECT", Rule::Drop, 1, "does not answer"),
        ("CONNECT", Rule::Hang, 1, "in time while connecting"),
        ("EHLO", Rule::Drop, 1, "does not answer"),
        ("MAIL", Rule::Reply("451 not now"), 1, "451"),
        ("MAIL", Rule::Reply("550 no such sender"), 1, "MAIL_FROM"),
        ("MAIL", Rule::Drop, 1, "the sender"),
        (
            "RCPT",
            Rule::Reply("450 4.2.1 <jane.doe@example.com>: greylisted"),
            1,
            "450 4.2.1 (address) greylisted",
        ),
        ("RCPT", Rule::Drop, 1, "this receiver"),
        ("RCPT", Rule::Hang, 1, "in time about this receiver"),
        ("DATA", Rule::Reply("451 no room"), 1, "451"),
        ("DATA", Rule::Drop, 1, "the message"),
        ("BODY", Rule::Reply("452 no room"), 1, "452"),
        ("BODY", Rule::Drop, 1, "broke off after"),
        ("BODY", Rule::Hang, 1, "in time after"),
        // It has taken the message and nobody can know: this one comes twice, and mail programs see the same id.
        ("BODY", Rule::TakeAndDrop, 2, "broke off after"),
    ];
    for (step, rule, letters, says) in faults {
        let fault = Fault {
            step,
            rule,
            letters,
            says,
        };
        run(async {
            let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
            let world = with_news(&clock, &[jane()]).await;
            server.rule(fault.step, fault.rule.clone(), 1);
            let what = format!("{} {:?}", fault.step, fault.rule);

            let (drained, _) = tell(&world.store, &clock, &server).await;
            assert_eq!(
                (drained.sent, drained.dead, drained.failed.len()),
                (0, 0, 1),
                "{what}"
            );
            assert!(
                drained.failed[0].contains(fault.says),
                "{what}: {:?}",
                drained.failed
            );
            assert!(
                !drained.failed[0].contains("jane"),
                "{what}: {:?}",
                drained.failed
            );
            assert_eq!(marks(&world), [""; 0], "{what}");
            assert!(!stored(&world).contains("jane"), "{what}");
            // It is left alone for a while, and said meanwhile.
            assert_eq!(
                tell(&world.store, &clock, &server).await.0,
                Drained::default(),
                "{what}"
            );
            assert_eq!(world.store.failing_changes().unwrap(), drained.failed, "{what}");

            clock.pass(Duration::minutes(6));
            let (drained, _) = tell(&world.store, &clock, &server).await;
            assert_eq!((drained.sent, drained.failed), (1, Vec::new()), "{what}");
            let taken = server.taken();
            assert_eq!(taken.len(), fault.letters, "{what}");
            assert!(
                taken
                    .iter()
                    .all(|letter| letter.header("Message-ID") == taken[0].header("Message-ID"))
            );
            assert_eq!(marks(&world).len(), 1, "{what}");
            tables::assert_sound_and_settled(&world.path());
        });
    }
}

#[test]
fn a_receiver_that_is_refused_for_good_ends_where_it_is_seen_and_holds_back_nobody() {
    for (step, answer) in [
        (
            "RCPT TO:<jane",
            "550 5.1.1 <jane.doe@example.com> jane.doe unknown",
        ),
        ("BODY", "554 5.7.1 jane.doe@example.com does not want this"),
    ] {
        run(async {
            let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
            let kind = waits_for("EB2", "INDIA", When::Moves);
            let world = with_news(&clock, &[jane(), (kind, email(JOE)), (kind, Way::Terminal)]).await;
            server.rule(
                step,
                Rule::Reply(answer),
                if step == "BODY" { 1 } else { usize::MAX },
            );
            let (drained, printed) = tell(&world.store, &clock, &server).await;
            assert_eq!((drained.sent, drained.dead), (2, 1), "{drained:?}");
            assert_eq!(receivers(&server.taken()), [JOE]);
            assert!(printed.contains("EB-2 India, April 2024"), "{printed}");

            let letters = world.store.dead_letters().unwrap();
            let [letter] = letters.as_slice() else {
                panic!("{letters:?}")
            };
            assert_eq!(letter.kind, DeadLetterKind::Change);
            for says in [&answer[..9], "for good", "bulletin watch remove 1"] {
                assert!(letter.failure.contains(says), "no {says:?} in {}", letter.failure);
            }
            assert!(!letter.failure.contains("jane"), "{}", letter.failure);
            assert!(!stored(&world).contains("jane"));

            // Not tried again, for days.
            let said = server.said().len();
            for _ in 0..20 {
                clock.pass(Duration::hours(3));
                assert_eq!(tell(&world.store, &clock, &server).await.0, Drained::default());
            }
            assert_eq!(server.said().len(), said);
            // Until somebody asks for it.
            server.recover();
            assert_eq!(world.store.replay_dead_letters(clock.now()).unwrap(), 1);
            let (drained, printed) = tell(&world.store, &clock, &server).await;
            assert_eq!((drained.sent, drained.failed.len(), printed.as_str()), (1, 0, ""));
            assert_eq!(receivers(&server.taken()), [JOE, JANE]);
            tables::assert_sound_and_settled(&world.path());
        });
    }
}

#[test]
fn a_refusal_for_good_is_asked_once_while_another_receiver_is_tried_again() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let kind = waits_for("EB2", "INDIA", When::Moves);
        let world = with_news(&clock, &[jane(), (kind, email(JOE))]).await;
        server.rule("RCPT TO:<jane", Rule::Reply("550 no"), usize::MAX);
        server.rule("RCPT TO:<joe", Rule::Reply("450 later"), 2);
        let (drained, _) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, drained.dead, drained.failed.len()), (0, 0, 1));
        assert!(drained.failed[0].contains("watch-1") && drained.failed[0].contains("watch-2"));
        clock.pass(Duration::minutes(6));
        assert_eq!(tell(&world.store, &clock, &server).await.0.dead, 0);
        clock.pass(Duration::minutes(11));
        let (drained, _) = tell(&world.store, &clock, &server).await;
        assert_eq!(
            (drained.sent, drained.dead),
            (1, 1),
            "what is left is refused for good"
        );
        let asked = |who: &str| server.said().iter().filter(|said| said.starts_with(who)).count();
        assert_eq!((asked("RCPT TO:<jane"), asked("RCPT TO:<joe")), (1, 3));
        // The watch is ended: nothing waits for it any more.
        world.store.remove_watch(1).unwrap();
        world.store.replay_dead_letters(clock.now()).unwrap();
        tell(&world.store, &clock, &server).await;
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn a_dead_server_holds_back_neither_what_is_printed_nor_commands() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let kinds =
            ["EB2", "EB3", "F1", "F2A", "F4"].map(|category| waits_for(category, "INDIA", When::Every));
        let told = tempfile::tempdir().unwrap();
        let file = told.path().join("told");
        let command = Way::Exec(format!("cat >> {}", file.display()));
        let mut watches = Vec::new();
        for kind in kinds {
            watches.extend([
                (kind, email(JANE)),
                (kind, Way::Terminal),
                (kind, command.clone()),
            ]);
        }
        let world = with_news(&clock, &watches).await;
        server.rule("CONNECT", Rule::Hang, usize::MAX);
        let began = std::time::Instant::now();
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, drained.failed.len()), (10, 5), "{drained:?}");
        // The server is waited for once, not for each of five letters.
        assert!(
            began.elapsed() < std::time::Duration::from_secs(2),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(printed.matches(&"=".repeat(80)).count(), 5);
        let handed = std::fs::read_to_string(&file).unwrap();
        assert_eq!(handed.lines().count(), 5);
        for line in handed.lines() {
            let alert: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(
                (&alert["version"], &alert["month"]),
                (&1.into(), &"2024-04".into())
            );
        }
        // It comes back.
        server.recover();
        clock.pass(Duration::minutes(6));
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, printed.as_str()), (5, ""));
        assert_eq!(server.taken().len(), 5);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), handed);
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn what_cannot_be_sent_for_a_day_is_kept_where_it_is_seen() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let world = with_news(&clock, &[jane()]).await;
        server.rule("CONNECT", Rule::Reply("421 never"), usize::MAX);
        let mut dead = 0;
        for _ in 0..12 {
            dead += tell(&world.store, &clock, &server).await.0.dead;
            clock.pass(Duration::hours(3));
        }
        assert_eq!(dead, 1);
        assert_eq!(world.store.dead_letters().unwrap().len(), 1);
        server.recover();
        world.store.replay_dead_letters(clock.now()).unwrap();
        assert_eq!(tell(&world.store, &clock, &server).await.0.sent, 1);
    });
}

#[test]
fn the_correction_of_april_is_one_e_mail_that_names_both_values_to_those_who_follow_the_case() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let corrections = waits_for("EB2", "INDIA", When::Corrected);
        let others = waits_for("EB3", "INDIA", When::Moves);
        let near = waits_for("EB2", "INDIA", When::Current);
        let watches = [
            jane(),
            (corrections, email(JOE)),
            (others, email("eve@example.com")),
            (near, email("ann@example.com")),
        ];
        let world = with_news(&clock, &watches).await;
        tell(&world.store, &clock, &server).await;
        let first = server.taken();
        assert_eq!(receivers(&first), [JANE, "eve@example.com"]);

        world.publish(&HOSTS, april(), &april_saying("2012-04-15"));
        clock.pass(Duration::hours(4));
        for minutes in [0, 9, 1] {
            clock.pass(Duration::minutes(minutes));
            assert_eq!(
                server.taken().len(),
                first.len(),
                "nobody is told before it is confirmed"
            );
            // `look` sends to a sink that tells nobody here: what waits is sent to the watches.
            look(&world).await;
            tell(&world.store, &clock, &server).await;
        }
        let told: Vec<Taken> = server.taken().split_off(first.len());
        assert_eq!(receivers(&told), [JANE, JOE, "ann@example.com"]);
        for letter in &told {
            let subject = letter.header("Subject").unwrap();
            assert!(
                subject.starts_with("CORRECTED EB-2 India, April 2024") && subject.len() < 100,
                "{subject}"
            );
            for says in ["01 Apr 2012 -> 15 Apr 2012", "It replaces 01 Apr 2012"] {
                assert!(letter.body().contains(says), "no {says:?} in\n{}", letter.message);
            }
            assert!(subject.contains("15 Apr 2012"), "{subject}");
        }
        println!("{}", told[0].message);
        // It answers the message that it corrects.
        assert_eq!(told[0].header("In-Reply-To"), first[0].header("Message-ID"));
        assert_ne!(told[0].header("Message-ID"), first[0].header("Message-ID"));

        clock.pass(Duration::days(2));
        look(&world).await;
        tell(&world.store, &clock, &server).await;
        assert_eq!(server.taken().len(), first.len() + 3, "once");
    });
}

/// What a look fetches and stores, telling nobody.
async fn look(world: &World<'_>) {
    let fetcher = pipeline::Fetcher {
        source: &world.source,
        store: &world.store,
        queue: &world.store,
        clock: world.clock,
    };
    fetcher.fetch(None).await.unwrap();
    world.deliver([]).await;
}

#[test]
fn two_processes_at_once_send_each_alert_once() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let kinds = ["EB1", "EB2", "EB3", "F1", "F2A", "F4"]
            .map(|category| waits_for(category, "INDIA", When::Every));
        let watches: Vec<_> = kinds.into_iter().map(|kind| (kind, email(JANE))).collect();
        let world = with_news(&clock, &watches).await;
        let path: PathBuf = world.path();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    run(async {
                        let store = SqliteStore::open(&path).unwrap();
                        let (drained, _) = tell(&store, &FixedClock::noon("2024-03-13"), &server).await;
                        assert_eq!(drained.failed, [""; 0]);
                    });
                });
            }
        });
        let taken = server.taken();
        let mut ids: Vec<_> = taken
            .iter()
            .map(|letter| letter.header("Message-ID").unwrap())
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!((taken.len(), ids.len()), (6, 6));
        tables::assert_sound_and_settled(&path);
    });
}

mod encryption {
    use super::*;

    /// A mailer that knows the server by its name, and signs in.
    fn mailer(server: &SmtpServer, tls: &str, trusts: bool) -> Mailer {
        let folder = tempfile::tempdir().unwrap();
        let certificate = folder.path().join("certificate.pem");
        std::fs::write(&certificate, server.certificate.clone().unwrap_or_default()).unwrap();
        let config = SmtpConfig::read(|name| {
            Ok(match name {
                "SMTP_HOST" => Some("localhost".into()),
                "SMTP_PORT" => Some(server.port.to_string()),
                "SMTP_TLS" => Some(tls.into()),
                "SMTP_USER" => Some("jane".into()),
                "SMTP_PASSWORD" => Some("s3cret-word".into()),
                "SMTP_CA_FILE" if trusts => Some(certificate.display().to_string()),
                "MAIL_FROM" => Some("visa@example.com".into()),
                _ => None,
            })
        });
        patient_for_a_moment(config.unwrap())
    }

    async fn send(server: &SmtpServer, tls: &str, trusts: bool) -> Drained {
        let clock = clock();
        let world = with_news(&clock, &[jane()]).await;
        let ways = Ways {
            terminal: TerminalSink::new(&world.store, Vec::new(), AlertFormat::Text),
            exec: ExecSink::new(&world.store),
            mail: MailSink::new(&world.store, Ok(mailer(server, tls, trusts))),
        };
        let drained = drain_to_watches(&world.store, &ways, &clock).await.unwrap();
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
                // Nothing but the greeting and STARTTLS went over the open line.
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
            // Who it is cannot be known.
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
            // Some servers repeat what they were told.
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
}
