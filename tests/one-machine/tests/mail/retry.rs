//! Retries of undelivered mail, and their end.

use bulletin::When;
use chrono::Duration;
use end_to_end::world::World;
use end_to_end::{run, tables};
use mail::testing::{Encryption, Rule, SmtpServer};
use pipeline::port::Clock;
use sqlite::{Undelivered, WatchChannel, WatchKind, drop_unwanted};

use crate::{JANE, JOE, clock, email, jane, receivers, stored, tell, waits_for, with_news};

fn undelivered(world: &World<'_>) -> (u32, u32) {
    let Undelivered { retried, given_up } = world.store.undelivered().unwrap();
    (retried, given_up)
}

#[test]
fn an_unreachable_server_is_retried_for_five_days_and_then_a_dead_letter_is_left() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let world = with_news(&clock, &[jane()]).await;
        // The five days begin with the first attempt, and not with the change.
        clock.pass(Duration::days(2));
        server.rule("CONNECT", Rule::Reply("421 never"), usize::MAX);
        let attempts = || server.said().iter().filter(|said| *said == "CONNECT").count();
        for _ in 0..119 {
            assert_eq!(tell(&world.store, &clock, &server).await.0.dead, 0);
            assert_eq!(undelivered(&world), (1, 0));
            clock.pass(Duration::hours(1));
        }
        // One run per hour, and a backoff that grows to three hours.
        assert!((40..=48).contains(&attempts()), "{} attempts", attempts());
        clock.pass(Duration::hours(2));
        assert_eq!(tell(&world.store, &clock, &server).await.0.dead, 1);
        assert_eq!(undelivered(&world), (0, 1));

        server.recover();
        world.store.replay_dead_letters(None, clock.now()).unwrap();
        assert_eq!(tell(&world.store, &clock, &server).await.0.sent, 1);
        assert_eq!(undelivered(&world), (0, 0));
    });
}

#[test]
fn a_permanent_reply_code_with_a_temporary_cause_is_retried() {
    for (step, answer) in [
        ("MAIL FROM", "550 5.4.5 daily sending limit exceeded"),
        ("RCPT TO", "552 5.2.2 mailbox full"),
        ("RCPT TO", "550 5.4.5 daily sending limit exceeded"),
        ("RCPT TO", "552 mailbox full"),
        ("DATA", "554 5.7.0 try again later"),
        ("BODY", "554 5.7.0 try again later"),
        ("BODY", "552 5.3.1 no space on this system"),
    ] {
        run(async {
            let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
            let world = with_news(&clock, &[jane()]).await;
            server.rule(step, Rule::Reply(answer), 2);
            for minutes in [0, 6] {
                clock.pass(Duration::minutes(minutes));
                let (drained, _) = tell(&world.store, &clock, &server).await;
                assert_eq!((drained.dead, drained.failed.len()), (0, 1), "{step} {answer}");
                assert!(drained.failed[0].contains(answer), "{:?}", drained.failed);
            }
            clock.pass(Duration::minutes(11));
            let (drained, _) = tell(&world.store, &clock, &server).await;
            assert_eq!((drained.sent, drained.failed.len()), (1, 0), "{step} {answer}");
            assert_eq!(undelivered(&world), (0, 0));
            tables::assert_sound_and_settled(&world.path());
        });
    }
}

#[test]
fn alerts_of_a_removed_watch_are_undelivered_no_more() {
    for answer in ["550 5.1.1 no such user", "450 4.2.1 later"] {
        run(async {
            let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
            let kind = waits_for("EB2", "INDIA", When::Moves);
            let world = with_news(&clock, &[jane(), (kind, email(JOE))]).await;
            server.rule("RCPT", Rule::Reply(answer), usize::MAX);
            tell(&world.store, &clock, &server).await;
            let both = undelivered(&world);
            assert_eq!(both.0 + both.1, 1, "{answer}");

            world.store.remove_watch(1).unwrap();
            drop_unwanted(&world.store, clock.now()).await.unwrap();
            assert_eq!(undelivered(&world), both, "{answer}: Joe waits for it too");
            world.store.remove_watch(2).unwrap();
            tell(&world.store, &clock, &server).await;
            assert_eq!(undelivered(&world), (0, 0), "{answer}");
            assert_eq!(server.taken(), []);
            tables::assert_sound_and_settled(&world.path());
        });
    }
}

#[test]
fn the_summary_of_the_last_watch_is_printed_once_the_watch_is_removed() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let world = with_news(&clock, &[(WatchKind::Bulletins, email(JANE))]).await;
        server.rule("RCPT", Rule::Reply("550 5.1.1 no such user"), usize::MAX);
        tell(&world.store, &clock, &server).await;
        assert_eq!(undelivered(&world), (0, 1));
        world.store.remove_watch(1).unwrap();
        drop_unwanted(&world.store, clock.now()).await.unwrap();
        assert_eq!(undelivered(&world), (0, 0));
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, drained.failed.len()), (1, 0));
        assert!(printed.contains("April 2024"), "{printed}");
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn a_retry_that_is_asked_for_does_not_wait_for_the_backoff() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let kind = waits_for("EB2", "INDIA", When::Moves);
        let world = with_news(
            &clock,
            &[jane(), (kind, email(JOE)), (kind, WatchChannel::Terminal)],
        )
        .await;
        server.rule("RCPT TO:<jane", Rule::Reply("550 5.1.1 no such user"), usize::MAX);
        server.rule("RCPT TO:<joe", Rule::Reply("450 4.2.1 later"), usize::MAX);
        tell(&world.store, &clock, &server).await;
        assert_eq!(undelivered(&world), (1, 0));
        server.recover();
        world.store.replay_dead_letters(None, clock.now()).unwrap();
        let (drained, printed) = tell(&world.store, &clock, &server).await;
        assert_eq!((drained.sent, drained.failed.len(), printed.as_str()), (2, 0, ""));
        assert_eq!(receivers(&server.taken()), [JANE, JOE]);
    });
}

#[test]
fn a_reply_is_kept_with_its_words_and_without_addresses() {
    run(async {
        let (clock, server) = (clock(), SmtpServer::start(Encryption::None));
        let you = (waits_for("EB2", "INDIA", When::Moves), email("you@example.com"));
        let world = with_news(&clock, &[you]).await;
        server.rule(
            "RCPT",
            Rule::Reply("550 5.1.1 <you@example.com>: check your address, thank you"),
            1,
        );
        let (drained, _) = tell(&world.store, &clock, &server).await;
        let says = "550 5.1.1 (address) check your address, thank you.";
        assert!(drained.failed[0].contains(says), "{:?}", drained.failed);
        assert!(!stored(&world).contains("you@"));
    });
}
