//! A history moves from one store to another in a file, and is the same there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_harness::emulator::Emulator;
use aws_harness::run;
use aws_harness::table::StreamReader;
use bulletin::{Area, Bulletin, Category, Chart, CutOff, Preference, RowKey};
use bulletin_samples::{Layout, Page, site};
use operations::archive_file::{ArchiveFormat, import, read};
use pipeline::port::{BulletinStore, Clock};
use pipeline::testing::{FixedClock, RecordingChannel};
use pipeline::{ArchivedBulletin, Notifier};
use sqlite::{SqliteStore, deliver_changes};

use crate::sample::{self, month};
use crate::stage::Stage;
use crate::tool::Folder;

const MONTHS: [&str; 4] = ["2024-02", "2024-04", "2024-05", "2024-06"];

/// Queries whose answer is the same in every store.
const QUESTIONS: [&[&str]; 6] = [
    &["show", "2024-05"],
    &["history", "EB2", "India", "--format", "json"],
    &["standings", "--category", "EB2"],
    &["latest"],
    &["corrections", "EB2", "India"],
    &["corrections", "EB3", "Philippines", "2024-05", "--format", "csv"],
];

fn emulators() -> impl Iterator<Item = &'static Emulator> {
    [Emulator::shared_ministack(), Emulator::shared_dynamodb_local()]
        .into_iter()
        .flatten()
}

/// A month's bulletin with an additional column and a misprint.
fn odd(text: &str) -> Page {
    let month = month(text);
    let layout = Layout::of(month).unwrap();
    let key = |area, category| RowKey {
        chart: Chart::FinalAction,
        category,
        area,
    };
    let misprint = key(Area::INDIA, Category::Eb2);
    let whole = site::bulletin(month).unwrap();
    let brazil: Area = "Brazil".parse().unwrap();
    let of_brazil = whole
        .rows()
        .filter(|row| row.key.chart == Chart::FinalAction && row.key.area == Area::ALL)
        .filter(|row| row.key.category.preference() == Preference::Employment)
        .map(|row| layout.row(month, key(brazil, row.key.category), CutOff::Current));
    let rows = whole
        .rows()
        .filter(|row| row.key != misprint)
        .cloned()
        .chain(of_brazil)
        .chain([layout.unreadable_row(month, misprint, "=1+1")]);
    Page::new(Bulletin::new(month, rows).unwrap()).unwrap()
}

/// The same page without a column.
fn without_philippines(page: &Page) -> Page {
    let rows = page.bulletin.rows().filter(|row| {
        row.key.area != Area::PHILIPPINES || row.key.category.preference() == Preference::Family
    });
    Page::new(Bulletin::new(page.bulletin.month(), rows.cloned()).unwrap()).unwrap()
}

/// A database with everything that a bulletin can have: corrections, removed cells, misprints, a new column.
pub(crate) fn with_everything() -> Folder {
    let folder = sample::stored(&MONTHS);
    for (name, page, day) in [
        ("odd.html", odd("2024-05"), "2024-05-20"),
        ("less.html", without_philippines(&odd("2024-05")), "2024-05-21"),
        ("more.html", sample::page("2024-05"), "2024-05-22"),
        ("again.html", without_philippines(&odd("2024-05")), "2024-05-23"),
    ] {
        folder.write(name, page.render());
        folder
            .bulletin(&["ingest", name, "--as-of", day, "--confirm-missing"])
            .exits(0);
    }
    assert!(folder.count("SELECT count(*) FROM earlier_value") > 10);
    folder
}

#[test]
fn a_history_is_the_same_in_every_store_and_form() {
    let here = with_everything();
    here.bulletin(&["corrections", "EB2", "India"])
        .exits(0)
        .prints(&["=1+1", "until", "by hand"]);
    let gone = here.bulletin(&["corrections", "EB3", "Philippines", "2024-05"]);
    gone.exits(0).prints(&["gone"]);
    for form in ["csv", "jsonl"] {
        let file = format!("here.{form}");
        here.bulletin(&["table", "export", &file])
            .exits(0)
            .prints(&["4 bulletins with ", &file]);
        let first = here.read(&file);
        let text = String::from_utf8(first.clone()).unwrap();
        for part in ["=1+1", "gone", "unreadable", "BRAZIL", "earlier"] {
            assert!(text.contains(part), "{part}");
        }
        for emulator in emulators() {
            let there = Stage::of_tables(emulator);
            there.folder.write(&file, &first);
            let import = ["table", "import", &file];
            there
                .bulletin(&import)
                .exits(0)
                .prints(&["4 bulletins stored: 2024-02 to 2024-06"]);
            there
                .bulletin(&["table", "export", &format!("there.{form}")])
                .exits(0);
            assert_eq!(there.folder.read(&format!("there.{form}")), first, "{form}");
            there
                .bulletin(&import)
                .exits(0)
                .prints(&["4 bulletins already stored: 2024-02 to 2024-06"]);
            for question in QUESTIONS {
                assert_eq!(
                    there.bulletin(question).exits(0).out,
                    here.bulletin(question).exits(0).out
                );
            }
        }
        let other = Folder::new();
        other.write(&file, &first);
        other.bulletin(&["table", "import", &file]).exits(0);
        other
            .bulletin(&["table", "export", &format!("other.{form}")])
            .exits(0);
        assert_eq!(other.read(&format!("other.{form}")), first, "{form}");
        assert_eq!(
            other.bulletin(&["history", "EB2", "India"]).exits(0).out,
            here.bulletin(&["history", "EB2", "India"]).exits(0).out
        );
    }
}

#[test]
fn what_a_deployment_stored_by_itself_comes_to_this_machine() {
    for emulator in emulators() {
        let there = Stage::of_tables(emulator);
        there.ingest(&MONTHS);
        there
            .bulletin(&["table", "export", "there.jsonl", "--show-capacity"])
            .exits(0)
            .says(&["capacity: GetItem on VisaBulletinData-", "and 0 write units"]);
        let first = there.folder.read("there.jsonl");
        let import = ["table", "import", "there.jsonl"];
        there.folder.bulletin(&import).exits(0);
        there.folder.bulletin(&["table", "export", "here.jsonl"]).exits(0);
        assert_eq!(there.folder.read("here.jsonl"), first);
    }
}

/// The real pages, if they are in the `shared` folder next to the repository.
fn real_pages() -> Option<PathBuf> {
    let shared = std::env::var_os("VISA_BULLETIN_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let pages = shared.join("bulletins/pages/2023");
    if pages.is_dir() {
        return Some(pages);
    }
    let _ = writeln!(std::io::stderr(), "skipped: ../shared is not here");
    None
}

#[test]
fn real_bulletins_are_the_same_in_every_store() {
    let Some(pages) = real_pages() else { return };
    let here = Folder::new();
    let mut files: Vec<String> = pages
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    files.sort_unstable();
    let args: Vec<&str> = ["ingest"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    here.bulletin(&args);
    here.bulletin(&["table", "export", "here.csv"]).exits(0);
    let first = here.read("here.csv");
    if let Some(emulator) = Emulator::shared_dynamodb_local() {
        let there = Stage::of_tables(emulator);
        there.folder.write("here.csv", &first);
        there.bulletin(&["table", "import", "here.csv"]).exits(0);
        there.bulletin(&["table", "export", "there.csv"]).exits(0);
        assert_eq!(there.folder.read("there.csv"), first);
    }
}

#[test]
fn only_some_months_are_exported() {
    let here = sample::stored(&MONTHS);
    here.bulletin(&["table", "export", "some.csv", "--months", "2024-04..2024-05"])
        .exits(0)
        .prints(&["2 bulletins with "]);
    here.bulletin(&["table", "export", "none.csv", "--months", "2020-01..2020-02"])
        .exits(1)
        .says(&["no stored bulletin is of these months. Stored are 2024-02 to 2024-06"]);
    here.bulletin(&["table", "export", "history.txt"])
        .exits(2)
        .says(&[
            "cannot tell the format of history.txt from its name",
            "--format csv",
        ]);
    here.bulletin(&["table", "export", "history.txt", "--format", "jsonl"])
        .exits(0);
    here.bulletin(&["table", "export", "no/such/folder.csv"])
        .exits(1)
        .says(&["no/such/folder.csv.partial"]);
}

#[test]
fn a_month_that_differs_is_named_and_left_alone() {
    let here = sample::stored(&MONTHS);
    here.bulletin(&["table", "export", "before.csv"]).exits(0);
    here.write("odd.html", odd("2024-05").render());
    here.bulletin(&["ingest", "odd.html", "--as-of", "2024-05-20"])
        .exits(0);
    let before = here.content();
    here.bulletin(&["table", "import", "before.csv"])
        .exits(1)
        .says_in_a_line(&["warning: the stored bulletin of May 2024 differs"])
        .prints(&["3 bulletins already stored", "1 bulletin skipped"]);
    assert_eq!(here.content(), before);
}

#[test]
fn a_file_that_is_not_right_is_refused_whole() {
    let here = sample::stored(&["2024-04", "2024-05"]);
    here.bulletin(&["table", "export", "good.csv"]).exits(0);
    let good = here.read("good.csv");
    let fresh = Folder::new();
    let middle = good.len() / 2;
    let mut latin = good.clone();
    latin[middle] = 0xe9;
    let last = good
        .trim_ascii_end()
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap();
    for (bytes, says) in [
        (&latin[..], "is no UTF-8"),
        (&good[..middle], ": line "),
        (
            &good[..good.len() - last.len() - 1],
            "the file breaks off after this line",
        ),
        (
            b"something else\n",
            "line 1: this is no file that `bulletin table export` wrote",
        ),
    ] {
        fresh.write("bad.csv", bytes);
        fresh.bulletin(&["table", "import", "bad.csv"]).exits(1).says(&[
            "error: bad.csv: line ",
            says,
            "Nothing of the file was stored",
        ]);
        assert!(!fresh.path("visa-bulletin.db").exists());
    }
    fresh
        .bulletin(&["table", "import", "absent.csv"])
        .exits(1)
        .says(&["absent.csv"]);
}

/// Kills the command after ever longer times until it ends by itself; returns the number of kills.
fn kill_until_done(mut command: impl FnMut() -> std::process::Command, mut wait: Duration) -> u32 {
    for kills in 0..30 {
        let mut child = command()
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        wait = wait * 3 / 2;
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return kills;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    panic!("it never ends");
}

#[test]
fn an_import_and_an_export_that_were_killed_end_the_same() {
    let here = sample::stored(&MONTHS);
    here.bulletin(&["table", "export", "all.jsonl"]).exits(0);
    let first = here.read("all.jsonl");

    let other = Folder::new();
    other.write("all.jsonl", &first);
    let kills = kill_until_done(
        || other.command(&["table", "import", "all.jsonl"]),
        Duration::from_millis(40),
    );
    let again = kill_until_done(
        || other.command(&["table", "export", "again.jsonl"]),
        Duration::from_millis(5),
    );
    assert_eq!(
        other.read("again.jsonl"),
        first,
        "killed {kills} and {again} times"
    );
    assert!(!other.path("again.jsonl.partial").exists());

    for emulator in emulators() {
        let there = Stage::of_tables(emulator);
        there.folder.write("all.jsonl", &first);
        let kills = kill_until_done(
            || there.command(&["table", "import", "all.jsonl"]),
            Duration::from_millis(400),
        );
        assert!(kills > 0);
        let again = kill_until_done(
            || there.command(&["table", "export", "again.jsonl"]),
            Duration::from_millis(150),
        );
        assert!(again > 0);
        assert_eq!(there.folder.read("again.jsonl"), first);
        assert!(!there.folder.path("again.jsonl.partial").exists());
    }
}

#[test]
fn what_a_killed_export_left_is_kept_as_far_as_it_still_holds() {
    let here = sample::stored(&MONTHS);
    here.bulletin(&["table", "export", "all.csv"]).exits(0);
    let whole = here.read("all.csv");
    // As if it had been killed in the middle of the last month.
    let partial = &whole[..whole.len() - 5000];
    here.write("again.csv.partial", partial);
    here.bulletin(&["table", "export", "again.csv"])
        .exits(0)
        .says(&["already written 3 bulletins"]);
    assert_eq!(here.read("again.csv"), whole);
    // A correction was stored since then.
    here.write("again.csv.partial", partial);
    here.write("odd.html", odd("2024-04").render());
    here.bulletin(&["ingest", "odd.html", "--as-of", "2024-05-20"])
        .exits(0);
    here.bulletin(&["table", "export", "again.csv"])
        .exits(0)
        .says(&["already written 1 bulletin"]);
    here.bulletin(&["table", "export", "fresh.csv"]).exits(0);
    assert_eq!(here.read("again.csv"), here.read("fresh.csv"));
    // A file that is not a partial export.
    here.write("again.csv.partial", b"\xff\x00rubbish");
    here.bulletin(&["table", "export", "again.csv"]).exits(0);
    assert_eq!(here.read("again.csv"), here.read("fresh.csv"));
}

/// The bulletins of a file of these months, on a day on which the newest two can still alert.
fn archived(clock: &FixedClock) -> Vec<ArchivedBulletin> {
    let here = sample::stored(&MONTHS);
    here.bulletin(&["table", "export", "all.jsonl"]).exits(0);
    read(&here.read("all.jsonl"), ArchiveFormat::JsonLines, clock.now()).unwrap()
}

#[test]
fn history_alerts_nobody() {
    let clock = FixedClock::noon("2024-05-16");
    let bulletins = archived(&clock);
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.path("visa-bulletin.db")).unwrap();
    let channel = RecordingChannel::default();
    run(async {
        import(&store, bulletins.clone(), &clock, |_, _| ())
            .await
            .unwrap();
        deliver_changes(&store, &[&channel], &clock).await.unwrap();
    });
    assert_eq!(channel.take(), []);

    // If an older bulletin is stored, those that are not over would be news.
    let (later, older) = (&bulletins[bulletins.len() - 1], &bulletins[bulletins.len() - 2]);
    let behind = SqliteStore::open(&folder.path("behind.db")).unwrap();
    run(async {
        import(&behind, vec![older.clone()], &clock, |_, _| ())
            .await
            .unwrap();
        let report = import(&behind, vec![later.clone(), older.clone()], &clock, |_, _| ());
        let report = report.await.unwrap();
        assert_eq!(
            (report.news, report.already_there),
            (vec![later.month], vec![older.month])
        );
        deliver_changes(&behind, &[&channel], &clock).await.unwrap();
        assert_eq!(behind.months().await.unwrap(), [older.month]);
    });
    assert_eq!(channel.take(), []);
    for emulator in emulators() {
        let imported = Stage::of_tables(emulator);
        run(import(&imported.store(), bulletins.clone(), &clock, |_, _| ())).unwrap();
        assert_eq!(alerts(&imported, &clock), 0);
        // Imported one after another they are news, which shows that the stream is read correctly.
        let told = Stage::of_tables(emulator);
        run(async {
            for bulletin in &bulletins {
                bulletin.import(&told.store(), &clock).await.unwrap();
            }
        });
        assert!(alerts(&told, &clock) > 10);
    }
}

/// The number of alerts the notifier sends for everything written to a stage's table.
fn alerts(stage: &Stage, clock: &FixedClock) -> usize {
    let (store, channel) = (stage.store(), RecordingChannel::default());
    let notifier = Notifier {
        store: &store,
        channel: &channel,
        clock,
    };
    let config = stage.emulator.config();
    run(async {
        let table = aws_sdk_dynamodb::Client::new(&config)
            .describe_table()
            .table_name(stage.tables().data)
            .send()
            .await
            .unwrap();
        let stream = table.table.unwrap().latest_stream_arn.unwrap();
        let events = StreamReader::new(&config, &stream).events().await;
        assert!(events.len() > 500, "{}", events.len());
        let mut count = 0;
        for event in events {
            if let Some(change) = aws::stream::read(&event).unwrap().change {
                count += notifier.alerts(&change).await.unwrap().len();
            }
        }
        count
    })
}
