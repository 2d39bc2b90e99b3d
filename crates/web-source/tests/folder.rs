//! The page source of a folder.
#![expect(
    clippy::unwrap_used,
    reason = "what goes wrong in a test's own machinery fails the test"
)]

use std::fs::{self, File};
use std::path::Path;

use bulletin::Month;
use bulletin_html::{MAX_PAGE_BYTES, predicted_path};
use chrono::{DateTime, Utc};
use pipeline::port::{Clock, PageSource, SourceError};
use tempfile::TempDir;
use web_source::{FolderError, FolderSource, PAGE_FOLDER, Source, WebConfig, WebSource};

/// A stopped clock.
#[derive(Debug, Clone, Copy)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> DateTime<Utc> {
        "2026-10-21T07:28:00Z".parse().unwrap()
    }
}

/// A folder with these files. Each file contains its path.
fn folder(files: &[&str]) -> (TempDir, FolderSource<Stopped>) {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        save(folder.path(), file);
    }
    let source = FolderSource::open(folder.path(), Stopped).unwrap();
    (folder, source)
}

fn save(folder: &Path, file: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, file).unwrap();
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

async fn listed(source: &impl PageSource) -> Vec<String> {
    let links = source.links().await.unwrap();
    links
        .iter()
        .map(|link| format!("{} {}", link.month, link.path))
        .collect()
}

async fn body(source: &impl PageSource, path: &str) -> String {
    String::from_utf8(source.page(path, None).await.unwrap().body).unwrap()
}

fn usual(text: &str) -> String {
    format!("{text} {}", predicted_path(month(text)))
}

#[tokio::test]
async fn pages_are_listed_newest_first_and_other_files_are_left_alone() {
    let (_folder, source) = folder(&[
        "visa-bulletin-for-march-2026.html",
        "2027/visa-bulletin-for-october-2026.html",
        "pages/2026/visa-bulletin-for-january-2026.htm",
        "visa-bulletin-for-april-2026.html.part",
        "visa-bulletin-for-may-2026.pdf",
        "._visa-bulletin-for-june-2026.html",
        ".trash/visa-bulletin-for-july-2026.html",
        "index.html",
        "visa-bulletin.html",
        "README.md",
    ]);
    assert_eq!(
        listed(&source).await,
        [usual("2026-10"), usual("2026-03"), usual("2026-01")]
    );
}

#[tokio::test]
async fn a_page_is_known_by_the_name_under_which_a_browser_saves_it() {
    let (_folder, source) = folder(&[
        "Visa Bulletin For March 2026.html",
        "Visa Bulletin For April 2026 (1).htm",
        "Visa Bulletin For March 2026_files/frame.html",
    ]);
    assert_eq!(listed(&source).await, [usual("2026-04"), usual("2026-03")]);
}

#[tokio::test]
async fn a_page_under_the_sites_path_keeps_its_path() {
    let irregular = format!("{PAGE_FOLDER}2013/visa-bulletin-october-2012.html");
    let (_folder, source) = folder(&[&format!("copies/of/2026{irregular}")]);
    assert_eq!(listed(&source).await, [format!("2012-10 {irregular}")]);
    assert!(body(&source, &irregular).await.ends_with(&irregular));
    // The page is found by its usual path too.
    assert!(
        body(&source, &predicted_path(month("2012-10")))
            .await
            .ends_with(&irregular)
    );
}

#[tokio::test]
async fn a_page_without_a_month_in_its_name_is_found_by_its_path() {
    let path = format!("{PAGE_FOLDER}2007/update-on-visa-availability.html");
    let (_folder, source) = folder(&[path.trim_start_matches('/')]);
    assert!(listed(&source).await.is_empty());
    assert_eq!(body(&source, &path).await, path.trim_start_matches('/'));
}

#[tokio::test]
async fn a_folder_inside_the_sites_path_is_understood() {
    let (folder, _) = folder(&[predicted_path(month("2026-03")).trim_start_matches('/')]);
    let inside = folder.path().join(PAGE_FOLDER.trim_matches('/'));
    let source = FolderSource::open(inside, Stopped).unwrap();
    assert_eq!(listed(&source).await, [usual("2026-03")]);
}

#[tokio::test]
async fn a_page_is_given_by_hand() {
    let (_folder, source) = folder(&["visa-bulletin-for-march-2026.html"]);
    let fetched = source
        .page(&predicted_path(month("2026-03")), Some("by hand"))
        .await
        .unwrap();
    assert!(fetched.by_hand);
    assert_eq!(fetched.host, "by hand");
    assert_eq!(fetched.at, Stopped.now());
    assert_eq!(fetched.body, b"visa-bulletin-for-march-2026.html");
}

#[tokio::test]
async fn of_two_files_of_a_month_the_one_under_the_sites_path_counts() {
    let on_site = predicted_path(month("2026-03"));
    let (folder, source) = folder(&[
        "a/march-2026-visa-bulletin.html",
        "b/visa-bulletin-for-march-2026.html",
    ]);
    assert_eq!(
        body(&source, &on_site).await,
        "b/visa-bulletin-for-march-2026.html"
    );
    save(folder.path(), on_site.trim_start_matches('/'));
    assert_eq!(body(&source, &on_site).await, on_site.trim_start_matches('/'));
    assert_eq!(listed(&source).await, [usual("2026-03")]);
}

#[tokio::test]
async fn a_page_that_is_not_there_is_missing() {
    let (folder, source) = folder(&["visa-bulletin-for-march-2026.html"]);
    let path = predicted_path(month("2026-04"));
    let error = source.page(&path, None).await.unwrap_err();
    assert!(matches!(error, SourceError::NotFound { .. }), "{error}");
    // Pages can be added at any time.
    save(folder.path(), "visa-bulletin-for-april-2026.html");
    assert!(source.page(&path, None).await.is_ok());
}

#[tokio::test]
async fn a_path_elsewhere_is_refused() {
    let (_folder, source) = folder(&["visa-bulletin-for-march-2026.html"]);
    for path in [
        "/etc/passwd".to_owned(),
        format!("{PAGE_FOLDER}../visa-bulletin-for-march-2026.html"),
    ] {
        let error = source.page(&path, None).await.unwrap_err();
        assert!(matches!(error, SourceError::Forbidden { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_with_its_size() {
    let (folder, source) = folder(&[]);
    let file = folder.path().join("visa-bulletin-for-march-2026.html");
    File::create(file).unwrap().set_len(50_000_000_000).unwrap();
    let error = source
        .page(&predicted_path(month("2026-03")), None)
        .await
        .unwrap_err();
    let SourceError::Blocked { tried, .. } = &error else {
        panic!("{error}");
    };
    assert!(
        tried.ends_with(&format!(
            "too large: it has 50000000000 bytes, and no bulletin has more than {MAX_PAGE_BYTES}"
        )),
        "{tried}"
    );
}

#[tokio::test]
async fn whatever_stands_in_a_file_is_handed_on() {
    let (folder, source) = folder(&[]);
    let file = folder.path().join("visa-bulletin-for-march-2026.html");
    fs::write(file, b"\x89PNG\xff\x00").unwrap();
    let fetched = source
        .page(&predicted_path(month("2026-03")), None)
        .await
        .unwrap();
    assert_eq!(fetched.body, b"\x89PNG\xff\x00");
}

#[cfg(unix)]
#[tokio::test]
async fn links_to_files_are_followed_and_links_to_folders_are_not() {
    use std::os::unix::fs::symlink;

    let (elsewhere, _) = folder(&["page.html"]);
    let (folder, source) = folder(&[]);
    let at = |name: &str| folder.path().join(name);
    symlink(
        elsewhere.path().join("page.html"),
        at("visa-bulletin-for-march-2026.html"),
    )
    .unwrap();
    symlink(folder.path(), at("visa-bulletin-for-april-2026.html")).unwrap();
    symlink("nowhere", at("visa-bulletin-for-may-2026.html")).unwrap();
    symlink("/dev/zero", at("visa-bulletin-for-june-2026.html")).unwrap();
    fs::create_dir(at("visa-bulletin-for-july-2026.html")).unwrap();
    symlink(folder.path(), at("again")).unwrap();
    assert_eq!(listed(&source).await, [usual("2026-03")]);
    assert_eq!(
        body(&source, &predicted_path(month("2026-03"))).await,
        "page.html"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_is_an_error_and_not_empty() {
    let (folder, source) = folder(&["visa-bulletin-for-march-2026.html"]);
    let missing = folder.path().join("missing");
    let error = FolderSource::open(&missing, Stopped).unwrap_err();
    assert!(matches!(&error, FolderError::Unreadable { folder, .. } if *folder == missing));
    let error =
        FolderSource::open(folder.path().join("visa-bulletin-for-march-2026.html"), Stopped).unwrap_err();
    assert!(matches!(error, FolderError::NoFolder { .. }));

    drop(folder);
    let error = source.links().await.unwrap_err();
    assert!(matches!(error, SourceError::Blocked { .. }));
    assert!(error.to_string().contains("cannot be read"), "{error}");
    let error = source
        .page(&predicted_path(month("2026-03")), None)
        .await
        .unwrap_err();
    assert!(matches!(error, SourceError::Blocked { .. }));
}

#[tokio::test]
async fn either_source_can_be_chosen_at_run_time() {
    let (_folder, chosen) = folder(&["visa-bulletin-for-march-2026.html"]);
    let chosen = Source::from(chosen);
    assert_eq!(listed(&chosen).await, [usual("2026-03")]);
    assert!(
        chosen
            .page(&predicted_path(month("2026-03")), None)
            .await
            .unwrap()
            .by_hand
    );

    let web = Source::from(WebSource::new(WebConfig::default(), Stopped).unwrap());
    let error = web.page("/etc/passwd", None).await.unwrap_err();
    assert!(matches!(error, SourceError::Forbidden { .. }));
}
