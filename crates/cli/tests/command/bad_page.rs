//! Pages that are refused by `parse`, by `ingest`, and in a run.

use std::fs::File;

use crate::sample::{self, file, page};
use crate::tool::Folder;

/// The file of May 2024, and the error about it.
struct Bad {
    name: &'static str,
    bytes: Vec<u8>,
    says: &'static str,
    /// True if the fault is the host's: a missing or truncated page, or an old copy of another month. Then the link
    /// is due again.
    passes: bool,
}

fn html(title: &str) -> Vec<u8> {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body><p>Wait.</p></body></html>").into()
}

pub(crate) fn without_the_last_chart(page: &str) -> String {
    let title = page.find("DATES FOR FILING OF EMPLOYMENT").unwrap();
    let start = title + page[title..].find("<table").unwrap();
    let end = start + page[start..].find("</table>").unwrap();
    format!("{}{}", &page[..start], &page[end + 8..])
}

fn bad_pages() -> Vec<Bad> {
    let may = page("2024-05").render();
    let cut = {
        let table = may.rfind("<table").unwrap();
        let row = table + may[table..].find("<tr>").unwrap();
        may[..row + may[row..].find("</tr>").unwrap()].to_owned()
    };
    let chart_missing = without_the_last_chart(&may);
    let swapped = may
        .replace(
            "FINAL ACTION DATES FOR&nbsp;FAMILY-SPONSORED&nbsp;PREFERENCE CASES",
            "@",
        )
        .replace(
            "DATES FOR FILING FAMILY-SPONSORED&nbsp;VISA APPLICATIONS",
            "FINAL ACTION DATES FOR&nbsp;FAMILY-SPONSORED&nbsp;PREFERENCE CASES",
        )
        .replace('@', "DATES FOR FILING FAMILY-SPONSORED&nbsp;VISA APPLICATIONS");
    assert_ne!(swapped, may);
    let bad = |name, bytes: Vec<u8>, says, passes| Bad {
        name,
        bytes,
        says,
        passes,
    };
    vec![
        bad("challenge", html("Just a moment..."), "challenge page", true),
        bad("soft 404", html("Page not found"), "Page not found", true),
        bad("empty", Vec::new(), "The page is empty", true),
        bad("blank", b" \n\t ".to_vec(), "The page is empty", true),
        bad(
            "binary",
            [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 500]].concat(),
            "binary",
            true,
        ),
        bad("cut off", cut.into(), "breaks off", true),
        bad(
            "chart missing",
            chart_missing.into(),
            "The Dates for Filing chart, employment-based, is missing",
            false,
        ),
        bad("swapped", swapped.into(), "headings", false),
        bad(
            "other month",
            page("2024-06").render().into(),
            "The page is the bulletin of June 2024, but ",
            true,
        ),
        bad(
            "no bulletin",
            html("Visa Statistics"),
            "title names no month",
            false,
        ),
    ]
}

#[test]
fn parse_names_the_file_and_the_reason_and_reads_the_others() {
    let folder = Folder::new();
    let good = file("2024-04");
    folder.write(&good, page("2024-04").render());
    let alone = folder.bulletin(&["parse", &good, "--format", "csv"]).exits(0);
    for bad in bad_pages() {
        let name = file("2024-05");
        folder.write(&name, bad.bytes);
        let answer = folder
            .bulletin(&["parse", &name, &good, "--format", "csv"])
            .exits(1)
            .says_in_a_line(&["error: ", &name, bad.says]);
        assert_eq!(answer.out, alone.out, "{}", bad.name);
        assert_eq!(answer.err.lines().count(), 1, "{}: {}", bad.name, answer.err);
    }
}

#[test]
fn ingest_names_the_file_and_the_reason_and_stores_the_others() {
    for bad in bad_pages() {
        let folder = Folder::new();
        let (good, name) = (file("2024-04"), file("2024-05"));
        folder.write(&good, page("2024-04").render());
        folder.write(&name, bad.bytes);
        folder
            .bulletin(&["ingest", &name, &good, "--as-of", "2024-04-12"])
            .exits(1)
            .says_in_a_line(&["error: ", &name, bad.says])
            .says_in_a_line(&["April 2024", "stored"]);
        assert_eq!(
            folder.count("SELECT count(DISTINCT month) FROM cut_off"),
            1,
            "{}",
            bad.name
        );
        assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 1, "{}", bad.name);
    }
}

#[test]
fn a_run_says_why_goes_on_and_comes_back() {
    for bad in bad_pages() {
        let folder = sample::stored(&["2024-04"]);
        let before = folder.count("SELECT count(*) FROM cut_off");
        let name = format!("pages/{}", file("2024-05"));
        folder.write(&name, bad.bytes);
        sample::save(&folder, &["2024-06"]);
        let run = ["run", "--source", "pages", "--as-of", "2024-05-14"];
        folder
            .bulletin(&run)
            .exits(1)
            .says_in_a_line(&["error: ", "May 2024", bad.says])
            .says_in_a_line(&["June 2024", "stored"]);
        let of_may = "SELECT count(*) FROM cut_off WHERE month = '2024-05'";
        assert_eq!(folder.count(of_may), 0, "{}", bad.name);
        assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 2, "{}", bad.name);
        assert!(
            folder.count("SELECT count(*) FROM cut_off") > before,
            "{}",
            bad.name
        );
        let state = if bad.passes { "due" } else { "dead" };
        let link = "SELECT json_extract(state, '$.state') FROM link WHERE month = '2024-05'";
        let found: String = folder.database().query_row(link, [], |row| row.get(0)).unwrap();
        assert_eq!(found, state, "{}", bad.name);
        let due = "SELECT due_from IS NOT NULL FROM link WHERE month = '2024-05'";
        assert_eq!(folder.count(due), 1, "{}: the link stays due", bad.name);
        folder
            .bulletin(&["status", "--as-of", "2024-05-14"])
            .exits(1)
            .prints(&["PROBLEM:      the page of 2024-05", bad.says]);

        // The department, or whoever saved the page, corrects it.
        sample::save(&folder, &["2024-05"]);
        folder
            .bulletin(&["run", "--source", "pages", "--as-of", "2024-05-15"])
            .exits(0)
            .says_in_a_line(&["May 2024", "stored"]);
        folder
            .bulletin(&["status", "--as-of", "2024-05-15"])
            .exits(0)
            .prints(&["No problems."]);
    }
}

#[test]
fn a_page_of_50_megabytes_is_refused_unread() {
    let folder = sample::stored(&["2024-04"]);
    let name = format!("pages/{}", file("2024-05"));
    File::create(folder.path(&name))
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    for command in ["parse", "ingest"] {
        let answer = folder
            .bulletin(&[command, &name])
            .exits(1)
            .says_in_a_line(&[&name, "no bulletin has more than 4194304"]);
        assert!(
            answer.err.contains("52428800 bytes"),
            "its true size: {}",
            answer.err
        );
    }
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-04-14"])
        .exits(1)
        .says_in_a_line(&["error: ", "may-2024", "52428800 bytes"]);
    assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 1);
}

#[test]
fn a_page_of_the_history_that_was_refused_is_read_again_with_retry() {
    let folder = Folder::new();
    sample::save(&folder, &["2024-06"]);
    let name = format!("pages/{}", file("2024-02"));
    folder.write(&name, without_the_last_chart(&page("2024-02").render()));
    let run = [
        "run",
        "--source",
        "pages",
        "--as-of",
        "2024-05-20",
        "--backfill",
        "2024-02..2024-02",
    ];
    folder.bulletin(&run).exits(1).says_in_a_line(&[
        "error: pages",
        "February 2024",
        "employment-based, is missing",
    ]);
    sample::save(&folder, &["2024-02"]);
    folder
        .bulletin(&["status", "--as-of", "2024-05-20"])
        .exits(1)
        .prints(&["the page of 2024-02 was refused", "bulletin run --retry"]);
    let retry = ["run", "--source", "pages", "--as-of", "2024-05-20", "--retry"];
    folder
        .bulletin(&retry)
        .exits(0)
        .says(&["retrying 1 dead letter", "February 2024: stored"]);
    folder.bulletin(&["status", "--as-of", "2024-05-20"]).exits(0);
}

#[test]
fn a_better_page_fed_by_hand_settles_what_was_refused() {
    let folder = sample::stored(&["2024-04"]);
    folder.write(&format!("pages/{}", file("2024-05")), page("2024-06").render());
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-04-15"])
        .exits(1);
    folder.write("saved page.html", page("2024-05").render());
    folder
        .bulletin(&["ingest", "saved page.html", "--as-of", "2024-04-15"])
        .exits(0);
    folder
        .bulletin(&["status", "--as-of", "2024-04-15"])
        .exits(0)
        .prints(&["No problems."]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = Folder::new();
    folder.write("folder/file", "");
    for (name, says) in [
        ("nowhere.html", "No such file"),
        ("folder", "contains no saved bulletins"),
    ] {
        for command in ["parse", "ingest"] {
            folder
                .bulletin(&[command, name])
                .exits(1)
                .says_in_a_line(&["error: ", name, says]);
        }
    }
    folder
        .bulletin(&["run", "--source", "nowhere"])
        .exits(1)
        .says_in_a_line(&["error: ", "nowhere", "cannot be read"]);
    assert!(
        !folder.path("nowhere").exists() && folder.count("SELECT count(*) FROM bulletin") == 0,
        "nothing is made where nothing can be read"
    );
}

#[test]
fn a_page_must_be_of_the_month_that_its_name_says() {
    let folder = Folder::new();
    let june = page("2024-06").render();
    for name in [
        "visa-bulletin-for-may-2024.html",
        "Visa Bulletin For May 2024.html",
        "Visa Bulletin For May 2024 (1).html",
    ] {
        folder.write(name, &june);
        for command in ["parse", "ingest"] {
            folder.bulletin(&[command, name]).exits(1).says_in_a_line(&[
                name,
                "is the bulletin of June 2024, but the file's name says May 2024",
            ]);
        }
    }
    for name in [
        "Visa Bulletin For June 2024 (1).html",
        "saved.html",
        "1.htm",
        "may",
    ] {
        folder.write(name, &june);
        folder.bulletin(&["parse", name]).exits(0);
    }
}
