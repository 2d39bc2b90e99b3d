//! A run against a web server on this machine.

use bulletin::Month;
use bulletin_samples::{page_path, render_index};
use chrono::{Duration, Utc};

use crate::sample::page_as;
use crate::server::Site;
use crate::tool::Folder;

const INDEX: &str = "/content/travel/en/legal/visa-law0/visa-bulletin.html";

/// The month in force, by the command's rule.
fn present() -> Month {
    Month::of((Utc::now() - Duration::hours(5)).date_naive())
}

/// The exit code of a run without problems on a site whose newest bulletin is the one in force: late in the month, the next one
/// is overdue.
pub(crate) fn well() -> i32 {
    i32::from(pipeline::overdue(Utc::now(), &[present()]).is_some())
}

pub(crate) fn serve(site: &Site, months: &[Month]) {
    site.clear();
    site.answer(INDEX, 200, render_index(months, None));
    for month in months {
        site.answer(&page_path(*month), 200, page_as("2024-07", *month).render());
    }
}

/// Lets time pass: everything that was to be fetched later is due now.
fn wait(folder: &Folder) {
    folder.database().execute("DELETE FROM link", []).unwrap();
}

#[test]
fn a_run_stores_what_the_site_lists() {
    let (site, folder) = (Site::start(), Folder::new());
    let (now, before) = (present(), present().previous());
    // An index with few links could be any page.
    let months: Vec<Month> = std::iter::successors(Some(now), |month| Some(month.previous()))
        .take(7)
        .collect();
    serve(&site, &months);
    let range = format!("{before}..{now}");
    folder
        .bulletin(&["run", "--host", &site.host(), "--backfill", &range])
        .exits(well())
        .says_in_a_line(&[&now.title(), "stored"]);
    assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 2);
    let hosts = "SELECT count(DISTINCT host) FROM cut_off WHERE host = ?";
    let hosts: i64 = folder
        .database()
        .query_row(hosts, [site.address.to_string()], |row| row.get(0))
        .unwrap();
    assert_eq!(hosts, 1);
    let (month, other) = (now.to_string(), folder.content());
    folder.bulletin(&["show", &month]).exits(0);
    folder.bulletin(&["run", "--host", &site.host()]).exits(well());
    assert_eq!(folder.content(), other);
}

#[test]
fn a_blocked_host_is_named_with_its_answer_and_the_next_run_works() {
    let (site, folder) = (Site::start(), Folder::new());
    site.answer("*", 403, "<html><title>Forbidden</title></html>");
    let host = site.address.to_string();
    let run = ["run", "--host", &site.host()];
    folder.bulletin(&run).exits(1).says_in_a_line(&[
        "error: cannot fetch the list of bulletins",
        &host,
        "403",
    ]);
    folder
        .bulletin(&["status"])
        .exits(1)
        .prints(&["the last poll failed", &host, "403"]);
    let months: Vec<Month> = std::iter::successors(Some(present()), |month| Some(month.previous()))
        .take(7)
        .collect();
    serve(&site, &months);
    // A host that blocked a moment ago is left alone. The bulletin may be out, so the run fails all the same.
    folder
        .bulletin(&run)
        .exits(1)
        .says_in_a_line(&["error: not fetched: ", &present().title()])
        .says(&["retried after"])
        .says(&["next:   bulletin ingest "]);
    wait(&folder);
    folder
        .bulletin(&run)
        .exits(well())
        .says_in_a_line(&[&present().title(), "stored"]);
}

#[test]
fn a_challenge_is_named_and_another_host_is_asked() {
    let (closed, open, folder) = (Site::start(), Site::start(), Folder::new());
    closed.answer(
        "*",
        200,
        "<html><head><title>Just a moment...</title></head><body></body></html>",
    );
    let months: Vec<Month> = std::iter::successors(Some(present()), |month| Some(month.previous()))
        .take(7)
        .collect();
    serve(&open, &months);
    let answer = folder
        .bulletin(&["run", "--host", &closed.host(), "--host", &open.host()])
        // It is unknown whether next month's bulletin is out.
        .exits(1)
        .says(&[&closed.address.to_string(), "challenge"]);
    assert!(answer.err.contains("stored"), "{}", answer.err);
}

#[test]
fn a_page_cut_off_on_the_way_is_refused_and_the_others_go_on() {
    let (site, folder) = (Site::start(), Folder::new());
    let months: Vec<Month> = std::iter::successors(Some(present()), |month| Some(month.previous()))
        .take(7)
        .collect();
    serve(&site, &months);
    let page = page_as("2024-07", months[2]).render();
    site.answer(&page_path(months[2]), 200, &page[..page.rfind("</tr>").unwrap()]);
    let range = format!("{}..{}", months[3], months[1]);
    folder
        .bulletin(&["run", "--host", &site.host(), "--backfill", &range])
        .exits(1)
        .says_in_a_line(&[
            "error: ",
            &site.address.to_string(),
            &months[2].title(),
            "breaks off",
        ]);
    assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 3);
}

#[test]
fn a_host_that_does_not_answer_is_named() {
    let folder = Folder::new();
    // The local port of an open connection: nothing listens there, and no other process gets the port while it is
    // open.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let open = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let address = open.local_addr().unwrap();
    folder
        .bulletin(&["run", "--host", &format!("http://{address}")])
        .exits(1)
        .says(&[
            &address.to_string(),
            "no connection",
            "cannot fetch the list of bulletins",
        ]);
}

#[test]
fn hosts_that_may_not_be_asked_are_refused_before_anything_is_written() {
    let folder = Folder::new();
    for (host, says) in [
        ("travel.state.gov", "https://travel.state.gov"),
        ("http://travel.state.gov", "https://"),
        ("https://example.com", "--allow-other-hosts"),
    ] {
        folder.bulletin(&["run", "--host", host]).exits(1).says(&[says]);
    }
    let contact = ["run", "--contact", "somebody at example.com"];
    let answer = folder.bulletin(&contact).exits(1).says(&["the contact must be"]);
    assert!(!answer.err.contains("example.com"), "{}", answer.err);
    assert!(!folder.path("visa-bulletin.db").exists());
}

/// Months up to the one in force, as an index lists them: one with few links could be any page.
pub(crate) fn listed() -> Vec<Month> {
    std::iter::successors(Some(present()), |month| Some(month.previous()))
        .take(7)
        .collect()
}

/// A folder in which the bulletin in force and the one before are stored.
fn tracked(site: &Site) -> Folder {
    let folder = Folder::new();
    serve(site, &listed());
    let range = format!("{}..{}", present().previous(), present());
    folder
        .bulletin(&["run", "--host", &site.host(), "--backfill", &range])
        .exits(well());
    folder
}

fn status_needs_a_look(folder: &Folder, says: &[&str]) {
    folder.bulletin(&["status"]).exits(1).prints(says);
}

#[test]
fn a_page_that_is_listed_and_missing_is_a_failure() {
    let site = Site::start();
    let folder = tracked(&site);
    let next = present().next();
    let months: Vec<Month> = std::iter::once(next).chain(listed()).collect();
    site.answer(INDEX, 200, render_index(&months, None));
    wait(&folder);
    let run = ["run", "--host", &site.host()];
    let answer = folder.bulletin(&run).exits(1).says_in_a_line(&[
        "error: ",
        "the index lists it",
        &site.address.to_string(),
        "404",
    ]);
    assert!(!answer.err.contains("not published yet"), "{}", answer.err);
    status_needs_a_look(
        &folder,
        &[&format!("the page of {next} could not be fetched"), "404"],
    );
    // Until it is due again, every run reports it, and a quiet one once.
    folder
        .bulletin(&run)
        .exits(1)
        .says_in_a_line(&["error: not fetched: ", &next.title()]);
    let quiet = ["run", "--host", &site.host(), "--quiet"];
    assert!(
        folder
            .bulletin(&quiet)
            .exits(1)
            .err
            .contains("error: not fetched: ")
    );
    assert_eq!(folder.bulletin(&quiet).exits(1).err, "");
    serve(&site, &months);
    wait(&folder);
    folder
        .bulletin(&run)
        .exits(0)
        .says_in_a_line(&[&next.title(), "stored"]);
}

#[test]
fn a_stale_mirror_beside_a_blocked_host_proves_nothing() {
    let (closed, mirror) = (Site::start(), Site::start());
    let folder = tracked(&mirror);
    wait(&folder);
    for (status, body) in [
        (403, "<html><title>Forbidden</title></html>"),
        (
            200,
            "<html><head><title>Just a moment...</title></head><body></body></html>",
        ),
    ] {
        closed.answer("*", status, body);
        wait(&folder);
        let run = ["run", "--host", &closed.host(), "--host", &mirror.host()];
        let answer = folder.bulletin(&run).exits(1).says_in_a_line(&[
            "error: ",
            &closed.address.to_string(),
            "1 more host",
        ]);
        assert!(!answer.err.contains("not published yet"), "{}", answer.err);
        let next = present().next();
        status_needs_a_look(&folder, &[&format!("the page of {next} could not be fetched")]);
    }
}

#[test]
fn a_page_that_no_host_has_or_lists_is_not_out_yet() {
    let (one, other) = (Site::start(), Site::start());
    let folder = tracked(&one);
    serve(&other, &listed());
    wait(&folder);
    folder
        .bulletin(&["run", "--host", &one.host(), "--host", &other.host()])
        .exits(well())
        .says(&[&format!("{}: not published yet", present().next().title())]);
}

/// Polls with another version of the present month's page on the site.
fn poll_version(site: &Site, folder: &Folder, is_changed: bool) -> crate::tool::Answer {
    let mut shown = page_as("2024-07", present());
    if is_changed {
        shown
            .noise
            .misprints
            .push((crate::sample::EB3_CHINA, "15AUG20".into()));
    }
    site.answer(&page_path(present()), 200, shown.render());
    wait(folder);
    folder.bulletin(&["run", "--host", &site.host()])
}

#[test]
fn an_alternating_page_fails_every_run_until_it_is_fed() {
    let (site, folder) = (Site::start(), Folder::new());
    let months: Vec<Month> = std::iter::successors(Some(present()), |month| Some(month.previous()))
        .take(7)
        .collect();
    serve(&site, &months);
    folder.bulletin(&["run", "--host", &site.host()]).exits(well());
    for is_changed in [true, false, true, false] {
        poll_version(&site, &folder, is_changed).exits(well());
    }
    let title = present().title();
    let warning = ["warning: ", &title, "alternates between two versions"];
    poll_version(&site, &folder, true)
        .exits(1)
        .says_in_a_line(&warning);
    // Nothing is due now, and it is still a failure. With --quiet it is printed once a day.
    let host = site.host();
    let run = ["run", "--host", &host];
    let quiet = ["run", "--host", &host, "--quiet"];
    folder.bulletin(&run).exits(1).says_in_a_line(&warning);
    folder.bulletin(&quiet).exits(1).says_in_a_line(&warning);
    let again = folder.bulletin(&quiet).exits(1);
    assert!(!again.err.contains("alternates"), "{}", again.err);
    folder
        .bulletin(&["status"])
        .exits(1)
        .prints(&["PROBLEM:", "alternates between two versions"]);
    folder.write("fed.html", page_as("2024-07", present()).render());
    folder.bulletin(&["ingest", "fed.html"]).exits(0);
    folder.bulletin(&run).exits(well());
}
