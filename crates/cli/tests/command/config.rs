//! `config`, and the settings of the configuration file: precedence, errors, secrets.

use std::os::unix::fs::PermissionsExt as _;

use mail::testing::{Encryption, SmtpServer};

use crate::mail::with_news;
use crate::sample;
use crate::tool::{Answer, Folder, answer};

const CONFIG: &str = ".config/visa-bulletin/config.toml";
const RUN: [&str; 6] = ["run", "--source", "pages", "--as-of", "2024-04-12", "--quiet"];

/// A folder with this configuration, which only its owner can read.
fn with_config(text: &str) -> Folder {
    let folder = Folder::new();
    write_config(&folder, text);
    folder
}

fn write_config(folder: &Folder, text: &str) {
    folder.write(CONFIG, text);
    set_mode(folder, 0o600);
}

fn set_mode(folder: &Folder, mode: u32) {
    std::fs::set_permissions(folder.path(CONFIG), std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The value of a setting, and where it comes from.
fn shown(answer: &Answer, key: &str) -> [String; 2] {
    let rows = answer.csv();
    let row = rows.iter().find(|row| row[0] == key).unwrap();
    [row[1].clone(), row[2].clone()]
}

#[test]
fn a_flag_overrides_the_environment_and_that_the_file() {
    let folder = with_config("contact = \"file@example.com\"\ndatabase = \"of-file.db\"\nno_history = true");
    let show = ["config", "show", "--format", "csv"];
    let of_file = answer(folder.new_user(&show)).exits(0);
    assert_eq!(shown(&of_file, "contact"), ["file@example.com", "file"]);
    // A relative name starts at the folder of the file.
    let database = folder.path(".config/visa-bulletin/of-file.db");
    assert_eq!(
        shown(&of_file, "database"),
        [&database.display().to_string(), "file"]
    );
    assert_eq!(shown(&of_file, "no_history"), ["true", "file"]);
    assert_eq!(shown(&of_file, "smtp.host"), ["", "default"]);
    assert_eq!(shown(&of_file, "hosts")[1], "default");

    let mut environment = folder.new_user(&show);
    environment
        .env("VISA_BULLETIN_DB", "of-environment.db")
        .env("VISA_BULLETIN_NO_HISTORY", "0")
        .env("VISA_BULLETIN_CONTACT", " ");
    let environment = answer(environment).exits(0);
    assert_eq!(
        shown(&environment, "database"),
        ["of-environment.db", "environment"]
    );
    assert_eq!(shown(&environment, "no_history"), ["false", "environment"]);
    assert_eq!(shown(&environment, "contact"), ["file@example.com", "file"]);

    let mut flag = folder.new_user(&[&show[..], &["--db", "of-flag.db"]].concat());
    flag.env("VISA_BULLETIN_DB", "of-environment.db");
    assert_eq!(shown(&answer(flag).exits(0), "database"), ["of-flag.db", "flag"]);
}

#[test]
fn a_run_uses_the_hosts_and_the_database_of_the_file() {
    let site = crate::server::Site::start();
    crate::web::serve(&site, &crate::web::listed());
    let folder = with_config(&format!(
        "database = \"~/home.db\"\nhosts = [\"{}\"]\nno_history = true",
        site.host()
    ));
    answer(folder.new_user(&["run"]))
        .exits(crate::web::well())
        .says(&["stored"]);
    assert!(folder.path("home.db").exists());
}

#[test]
fn an_invalid_file_is_reported_with_its_line() {
    for (text, line, says) in [
        (
            "contact = \"a\"\ncontakt = \"b\"",
            2,
            "`contakt`, expected one of `database`",
        ),
        (
            "[smtp]\nhost = \"smtp.example.com\"\nprot = 25",
            3,
            "`prot`, expected one of `host`",
        ),
        ("contact = 5", 1, "expected a string"),
        (
            "\n\nhosts = \"https://travel.state.gov\"",
            3,
            "expected a sequence",
        ),
        ("[smtp]\nport = [25]", 2, "a port such as 587"),
        ("[smtp]\npassword = 123454321", 2, "a text in quotation marks"),
        ("[smtp]\npassword = \"123454321", 2, "invalid"),
        ("contact = \"a\"\ncontact = \"b\"", 2, "duplicate key"),
    ] {
        let folder = with_config(text);
        let answer = folder.bulletin(&["status"]).exits(1).says_in_a_line(&[
            "error: ",
            &format!("{CONFIG}, line {line}: "),
            says,
            "bulletin config init --print",
        ]);
        assert_eq!(answer.err.lines().count(), 1, "{answer:#?}");
        assert!(!answer.err.contains("123454321"), "{answer:#?}");
        // The commands that help to correct it still work.
        folder.bulletin(&["config", "path"]).exits(0).prints(&[CONFIG]);
    }
}

#[test]
fn an_invalid_value_is_reported_with_its_place() {
    let folder = with_config("topic_prefix = \"prefix\"");
    folder
        .bulletin(&["subscriptions"])
        .exits(1)
        .says_in_a_line(&[CONFIG, "topic_prefix", "arn:aws:sns:"]);
    let mut command = Folder::new().command(&["subscriptions"]);
    command.env("VISA_BULLETIN_TOPIC_PREFIX", "prefix");
    let folder = Folder::new();
    command.current_dir(folder.path("."));
    answer(command)
        .exits(1)
        .says_in_a_line(&["VISA_BULLETIN_TOPIC_PREFIX", "arn:aws:sns:"]);
    let folder = with_news();
    write_config(
        &folder,
        "[smtp]\nhost = \"smtp.example.com:25\"\nfrom = \"you@example.com\"",
    );
    folder
        .bulletin(&RUN)
        .exits(1)
        .says_in_a_line(&[CONFIG, "smtp.host is no server's name alone"]);
}

#[test]
fn a_chosen_file_must_exist() {
    let folder = Folder::new();
    folder
        .bulletin(&["config", "show", "--config", "other.toml"])
        .exits(1)
        .says(&["other.toml does not exist", "bulletin config init"]);
    folder.write("other.toml", "contact = \"other@example.com\"");
    folder
        .bulletin(&["config", "show", "--config", "other.toml"])
        .exits(0)
        .prints(&["other@example.com"]);
}

#[test]
fn init_writes_a_private_file_once_and_the_file_changes_nothing() {
    let folder = Folder::new();
    let before = folder.bulletin(&["config", "show"]).exits(0).out;
    folder.bulletin(&["config", "init"]).exits(0).prints(&[CONFIG]);
    let mode = std::fs::metadata(folder.path(CONFIG))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let printed = folder.bulletin(&["config", "init", "--print"]).exits(0).out;
    assert_eq!(folder.read(CONFIG), printed.as_bytes());
    assert_eq!(folder.bulletin(&["config", "show"]).exits(0).out, before);
    folder.write(CONFIG, "contact = \"mine@example.com\"");
    folder
        .bulletin(&["config", "init"])
        .exits(1)
        .says(&["already exists"]);
    assert_eq!(folder.read(CONFIG), b"contact = \"mine@example.com\"");
}

#[test]
fn every_example_of_the_template_is_valid() {
    let folder = Folder::new();
    let template = folder.bulletin(&["config", "init", "--print"]).exits(0).out;
    let settings: Vec<String> = template
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    write_config(&folder, &settings.join("\n"));
    let all = answer(folder.new_user(&["config", "show", "--format", "csv"])).exits(0);
    for row in all.csv().iter().skip(1) {
        assert_eq!(row[2], "file", "the template lacks {row:?}");
    }
}

#[test]
fn mail_is_sent_with_the_password_of_the_file_which_nothing_prints() {
    const PASSWORD: &str = "s3cret-word";
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    folder.write("server.pem", server.certificate.clone().unwrap());
    write_config(
        &folder,
        &format!(
            "[smtp]\nhost = \"localhost\"\nport = {}\ntls = \"starttls\"\nfrom = \"visa@example.com\"\n\
             user = \"jane\"\npassword = \"{PASSWORD}\"\nca_file = \"~/server.pem\"",
            server.port
        ),
    );
    let mut run = folder.command(&RUN);
    run.env("RUST_LOG", "trace");
    let run = answer(run).exits(0);
    assert_eq!(server.taken().len(), 1, "{run:#?}");
    assert!(server.taken()[0].login.is_some());
    let show = folder
        .bulletin(&["config", "show"])
        .exits(0)
        .prints(&["smtp.password", "********"]);
    assert_eq!(show.err, "");
    set_mode(&folder, 0o640);
    let warned = folder
        .bulletin(&["config", "show"])
        .exits(0)
        .says(&["warning: ", "other users can read it: chmod 600 /"]);
    for answer in [run, show, warned] {
        assert!(
            !answer.out.contains(PASSWORD) && !answer.err.contains(PASSWORD),
            "{answer:#?}"
        );
    }
}

#[test]
fn a_password_of_digits_in_the_environment_is_a_text() {
    let folder = sample::stored(&["2024-04"]);
    let mut show = folder.command(&["config", "show", "--format", "csv"]);
    show.env("SMTP_PASSWORD", "0123").env("SMTP_PORT", "2525");
    let show = answer(show).exits(0);
    assert_eq!(shown(&show, "smtp.password"), ["********", "environment"]);
    assert_eq!(shown(&show, "smtp.port"), ["2525", "environment"]);
}
