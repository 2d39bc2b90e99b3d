//! Repeated, late and reordered deliveries lead to the same rows, standings and alerts.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where something goes wrong, and says what it looked at"
)]

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::time::{Duration as Pause, Instant};

use bulletin::{Alert, Month};
use chrono::{DateTime, Duration, Utc};
use end_to_end::oracle::{Cells, History, alerts_of_correction, alerts_of_new};
use end_to_end::pages::{
    Pages, SampleStep, altered, real_cells, real_pages, sample_months, sample_steps, shared,
};
use end_to_end::tables;
use end_to_end::world::{World, assert_none_twice, ids, lines, release_day};
use end_to_end::{assert_same, run};
use fastrand::Rng;
use pipeline::port::{BulletinQueue, Clock, Fetched, PageMessage};
use pipeline::testing::{FixedClock, RecordingChannel, ScriptedSource, link_of};
use pipeline::{ChangeRecord, Fetcher, Notifier, Parsed, Parser};
use sqlite::{SqliteStore, deliver_changes, parse_pages};

/// The number of orders to try.
const SEEDS: u64 = 20;

/// A day on which a page is new or changed.
struct Day {
    at: DateTime<Utc>,
    month: Month,
    page: Vec<u8>,
}

fn sample_days() -> Vec<Day> {
    sample_steps()
        .into_iter()
        .map(
            |SampleStep {
                 as_of, month, page, ..
             }| Day {
                at: FixedClock::noon(&as_of).now(),
                month,
                page,
            },
        )
        .collect()
}

fn real_days() -> Option<Vec<Day>> {
    let bulletins = shared()?;
    let months: Vec<String> = real_cells(&bulletins)
        .into_keys()
        .filter(|month| month.as_str() >= "2024")
        .collect();
    let pages = real_pages(&bulletins, &months);
    let day = |(month, page)| Day {
        at: release_day(month),
        month,
        page,
    };
    Some(pages.into_iter().map(day).collect())
}

/// The stored data at the end, and all alerts sent.
struct Played {
    stored: Vec<String>,
    alerts: Vec<Alert>,
}

/// Plays every page once, in order, and again ten minutes later, because no correction is accepted without a second
/// poll.
async fn play_in_order(days: &[Day]) -> Played {
    let clock = FixedClock::noon("2023-01-01");
    let world = World::new(&clock, &["travel"]);
    let mut alerts = Vec::new();
    for day in days {
        clock.set(day.at);
        world.publish(&["travel"], day.month, &day.page);
        world.deliver([day.month]).await;
        clock.pass(Duration::minutes(10));
        world.deliver([day.month]).await;
        alerts.extend(world.announce().await);
    }
    tables::assert_sound_and_settled(&world.path());
    Played {
        stored: tables::everything(&world.path()),
        alerts,
    }
}

/// Delivers both polls of every page twice, mixed with the page of the month before, and every change record twice:
/// all in any order within the day, records between pages. Then the change log delivers all records again.
async fn play_twice_and_shuffled(days: &[Day], rng: &mut Rng) -> Played {
    let clock = FixedClock::noon("2023-01-01");
    let world = World::new(&clock, &["travel"]);
    let notifier = Notifier {
        store: &world.store,
        channel: &world.channel,
        clock: &clock,
    };
    let mut alerts = Vec::new();
    let (mut before, mut seen) = (None, 0);
    for day in days {
        clock.set(day.at);
        world.publish(&["travel"], day.month, &day.page);
        let mut waiting: Vec<ChangeRecord> = Vec::new();
        for _ in 0..2 {
            let mut messages = vec![day.month, day.month];
            messages.extend(before.filter(|before| *before != day.month));
            rng.shuffle(&mut messages);
            for month in messages {
                world.deliver([month]).await;
                // Nothing leaves the change log before the end of the day.
                let (fresh, last) = world.records_after(seen);
                waiting.extend(fresh.iter().chain(&fresh).cloned());
                seen = last;
                rng.shuffle(&mut waiting);
                for record in waiting.split_off(rng.usize(..=waiting.len())) {
                    notifier.notify(&record).await.unwrap();
                }
            }
            clock.pass(Duration::minutes(10));
        }
        for record in waiting {
            notifier.notify(&record).await.unwrap();
        }
        alerts.extend(world.channel.take());
        let sent_again = world.announce().await;
        assert_eq!(
            ids(&sent_again),
            [""; 0],
            "the log had what was handed over already"
        );
        before = Some(day.month);
    }
    tables::assert_sound_and_settled(&world.path());
    Played {
        stored: tables::everything(&world.path()),
        alerts,
    }
}

async fn twice_and_shuffled_is_the_same(days: &[Day], seeds: u64) {
    let once = play_in_order(days).await;
    assert_none_twice(&once.alerts);
    for seed in 0..seeds {
        println!("seed {seed}");
        let played = play_twice_and_shuffled(days, &mut Rng::with_seed(seed)).await;
        assert_none_twice(&played.alerts);
        assert_same("what is stored", &once.stored, &played.stored);
        assert_same("alerts", &lines(&once.alerts), &lines(&played.alerts));
    }
}

#[test]
fn twice_and_shuffled_within_a_month_sample_pages_are_stored_and_told_once() {
    run(twice_and_shuffled_is_the_same(&sample_days(), SEEDS));
}

#[test]
fn twice_and_shuffled_within_a_month_real_pages_are_stored_and_told_once() {
    let Some(days) = real_days() else { return };
    run(twice_and_shuffled_is_the_same(&days, 2));
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Plays the pages in order without disturbances.
async fn content_in_order(pages: &Pages) -> Vec<String> {
    let clock = FixedClock::noon("2023-01-12");
    let world = World::new(&clock, &["travel"]);
    world.publish_all("travel", pages);
    world.deliver(pages.keys().copied()).await;
    tables::content(&world.path())
}

/// True if an arriving bulletin is news: an earlier one is stored, and no later one except one that was news
/// itself.
fn is_news(stored: &History, month: &str, news: &mut BTreeSet<String>) -> bool {
    let later: Vec<&String> = stored.keys().filter(|other| other.as_str() > month).collect();
    let has_earlier = stored.keys().any(|other| other.as_str() < month);
    let is_news = has_earlier
        && match later[..] {
            [] => true,
            [next] => news.contains(next),
            _ => false,
        };
    if is_news {
        news.insert(month.to_owned());
    }
    is_news
}

/// Delivers every page twice, in any order of months. `present` is the fixed time of the clock: a day before the
/// first of them, so that no month is too old to alert, or that of the newest.
///
/// Records are delivered twice and shuffled: those of each page before the next page, or all at the end.
async fn shuffle_across_months(
    seed: u64,
    present: &str,
    at_the_end: bool,
    (pages, history): (&Pages, &History),
    in_order: &[String],
) {
    let mut rng = Rng::with_seed(seed);
    println!("seed {seed}, {present}, at the end: {at_the_end}");
    let clock = FixedClock::noon(present);
    let world = World::new(&clock, &["travel"]);
    world.publish_all("travel", pages);
    let notifier = Notifier {
        store: &world.store,
        channel: &world.channel,
        clock: &clock,
    };
    let mut messages: Vec<Month> = pages.keys().chain(pages.keys()).copied().collect();
    rng.shuffle(&mut messages);

    let (mut waiting, mut seen) = (Vec::new(), 0);
    let (mut stored, mut predicted) = (History::new(), Vec::new());
    let mut in_order_of_arrival = BTreeSet::new();
    for month in &messages {
        world.deliver([*month]).await;
        let (fresh, last) = world.records_after(seen);
        seen = last;
        waiting.extend(fresh.iter().chain(&fresh).cloned());
        rng.shuffle(&mut waiting);
        if !at_the_end {
            for record in waiting.drain(..) {
                notifier.notify(&record).await.unwrap();
            }
        }
        let text = month.to_string();
        let is_new = stored.insert(text.clone(), history[&text].clone()).is_none();
        if is_new && is_news(&stored, &text, &mut in_order_of_arrival) && text.as_str() >= &present[..7] {
            predicted.extend(alerts_of_new(&stored, &text));
        }
    }
    for record in waiting {
        notifier.notify(&record).await.unwrap();
    }
    let alerts = world.channel.take();
    assert_eq!(ids(&world.announce().await), [""; 0]);
    assert_none_twice(&alerts);
    tables::assert_sound_and_settled(&world.path());

    let newest = *pages.keys().next_back().unwrap();
    let began_with_newest = messages[0] == newest;
    let told = alerts
        .iter()
        .any(|alert| alert.case().is_none() && alert.month() == newest);
    assert_eq!(
        told, !began_with_newest,
        "the newest month is always alerted, unless tracking begins with it"
    );
    if at_the_end {
        // A summary describes the bulletins stored when it is sent: the newest bulletin compared with all that
        // arrived meanwhile, and the remaining data of older ones. The alert of each case does not depend on that.
        let newest = format!("{newest} whole bulletin");
        let is_summary = |line: &String| line.contains(" whole bulletin");
        let (summaries, cases): (Vec<String>, Vec<String>) = lines(&alerts).into_iter().partition(is_summary);
        predicted.retain(|line| !is_summary(line));
        assert_same("alerts of cases", &predicted, &cases);
        let in_the_end = alerts_of_new(history, history.keys().next_back().unwrap());
        let expected = in_the_end
            .iter()
            .filter(|line| line.starts_with(&newest) && !began_with_newest);
        let found = summaries.iter().filter(|line| line.starts_with(&newest));
        assert_same("summary of the newest bulletin", expected, found);
    } else {
        assert_same("alerts", &predicted, &lines(&alerts));
    }
    assert_same("what is stored", in_order, &tables::content(&world.path()));
}

#[test]
fn shuffled_across_months_the_same_is_stored_and_no_alert_is_lost_or_repeated() {
    let (pages, history) = sample_months();
    let in_order = run(content_in_order(&pages));
    for seed in 0..SEEDS {
        let present = if seed % 2 == 0 { "2023-01-12" } else { "2024-06-11" };
        run(shuffle_across_months(
            seed,
            present,
            seed % 4 < 2,
            (&pages, &history),
            &in_order,
        ));
    }
}

#[test]
fn shuffled_across_months_real_pages_are_stored_the_same_and_the_newest_is_alerted() {
    let Some(bulletins) = shared() else { return };
    let mut history = real_cells(&bulletins);
    // Two years in which a column and rows appear and disappear, and the second chart starts.
    history.retain(|month, _| ("2014-06".."2016-12").contains(&month.as_str()));
    let pages = real_pages(&bulletins, history.keys());
    let in_order = run(content_in_order(&pages));
    for seed in 0..2 {
        run(shuffle_across_months(
            seed,
            "2014-01-12",
            seed == 1,
            (&pages, &history),
            &in_order,
        ));
    }
}

const EB3_INDIA: [&str; 3] = ["final_action", "EB3", "INDIA"];

/// Sets a cell in the oracle's history.
fn set(cells: &mut Cells, [chart, category, area]: [&str; 3], text: &str) {
    let value = end_to_end::oracle::Value::Readable(text.to_owned());
    let key = (chart.to_owned(), category.to_owned(), area.to_owned());
    assert!(cells.insert(key, value).is_some());
}

#[test]
fn a_correction_of_the_month_in_force_is_alerted_though_the_next_month_is_stored() {
    let (pages, mut history) = sample_months();
    run(async {
        let clock = FixedClock::noon("2024-06-11");
        let world = World::new(&clock, &["travel", "mirror"]);
        world.publish_all("travel", &pages);
        world.deliver(pages.keys().copied()).await;
        world.announce().await;

        let june = month("2024-06");
        let page = altered(june, EB3_INDIA, "2012-07-09");
        world.publish(&["travel", "mirror"], june, &page);
        world.deliver([june]).await;
        assert_eq!(lines(&world.announce().await), [""; 0]);
        clock.pass(Duration::minutes(10));
        world.deliver([june]).await;

        let cells = history.get_mut("2024-06").unwrap();
        let first = cells.clone();
        set(cells, EB3_INDIA, "2012-07-09");
        let expected = alerts_of_correction(&history, "2024-06", &first);
        assert!(
            expected
                .iter()
                .any(|line| line.starts_with("2024-06 EB3 INDIA correction 1"))
        );
        assert_same("alerts", &expected, &lines(&world.announce().await));
        tables::assert_sound_and_settled(&world.path());
    });
}

/// Polls the source like `bulletin run --backfill` until nothing is due.
#[test]
fn a_backfill_behind_the_newest_bulletin_alerts_nobody() {
    let (mut pages, _) = sample_months();
    for page in bulletin_samples::site::history().unwrap() {
        pages.insert(page.bulletin.month(), page.render().into_bytes());
    }
    run(async {
        let clock = FixedClock::noon("2024-06-11");
        let world = World::new(&clock, &["travel"]);
        world.publish_all("travel", &pages);
        let fetcher = Fetcher {
            source: &world.source,
            store: &world.store,
            queue: &world.store,
            clock: &clock,
        };
        let backfill = "2001-12..2024-07".parse().unwrap();
        let mut stored = Vec::new();
        loop {
            fetcher.fetch(Some(backfill)).await.unwrap();
            let outcomes = world.deliver([]).await;
            assert_eq!(ids(&world.announce().await), [""; 0]);
            if outcomes.is_empty() {
                break;
            }
            let is_new = |result| matches!(result, Ok(Parsed::Stored { .. }));
            stored.extend(
                outcomes
                    .into_iter()
                    .filter(|outcome| is_new(outcome.result.clone()))
                    .map(|outcome| outcome.month),
            );
        }
        assert_eq!(stored.len(), pages.len());
        assert_eq!(stored[0], month("2024-07"), "tracking begins with the newest");
        assert_same(
            "what is stored",
            &content_in_order(&pages).await,
            &tables::content(&world.path()),
        );
        tables::assert_sound_and_settled(&world.path());
    });
}

/// Rows and standings, without hosts and the numbers of corrections.
fn rows_and_standings(world: &World<'_>) -> Vec<String> {
    let mut lines = tables::query(
        &world.path(),
        "SELECT 'row', category, area, chart, month, value, raw_value FROM cut_off",
    );
    for line in tables::query(&world.path(), "SELECT standing FROM standing") {
        let mut standing: serde_json::Value = serde_json::from_str(&line).unwrap();
        for entry in ["older", "newest"] {
            if let Some(entry) = standing[entry].as_object_mut() {
                entry.remove("revision").unwrap();
            }
        }
        lines.push(standing.to_string());
    }
    lines
}

#[test]
fn a_correction_leaves_the_same_rows_and_standings_whenever_it_comes() {
    let (pages, _) = sample_months();
    let april = month("2024-04");
    // With three later months stored, April has left the standings; with two, it is the last bulletin before them.
    // A misprint that arrives so late does not replace the value that was read.
    for (text, most_later) in [("2012-07-09", 3), ("1JUL12", 1)] {
        let corrected = altered(april, EB3_INDIA, text);
        run(async {
            let clock = FixedClock::noon("2024-03-13");
            // April, May, June and July 2024 are the last months of the samples.
            for later in 0..=most_later {
                let months: Vec<Month> = pages.keys().copied().collect();
                let stored = &months[..months.len() - 3 + later];
                let corrected_at_first = World::new(&clock, &["travel"]);
                corrected_at_first.publish_all("travel", &pages);
                corrected_at_first.publish(&["travel"], april, &corrected);
                corrected_at_first.deliver(stored.iter().copied()).await;

                let world = World::new(&clock, &["travel"]);
                world.publish_all("travel", &pages);
                world.deliver(stored.iter().copied()).await;
                let ingester = Parser {
                    source: &world.source,
                    store: &world.store,
                    clock: &clock,
                };
                let page = Fetched {
                    body: corrected.clone(),
                    host: "travel".into(),
                    at: clock.now(),
                    by_hand: true,
                };
                let (_, _, ingested) = ingester
                    .parse_page(&page, Some(april), pipeline::Accept::default())
                    .await
                    .unwrap();
                assert!(matches!(ingested, Parsed::Stored { .. }), "{ingested:?}");
                println!("{text} after {later} later months");
                let expected = rows_and_standings(&corrected_at_first);
                assert_same("rows and standings", &expected, &rows_and_standings(&world));
            }
        });
    }
}

/// A separate process on the same file: parses pages and sends alerts until nothing is left, and returns the
/// alerts.
fn process(path: &std::path::Path, pages: &Pages, at: DateTime<Utc>, start: &Barrier) -> Vec<Alert> {
    let clock = FixedClock::noon("2023-01-01");
    clock.set(at);
    let source = ScriptedSource::new(&clock, &["travel"]);
    for (month, page) in pages {
        source.answer("travel", *month, pipeline::testing::Answer::Page(page.clone()));
    }
    let store = SqliteStore::open(path).unwrap();
    let channel = RecordingChannel::default();
    let began = Instant::now();
    start.wait();
    run(async {
        while store.waiting().unwrap() != (0, 0) {
            assert!(
                began.elapsed() < Pause::from_secs(60),
                "{:?} still wait",
                store.waiting()
            );
            parse_pages(&store, &source, &clock, |outcome| {
                outcome.result.unwrap();
            })
            .await
            .unwrap();
            let drained = deliver_changes(&store, &[&channel], &clock).await.unwrap();
            assert_eq!(drained.failed, [""; 0]);
        }
    });
    channel.take()
}

/// Runs two processes at once until nothing is left.
fn two_processes(path: &std::path::Path, pages: &Pages, at: DateTime<Utc>) -> [Vec<Alert>; 2] {
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let one = || process(path, pages, at, &start);
        let threads = [scope.spawn(one), scope.spawn(one)];
        threads.map(|thread| thread.join().unwrap())
    })
}

async fn queue(world: &World<'_>, months: impl IntoIterator<Item = Month>) {
    for month in months {
        let (link, trace) = (link_of(month), String::new());
        world
            .store
            .send(&PageMessage {
                link,
                trace,
                listed: false,
            })
            .await
            .unwrap();
    }
}

#[test]
fn two_processes_on_one_file_alert_each_day_as_one_does() {
    let days = sample_days();
    run(async {
        let once = play_in_order(&days).await;
        let clock = FixedClock::noon("2023-01-01");
        let world = World::new(&clock, &["travel"]);
        let (mut pages, mut alerts, mut busy) = (Pages::new(), Vec::new(), [0, 0]);
        for day in &days {
            let before = pages.keys().next_back().copied();
            pages.insert(day.month, day.page.clone());
            for at in [day.at, day.at + Duration::minutes(10)] {
                queue(
                    &world,
                    [Some(day.month), before, Some(day.month), before]
                        .into_iter()
                        .flatten(),
                )
                .await;
                let sent = two_processes(&world.path(), &pages, at);
                for (process, sent) in sent.into_iter().enumerate() {
                    busy[process] += sent.len();
                    alerts.extend(sent);
                }
            }
        }
        println!("the two sent {busy:?}");
        assert_none_twice(&alerts);
        assert_same("alerts", &lines(&once.alerts), &lines(&alerts));
        assert_same("what is stored", &once.stored, &tables::everything(&world.path()));
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn two_processes_on_one_file_store_many_months_at_once() {
    let (pages, history) = sample_months();
    run(async {
        let in_order = content_in_order(&pages).await;
        for seed in 0..4 {
            let clock = FixedClock::noon("2023-01-12");
            let world = World::new(&clock, &["travel"]);
            let mut months: Vec<Month> = pages.keys().chain(pages.keys()).copied().collect();
            Rng::with_seed(seed).shuffle(&mut months);
            println!("seed {seed}");
            queue(&world, months).await;
            let alerts = two_processes(&world.path(), &pages, clock.now()).concat();

            assert_none_twice(&alerts);
            assert_same("what is stored", &in_order, &tables::content(&world.path()));
            tables::assert_sound_and_settled(&world.path());
            // The months that came in order depend on the two processes. Each of them is alerted.
            let alerting = tables::query(
                &world.path(),
                "SELECT month FROM bulletin WHERE json_extract(record, '$.came_in_order') ORDER BY month",
            );
            let alerted: BTreeSet<String> = alerts.iter().map(|alert| alert.month().to_string()).collect();
            assert_eq!(alerted, alerting.iter().cloned().collect());
            let told: BTreeSet<String> = ids(&alerts).into_iter().collect();
            // A case that is first listed by a bulletin behind a later one has nothing to be compared with.
            let is_always_listed =
                |key: &&(String, String, String)| history.values().all(|cells| cells.contains_key(*key));
            for month in &alerting {
                for (_, category, area) in history[month].keys().filter(is_always_listed) {
                    let id = format!("CATEGORY#{category}#COUNTRY#{area}#{month}#0");
                    assert!(told.contains(&id), "{id} was not alerted");
                }
            }
        }
    });
}

#[test]
fn what_cannot_be_understood_is_kept_and_blocks_nothing() {
    let (pages, _) = sample_months();
    let months: Vec<Month> = pages.keys().copied().collect();
    run(async {
        let clock = FixedClock::noon("2023-01-12");
        let world = World::new(&clock, &["travel"]);
        world.publish_all("travel", &pages);
        world.deliver([months[0]]).await;
        world.announce().await;
        let poison = tables::open(&world.path());
        let insert = |sql: &str| poison.execute(sql, []).unwrap();
        insert(
            "INSERT INTO message (message, month, sent_at, visible_at) VALUES ('{not a message', '2023-04', '', '')",
        );
        insert(
            "INSERT INTO change_log (record, written_at, visible_at) VALUES ('{not a record', '2023-01-12T12:00:00Z', '')",
        );
        let outcomes = world.deliver([months[1]]).await;
        assert_eq!(
            outcomes.len(),
            1,
            "the page behind the message that cannot be read"
        );
        let drained = deliver_changes(&world.store, &[&world.channel], &clock)
            .await
            .unwrap();
        assert_eq!(drained.failed.len(), 1);
        assert!(drained.sent > 80);
        let kept = [
            tables::query(&world.path(), "SELECT message FROM message WHERE dead"),
            tables::query(&world.path(), "SELECT record FROM change_log WHERE dead"),
        ];
        assert_eq!(kept.concat(), ["{not a message", "{not a record"]);
        assert_eq!(world.store.waiting().unwrap(), (0, 0));
        assert_eq!(world.store.dead_letters().unwrap().len(), 2);
    });
}
