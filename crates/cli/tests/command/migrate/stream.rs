//! The notifier's view of a migration: its stream records send no alerts.

use ::migrate::{Migration, OldTable, Outcome};
use aws_harness::table::StreamReader;
use pipeline::Notifier;
use pipeline::testing::{FixedClock, RecordingChannel, ScriptedSource};

use super::*;

/// The data table's stream from its beginning.
fn reader(stage: &Stage) -> StreamReader {
    let table = run(client(stage)
        .describe_table()
        .table_name(stage.tables().data)
        .send())
    .unwrap();
    let stream = table.table.unwrap().latest_stream_arn.unwrap();
    StreamReader::new(&stage.emulator.config(), &stream)
}

/// Reads all new records of the stream like the notifier: returns the number of records, and the number of alerts
/// for them on this day.
fn alerts(stage: &Stage, reader: &mut StreamReader, clock: &FixedClock) -> (usize, usize) {
    let store = stage.store();
    let channel = RecordingChannel::default();
    let notifier = Notifier {
        store: &store,
        channel: &channel,
        clock,
    };
    let records = run(reader.events());
    for record in &records {
        let read = aws::stream::read(record).unwrap_or_else(|error| panic!("a dead letter: {error}"));
        if let Some(change) = read.change {
            run(notifier.notify(&change)).unwrap();
        }
    }
    (records.len(), channel.take().len())
}

/// Migrates everything on a day, and returns the months that were moved and those that were left.
fn migrate(stage: &Stage, clock: &FixedClock) -> (Vec<String>, Vec<String>) {
    let source = ScriptedSource::new(clock, &["host"]);
    for text in MONTHS.iter().chain(&["2024-02", "2024-06"]) {
        source.publish(&bulletin(text));
    }
    let old = OldTable::new(client(stage), stage.tables().data, true);
    let store = stage.store();
    let migration = Migration {
        old: &old,
        store: &store,
        source: &source,
        clock,
        keep_old: false,
    };
    run(async {
        let survey = old.survey(|_| {}).await.unwrap();
        let plan = migration.plan(&survey).await.unwrap();
        let (mut moved, mut left) = (Vec::new(), Vec::new());
        for planned in &plan.months {
            let old = &survey.months[&planned.month];
            match migration.carry(old, &planned.page.path).await.unwrap() {
                Outcome::Moved { .. } => moved.push(planned.month.to_string()),
                Outcome::Left { .. } => left.push(planned.month.to_string()),
            }
        }
        (moved, left)
    })
}

fn old_stage(emulator: &'static Emulator, months: &[&str]) -> Stage {
    let layouts = [Layout::ByMonth, Layout::ByLabel].into_iter().cycle();
    let months: Vec<(&str, Layout)> = months.iter().copied().zip(layouts).collect();
    stage_with(emulator, &months)
}

#[test]
fn a_migration_alerts_nobody() {
    for emulator in emulators() {
        // The second of these is in force, and the newest is published already.
        let clock = FixedClock::noon("2024-06-20");
        let stage = old_stage(emulator, &["2024-05", "2024-06", "2024-07"]);
        let mut reader = reader(&stage);
        let (moved, left) = migrate(&stage, &clock);
        assert_eq!((moved.len(), left.len()), (3, 0));
        let (records, alerts) = alerts(&stage, &mut reader, &clock);
        assert!(
            records > 1200,
            "items of both layouts, put and taken away: {records}"
        );
        assert_eq!(alerts, 0);
    }
}

#[test]
fn what_is_news_is_left_to_the_pipeline() {
    for emulator in emulators().take(1) {
        let clock = FixedClock::noon("2024-06-20");
        let stage = old_stage(emulator, &["2024-02", "2024-05", "2024-06", "2024-07"]);
        stage.ingest(&["2024-04"]);
        let mut reader = reader(&stage);
        let (moved, left) = migrate(&stage, &clock);
        assert_eq!(
            moved,
            ["2024-05", "2024-02"],
            "upwards from what is stored, then downwards"
        );
        assert_eq!(left, ["2024-06", "2024-07"]);
        assert_eq!(alerts(&stage, &mut reader, &clock).1, 0);

        // The pipeline reports it, and the rest can be moved then.
        stage.ingest(&["2024-06", "2024-07"]);
        assert!(alerts(&stage, &mut reader, &clock).1 > 0);
        let (moved, left) = migrate(&stage, &clock);
        assert_eq!((moved.len(), left.len()), (2, 0));
        assert_eq!(alerts(&stage, &mut reader, &clock).1, 0);
        assert_eq!(old_items(&stage), 0);
    }
}
