//! `bulletin doctor` on one machine: every problem is found, alone and together with others, and its remedy fixes
//! it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bulletin::{CellState, Chart, CutOff, Standing};
use bulletin_samples::render_index;
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::{BulletinRecord, Pending};

use super::{bad_symptoms, commands, complaints};
use crate::bad_page::without_the_last_chart;
use crate::sample::{self, EB3_CHINA, file, month, page};
use crate::server::Site;
use crate::tool::{Answer, Folder, answer};

const MONTHS: [&str; 3] = ["2024-04", "2024-05", "2024-06"];
/// The day after June's bulletin came out, while May's is in force.
const DAY: &str = "2024-05-14";
const INDEX: &str = "/content/travel/en/legal/visa-law0/visa-bulletin.html";
const DATABASE: &str = "visa-bulletin.db";

/// The bytes of a database without problems.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = sample::stored(&MONTHS[..2]);
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--when", "every"])
        .exits(0);
    sample::save(&folder, &MONTHS[2..]);
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", DAY])
        .exits(0)
        .prints(&["EB-3 India, June 2024"]);
    let database = folder.database();
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(database);
    folder.read(DATABASE)
});

/// A folder with a database without problems and the pages of its months.
fn sound() -> Folder {
    let folder = Folder::new();
    sample::save(&folder, &MONTHS);
    folder.write(DATABASE, &*SOUND);
    folder
}

fn doctor(folder: &Folder) -> Answer {
    folder.bulletin(&["doctor", "--source", "pages", "--as-of", DAY, "--format", "json"])
}

/// Runs a command of the doctor on that day, with this page from the saved pages.
fn obey(folder: &Folder, command: &str, meant: &str) -> Answer {
    let path = format!("pages/{}", file(meant));
    let mut words: Vec<&str> = command.split_whitespace().skip(1).collect();
    for word in &mut words {
        if *word == "PAGE.html" {
            *word = &path;
        }
    }
    match words[0] {
        "run" => words.extend(["--source", "pages", "--as-of", DAY]),
        "ingest" => words.extend(["--as-of", DAY]),
        _ => {}
    }
    folder.bulletin(&words)
}

/// A fault, the part that reports it, and its remedy.
struct Fault {
    part: &'static str,
    seed: fn(&Folder),
    /// The words of the report.
    says: &'static [&'static str],
    /// The index of the suggested command that fixes it, and its page.
    cure: (usize, &'static str),
    /// The repair that the command needs first.
    repair: fn(&Folder),
}

fn nothing(_: &Folder) {}

fn sql(folder: &Folder, sql: &str) {
    folder.database().execute_batch(sql).unwrap();
}

/// Changes JSON in the database.
fn change<T>(folder: &Folder, table: &str, column: &str, which: &str, change: impl Fn(&mut T))
where
    T: serde::de::DeserializeOwned + serde::Serialize,
{
    let database = folder.database();
    let read = format!("SELECT {column} FROM {table} WHERE {which}");
    let text: String = database.query_row(&read, [], |row| row.get(0)).unwrap();
    let mut value: T = serde_json::from_str(&text).unwrap();
    change(&mut value);
    let write = format!("UPDATE {table} SET {column} = ? WHERE {which}");
    assert_eq!(
        database
            .execute(&write, [serde_json::to_string(&value).unwrap()])
            .unwrap(),
        1
    );
}

const FAULTS: [Fault; 13] = [
    Fault {
        part: "polls",
        seed: |folder| sql(folder, "UPDATE source_check SET at = '2024-05-11T12:00:00Z'"),
        says: &["the last successful poll was 72 hours ago"],
        cure: (0, ""),
        repair: nothing,
    },
    Fault {
        part: "polls",
        seed: |folder| {
            sql(
                folder,
                "INSERT INTO source_check VALUES (0, '2024-05-14T12:30:00Z', 'travel.state.gov: 403 Forbidden')",
            )
        },
        says: &["the last poll, 2024-05-14 12:30 UTC, failed", "403 Forbidden"],
        // The poll at noon of that day would come before the one that failed.
        repair: |folder| {
            sql(
                folder,
                "UPDATE source_check SET at = '2024-05-14T11:00:00Z' WHERE good = 0",
            )
        },
        cure: (0, ""),
    },
    Fault {
        part: "rows",
        seed: |folder| {
            sql(
                folder,
                "UPDATE cut_off SET value = '1999-01-01' WHERE category = 'EB3' AND area = 'INDIA' AND month = '2024-04'",
            )
        },
        says: &["the cells of 2024-04 were changed after they were stored"],
        cure: (0, "2024-04"),
        repair: nothing,
    },
    Fault {
        part: "rows",
        seed: |folder| {
            sql(
                folder,
                "DELETE FROM cut_off WHERE category = 'F4' AND area = 'ALL' AND month = '2024-04'",
            );
        },
        says: &["2024-04 had 150 cells, and now has 148"],
        cure: (0, "2024-04"),
        repair: nothing,
    },
    Fault {
        part: "standings",
        seed: |folder| {
            change(
                folder,
                "standing",
                "standing",
                "category = 'EB3' AND area = 'INDIA'",
                |standing: &mut Standing| {
                    let cell = standing.newest.cells.of_mut(Chart::FinalAction).as_mut().unwrap();
                    cell.state = CellState::CutOff(CutOff::Current);
                },
            );
        },
        says: &[
            "1 standing inconsistent with the rows",
            "EB3 INDIA has C, expected 2012-",
            "Final Action Dates of 2024-06",
        ],
        cure: (0, "2024-06"),
        repair: nothing,
    },
    Fault {
        part: "standings",
        seed: |folder| {
            sql(
                folder,
                "DELETE FROM standing WHERE category = 'EB3' AND area = 'INDIA'",
            )
        },
        says: &["EB3 INDIA has no standing"],
        cure: (0, "2024-06"),
        repair: nothing,
    },
    Fault {
        part: "catalogue",
        seed: |folder| {
            sql(
                folder,
                "INSERT INTO cut_off SELECT category, area, chart, '2023-12', value, raw_category, raw_area, raw_value, \
                 host, version FROM cut_off WHERE month = '2024-04' LIMIT 5",
            )
        },
        says: &["stored only in part: 2023-12"],
        cure: (0, "2023-12"),
        repair: |folder| sample::save(folder, &["2023-12"]),
    },
    Fault {
        part: "links",
        seed: |folder| {
            sql(
                folder,
                r#"UPDATE link SET state = '{"state":"queued","until":"2024-05-13T00:00:00Z"}',
                   due_from = '2024-05-13T00:00:00.000000Z' WHERE month = '2024-06'"#,
            )
        },
        says: &["the page of 2024-06 was queued and had no result by 2024-05-13 00:00 UTC"],
        cure: (0, ""),
        repair: nothing,
    },
    Fault {
        part: "links",
        seed: |folder| {
            // A gap between this month and April.
            sample::save(folder, &["2023-08"]);
            obey(folder, "bulletin ingest PAGE.html", "2023-08").exits(0);
            sql(
                folder,
                r#"INSERT INTO link VALUES ('2024-02', '/content/travel/en/legal/visa-law0/visa-bulletin/2024/visa-bulletin-for-february-2024.html',
                   '{"state":"due","at":"2024-01-20T00:00:00Z"}', '2024-01-20T00:00:00.000000Z', 0, 'not there')"#,
            )
        },
        says: &["the page of 2024-02 is due since 2024-01-20 00:00 UTC"],
        cure: (0, ""),
        repair: |folder| sample::save(folder, &["2024-02"]),
    },
    Fault {
        part: "dead_letters",
        seed: |folder| {
            let cut = without_the_last_chart(&page("2024-07").render());
            folder.write(&format!("pages/{}", file("2024-07")), cut);
            folder
                .bulletin(&["run", "--source", "pages", "--as-of", DAY])
                .exits(1);
        },
        says: &["the page of 2024-07 was refused"],
        cure: (0, ""),
        repair: |folder| sample::save(folder, &["2024-07"]),
    },
    Fault {
        part: "alerts",
        seed: |folder| {
            sql(
                folder,
                "UPDATE alert_mark SET sent_at = NULL, expires = '2024-05-14T11:00:00.000000Z'
                 WHERE mark = 'CATEGORY#EB3#COUNTRY#INDIA#2024-06#0#watch-1'",
            )
        },
        says: &[
            "a process died while it sent 1 alert",
            "CATEGORY#EB3#COUNTRY#INDIA#2024-06#0#watch-1",
        ],
        cure: (0, ""),
        repair: nothing,
    },
    Fault {
        part: "corrections",
        seed: |folder| {
            change(
                folder,
                "bulletin",
                "record",
                "month = '2024-06'",
                |record: &mut BulletinRecord| {
                    record.pending = Some(Pending {
                        digest: record.digest.clone(),
                        host: "adoption.state.gov".into(),
                        at: "2024-05-12T12:00:00Z".parse().unwrap(),
                        contested: false,
                        first_host_next: false,
                        interrupted: false,
                        returns: 0,
                    });
                },
            );
        },
        says: &[
            "adoption.state.gov served a different version of the bulletin of June 2024",
            "no second fetch has confirmed it",
        ],
        cure: (0, "2024-06"),
        repair: nothing,
    },
    Fault {
        part: "watches",
        seed: |folder| {
            sql(
                folder,
                "INSERT INTO refusal VALUES (1, 'CATEGORY#EB3#COUNTRY#INDIA#2024-06#0', '550 no such mailbox here',
                 '2024-05-14T09:00:00.000000Z')",
            )
        },
        says: &[
            "an alert of watch 1 was permanently refused at 2024-05-14 09:00 UTC: 550 no such mailbox here",
        ],
        cure: (0, ""),
        repair: nothing,
    },
];

#[test]
fn nothing_is_wrong_with_a_sound_database() {
    let folder = sound();
    assert_eq!(complaints(&doctor(&folder)), BTreeSet::new());
    let told = folder
        .bulletin(&["doctor", "--source", "pages", "--as-of", DAY])
        .exits(0)
        .prints(&[
            "good",
            "hosts",
            "standings",
            "unknown",
            "clock",
            "No problems found.",
        ]);
    assert!(!told.out.contains("NEEDS"), "{told:#?}");
    folder
        .bulletin(&["doctor", "--offline", "--as-of", DAY])
        .exits(0)
        .prints(&["not checked, because of --offline"]);
}

#[test]
fn each_fault_is_found_alone_and_cured_by_what_is_said() {
    for fault in &FAULTS {
        let folder = sound();
        (fault.seed)(&folder);
        let found = doctor(&folder);
        assert_eq!(
            complaints(&found),
            BTreeSet::from([fault.part.to_owned()]),
            "{found:#?}"
        );
        let symptoms = bad_symptoms(&found, fault.part);
        let what = symptoms[0]["description"].as_str().unwrap();
        for says in fault.says {
            assert!(what.contains(says), "no {says:?} in {what:?}");
        }
        assert_ne!(symptoms[0]["remedy"], serde_json::Value::Null, "{found:#?}");
        (fault.repair)(&folder);
        let command = &commands(&found, fault.part)[fault.cure.0];
        let cured = obey(
            &folder,
            command,
            if fault.cure.1.is_empty() {
                "2024-06"
            } else {
                fault.cure.1
            },
        );
        assert_eq!(cured.code, 0, "{command}: {cured:#?}");
        let after = doctor(&folder);
        assert_eq!(
            complaints(&after),
            BTreeSet::new(),
            "{}, {command}: {after:#?}",
            fault.part
        );
    }
}

/// A value that a fault left in a cell was never printed: replacing it is not a correction.
#[test]
fn a_mended_cell_is_told_to_nobody_as_corrected() {
    let folder = sound();
    sql(
        &folder,
        "UPDATE cut_off SET value = '1999-01-01', raw_value = '01JAN99'
         WHERE category = 'EB3' AND area = 'INDIA' AND month = '2024-06'",
    );
    obey(&folder, "bulletin ingest PAGE.html", "2024-06").exits(0);
    assert_eq!(complaints(&doctor(&folder)), BTreeSet::new());
    let mended = folder.database();
    let june = "SELECT group_concat(value || raw_value) FROM cut_off WHERE month = '2024-06'";
    let cells = |database: &rusqlite::Connection| -> String {
        database.query_row(june, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(cells(&mended), cells(&sound().database()));
    assert_eq!(folder.count("SELECT count(*) FROM earlier_value"), 0);
    let again = ["replay", "--alerts", "--months", "2024-06", "--dry-run"];
    let told = folder.bulletin(&again).exits(0).out.clone();
    assert_eq!(told, sound().bulletin(&again).exits(0).out);
}

#[test]
fn many_faults_are_found_together() {
    let folder = sound();
    let mut parts = BTreeSet::from(["hosts".to_owned(), "clock".to_owned()]);
    // An index whose entries do not match its definition.
    for fault in FAULTS.iter().rev().filter(|fault| fault.part != "polls") {
        if parts.insert(fault.part.to_owned()) {
            (fault.seed)(&folder);
        }
    }
    assert_eq!(parts.len(), 10, "{parts:?}");
    let site = Site::start();
    site.tell_time(Utc::now() + TimeDelta::hours(2));
    site.answer("*", 403, "<html><title>Forbidden</title></html>");
    let host = site.host();
    let asked = ["doctor", "--host", &host, "--as-of", DAY];
    let found = folder.bulletin(&[&asked[..], &["--format", "json"]].concat());
    assert_eq!(complaints(&found), parts, "{found:#?}");
    folder
        .bulletin(&asked)
        .exits(1)
        .prints(&["PROBLEM  hosts", "PROBLEM  rows", "10 problems found."]);
}

#[test]
fn a_damaged_file_is_found_and_a_backup_cures_it() {
    let folder = sound();
    let database = folder.database();
    // An index that lost its entries.
    database
        .execute_batch(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX cut_off_by_month ON cut_off (raw_value)'
             WHERE name = 'cut_off_by_month'; PRAGMA writable_schema = OFF; PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .unwrap();
    drop(database);
    let found = doctor(&folder);
    assert_eq!(complaints(&found), BTreeSet::from(["file".to_owned()]));
    let symptoms = bad_symptoms(&found, "file");
    assert!(
        symptoms[0]["description"]
            .as_str()
            .unwrap()
            .contains("cut_off_by_month"),
        "{symptoms:#?}"
    );
    assert!(
        symptoms[0]["remedy"].as_str().unwrap().contains("backup"),
        "{symptoms:#?}"
    );
    for beside in ["visa-bulletin.db-wal", "visa-bulletin.db-shm"] {
        let _ = std::fs::remove_file(folder.path(beside));
    }
    folder.write(DATABASE, &*SOUND);
    assert_eq!(complaints(&doctor(&folder)), BTreeSet::new());
}

#[test]
fn an_overdue_bulletin_is_found_and_cured_by_its_saved_page() {
    let folder = sample::stored(&["2024-04"]);
    let late = "2024-04-25";
    let run = folder.bulletin(&["run", "--source", "pages", "--as-of", late, "--quiet"]);
    run.exits(1).says(&["May 2024 should be out"]);
    let doctor = || folder.bulletin(&["doctor", "--source", "pages", "--as-of", late, "--format", "json"]);
    let found = doctor();
    assert_eq!(complaints(&found), BTreeSet::from(["newest".to_owned()]));
    assert_eq!(
        commands(&found, "newest"),
        ["bulletin run", "bulletin ingest PAGE.html"]
    );
    folder.write("PAGE.html", page("2024-05").render());
    folder
        .bulletin(&["ingest", "PAGE.html", "--as-of", late])
        .exits(0);
    assert_eq!(complaints(&doctor()), BTreeSet::new());
}

#[test]
fn a_cell_that_cannot_be_read_is_found_and_cured_by_the_mended_page() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    let mut misprinted = page("2024-06");
    misprinted.noise.misprints.push((EB3_CHINA, "soon".into()));
    folder.write(&format!("pages/{}", file("2024-06")), misprinted.render());
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", DAY, "--quiet"])
        .exits(0);
    let found = doctor(&folder);
    assert_eq!(
        complaints(&found),
        BTreeSet::from(["findings".to_owned()]),
        "{found:#?}"
    );
    let symptoms = bad_symptoms(&found, "findings");
    let what = symptoms[0]["description"].as_str().unwrap();
    assert!(
        what.contains("row EB3, column CHINA") && what.contains("soon"),
        "{what}"
    );
    sample::save(&folder, &["2024-06"]);
    obey(&folder, &commands(&found, "findings")[0], "2024-06").exits(0);
    assert_eq!(complaints(&doctor(&folder)), BTreeSet::new());
}

#[test]
fn watches_by_e_mail_need_a_server() {
    let folder = sound();
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--email", "jane.doe@example.com"])
        .exits(0);
    let found = doctor(&folder);
    assert_eq!(complaints(&found), BTreeSet::from(["watches".to_owned()]));
    let symptoms = bad_symptoms(&found, "watches");
    assert!(
        symptoms[0]["description"]
            .as_str()
            .unwrap()
            .contains("SMTP_HOST is not set"),
        "{symptoms:#?}"
    );
    assert!(!found.out.contains("jane.doe"), "{found:#?}");
    obey(&folder, &commands(&found, "watches")[0], "2024-06")
        .exits(0)
        .prints(&["SMTP_HOST", "MAIL_FROM"]);
    let mut command = folder.command(&["doctor", "--source", "pages", "--as-of", DAY, "--format", "json"]);
    command
        .env("SMTP_HOST", "smtp.example.com")
        .env("MAIL_FROM", "bulletin@example.com");
    assert_eq!(complaints(&answer(command)), BTreeSet::new());
}

#[test]
fn blocked_hosts_and_a_wrong_clock_are_found() {
    let folder = sound();
    let (site, other) = (Site::start(), Site::start());
    let months: Vec<_> = MONTHS.iter().map(|text| month(text)).collect();
    let doctor = || {
        folder.bulletin(&[
            "doctor",
            "--host",
            &site.host(),
            "--host",
            &other.host(),
            "--as-of",
            DAY,
            "--format",
            "json",
        ])
    };
    site.tell_time(Utc::now());
    site.answer("*", 403, "<html><title>Forbidden</title></html>");
    other.answer("*", 503, "<html><title>Unavailable</title></html>");
    let found = doctor();
    assert_eq!(
        complaints(&found),
        BTreeSet::from(["hosts".to_owned()]),
        "{found:#?}"
    );
    let symptoms = bad_symptoms(&found, "hosts");
    let what = symptoms[0]["description"].as_str().unwrap();
    for says in [
        "403 Forbidden",
        "503 Service Unavailable",
        &site.address.to_string(),
    ] {
        assert!(what.contains(says), "no {says:?} in {what:?}");
    }
    assert_eq!(commands(&found, "hosts"), ["bulletin ingest PAGE.html"]);

    // One host with the list is enough.
    other.answer(INDEX, 200, render_index(&months, None));
    let found = doctor();
    assert_eq!(complaints(&found), BTreeSet::new(), "{found:#?}");
    assert!(found.out.contains("which is enough; others do not"), "{found:#?}");

    let an_hour_ago: DateTime<Utc> = Utc::now() - TimeDelta::hours(1);
    site.tell_time(an_hour_ago);
    let found = doctor();
    assert_eq!(
        complaints(&found),
        BTreeSet::from(["clock".to_owned()]),
        "{found:#?}"
    );
    let symptoms = bad_symptoms(&found, "clock");
    assert!(
        symptoms[0]["description"]
            .as_str()
            .unwrap()
            .contains("ahead of the clock of 127.0.0.1"),
        "{symptoms:#?}"
    );
    assert_eq!(commands(&found, "clock"), ["timedatectl set-ntp true"]);
    site.tell_time(Utc::now());
    assert_eq!(complaints(&doctor()), BTreeSet::new());
}

#[test]
fn a_machine_without_watches_gets_a_warning_and_no_problem() {
    let folder = sample::stored(&MONTHS);
    let found = folder
        .bulletin(&["doctor", "--offline", "--as-of", DAY, "--format", "json"])
        .exits(0);
    let symptoms = found.json();
    let watches = symptoms
        .as_array()
        .unwrap()
        .iter()
        .find(|symptom| symptom["part"] == "watches");
    let watches = watches.unwrap();
    assert_eq!(watches["verdict"], "warning");
    let description = watches["description"].as_str().unwrap();
    assert!(description.contains("nobody is notified"), "{watches}");
    obey(&folder, watches["commands"][0].as_str().unwrap(), "2024-06").exits(0);
    folder
        .bulletin(&["doctor", "--offline", "--as-of", DAY])
        .exits(0)
        .prints(&["good     watches        1 watch"]);
}

#[test]
fn commands_name_the_database_where_it_is_another() {
    let folder = sound();
    std::fs::rename(folder.path(DATABASE), folder.path("it's mine.db")).unwrap();
    sql_in(
        &folder,
        "it's mine.db",
        "UPDATE source_check SET at = '2024-05-11T12:00:00Z'",
    );
    let found = folder.bulletin(&[
        "doctor",
        "--db",
        "it's mine.db",
        "--source",
        "pages",
        "--as-of",
        DAY,
        "--format",
        "json",
    ]);
    assert_eq!(
        commands(&found, "polls"),
        [r"bulletin run --db 'it'\''s mine.db'"]
    );
    folder
        .bulletin(&["doctor", "--db", "nowhere.db", "--offline"])
        .exits(1)
        .says(&["the database nowhere.db does not exist"]);
    folder
        .bulletin(&["doctor", "--offline", "--host", "https://travel.state.gov"])
        .exits(2)
        .says(&["--offline"]);
}

fn sql_in(folder: &Folder, file: &str, sql: &str) {
    let database = rusqlite::Connection::open(folder.path(file)).unwrap();
    database.execute_batch(sql).unwrap();
}
