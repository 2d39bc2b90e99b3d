//! A bulletin through the whole pipeline: on one machine with SQLite, and on the AWS emulator. Start with
//! [`measure_local`] and [`measure_emulator`].

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use aws::DynamoStore;
use aws_harness::deployment::Deployment;
use aws_harness::emulator::{Emulator, config};
use aws_harness::lambda::use_binaries;
use aws_harness::proxy::Proxy;
use aws_harness::site::Site;
use aws_harness::{run, table};
use aws_sdk_dynamodb::Client;
use bulletin::{Bulletin, CutOff, Month};
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, Clock, LinkTable};
use pipeline::testing::{
    Answer, FixedClock, RecordingChannel, ScriptedSource, bulletin_of, link_of, page_of,
};
use pipeline::{Parsed, Parser};
use serde_json::json;
use sqlite::{SqliteStore, deliver_changes};

use crate::lambda::compiled;
use crate::report::{Line, Reach, Section};

/// The number of measurements.
const TIMES: usize = 10;
/// The maximum seconds from invoking the fetcher to an alert at a subscriber, with all Lambdas cold or warm.
const MOST_COLD: f64 = 1.0;
const MOST_WARM: f64 = 0.35;
/// The maximum number of DynamoDB calls for a new bulletin, and for an unchanged one.
const MOST_CALLS: usize = 20;
const MOST_CALLS_UNCHANGED: usize = 2;
const ON_EMULATOR: &str = "A bulletin through the pipeline, on the emulator";
/// A month whose bulletin has 150 cells.
const BEGIN: &str = "2024-02";
const BEGIN_DAY: &str = "2024-02-14";

/// Measures a page to its rows and alerts on one machine.
///
/// # Errors
/// If the database or the page is refused.
pub(crate) fn measure_local(_: &Path) -> anyhow::Result<Section> {
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(&folder.path().join("bulletins.db"))?;
    let clock = FixedClock::noon(BEGIN_DAY);
    let (mut stored, mut told, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let mut alerts = 0;
    let bulletins = bulletins(TIMES + 1)?;
    let cells = bulletins[0].rows().len();
    for (number, bulletin) in bulletins.iter().enumerate() {
        clock.set(noon_before(bulletin.month())?);
        let page = page_of(bulletin);
        let page = (bulletin.month(), &page[..]);
        let channel = RecordingChannel::default();
        let begun = Instant::now();
        let first = run(feed(&store, &clock, page))?;
        let written = begun.elapsed();
        run(deliver_changes(&store, &[&channel], &clock))?;
        let all = begun.elapsed();
        ensure!(matches!(first, Parsed::Stored { .. }), "{first:?}");
        let begun = Instant::now();
        let same = run(feed(&store, &clock, page))?;
        ensure!(same == Parsed::Unchanged, "{same:?}");
        // The first bulletin sends no alerts.
        if number > 0 {
            alerts = channel.take().len();
            ensure!(alerts > 50, "{alerts} alerts");
            stored.push(written);
            told.push(all);
            again.push(begun.elapsed());
        }
    }
    let line = |what: &str, times: &mut Vec<Duration>| Line {
        what: what.into(),
        figure: format!("{:.1} ms", median(times) * 1e3),
        reach: None,
    };
    Ok(Section {
        title: "A bulletin through the pipeline, on SQLite".into(),
        note: format!("A page of {cells} cells that moves each case; the median of {TIMES} months."),
        lines: vec![
            line("page to last row", &mut stored),
            line(&format!("page to the last of {alerts} alerts"), &mut told),
            line("the same page again", &mut again),
        ],
    })
}

/// Measures the built Lambdas on the emulator, from the schedule to a subscriber, and the DynamoDB calls of a bulletin.
///
/// # Errors
/// If a Lambda is not built, or fails.
pub(crate) fn measure_emulator(project: &Path) -> anyhow::Result<Section> {
    let Some(emulator) = Emulator::ministack() else {
        return Ok(Section::not_measured(
            ON_EMULATOR,
            "the emulator is not installed: run `make install-emulators`",
            &[
                "fetcher invoked to an alert at a subscriber, all cold",
                "fetcher invoked to an alert at a subscriber, all warm",
                "DynamoDB calls for a bulletin",
            ],
        ));
    };
    use_binaries(compiled(project)?);
    let (mut cold, mut warm) = (Passages::default(), Passages::default());
    for _ in 0..TIMES {
        run(pass(&emulator, &mut cold, &mut warm))?;
    }
    let mut lines = vec![
        passage("cold", &mut cold.first, MOST_COLD),
        passage("warm", &mut warm.first, MOST_WARM),
        Line {
            what: "the same to the last alert at the subscriber, cold, warm".into(),
            figure: format!("{:.2} s, {:.2} s", median(&mut cold.all), median(&mut warm.all)),
            reach: None,
        },
    ];
    lines.extend(run(calls(&emulator))?);
    Ok(Section {
        title: ON_EMULATOR.into(),
        note: format!(
            "The emulator is `ministack`. The Lambdas are built with profile `lambda` and invoked by the test harness. Cold: \
             each Lambda is started for its event. Warm: the same processes handle the next bulletin. Medians of {TIMES}. \
             The first alert is received after the notifier has finished its first batch of 50 changes. The calls are those \
             for storing a page of 150 cells. Read units: one per item read by key (strongly consistent, below 4 KB). Write \
             units are computed from the sizes of the items with AWS's rules."
        ),
        lines,
    })
}

fn passage(which: &str, times: &mut [Duration], most: f64) -> Line {
    let seconds = median(times);
    Line {
        what: format!("fetcher invoked to an alert at a subscriber, all {which}"),
        figure: format!("{seconds:.2} s"),
        reach: Some(Reach::at_most(seconds, most).said(format!("{most} s"))),
    }
}

/// The times to the first and to the last alert at the subscriber.
#[derive(Debug, Default)]
struct Passages {
    first: Vec<Duration>,
    all: Vec<Duration>,
}

/// Starts tracking, then plays a bulletin with cold Lambdas and the next one with the same processes.
async fn pass(emulator: &Emulator, cold: &mut Passages, warm: &mut Passages) -> anyhow::Result<()> {
    let site = Site::default();
    let mut deployment = Deployment::new(emulator, emulator.endpoint(), &site).await;
    let bulletins = bulletins(3)?;
    let now = FixedClock::noon(BEGIN_DAY).now();
    deployment.set_clock(now);
    site.publish_html(bulletins[0].month(), page_of(&bulletins[0]));
    deployment.look().await;
    ensure!(
        deployment.heard().await.is_empty(),
        "the first bulletin sent alerts"
    );
    // Restarts each Lambda.
    deployment.set_clock(now);
    for (bulletin, times) in bulletins[1..].iter().zip([cold, warm]) {
        site.publish_html(bulletin.month(), page_of(bulletin));
        let first_heard = deployment.first_heard(emulator);
        let begun = Instant::now();
        let event = json!({"version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler"});
        deployment.invoke("fetcher", &event).map_err(anyhow::Error::msg)?;
        deployment.drain_pages().await;
        deployment.poll_stream_once().await;
        let first = deployment.heard().await;
        ensure!(!first.is_empty(), "no alert for {}", bulletin.month());
        let heard = first_heard
            .join()
            .map_err(|_| anyhow!("the subscriber's queue cannot be read"))?;
        times.first.push(heard - begun);
        deployment.drain_stream().await;
        let rest = deployment.heard().await;
        times.all.push(begun.elapsed());
        ensure!(
            first.len() + rest.len() > 50,
            "{} and {} alerts",
            first.len(),
            rest.len()
        );
    }
    Ok(())
}

/// Counts the DynamoDB calls for storing a bulletin.
async fn calls(emulator: &Emulator) -> anyhow::Result<Vec<Line>> {
    let proxy = Proxy::before(emulator.port(), 0.0, 0);
    let client = Client::new(&emulator.config());
    let (tables, _) = table::create(&client).await;
    let store = DynamoStore::new(Client::new(&config(&proxy.endpoint())), tables.clone());
    let bulletins = bulletins(3)?;
    let clock = FixedClock::noon(BEGIN_DAY);
    let mut lines = Vec::new();
    for (which, bulletin, most) in [
        ("the first bulletin", &bulletins[0], MOST_CALLS),
        ("the next one", &bulletins[1], MOST_CALLS),
        ("the one after", &bulletins[2], MOST_CALLS),
        ("the same again", &bulletins[2], MOST_CALLS_UNCHANGED),
    ] {
        feed(&store, &clock, (bulletin.month(), &page_of(bulletin))).await?;
        let calls = proxy.calls();
        let count: usize = calls.values().sum();
        let kinds: Vec<String> = calls
            .iter()
            .map(|(kind, count)| format!("{count} {}", kind.rsplit('.').next().unwrap_or(kind)))
            .collect();
        let (read, written) = proxy.items();
        lines.push(Line {
            what: format!("{which}, {} cells: DynamoDB calls", bulletin.rows().len()),
            figure: format!(
                "{count} ({}); {read} items read, {written} written",
                kinds.join(", ")
            ),
            reach: Some(Reach::at_most(count as f64, most as f64).said(most.to_string())),
        });
    }
    let items = client.scan().table_name(&tables.data).send().await?;
    lines.push(Line {
        what: "write units of a bulletin, with the index".into(),
        figure: table::write_units(items.items(), bulletins[2].month()).to_string(),
        reach: None,
    });
    Ok(lines)
}

/// Bulletins of 150 cells for consecutive months, each of which moves every case.
fn bulletins(count: usize) -> anyhow::Result<Vec<Bulletin>> {
    let first: Month = BEGIN.parse()?;
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    let begin: chrono::NaiveDate = "2010-01-01".parse()?;
    let bulletin = |(number, month)| {
        let day = begin + chrono::Duration::days(number);
        bulletin_of(month, |_| CutOff::Date(day))
    };
    Ok((0..).zip(months.take(count)).map(bulletin).collect())
}

/// A day on which a month's bulletin is likely to be published.
fn noon_before(month: Month) -> anyhow::Result<DateTime<Utc>> {
    let day = month.previous().first_day() + chrono::Duration::days(11);
    Ok(day.and_hms_opt(12, 0, 0).context("no noon")?.and_utc())
}

/// Fetches and stores the page of a bulletin.
async fn feed<Store: BulletinStore + LinkTable>(
    store: &Store,
    clock: &FixedClock,
    (month, body): (Month, &[u8]),
) -> anyhow::Result<Parsed> {
    let host = "host";
    let source = ScriptedSource::new(clock, &[host]);
    source.answer(host, month, Answer::Page(body.to_vec()));
    let ingester = Parser {
        source: &source,
        store,
        clock,
    };
    Ok(ingester.parse_link(&link_of(month)).await?)
}

/// The median, in seconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let (low, high) = (times[(times.len() - 1) / 2], times[times.len() / 2]);
    (low + high).as_secs_f64() / 2.0
}
