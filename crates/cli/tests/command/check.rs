//! `check`: the state of a priority date in one sentence, by the strict rule.

use crate::sample;

/// The sentence for a month.
fn sentence(category: &str, area: &str, date: &str, month: &str) -> (String, String) {
    let folder = sample::stored(&["2023-03", "2023-05", "2023-12", "2024-05"]);
    let answer = folder
        .bulletin(&["check", category, area, "--priority-date", date, "--month", month])
        .exits(0);
    (answer.out.lines().next().unwrap_or_default().into(), answer.err)
}

#[test]
fn only_a_date_before_the_cut_off_is_served() {
    // The cut-offs of F1 ALL in March 2023 are 01DEC14 and 08AUG16.
    let folder = sample::stored(&["2023-03"]);
    for (date, action, filing) in [
        ("2014-11-30", true, true),
        ("2014-12-01", false, true),
        ("2014-12-02", false, true),
        ("2016-08-07", false, true),
        ("2016-08-08", false, false),
        ("2016-08-09", false, false),
    ] {
        let args = [
            "check",
            "F1",
            "all",
            "--priority-date",
            date,
            "--month",
            "2023-03",
        ];
        let answer = folder.bulletin(&args).exits(0);
        let sentence = answer.out.lines().next().unwrap();
        assert_eq!(sentence.matches(". ").count(), 0, "one sentence: {sentence}");
        let is = |current: bool, chart: &str| {
            let word = if current {
                "is current"
            } else {
                "is not current yet"
            };
            assert!(
                sentence.contains(&format!("{word} under {chart}")),
                "{date}: {sentence}"
            );
        };
        is(action, "Final Action Dates");
        is(filing, "Dates for Filing");
        let json = folder
            .bulletin(&[&args[..], &["--format", "json"]].concat())
            .json();
        assert_eq!(json[0]["is_current"], action);
        assert_eq!(json[1]["is_current"], filing);
        assert_eq!(json[0]["days_to_advance"] == 0, action, "{json}");
    }
}

#[test]
fn how_far_it_is_is_said_in_days() {
    let (sentence, _) = sentence("F1", "all", "2014-12-02", "2023-03");
    assert!(sentence.contains("must advance by 2 days"), "{sentence}");
}

#[test]
fn current_unavailable_and_unreadable_are_said() {
    let (current, _) = sentence("F2A", "Mexico", "2020-01-01", "2023-03");
    assert!(
        current.contains("is current under Final Action Dates (all dates current)"),
        "{current}"
    );
    let (unavailable, _) = sentence("SR", "India", "2010-01-01", "2023-12");
    assert!(
        unavailable.contains("is not current under Final Action Dates (unavailable)"),
        "{unavailable}"
    );
    let folder = sample::stored(&["2024-04"]);
    let mut page = sample::page("2024-05");
    page.noise.misprints.push((sample::EB3_CHINA, "1SEP20".into()));
    folder.write("may.html", page.render());
    folder
        .bulletin(&["ingest", "may.html", "--as-of", "2024-04-12"])
        .exits(0);
    let answer = folder
        .bulletin(&[
            "check",
            "EB3",
            "China",
            "--priority-date",
            "2018-01-01",
            "--month",
            "2024-05",
        ])
        .exits(0)
        .prints(&[
            "it is unknown whether the priority date 01 Jan 2018 is current under Final Action Dates",
            "the page is misprinted (\"1SEP20\"). It is current under Dates for Filing",
        ]);
    assert_eq!(answer.out.matches("under Final").count(), 1, "{answer:#?}");
}

#[test]
fn a_country_without_a_column_is_counted_under_all() {
    let (brazil, note) = sentence("EB4", "Brazil", "2018-03-14", "2023-05");
    assert!(brazil.contains("EB-4 Brazil in May 2023"), "{brazil}");
    assert!(
        note.contains("Brazil is counted under All Chargeability Areas Except Those Listed"),
        "{note}"
    );
}

#[test]
fn a_country_in_another_language_has_the_same_answer() {
    let folder = sample::stored(&["2023-03"]);
    let check = |area| {
        let date = ["--priority-date", "2018-03-15", "--month", "2023-03"];
        folder.bulletin(&[&["check", "EB4", area][..], &date].concat())
    };
    for (local, english) in [("México", "Mexico"), ("印度", "India"), ("Brésil", "Brazil")] {
        let (local, english) = (check(local), check(english));
        assert_eq!((local.code, &local.out), (english.code, &english.out));
    }
    check("भारत").exits(0).prints(&["EB-4 India"]);
    check("香港")
        .exits(2)
        .says(&["香港", "the consular officer decides", "CHINA or ALL"]);
}

#[test]
fn a_country_follows_its_own_column_in_the_months_that_have_one() {
    // In March 2023 EB-4 has 15MAR18 in the column of the three countries, and 01FEB22 for all other areas.
    let (own, note) = sentence("EB4", "El Salvador", "2018-03-15", "2023-03");
    assert!(
        own.contains("is not current yet under Final Action Dates"),
        "{own}"
    );
    assert!(note.contains("El Salvador, Guatemala and Honduras"), "{note}");
    let (day_before, _) = sentence("EB4", "El Salvador", "2018-03-14", "2023-03");
    assert!(
        day_before.contains("is current under Final Action Dates"),
        "{day_before}"
    );
    // In May the column is gone.
    let (all, note) = sentence("EB4", "El Salvador", "2018-03-15", "2023-05");
    assert!(all.contains("is current under Final Action Dates"), "{all}");
    assert!(note.contains("All Chargeability Areas"), "{note}");
    // The family charts never had one.
    let (_, note) = sentence("F1", "El Salvador", "2018-03-15", "2023-03");
    assert!(note.contains("All Chargeability Areas"), "{note}");
}

#[test]
fn a_category_that_is_listed_no_more_is_answered_with_its_heirs() {
    let folder = sample::stored(&["2023-03"]);
    folder
        .bulletin(&[
            "check",
            "EB5_PILOT",
            "India",
            "--priority-date",
            "2018-03-14",
            "--month",
            "2023-03",
        ])
        .exits(1)
        .says(&["March 2023 does not list EB5_PILOT", "EB5_UNRESERVED"]);
}

#[test]
fn an_old_bulletin_is_not_taken_for_todays() {
    let folder = sample::stored(&["2023-03"]);
    folder
        .bulletin(&["check", "F1", "India", "--priority-date", "2013-03-15"])
        .exits(0)
        .says(&[
            "the newest stored bulletin is March 2023; April 2023 to ",
            "bulletin run",
        ])
        .prints(&["in March 2023"]);
}
