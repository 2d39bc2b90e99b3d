//! Watch commands that hang.

use std::path::Path;
use std::time::{Duration, Instant};

use bulletin::When;
use channels::{AlertFormat, Channels, CommandChannel, EmailChannel, TerminalChannel};
use end_to_end::run;
use pipeline::testing::FixedClock;
use sqlite::{Delivery, SqliteStore, WatchChannel};

use crate::{clock, waits_for, with_news};

async fn tell(store: &SqliteStore, clock: &FixedClock) -> Delivery {
    let channels = Channels {
        terminal: TerminalChannel::new(store, Vec::new(), AlertFormat::Text),
        command: CommandChannel::with_time_limit(store, Duration::from_millis(700)),
        email: EmailChannel::new(store, Err("no mail server is configured".into())),
    };
    channels.deliver(store, clock).await.unwrap()
}

/// True if a process with this id exists and is not a zombie.
fn lives(id: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_command_that_hangs_is_ended_with_all_that_it_started_and_holds_back_no_other() {
    run(async {
        let clock = clock();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
        let hangs = format!("sleep 300 & echo $! >> {}; wait", file("pids").display());
        let works = format!("echo $ALERT_ID >> {}", file("told").display());
        let mut watches = ["EB1", "EB2", "EB3", "F1"]
            .map(|category| {
                (
                    waits_for(category, "INDIA", When::Every),
                    WatchChannel::Command(works.clone()),
                )
            })
            .to_vec();
        // One subscriber with one command, for two cases.
        for category in ["EB2", "EB3"] {
            watches.push((
                waits_for(category, "INDIA", When::Every),
                WatchChannel::Command(hangs.clone()),
            ));
        }
        let world = with_news(&clock, &watches).await;
        let began = Instant::now();
        let drained = tell(&world.store, &clock).await;
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(
            (drained.sent, drained.failed.len(), drained.dead),
            (4, 2, 0),
            "{drained:?}"
        );
        for failure in &drained.failed {
            assert!(
                failure.contains("did not end within 700ms and was killed"),
                "{failure}"
            );
        }
        assert_eq!(read("told").lines().count(), 4);
        let pids = read("pids");
        assert_eq!(pids.lines().count(), 2);
        if Path::new("/proc/self/stat").exists() {
            // On a busy machine the kernel may take a moment.
            let patience = Instant::now() + Duration::from_secs(5);
            while pids.lines().any(lives) {
                assert!(Instant::now() < patience, "{pids} live");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        // Delivered alerts are not repeated.
        clock.pass(chrono::Duration::minutes(6));
        assert_eq!(tell(&world.store, &clock).await.sent, 0);
        assert_eq!(read("told").lines().count(), 4);
    });
}
