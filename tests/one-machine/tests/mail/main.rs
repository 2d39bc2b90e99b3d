//! Watches with the channels e-mail and command: the effect of a mail server that refuses, disconnects or hangs on
//! an alert, and that nobody else's alert waits for it.
//!
//! The mail server is `mail::testing::SmtpServer`, a real one on this machine; the mail client and the database are
//! the real ones.

#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

mod correction;
mod encryption;
mod exec;
mod fault;
mod reply;
mod retry;

use std::path::PathBuf;

use bulletin::{Case, Month, Subscription, When};
use bulletin_samples::site;
use channels::{AlertFormat, Channels, CommandChannel, EmailChannel, TerminalChannel};
use end_to_end::pages::{altered_bulletin, page_of};
use end_to_end::world::World;
use end_to_end::{run, tables};
use mail::testing::{Encryption, SmtpServer, Taken};
use pipeline::testing::FixedClock;
use sqlite::{Delivery, SqliteStore, WatchChannel, WatchKind};
use tempfile::TempDir;

/// The time limit of a mail server that hangs in a test.
const MOMENT: std::time::Duration = std::time::Duration::from_millis(500);

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

/// April 2024 with this cut-off of EB-2 India. The page had `2012-04-01` on its first day, and `2012-04-15` after
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

fn email(address: &str) -> WatchChannel {
    WatchChannel::Email(address.parse().unwrap())
}

/// The certificate of the server as a file, which its folder removes.
fn certificate(server: &SmtpServer) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("certificate.pem");
    std::fs::write(&file, server.certificate.clone().unwrap_or_default()).unwrap();
    let path = file.display().to_string();
    (folder, path)
}

/// Sends the alerts of the change log, like one run, and returns the printed text.
async fn tell(store: &SqliteStore, clock: &FixedClock, server: &SmtpServer) -> (Delivery, String) {
    let mut printed = Vec::new();
    let channels = Channels {
        terminal: TerminalChannel::new(store, &mut printed, AlertFormat::Text),
        command: CommandChannel::new(store),
        email: EmailChannel::new(store, Ok(server.mailer(&[], MOMENT))),
    };
    let drained = channels.deliver(store, clock).await.unwrap();
    drop(channels);
    (drained, String::from_utf8(printed).unwrap())
}

/// A world on the day on which the bulletin of April 2024 arrived, which is stored and not reported yet.
async fn with_news<'a>(clock: &'a FixedClock, watches: &[(WatchKind, WatchChannel)]) -> World<'a> {
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

fn jane() -> (WatchKind, WatchChannel) {
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

/// The content of the file outside of the table of watches, where addresses belong.
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
        let verdict = letter.body().lines().next().unwrap();
        for says in ["EB-2 India", "April 2024", "10 Apr 2012"] {
            assert!(verdict.contains(says), "no {says:?} in {verdict}");
        }
        // The printed table, and the instructions to unsubscribe.
        for line in [
            "Final Action Dates   01 Mar 2012 -> 01 Apr 2012   +31 days, advanced",
            "Dates for Filing     15 May 2012 -> 15 May 2012   ",
            "To stop these alerts: bulletin watch remove 1",
        ] {
            assert!(
                letter.body().lines().any(|other| other.starts_with(line)),
                "no {line:?} in\n{}",
                letter.message
            );
        }

        // It is marked, and a second run sends nothing.
        assert_eq!(marks(&world), ["CATEGORY#EB2#COUNTRY#INDIA#2024-04#0#watch-1"]);
        assert_eq!(tell(&world.store, &clock, &server).await.0, Delivery::default());
        assert_eq!(server.taken().len(), 1);
        assert!(!stored(&world).contains("jane"));
        tables::assert_sound_and_settled(&world.path());
    });
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
