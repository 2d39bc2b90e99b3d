//! Migration of an older program's data to the present layout: nothing is guessed, nothing is lost, nobody is
//! alerted.

mod old;
mod refusal;
mod stream;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use aws_harness::emulator::Emulator;
use aws_harness::run;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::{Bulletin, CutOff, Month, Reading, Row, RowKey, Standing};
use bulletin_samples::site;
use pipeline::CellDigest;
use pipeline::port::BulletinStore;

use self::old::{Item, Layout, create, item, items, key, put, scan};
use crate::sample::{self, EB3_CHINA, file, month};
use crate::stage::Stage;

/// Months with every style of labels; those of 2009 and 2002 have one label for two categories.
const MONTHS: [&str; 5] = ["2002-05", "2009-12", "2016-01", "2024-05", "2024-07"];

const MIGRATE: [&str; 4] = ["table", "migrate", "--source", "pages"];
const DO_IT: [&str; 5] = ["table", "migrate", "--source", "pages", "--yes"];

/// Both emulators for tests of DynamoDB's behaviour; only the first for tests of the migration's decisions.
fn emulators() -> impl Iterator<Item = &'static Emulator> {
    [Emulator::shared_ministack(), Emulator::shared_dynamodb_local()]
        .into_iter()
        .flatten()
}

/// Creates a table of this name, with a month as an older program stored it, and saves the month's page in the
/// folder.
pub(crate) fn leave_old_items(stage: &Stage, table: &str, text: &str) {
    run(async {
        create(&client(stage), table, ["pk", "sk"]).await;
        put(&client(stage), table, items(Layout::ByMonth, &bulletin(text))).await;
    });
    sample::save(&stage.folder, &[text]);
}

fn client(stage: &Stage) -> Client {
    Client::new(&stage.emulator.config())
}

fn bulletin(text: &str) -> Bulletin {
    site::bulletin(month(text)).unwrap()
}

/// A stage whose data table has these months in these layouts, with all their pages in its folder.
fn stage_with(emulator: &'static Emulator, months: &[(&str, Layout)]) -> Stage {
    let stage = Stage::of_tables(emulator);
    let table = stage.tables().data;
    for (text, layout) in months {
        run(put(&client(&stage), &table, items(*layout, &bulletin(text))));
        sample::save(&stage.folder, &[text]);
    }
    stage
}

/// Each month in one of the layouts, and one of them in both.
fn both_layouts() -> Vec<(&'static str, Layout)> {
    let layouts = [Layout::ByMonth, Layout::ByLabel].into_iter().cycle();
    let mut months: Vec<(&str, Layout)> = MONTHS.into_iter().zip(layouts).collect();
    months.push(("2009-12", Layout::ByMonth));
    months
}

/// The data stored in the present layout, without the times of storing.
#[derive(Debug, PartialEq)]
struct Stored {
    rows: BTreeMap<Month, Vec<(Row, String)>>,
    records: Vec<(Month, CellDigest, usize, u32)>,
    standings: Vec<Standing>,
}

/// Removes from a standing when its bulletins were first seen, which a migration does not know.
fn forget_arrival(standing: &mut Standing) {
    for entry in standing.older.iter_mut().chain([&mut standing.newest]) {
        (entry.over, entry.history) = (false, false);
    }
    let before = &mut standing.before;
    for read in before.final_action.iter_mut().chain(&mut before.dates_for_filing) {
        read.over = false;
    }
}

fn stored(stage: &Stage) -> Stored {
    let store = stage.store();
    run(async {
        let mut rows = BTreeMap::new();
        let mut records = Vec::new();
        for month in store.months().await.unwrap() {
            let archived = store.archived_rows(month).await.unwrap();
            rows.insert(
                month,
                archived.into_iter().filter_map(|row| row.current).collect(),
            );
            let record = store.record(month).await.unwrap().unwrap();
            records.push((month, record.digest, record.cells, record.revision));
        }
        let standings = store.standings().await.unwrap();
        let mut standings: Vec<Standing> = standings.into_iter().map(|stored| stored.standing).collect();
        standings.sort_unstable_by_key(|standing| standing.case);
        for standing in &mut standings {
            forget_arrival(standing);
        }
        Stored {
            rows,
            records,
            standings,
        }
    })
}

/// The data of a stage that ingested the pages of these months.
fn fed_with(emulator: &'static Emulator, months: &[&str]) -> Stored {
    let stage = Stage::of_tables(emulator);
    stage.ingest(months);
    stored(&stage)
}

fn old_items(stage: &Stage) -> usize {
    let all = run(scan(&client(stage), &stage.tables().data));
    all.into_values().filter(|item| !is_of_today(item)).count()
}

fn is_of_today(item: &Item) -> bool {
    let (pk, _) = key(item);
    item.contains_key("version") || pk == "CATALOGUE" || pk.starts_with("BULLETIN#")
}

#[test]
fn both_layouts_are_moved_and_every_answer_is_that_of_the_pages() {
    for emulator in emulators() {
        let stage = stage_with(emulator, &both_layouts());
        let before = run(scan(&client(&stage), &stage.tables().data));

        // A dry run reports the plan, and changes nothing.
        stage.bulletin(&MIGRATE).exits(0).prints(&[
            "5 would be migrated, 0 already migrated, 0 would be skipped",
            "US dollars",
            "--yes",
            "2009-12",
        ]);
        assert_eq!(run(scan(&client(&stage), &stage.tables().data)), before);

        let done = stage
            .bulletin(&[&DO_IT[..], &["--format", "json"]].concat())
            .exits(0)
            .json();
        let months: Vec<&str> = done
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["bulletin_month"].as_str().unwrap())
            .collect();
        let mut newest_first = MONTHS.to_vec();
        newest_first.reverse();
        assert_eq!(months, newest_first, "the newest comes first");
        let deleted: u64 = done
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["deleted_items"].as_u64().unwrap())
            .sum();
        assert_eq!(usize::try_from(deleted).unwrap(), before.len());
        assert_eq!(old_items(&stage), 0);
        assert_eq!(stored(&stage), fed_with(emulator, &MONTHS));

        let folder = sample::stored(&MONTHS);
        for question in [
            &["show", "2009-12"][..],
            &["show", "2024-05", "--format", "csv"],
            &["history", "EB3", "India", "--format", "csv"],
            &["history", "F3", "Mexico"],
            &["history", "EB1", "China", "--format", "json"],
            &["diff", "2024-05", "2024-07", "--all", "--format", "csv"],
            &["diff", "2002-05", "2009-12", "--all"],
        ] {
            let there = stage.bulletin(question).exits(0);
            assert_eq!(there.out, folder.bulletin(question).exits(0).out, "{question:?}");
        }

        // A second run finds nothing, and changes nothing.
        let after = run(scan(&client(&stage), &stage.tables().data));
        stage
            .bulletin(&DO_IT)
            .exits(0)
            .prints(&["contains no items of an older layout"]);
        assert_eq!(run(scan(&client(&stage), &stage.tables().data)), after);
    }
}

#[test]
fn a_migration_that_is_killed_ends_the_same_when_it_is_run_again() {
    for emulator in emulators() {
        let stage = stage_with(
            emulator,
            &[
                ("2009-12", Layout::ByLabel),
                ("2016-01", Layout::ByMonth),
                ("2024-05", Layout::ByLabel),
            ],
        );
        let mut killed = 0;
        let begun = Instant::now();
        // A little longer each time, so that it is killed at every stage of its work.
        for milliseconds in (200..).step_by(200) {
            let mut child = stage
                .command(&DO_IT)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(milliseconds));
            if child.try_wait().unwrap().is_some_and(|status| status.success()) {
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            assert!(begun.elapsed() < Duration::from_secs(240), "it never ends");
        }
        assert!(killed > 0);
        stage.bulletin(&DO_IT).exits(0);
        assert_eq!(old_items(&stage), 0);
        assert_eq!(
            stored(&stage),
            fed_with(emulator, &["2009-12", "2016-01", "2024-05"]),
            "after {killed} deaths"
        );
    }
}

#[test]
fn another_table_is_left_whole_where_that_is_wanted_and_cleared_later() {
    for emulator in emulators() {
        let stage = Stage::of_tables(emulator);
        let client = client(&stage);
        let table = format!("OldBulletins-{}", stage.deployment.stage());
        run(create(&client, &table, ["pk", "sk"]));
        for text in ["2024-05", "2024-06"] {
            run(put(&client, &table, items(Layout::ByLabel, &bulletin(text))));
            sample::save(&stage.folder, &[text]);
        }
        let before = run(scan(&client, &table));
        let there = ["--from-table", &table];
        let keep = [&DO_IT[..], &there, &["--keep-old"]].concat();
        stage
            .bulletin(&keep)
            .exits(0)
            .prints(&["2 migrated", "0 old items deleted"]);
        assert_eq!(run(scan(&client, &table)), before);
        assert_eq!(stored(&stage), fed_with(emulator, &["2024-05", "2024-06"]));
        let moved = run(scan(&client, &stage.tables().data));

        stage
            .bulletin(&[&["table", "migrate"][..], &there, &["--source", "pages"]].concat())
            .exits(0)
            .prints(&["0 would be migrated, 2 already migrated"]);
        stage
            .bulletin(&[&DO_IT[..], &there].concat())
            .exits(0)
            .prints(&["0 migrated, 2 already migrated"]);
        assert_eq!(run(scan(&client, &table)).len(), 0);
        assert_eq!(run(scan(&client, &stage.tables().data)), moved);
    }
}

#[test]
fn old_items_that_are_kept_beside_todays_are_in_nobodys_way() {
    for emulator in emulators().take(1) {
        let stage = stage_with(
            emulator,
            &[("2024-05", Layout::ByMonth), ("2024-06", Layout::ByLabel)],
        );
        let old = old_items(&stage);
        stage.bulletin(&[&DO_IT[..], &["--keep-old"]].concat()).exits(0);
        assert_eq!(old_items(&stage), old);
        let folder = sample::stored(&["2024-05", "2024-06"]);
        for question in [&["show", "2024-06"][..], &["history", "EB2", "China"]] {
            let there = stage.bulletin(question).exits(0);
            assert_eq!(there.out, folder.bulletin(question).exits(0).out);
        }
    }
}

/// The write units for everything in the table, by AWS's rules: in transactions two units for each KB, plus one in
/// the index.
fn written(table: &BTreeMap<(String, String), Item>) -> f64 {
    let units = |item: &Item| {
        let length = |value: &AttributeValue| format!("{value:?}").len();
        let bytes: usize = item.iter().map(|(name, value)| name.len() + length(value)).sum();
        let kilobytes = bytes.div_ceil(1024) as f64;
        let writes = item
            .get("version")
            .and_then(|version| version.as_n().ok())
            .map_or(1.0, |version| version.parse::<f64>().unwrap());
        let index = if item.contains_key("bulletin_date") {
            1.0
        } else {
            0.0
        };
        writes * kilobytes * (2.0 + index)
    };
    table.values().map(units).sum()
}

#[test]
fn a_plan_says_about_what_it_costs() {
    let Some(emulator) = Emulator::shared_dynamodb_local() else {
        return;
    };
    let stage = stage_with(
        emulator,
        &[
            ("2024-05", Layout::ByMonth),
            ("2024-06", Layout::ByLabel),
            ("2024-07", Layout::ByMonth),
        ],
    );
    let old = old_items(&stage) as f64;
    let plan = stage
        .bulletin(&[&MIGRATE[..], &["--format", "json"]].concat())
        .exits(0);
    let done = stage
        .bulletin(&[&DO_IT[..], &["--show-capacity"]].concat())
        .exits(0);
    let spent = done.err.lines().last().unwrap();
    let read: f64 = spent.split(' ').find_map(|word| word.parse().ok()).unwrap();
    let estimate = |kind: &str| -> f64 {
        let before = plan.err.split_once(kind).unwrap().0;
        before.split_whitespace().next_back().unwrap().parse().unwrap()
    };
    // DynamoDB Local does not count reads of absent keys, of which there are many.
    assert!(read <= estimate(" read and"), "{read}");
    assert!(estimate(" read and") <= 15.0 * read, "{read}");
    let written = written(&run(scan(&client(&stage), &stage.tables().data))) + 3.0 * old;
    assert!(
        written <= 1.2 * estimate(" write units"),
        "{written} for {}",
        estimate(" write units")
    );
    assert!(
        estimate(" write units") <= 2.0 * written,
        "{written} for {}",
        estimate(" write units")
    );
}
