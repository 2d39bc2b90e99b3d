//! The pages that `parse` and `ingest` are given: single files, folders, and standard input.

use std::io::Write as _;
use std::process::Stdio;

use aws_harness::emulator::Emulator;
use bulletin_samples::{TransferEncoding, mhtml};
use pipeline::port::BulletinStore as _;

use crate::sample::{file, page};
use crate::stage::Stage;
use crate::tool::{Answer, Folder};

/// Runs a command with this standard input.
fn fed(folder: &Folder, args: &[&str], input: &[u8]) -> Answer {
    let mut command = folder.command(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses to read more closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The months in the order in which they were stored.
fn stored_in_order(answer: &Answer) -> Vec<&str> {
    let lines = answer.err.lines().filter(|line| line.contains(": stored, "));
    lines
        .filter_map(|line| line.strip_prefix("note: ")?.split(':').next())
        .collect()
}

/// A folder of pages, single files, and other files.
fn mixed_folder() -> Folder {
    let folder = Folder::new();
    folder.write(&format!("saved/{}", file("2024-04")), page("2024-04").render());
    let june = mhtml(&page("2024-06").render(), TransferEncoding::QuotedPrintable);
    folder.write("saved/Visa Bulletin For June 2024.MHTML", june);
    let may = mhtml(&page("2024-05").render(), TransferEncoding::Base64);
    folder.write("saved/a page.mht", may);
    folder.write(
        "saved/list.html",
        "<html><title>The Visa Bulletin</title><p>Visa Bulletin</p></html>",
    );
    folder.write("saved/notes.txt", "call the lawyer");
    folder.write("saved/a page_files/style.css", "td {}");
    folder
}

const SKIPPED: [&str; 3] = ["saved/list.html", "saved/notes.txt", "saved/a page_files"];

#[test]
fn a_single_file_has_the_cells_of_the_page() {
    let folder = Folder::new();
    let html = page("2024-04").render();
    folder.write("page.html", &html);
    let expected = folder
        .bulletin(&["parse", "page.html", "--format", "csv"])
        .exits(0);
    for encoding in TransferEncoding::ALL {
        folder.write("page.mhtml", mhtml(&html, encoding));
        let answer = folder
            .bulletin(&["parse", "page.mhtml", "--format", "csv"])
            .exits(0);
        assert_eq!(answer.out, expected.out);
        assert_eq!(answer.err, "");
    }
    folder
        .bulletin(&["ingest", "page.mhtml", "--as-of", "2024-03-14"])
        .exits(0)
        .says_in_a_line(&["April 2024: stored, 150 of 150 cells"]);
    folder
        .bulletin(&["ingest", "page.html", "--as-of", "2024-03-14"])
        .exits(0)
        .says_in_a_line(&["April 2024: nothing new"]);
}

#[test]
fn a_truncated_single_file_is_one_error_and_stores_nothing() {
    let folder = Folder::new();
    let whole = mhtml(&page("2024-04").render(), TransferEncoding::QuotedPrintable);
    folder.write("page.mhtml", &whole[..whole.len() - 200]);
    for command in ["parse", "ingest"] {
        let answer = folder
            .bulletin(&[command, "page.mhtml"])
            .exits(1)
            .says_in_a_line(&["error: page.mhtml: ", "damaged", "Save the page again"]);
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
        assert_eq!(answer.out, "");
    }
    assert_eq!(folder.count("SELECT count(*) FROM cut_off"), 0);
}

#[test]
fn the_pages_of_a_folder_are_stored_by_month_and_other_files_are_named() {
    let folder = mixed_folder();
    let answer = folder
        .bulletin(&["ingest", "saved", "--as-of", "2024-05-14"])
        .exits(0);
    assert_eq!(stored_in_order(&answer), ["April 2024", "May 2024", "June 2024"]);
    for name in SKIPPED {
        let note = format!("note: {name}: skipped");
        assert!(answer.err.contains(&note), "no {note:?} in {}", answer.err);
    }
    let parsed = folder.bulletin(&["parse", "saved", "--format", "csv"]).exits(0);
    let months: Vec<String> = parsed
        .csv()
        .into_iter()
        .skip(1)
        .map(|row| row[0].clone())
        .collect();
    assert!(months.is_sorted(), "{months:?}");
    assert_eq!(months.len(), 450);
}

#[test]
fn a_bad_page_of_a_folder_is_named_and_the_others_are_stored() {
    let folder = mixed_folder();
    folder.write(&format!("saved/{}", file("2024-03")), page("2024-02").render());
    folder.write("saved/broken.html", &page("2024-05").render()[..9000]);
    let answer = folder
        .bulletin(&["ingest", "saved", "nowhere.html", "--as-of", "2024-05-14"])
        .exits(1)
        .says_in_a_line(&["error: ", &file("2024-03"), "is the bulletin of February 2024"])
        .says_in_a_line(&["error: saved/broken.html: "])
        .says_in_a_line(&["error: nowhere.html: ", "No such file"]);
    assert_eq!(stored_in_order(&answer).len(), 3);
    // Everything is read first.
    let last_error = answer.err.rfind("error: ").unwrap();
    assert!(
        last_error < answer.err.find(": stored, ").unwrap(),
        "{}",
        answer.err
    );
}

#[test]
fn files_are_stored_by_month_whatever_their_order() {
    let folder = Folder::new();
    for month in ["2024-04", "2024-05", "2024-06"] {
        folder.write(&file(month), page(month).render());
    }
    let [april, may, june] = ["2024-04", "2024-05", "2024-06"].map(file);
    let answer = folder
        .bulletin(&["ingest", &june, &april, &may, "--as-of", "2024-05-14"])
        .exits(0);
    assert_eq!(stored_in_order(&answer), ["April 2024", "May 2024", "June 2024"]);
}

#[test]
fn a_page_is_read_from_standard_input() {
    let folder = Folder::new();
    let html = page("2024-04").render();
    folder.write("page.html", &html);
    let expected = folder
        .bulletin(&["parse", "page.html", "--format", "csv"])
        .exits(0);
    let parsed = fed(&folder, &["parse", "-", "--format", "csv"], html.as_bytes()).exits(0);
    assert_eq!(parsed.out, expected.out);
    fed(
        &folder,
        &["ingest", "-", "--as-of", "2024-03-14"],
        html.as_bytes(),
    )
    .exits(0)
    .says_in_a_line(&["April 2024: stored"]);
    fed(&folder, &["parse", "-"], b"")
        .exits(1)
        .says_in_a_line(&["error: standard input: The page is empty"]);
    fed(&folder, &["parse", "-", "-"], html.as_bytes())
        .exits(1)
        .says_in_a_line(&["error: standard input: ", "only once"]);
    fed(&folder, &["parse", "-"], &vec![b'x'; 5 << 20])
        .exits(1)
        .says_in_a_line(&["error: standard input: ", "no bulletin has more than 4194304"]);
}

#[test]
fn a_folder_is_stored_in_a_deployment() {
    let Some(emulator) = Emulator::shared_dynamodb_local() else {
        return;
    };
    let stage = Stage::of_tables(emulator);
    let pages = mixed_folder();
    let folder = pages.path("saved").display().to_string();
    let answer = stage
        .bulletin(&["ingest", &folder, "--as-of", "2024-05-14"])
        .exits(0);
    assert_eq!(stored_in_order(&answer), ["April 2024", "May 2024", "June 2024"]);
    let stored = aws_harness::run(stage.store().months()).unwrap();
    assert_eq!(stored.len(), 3);
}
