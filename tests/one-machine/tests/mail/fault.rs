//! Mail servers that refuse, disconnect, hang or are down.

use bulletin::When;
use chrono::Duration;
use end_to_end::{run, tables};
use mail::testing::{Encryption, Rule, SmtpServer};
use pipeline::port::Clock;
use sqlite::{DeadLetterKind, Delivery, WatchChannel};

use crate::{JANE, JOE, clock, email, jane, marks, receivers, stored, tell, waits_for, with_news};

/// A fault of the server in the first attempt, and the certain outcome.
struct Fault {
    step: &'static str,
    rule: Rule,
    /// The number of messages the server has at the end: two only if it accepted the first and the reply was lost.
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
        ("MAIL", Rule::Drop, 1, "broke off after the sender (MAIL_FROM)"),
        (
            "RCPT",
            Rule::Reply("450 4.2.1 <jane.doe@example.com>: greylisted"),
            1,
            "450 4.2.1 (address) greylisted",
        ),
        ("RCPT", Rule::Drop, 1, "broke off after the recipient"),
        ("RCPT", Rule::Hang, 1, "in time after the recipient"),
        ("DATA", Rule::Reply("451 no room"), 1, "451"),
        ("DATA", Rule::Drop, 1, "the message"),
        ("BODY", Rule::Reply("452 no room"), 1, "452"),
        ("BODY", Rule::Drop, 1, "broke off without accepting it"),
        ("BODY", Rule::Hang, 1, "in time after"),
        // It has accepted the message, which the client cannot know: the message is repeated with the same id, by
        // which mail programs recognize it.
        ("BODY", Rule::TakeAndDrop, 2, "broke off without accepting it"),
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
            // It is left alone for a while, and reported meanwhile.
            assert_eq!(
                tell(&world.store, &clock, &server).await.0,
                Delivery::default(),
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
        ("MAIL FROM", "550 5.7.1 not for jane.doe@example.com"),
        ("DATA", "554 5.6.0 nothing for jane.doe"),
    ] {
        run(async {
            let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
            let kind = waits_for("EB2", "INDIA", When::Moves);
            let world = with_news(
                &clock,
                &[jane(), (kind, email(JOE)), (kind, WatchChannel::Terminal)],
            )
            .await;
            server.rule(
                step,
                Rule::Reply(answer),
                if step.starts_with("RCPT") { usize::MAX } else { 1 },
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
            for says in [&answer[..9], "error is permanent", "bulletin watch remove 1"] {
                assert!(letter.failure.contains(says), "no {says:?} in {}", letter.failure);
            }
            assert!(!letter.failure.contains("jane"), "{}", letter.failure);
            assert!(!stored(&world).contains("jane"));

            // It is not retried, for days.
            let said = server.said().len();
            for _ in 0..20 {
                clock.pass(Duration::hours(3));
                assert_eq!(tell(&world.store, &clock, &server).await.0, Delivery::default());
            }
            assert_eq!(server.said().len(), said);
            // A retry on request is delivered.
            server.recover();
            assert_eq!(world.store.replay_dead_letters(None, clock.now()).unwrap(), 1);
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
        // The watch is removed, and nothing is kept for it.
        world.store.remove_watch(1).unwrap();
        world.store.replay_dead_letters(None, clock.now()).unwrap();
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
        let command = WatchChannel::Command(format!("cat >> {}", file.display()));
        let mut watches = Vec::new();
        for kind in kinds {
            watches.extend([
                (kind, email(JANE)),
                (kind, WatchChannel::Terminal),
                (kind, command.clone()),
            ]);
        }
        let world = with_news(&clock, &watches).await;
        server.rule("CONNECT", Rule::Hang, usize::MAX);
        let began = std::time::Instant::now();
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, drained.failed.len()), (10, 5), "{drained:?}");
        // The run waits for the server once, not for each of five messages.
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
        // The server recovers.
        server.recover();
        clock.pass(Duration::minutes(6));
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, printed.as_str()), (5, ""));
        assert_eq!(server.taken().len(), 5);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), handed);
        tables::assert_sound_and_settled(&world.path());
    });
}
