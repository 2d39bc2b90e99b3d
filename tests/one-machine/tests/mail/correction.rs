//! The correction of April 2024, as two versions of a page made here.

use bulletin::When;
use chrono::Duration;
use end_to_end::run;
use end_to_end::world::World;
use mail::testing::{Encryption, SmtpServer, Taken};

use crate::{
    HOSTS, JANE, JOE, april, april_saying, clock, email, jane, receivers, tell, waits_for, with_news,
};

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
            // `look` uses a channel that notifies nobody; the alerts are then sent to the watches.
            look(&world).await;
            tell(&world.store, &clock, &server).await;
        }
        let told: Vec<Taken> = server.taken().split_off(first.len());
        assert_eq!(receivers(&told), [JANE, JOE, "ann@example.com"]);
        for letter in &told {
            let subject = letter.header("Subject").unwrap();
            assert!(
                subject.starts_with("CORRECTED EB-2 India, Apr") && subject.len() < 100,
                "{subject}"
            );
            for says in ["01 Apr 2012 -> 15 Apr 2012", "published    corrected"] {
                assert!(letter.body().contains(says), "no {says:?} in\n{}", letter.message);
            }
            assert!(subject.contains("15 Apr 2012"), "{subject}");
        }
        println!("{}", told[0].message);
        // It replies to the message that it corrects.
        assert_eq!(told[0].header("In-Reply-To"), first[0].header("Message-ID"));
        assert_ne!(told[0].header("Message-ID"), first[0].header("Message-ID"));

        clock.pass(Duration::days(2));
        look(&world).await;
        tell(&world.store, &clock, &server).await;
        assert_eq!(server.taken().len(), first.len() + 3, "once");
    });
}

/// Fetches and stores a poll without notifying anybody.
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
