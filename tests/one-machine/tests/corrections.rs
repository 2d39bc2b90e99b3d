//! Hosts that disagree, block requests, lag behind or return half a page: the version that is accepted, and the
//! alerts.
//!
//! Each test starts on 11 June 2024 with May, June and July 2024 stored, and three hosts that have them. Time
//! passes in polls, as with `bulletin run --every`.

#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use bulletin::{Alert, Bulletin, Chart, Month, Subscription};
use bulletin_samples::site;
use chrono::{DateTime, Duration, Utc};
use end_to_end::oracle::{Cells, History, Value, alerts_of_correction, alerts_of_new};
use end_to_end::pages::{altered, altered_bulletin, page_of, sample_months};
use end_to_end::world::{Look, World, assert_none_twice, ids, lines};
use end_to_end::{assert_same, run, tables};
use fastrand::Rng;
use pipeline::port::{BulletinStore, Clock, Fetched, LinkTable, SourceError};
use pipeline::testing::{Answer, FixedClock};
use pipeline::{LinkState, ParseError, Parsed, Parser, Pending};
use sqlite::DeadLetterKind;

const HOSTS: [&str; 3] = ["travel", "mirror", "third"];
const EB3_INDIA: [&str; 3] = ["final_action", "EB3", "INDIA"];
/// The values of [`EB3_INDIA`] on the page of July after a first and after a second correction. At first it is
/// 2012-09-22.
const SECOND: &str = "2012-10-01";
const THIRD: &str = "2012-11-01";
const MONTHS: [&str; 3] = ["2024-05", "2024-06", "2024-07"];

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn july() -> Month {
    month("2024-07")
}

/// The page of July with this value in the corrected cell.
fn july_saying(text: &str) -> Vec<u8> {
    altered(july(), EB3_INDIA, text)
}

fn july_at_first() -> Vec<u8> {
    page_of(&site::bulletin(july()).unwrap())
}

/// The oracle's history of the stored months.
fn history() -> History {
    let (_, mut history) = sample_months();
    history.retain(|month, _| MONTHS.contains(&month.as_str()));
    history
}

fn set(cells: &mut Cells, [chart, category, area]: [&str; 3], value: Value) {
    let key = (chart.to_owned(), category.to_owned(), area.to_owned());
    assert!(cells.insert(key, value).is_some());
}

/// The alerts of a correction of July to this value.
fn correction_to(text: &str) -> Vec<String> {
    let mut history = history();
    let first = history["2024-07"].clone();
    set(
        history.get_mut("2024-07").unwrap(),
        EB3_INDIA,
        Value::Readable(text.to_owned()),
    );
    alerts_of_correction(&history, "2024-07", &first)
}

/// A world with some of the months stored and reported.
async fn begun<'a>(clock: &'a FixedClock, months: &[&str]) -> World<'a> {
    let (pages, _) = sample_months();
    let world = World::new(clock, &HOSTS);
    for text in months {
        world.publish(&HOSTS, month(text), &pages[&month(text)]);
        world.deliver([month(text)]).await;
    }
    world.announce().await;
    world
}

fn clock() -> FixedClock {
    FixedClock::noon("2024-06-11")
}

/// Polls every ten minutes for this long, after `before` each time, and returns all alerts.
async fn looks(world: &World<'_>, time: Duration, mut before: impl FnMut()) -> Vec<Alert> {
    let until = world.clock.now() + time;
    let mut alerts = Vec::new();
    while world.clock.now() < until {
        world.clock.pass(Duration::minutes(10));
        before();
        alerts.extend(world.look().await.alerts);
    }
    alerts
}

async fn pending(world: &World<'_>) -> Option<Pending> {
    world.store.record(july()).await.unwrap().unwrap().pending
}

/// The stored value of the corrected cell.
fn stored(world: &World<'_>) -> String {
    let sql = "SELECT value FROM cut_off
               WHERE month = '2024-07' AND chart = 'final_action' AND category = 'EB3' AND area = 'INDIA'";
    tables::query(&world.path(), sql).concat()
}

/// The poll after the bulletins are due again.
async fn next_look(world: &World<'_>) -> Look {
    world.clock.pass(Duration::hours(4));
    world.look().await
}

fn of_july(look: &Look) -> &Result<Parsed, ParseError> {
    &look
        .outcomes
        .iter()
        .find(|outcome| outcome.month == july())
        .unwrap()
        .result
}

#[test]
fn a_correction_is_told_once_when_another_host_shows_it_ten_minutes_later() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS).await;
        world.publish(&HOSTS, july(), &july_saying(SECOND));
        let look = next_look(&world).await;
        assert!(
            matches!(of_july(&look), Ok(Parsed::Held { differs: 1, .. })),
            "{look:?}"
        );
        assert_eq!(ids(&look.alerts), [""; 0]);
        assert_eq!(pending(&world).await.unwrap().host, "travel");

        clock.pass(Duration::minutes(9));
        assert_eq!(world.look().await.fetched.queued, []);
        world.source.asked();
        clock.pass(Duration::minutes(1));
        let look = world.look().await;
        assert_eq!(world.source.asked(), ["mirror"]);
        assert_same("alerts", &correction_to(SECOND), &lines(&look.alerts));
        let told = look.alerts.iter().find(|alert| alert.case().is_some()).unwrap();
        let body = told.body(None);
        for date in ["22 Sep 2012", "01 Oct 2012"] {
            assert!(body.contains(date), "{date} is not named in\n{body}");
        }
        assert_eq!((stored(&world).as_str(), pending(&world).await), (SECOND, None));

        assert_eq!(ids(&looks(&world, Duration::days(2), || {}).await), [""; 0]);
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn the_first_host_is_believed_again_only_where_no_other_answers() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS).await;
        // The other hosts respond with the first version.
        world.publish(&["travel"], july(), &july_saying(SECOND));
        assert_eq!(ids(&looks(&world, Duration::days(2), || {}).await), [""; 0]);
        assert_eq!(stored(&world), "2012-09-22");

        let world = begun(&clock, &MONTHS).await;
        world.publish(&["travel"], july(), &july_saying(SECOND));
        for host in ["mirror", "third"] {
            world.source.answer(host, july(), Answer::Blocked);
        }
        next_look(&world).await;
        world.source.asked();
        clock.pass(Duration::minutes(10));
        let look = world.look().await;
        assert_eq!(world.source.asked(), ["mirror", "third", "travel"]);
        assert_same("alerts", &correction_to(SECOND), &lines(&look.alerts));
    });
}

#[test]
fn a_correction_is_told_when_the_mirrors_have_caught_up() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS).await;
        world.publish(&["travel"], july(), &july_saying(SECOND));
        assert_eq!(ids(&looks(&world, Duration::days(2), || {}).await), [""; 0]);
        assert!(pending(&world).await.unwrap().contested);
        world.publish(&["mirror"], july(), &july_saying(SECOND));
        let alerts = looks(&world, Duration::hours(2), || {}).await;
        assert_same("alerts", &correction_to(SECOND), &lines(&alerts));
        // The third host still lags.
        assert_eq!(ids(&looks(&world, Duration::days(2), || {}).await), [""; 0]);
    });
}

/// July is stored in its second version, and only `mirror` still has the first.
async fn with_a_stale_mirror(clock: &FixedClock) -> World<'_> {
    let world = begun(clock, &MONTHS).await;
    world.publish(&["travel", "third"], july(), &july_saying(SECOND));
    world.source.answer("mirror", july(), Answer::Blocked);
    let alerts = looks(&world, Duration::hours(5), || {}).await;
    assert_same("alerts", &correction_to(SECOND), &lines(&alerts));
    world.publish(&["mirror"], july(), &july_at_first());
    world
}

async fn assert_still_second(world: &World<'_>, alerts: &[Alert]) {
    assert_eq!(ids(alerts), [""; 0]);
    assert_eq!(stored(world), SECOND);
}

#[test]
fn a_stale_copy_never_flips_what_is_stored() {
    run(async {
        let clock = clock();
        let world = with_a_stale_mirror(&clock).await;
        // The mirror responds first, and its version is contradicted.
        world.source.answer("travel", july(), Answer::Blocked);
        let alerts = looks(&world, Duration::days(2), || {}).await;
        assert_still_second(&world, &alerts).await;
        assert_eq!(pending(&world).await.unwrap().host, "mirror");
        // The host that contradicted it no longer responds.
        world.source.answer("third", july(), Answer::Blocked);
        let alerts = looks(&world, Duration::days(2), || {}).await;
        assert_still_second(&world, &alerts).await;
        // The mirror catches up.
        world.publish(&HOSTS, july(), &july_saying(SECOND));
        let alerts = looks(&world, Duration::days(1), || {}).await;
        assert_still_second(&world, &alerts).await;
        assert_eq!(pending(&world).await, None);
    });
}

#[test]
fn a_stale_copy_never_flips_what_is_stored_where_only_its_host_answers() {
    run(async {
        let clock = clock();
        let world = with_a_stale_mirror(&clock).await;
        for host in ["travel", "third"] {
            world.source.answer(host, july(), Answer::Blocked);
        }
        let alerts = looks(&world, Duration::days(2), || {}).await;
        assert_still_second(&world, &alerts).await;
    });
}

#[test]
fn a_stale_copy_never_flips_what_is_stored_while_hosts_come_and_go_for_days() {
    for seed in 0..6 {
        run(async {
            let clock = clock();
            let world = with_a_stale_mirror(&clock).await;
            let mut rng = Rng::with_seed(seed);
            println!("seed {seed}");
            let alerts = looks(&world, Duration::days(4), || {
                for host in HOSTS {
                    if rng.u8(..4) == 0 {
                        let page = if host == "mirror" {
                            july_at_first()
                        } else {
                            july_saying(SECOND)
                        };
                        let answer = if rng.bool() {
                            Answer::Page(page)
                        } else {
                            Answer::Blocked
                        };
                        world.source.answer(host, july(), answer);
                    }
                }
            })
            .await;
            assert_still_second(&world, &alerts).await;
        });
    }
}

#[test]
fn a_host_that_goes_back_confirms_nothing() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS).await;
        world.publish(&["travel"], july(), &july_saying(SECOND));
        for host in ["mirror", "third"] {
            world.source.answer(host, july(), Answer::Blocked);
        }
        next_look(&world).await;
        assert!(pending(&world).await.is_some());
        world.publish(&["travel"], july(), &july_at_first());
        clock.pass(Duration::minutes(10));
        assert!(matches!(of_july(&world.look().await), Ok(Parsed::Unchanged)));
        assert!(pending(&world).await.unwrap().interrupted);
        // If every host shows it again, it must again be seen twice.
        world.publish(&HOSTS, july(), &july_saying(SECOND));
        let look = next_look(&world).await;
        assert!(matches!(of_july(&look), Ok(Parsed::Held { .. })));
        assert_eq!(ids(&look.alerts), [""; 0]);
    });
}

#[test]
fn a_third_version_takes_the_place_of_one_that_waits() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS).await;
        world.publish(&HOSTS, july(), &july_saying(SECOND));
        next_look(&world).await;
        let waited = pending(&world).await.unwrap();
        world.publish(&HOSTS, july(), &july_saying(THIRD));
        clock.pass(Duration::minutes(10));
        assert_eq!(ids(&world.look().await.alerts), [""; 0]);
        let waits = pending(&world).await.unwrap();
        assert_eq!((waits.host.as_str(), waits.at), ("mirror", clock.now()));
        assert_ne!(waits.digest, waited.digest);
        let alerts = looks(&world, Duration::days(1), || {}).await;
        assert_same("alerts", &correction_to(THIRD), &lines(&alerts));
    });
}

fn fetched(body: Vec<u8>, host: &str, at: DateTime<Utc>, by_hand: bool) -> Fetched {
    Fetched {
        body,
        host: host.to_owned(),
        at,
        by_hand,
    }
}

#[test]
fn a_page_that_was_fetched_earlier_loses() {
    run(async {
        let clock = clock();
        let world = with_a_stale_mirror(&clock).await;
        let before = tables::content(&world.path());
        let ingester = Parser {
            source: &world.source,
            store: &world.store,
            clock: &clock,
        };
        let earlier = world.store.record(july()).await.unwrap().unwrap().fetched_at - Duration::seconds(1);
        for by_hand in [false, true] {
            let page = fetched(july_at_first(), "mirror", earlier, by_hand);
            let (_, _, ingested) = ingester
                .parse_page(&page, None, pipeline::Accept::default())
                .await
                .unwrap();
            assert_eq!(ingested, Parsed::Outdated);
        }
        assert_same("what is stored", &before, &tables::content(&world.path()));
        assert_eq!(ids(&world.announce().await), [""; 0]);
    });
}

#[test]
fn a_page_given_by_hand_is_believed_at_once() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS).await;
        for host in HOSTS {
            world.source.answer(host, july(), Answer::Blocked);
        }
        clock.pass(Duration::hours(1));
        let ingester = Parser {
            source: &world.source,
            store: &world.store,
            clock: &clock,
        };
        let page = fetched(july_saying(SECOND), "by hand", clock.now(), true);
        let (_, _, ingested) = ingester
            .parse_page(&page, None, pipeline::Accept::default())
            .await
            .unwrap();
        assert!(
            matches!(ingested, Parsed::Stored { changed: 1, .. }),
            "{ingested:?}"
        );
        assert_same("alerts", &correction_to(SECOND), &lines(&world.announce().await));
        // The same page again, from every host, changes nothing.
        ingester
            .parse_page(&page, None, pipeline::Accept::default())
            .await
            .unwrap();
        world.publish(&HOSTS, july(), &july_saying(SECOND));
        assert_eq!(ids(&looks(&world, Duration::days(1), || {}).await), [""; 0]);
    });
}

/// The reported change for EB-3 India.
fn told_of_eb3_india(alerts: &[Alert]) -> &bulletin::Change {
    let found = alerts.iter().find_map(|alert| match alert {
        Alert::Case(alert) if alert.change.case.to_string() == "EB3 INDIA" => Some(&alert.change),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn a_misprint_between_two_months_hides_no_crossing_of_a_priority_date() {
    let waiting_for = |priority_date: &str| Subscription {
        case: bulletin::Case {
            category: "EB3".parse().unwrap(),
            area: "INDIA".parse().unwrap(),
        },
        priority_date: Some(priority_date.parse().unwrap()),
        when: "current".parse().unwrap(),
        chart: None,
    };
    // A priority date that becomes current in July by the value printed below, one that is current on no chart, and
    // one that is current on both throughout.
    let (crosses, waits, current) = (
        waiting_for("2012-06-15"),
        waiting_for("2020-01-01"),
        waiting_for("2005-01-01"),
    );
    run(async {
        let clock = clock();
        let publish = |world: &World<'_>, month: Month, text: &str| {
            world.publish(&HOSTS, month, &altered(month, EB3_INDIA, text));
        };
        let [may, june, july] = MONTHS.map(month);
        let world = begun(&clock, &["2024-04"]).await;
        publish(&world, may, "2012-01-01");
        world.deliver([may]).await;
        world.announce().await;

        publish(&world, june, "1SEP12");
        world.deliver([june]).await;
        let alerts = world.announce().await;
        let change = told_of_eb3_india(&alerts);
        assert_eq!(change.charts.of(Chart::FinalAction).movement, None);
        for subscription in [crosses, waits, current] {
            assert!(subscription.wants(change), "nobody knows what the misprint hides");
        }

        publish(&world, july, "2013-01-01");
        world.deliver([july]).await;
        let alerts = world.announce().await;
        let change = told_of_eb3_india(&alerts);
        let from = change.charts.of(Chart::FinalAction).from.unwrap();
        assert_eq!((from.month, from.cut_off.to_string()), (may, "2012-01-01".into()));
        let wanted = [crosses, waits, current].map(|subscription| subscription.wants(change));
        assert_eq!(wanted, [true, false, false]);

        // The misprint is corrected afterwards.
        publish(&world, june, "2012-02-01");
        let alerts = looks(&world, Duration::hours(5), || {}).await;
        let change = told_of_eb3_india(&alerts);
        assert_eq!((change.month, change.revision), (june, 1));
        let from = change.charts.of(Chart::FinalAction).from.unwrap();
        assert_eq!((from.month, from.cut_off.to_string()), (may, "2012-01-01".into()));
        let wanted = [crosses, waits, current].map(|subscription| subscription.wants(change));
        assert_eq!(wanted, [false, false, false]);
    });
}

#[test]
fn nothing_is_lost_while_every_host_is_blocked() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS[..2]).await;
        for host in HOSTS {
            world.source.answer(host, july(), Answer::Blocked);
        }
        let mut tries = 0;
        for _ in 0..144 {
            clock.pass(Duration::minutes(10));
            let look = world.look().await;
            assert!(look.fetched.blocked.is_some());
            for outcome in look.outcomes.iter().filter(|outcome| outcome.month == july()) {
                assert!(matches!(
                    outcome.result,
                    Err(ParseError::Source(SourceError::Blocked { .. }))
                ));
                let link = world.store.link(july()).await.unwrap().unwrap();
                let LinkState::Due { at } = link.state else {
                    panic!("{link:?}")
                };
                tries += 1;
                assert_eq!(link.failures, tries);
                assert_eq!(at - clock.now(), pipeline::backoff(tries));
            }
        }
        assert!((10..=14).contains(&tries), "{tries} tries in a day");
        assert_eq!(world.store.dead_letters().unwrap(), []);

        let (pages, history) = (sample_months().0, history());
        world.publish(&HOSTS, july(), &pages[&july()]);
        let alerts = looks(&world, Duration::hours(3), || {}).await;
        assert_same("alerts", &alerts_of_new(&history, "2024-07"), &lines(&alerts));
        assert_eq!(world.store.link(july()).await.unwrap().unwrap().failures, 0);
        assert_eq!(ids(&looks(&world, Duration::days(1), || {}).await), [""; 0]);
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn a_month_that_is_not_out_yet_is_found_soon_after_it_is() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS[..2]).await;
        assert_eq!(ids(&looks(&world, Duration::days(2), || {}).await), [""; 0]);
        world.publish(&HOSTS, july(), &sample_months().0[&july()]);
        let alerts = looks(&world, Duration::minutes(20), || {}).await;
        assert_same("alerts", &alerts_of_new(&history(), "2024-07"), &lines(&alerts));
        tables::assert_sound_and_settled(&world.path());
    });
}

/// The page of July without its Dates for Filing charts.
fn july_without_a_chart() -> Vec<u8> {
    let whole = site::bulletin(july()).unwrap();
    let rows = whole
        .rows()
        .filter(|row| row.key.chart == Chart::FinalAction)
        .cloned();
    page_of(&Bulletin::new(july(), rows).unwrap())
}

#[test]
fn a_page_that_is_refused_is_kept_blocks_nobody_and_is_stored_once_it_is_whole() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS[..2]).await;
        world.publish(&HOSTS, july(), &july_without_a_chart());
        let june = month("2024-06");
        let corrected = altered_bulletin(&site::bulletin(june).unwrap(), EB3_INDIA, SECOND);
        world.publish(&HOSTS, june, &page_of(&corrected));

        let look = next_look(&world).await;
        let refused = of_july(&look).as_ref().unwrap_err();
        assert!(refused.is_refusal(), "{refused}");
        assert!(refused.to_string().contains("Dates for Filing"), "{refused}");
        assert_eq!(look.outcomes.len(), 2);
        let letters = world.store.dead_letters().unwrap();
        let [letter] = letters.as_slice() else {
            panic!("{letters:?}")
        };
        assert_eq!(
            (letter.kind, letter.about.as_str()),
            (DeadLetterKind::Page, "2024-07")
        );
        let kept = tables::query(&world.path(), "SELECT message FROM message WHERE dead");
        assert!(kept.concat().contains("visa-bulletin-for-july-2024"), "{kept:?}");

        // The other page is processed, and this one is polled again: there is only one dead letter, however often.
        let alerts = looks(&world, Duration::days(1), || {}).await;
        let mut known = history();
        known.remove("2024-07");
        let first = known["2024-06"].clone();
        set(
            known.get_mut("2024-06").unwrap(),
            EB3_INDIA,
            Value::Readable(SECOND.into()),
        );
        assert_same(
            "alerts",
            &alerts_of_correction(&known, "2024-06", &first),
            &lines(&alerts),
        );
        assert_eq!(world.store.dead_letters().unwrap().len(), 1);

        // The dead letter remains when the page is withdrawn: nothing is stored instead.
        world.source.withdraw(july());
        let alerts = looks(&world, Duration::days(1), || {}).await;
        assert_eq!(ids(&alerts), [""; 0]);
        assert_eq!(world.store.dead_letters().unwrap().len(), 1);

        world.publish(&["third"], july(), &july_at_first());
        world.publish(&["travel"], july(), &july_at_first());
        let alerts = looks(&world, Duration::days(1), || {}).await;
        known.insert("2024-07".into(), history()["2024-07"].clone());
        assert_none_twice(&alerts);
        assert_same("alerts", &alerts_of_new(&known, "2024-07"), &lines(&alerts));
        assert_eq!(world.store.dead_letters().unwrap(), []);
        tables::assert_sound_and_settled(&world.path());
    });
}

#[test]
fn a_page_that_one_host_gives_by_half_is_taken_from_another() {
    run(async {
        let clock = clock();
        let world = begun(&clock, &MONTHS[..2]).await;
        world.publish(&HOSTS, july(), &july_at_first());
        world.publish(&["travel"], july(), &july_without_a_chart());
        let alerts = looks(&world, Duration::minutes(20), || {}).await;
        assert_same("alerts", &alerts_of_new(&history(), "2024-07"), &lines(&alerts));
        assert_eq!(world.store.record(july()).await.unwrap().unwrap().host, "mirror");
        assert_eq!(world.store.dead_letters().unwrap(), []);
        // The half page of the first host is refused from now on, without side effects.
        assert_eq!(ids(&looks(&world, Duration::days(1), || {}).await), [""; 0]);
    });
}
