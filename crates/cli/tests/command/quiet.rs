//! `run --quiet`: a problem is printed once, then once a day, and its end is printed; the exit code is 1 until then.

use chrono::{Duration, Utc};

use crate::sample::{self, file, page};
use crate::server::Site;
use crate::tool::{Answer, Folder};
use crate::web::{listed, serve, well};

fn run(folder: &Folder, day: &str) -> Answer {
    folder.bulletin(&["run", "--source", "pages", "--as-of", day, "--quiet"])
}

/// Asserts that nothing is printed.
#[track_caller]
fn is_silent(answer: &Answer) {
    assert_eq!(
        (answer.out.as_str(), answer.err.as_str()),
        ("", ""),
        "{answer:#?}"
    );
}

#[test]
fn an_overdue_bulletin_is_printed_once_a_day_and_when_it_is_out() {
    let folder = sample::stored(&["2024-04"]);
    is_silent(&run(&folder, "2024-04-12").exits(0));
    let warning = "warning: the bulletin of May 2024 should be out and was not found\n";
    assert_eq!(run(&folder, "2024-04-23").exits(1).err, warning);
    is_silent(&run(&folder, "2024-04-23").exits(1));
    assert_eq!(run(&folder, "2024-04-24").exits(1).err, warning);
    // A run of a person prints it in any case, and does not count.
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-04-24"])
        .exits(1)
        .says(&[warning]);
    is_silent(&run(&folder, "2024-04-24").exits(1));
    folder
        .bulletin(&["status", "--as-of", "2024-04-24"])
        .exits(1)
        .prints(&["PROBLEM:      the bulletin of May 2024 should be out"]);
    sample::save(&folder, &["2024-05"]);
    assert_eq!(
        run(&folder, "2024-04-25").exits(0).err,
        "note: solved: the bulletin of May 2024 should be out and was not found\n"
    );
    is_silent(&run(&folder, "2024-04-25").exits(0));
}

#[test]
fn blocked_hosts_are_printed_once_a_day_and_when_they_answer() {
    let (site, folder) = (Site::start(), Folder::new());
    site.answer("*", 403, "<html><title>Forbidden</title></html>");
    let host = site.host();
    let quiet = || folder.bulletin(&["run", "--host", &host, "--quiet"]);
    let problems = [
        "error: cannot fetch the list of bulletins",
        "error: not fetched: ",
    ];
    quiet().exits(1).says(&problems);
    is_silent(&quiet().exits(1));
    // Also when the pages are tried again.
    let due = || folder.database().execute("DELETE FROM link", []).unwrap();
    due();
    is_silent(&quiet().exits(1));
    let yesterday = (Utc::now() - Duration::hours(25))
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    let older = "UPDATE reported_problem SET reported_at = ?";
    folder.database().execute(older, [yesterday]).unwrap();
    quiet().exits(1).says(&problems);
    serve(&site, &listed());
    due();
    let solved = quiet().exits(well()).says(&[
        "note: the list of bulletins is served again",
        &format!("note: solved: cannot fetch {}", listed()[0].title()),
    ]);
    assert!(
        !solved.err.contains("solved: cannot fetch the list"),
        "{solved:#?}"
    );
    is_silent(&quiet().exits(well()));
}

#[test]
fn a_refused_page_fails_every_run_until_somebody_deals_with_it() {
    let folder = sample::stored(&["2024-04"]);
    let damaged = page("2024-05")
        .render()
        .replace("<table", "<div")
        .replace("</table", "</div");
    folder.write(&format!("pages/{}", file("2024-05")), damaged);
    let first = run(&folder, "2024-04-12").exits(1);
    assert!(
        first.err.contains("error: ") && first.err.contains("May 2024"),
        "{first:#?}"
    );
    is_silent(&run(&folder, "2024-04-12").exits(1));
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-04-12"])
        .exits(1)
        .says(&["error: the page of 2024-05 was refused: ", "bulletin ingest FILE"]);
    // A day later it is printed again.
    run(&folder, "2024-04-13").exits(1).says(&["error: ", "May 2024"]);
    sample::save(&folder, &["2024-05"]);
    folder
        .bulletin(&[
            "ingest",
            &format!("pages/{}", file("2024-05")),
            "--as-of",
            "2024-04-13",
        ])
        .exits(0);
    run(&folder, "2024-04-13")
        .exits(0)
        .says(&["note: solved: ", "May 2024"]);
    is_silent(&run(&folder, "2024-04-13").exits(0));
}
