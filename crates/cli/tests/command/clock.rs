//! A clock that ran ahead, or is behind: no month is blocked, no alert is lost or repeated, and it is reported.

use crate::sample::{self, EB3_CHINA, file, page};
use crate::tool::{Answer, Folder};

/// A day on which the clock was wrong.
const AHEAD: &str = "2025-06-14";
/// The day on which it is right: May's bulletin is out, and April's is in force.
const TODAY: &str = "2024-04-12";

fn run(folder: &Folder, day: &str) -> Answer {
    folder.bulletin(&["run", "--source", "pages", "--as-of", day])
}

/// April is stored, with watches for every change of two cases and for whole bulletins.
fn watched() -> Folder {
    let folder = sample::stored(&["2024-04"]);
    for watch in [
        &["watch", "add", "F1", "India", "--when", "every"][..],
        &["watch", "add", "EB3", "China", "--when", "every"],
        &["watch", "add", "--bulletins"],
    ] {
        folder.bulletin(watch).exits(0);
    }
    folder
}

fn correct_may(folder: &Folder) {
    let mut corrected = page("2024-05");
    corrected.noise.misprints.push((EB3_CHINA, "15AUG20".into()));
    folder.write(&format!("pages/{}", file("2024-05")), corrected.render());
}

fn is_reported(folder: &Folder, what: &str) {
    folder.bulletin(&["status", "--as-of", TODAY]).exits(1).prints(&[
        "PROBLEM:      a clock was ahead",
        what,
        "bulletin run",
    ]);
    let doctor = folder.bulletin(&[
        "doctor", "--source", "pages", "--as-of", TODAY, "--format", "json",
    ]);
    let symptoms = doctor.exits(1).json();
    let clock = symptoms
        .as_array()
        .unwrap()
        .iter()
        .find(|symptom| symptom["part"] == "clock" && symptom["verdict"] == "problem");
    let clock = clock.unwrap_or_else(|| panic!("{symptoms}"));
    assert!(clock["description"].as_str().unwrap().contains(what), "{clock}");
    assert_eq!(clock["commands"][0], "bulletin run");
}

fn is_well(folder: &Folder) {
    folder
        .bulletin(&["status", "--as-of", TODAY])
        .exits(0)
        .prints(&["No problems."]);
    let doctor = folder.bulletin(&[
        "doctor", "--source", "pages", "--as-of", TODAY, "--format", "json",
    ]);
    let symptoms = doctor.exits(0).json();
    assert!(!symptoms.to_string().contains("ran ahead"), "{symptoms}");
}

#[test]
fn a_poll_with_a_clock_ahead_blocks_no_month() {
    let folder = watched();
    run(&folder, AHEAD);
    is_reported(&folder, "the last successful poll is dated 2025-06-14");
    sample::save(&folder, &["2024-05"]);
    run(&folder, TODAY)
        .exits(0)
        .says(&["May 2024: stored", "the clock was ahead"])
        .prints(&["F1 India"]);
    is_well(&folder);
    assert_eq!(run(&folder, TODAY).exits(0).out, "");
}

#[test]
fn alerts_left_out_with_a_clock_ahead_are_sent_when_it_is_right() {
    let folder = watched();
    let control = watched();
    for folder in [&folder, &control] {
        sample::save(folder, &["2024-05"]);
    }
    let early = run(&folder, AHEAD).says(&["the newest stored bulletin is May 2024"]);
    assert_eq!(early.out, "", "the month seemed to be over");
    is_reported(&folder, "the page of 2024-05 was fetched at 2025-06-14");
    let late = run(&folder, TODAY).exits(0).says(&["alerts of May 2024"]);
    let right = run(&control, TODAY).exits(0);
    assert_eq!(late.out, right.out);
    assert!(
        late.out.contains("F1 India") && late.out.contains("Visa Bulletin"),
        "{}",
        late.out
    );
    is_well(&folder);
    assert_eq!(run(&folder, TODAY).exits(0).out, "");
    let resent = folder.bulletin(&["replay", "--alerts", "--months", "2024-05..2024-05"]);
    assert_eq!(resent.exits(0).out.matches("=====").count(), 0);
}

#[test]
fn a_correction_stored_with_a_clock_ahead_is_told_when_it_is_right() {
    let (folder, control) = (watched(), watched());
    let page = format!("pages/{}", file("2024-05"));
    for folder in [&folder, &control] {
        sample::save(folder, &["2024-05"]);
        run(folder, TODAY).exits(0).prints(&["F1 India", "EB-3 China"]);
        correct_may(folder);
    }
    let fed = folder.bulletin(&["ingest", &page, "--as-of", AHEAD]).exits(0);
    assert_eq!(fed.out, "");
    let late = run(&folder, "2024-04-13").exits(0).says(&["alerts of May 2024"]);
    let right = run(&control, "2024-04-13").exits(0);
    assert_eq!(late.out, right.out);
    assert!(
        late.out.contains("CORRECTED") || late.out.contains("corrected"),
        "{}",
        late.out
    );
    assert_eq!(run(&folder, "2024-04-13").exits(0).out, "");
}

#[test]
fn a_page_that_is_fed_beats_one_from_the_future() {
    let folder = watched();
    sample::save(&folder, &["2024-05"]);
    run(&folder, AHEAD);
    correct_may(&folder);
    let page = format!("pages/{}", file("2024-05"));
    folder
        .bulletin(&["ingest", &page, "--as-of", TODAY])
        .exits(0)
        .says(&["May 2024: corrected, 1 of 150 cells written"])
        .prints(&["EB-3 China"]);
}

#[test]
fn a_good_look_from_the_future_hides_no_failure() {
    let folder = watched();
    run(&folder, AHEAD);
    folder
        .database()
        .execute(
            "INSERT OR REPLACE INTO source_check VALUES (0, '2024-04-12T11:00:00.000000Z', '403 Forbidden')",
            [],
        )
        .unwrap();
    folder
        .bulletin(&["status", "--as-of", TODAY])
        .exits(1)
        .prints(&["the last poll failed", "403 Forbidden"]);
}

#[test]
fn a_clock_that_is_behind_breaks_nothing() {
    let folder = watched();
    sample::save(&folder, &["2024-05"]);
    run(&folder, TODAY).exits(0).prints(&["F1 India"]);
    // Added after the alerts went out: it must not get them when the clock is set back.
    folder
        .bulletin(&["watch", "add", "F2A", "India", "--when", "every"])
        .exits(0);
    let before = folder.content();
    for behind in ["2010-01-01", "2023-04-12", "2024-04-02"] {
        assert_eq!(run(&folder, behind).out, "", "{behind}");
        assert_eq!(run(&folder, behind).out, "", "{behind}");
    }
    run(&folder, "2010-01-01").says(&["the clock shows 2010-01-01", "May 2024 is already stored"]);
    let without_times = |content: &str| {
        let lines = content.lines().filter(|line| !line.starts_with("bulletin: "));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(without_times(&folder.content()), without_times(&before));
    assert_eq!(run(&folder, "2024-04-13").exits(0).out, "");
    folder
        .bulletin(&["status", "--as-of", "2024-04-13"])
        .exits(0)
        .prints(&["No problems."]);
}
