//! Alerts that were not sent, and alerts that are resent.

use std::process::Stdio;

use aws_harness::run;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::sample;
use crate::stage::Stage;
use crate::tool::Folder;

/// A folder with one watch, which was notified of May and June.
fn told() -> (Folder, String) {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--when", "every"])
        .exits(0);
    let mut told = String::new();
    for month in ["2024-05", "2024-06"] {
        sample::save(&folder, &[month]);
        let day = sample::day_before(month);
        let run = ["run", "--source", "pages", "--as-of", &day, "--quiet"];
        told = folder.bulletin(&run).exits(0).out;
        assert!(told.contains("EB-3 India"), "{told}");
    }
    (folder, told)
}

const ALERTS: [&str; 4] = ["replay", "--alerts", "--months", "2024-04..2024-07"];

#[test]
fn what_was_told_on_one_machine_is_not_told_again_and_what_was_not_is() {
    let (folder, told) = told();
    let answer = folder.bulletin(&ALERTS).exits(0);
    assert_eq!(answer.out, "");
    answer.says(&["0 alerts sent, 2 sent before", "2024", "is not stored"]);

    let forget = "DELETE FROM alert_mark WHERE mark LIKE '%#2024-06#%'";
    assert_eq!(folder.database().execute(forget, []).unwrap(), 1);
    let before = folder.content();
    let dry: Vec<&str> = ALERTS
        .into_iter()
        .chain(["--dry-run", "--format", "csv"])
        .collect();
    let rows = folder.bulletin(&dry).exits(0).csv();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows[1][2].contains("EB3#COUNTRY#INDIA#2024-06#0#watch-1"),
        "{rows:?}"
    );
    assert_eq!(folder.content(), before);

    let again = folder
        .bulletin(&ALERTS)
        .exits(0)
        .says(&["1 alert sent, 1 sent before"]);
    assert!(again.out.ends_with(&told), "in other words: {}", again.out);
    folder
        .bulletin(&ALERTS)
        .exits(0)
        .says(&["0 alerts sent, 2 sent before"]);
}

/// The month with which tracking begins sends no alerts, but its correction does.
#[test]
fn a_correction_of_the_first_month_is_sent_where_it_was_not() {
    let folder = Folder::new();
    let first = sample::page_as("2024-02", sample::month("2024-04"));
    folder.write(&format!("pages/{}", sample::file("2024-04")), first.render());
    let run = |day: &str| folder.bulletin(&["run", "--source", "pages", "--as-of", day, "--quiet"]);
    run("2024-03-13").exits(0);
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--when", "every"])
        .exits(0);
    let alerts = ["replay", "--alerts", "--months", "2024-04"];
    folder
        .bulletin(&alerts)
        .exits(0)
        .says(&["no earlier one is stored", "0 alerts sent, 0 sent before"]);
    sample::save(&folder, &["2024-04"]);
    let told = run("2024-03-20").exits(0).out;
    assert!(told.contains("EB-3 India"), "{told}");
    folder
        .bulletin(&alerts)
        .exits(0)
        .says(&["was corrected after that", "0 alerts sent, 1 sent before"]);
    assert_eq!(
        folder.database().execute("DELETE FROM alert_mark", []).unwrap(),
        1
    );
    let again = folder
        .bulletin(&alerts)
        .exits(0)
        .says(&["1 alert sent, 0 sent before"]);
    assert!(again.out.ends_with(&told), "in other words: {}", again.out);
}

#[test]
fn an_announcement_asks_and_goes_out_once_a_run() {
    let (folder, told) = told();
    folder
        .bulletin(&["replay", "--announce", "2024-06"])
        .exits(2)
        .says(&["--yes"]);
    let before = folder.content();
    folder
        .bulletin(&["replay", "--announce", "2024-06", "--dry-run"])
        .exits(0)
        .prints(&["1 message about the bulletin of June 2024 to 1 watch"]);
    assert_eq!(folder.content(), before);
    let announce = ["replay", "--announce", "2024-06", "--yes", "--run", "one"];
    let first = folder
        .bulletin(&announce)
        .exits(0)
        .says(&["--run one", "1 alert sent, 0 sent before"]);
    assert!(first.out.ends_with(&told), "{}", first.out);
    folder
        .bulletin(&announce)
        .exits(0)
        .says(&["0 alerts sent, 1 sent before"]);
    let other = ["replay", "--announce", "2024-06", "--yes"];
    folder
        .bulletin(&other)
        .exits(0)
        .says(&["this is run 20", "1 alert sent"]);
    folder
        .bulletin(&["replay", "--announce", "2024-07", "--yes"])
        .exits(1)
        .says(&["July 2024", "not stored"]);
    folder
        .bulletin(&["replay", "--announce", "2024-04", "--yes"])
        .exits(1)
        .says(&["no alerts to announce"]);
}

#[test]
fn on_a_deployment_what_is_forgotten_is_refused_and_can_be_announced() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    stage.ingest(&["2024-04", "2024-05"]);
    stage
        .bulletin(&["replay", "--alerts", "--months", "2024-05"])
        .exits(1)
        .says(&["400 days", "replay --announce 2024-05", "0 alerts sent"]);
    stage
        .bulletin(&["replay", "--alerts"])
        .exits(1)
        .says(&["--months FROM..TO"]);
    let dry = stage
        .bulletin(&["replay", "--announce", "2024-05", "--dry-run"])
        .exits(0)
        .prints(&["about the bulletin of May 2024", "topics"]);
    let messages = dry.out.split(' ').next().unwrap().to_owned();
    assert!(messages.parse::<usize>().unwrap() > 50, "{}", dry.out);
    let announce = ["replay", "--announce", "2024-05", "--yes", "--run", "one"];
    let sent = format!("{messages} alerts sent, 0 sent before");
    stage.bulletin(&announce).exits(0).says(&[&sent]);
    let not_sent = format!("0 alerts sent, {messages} sent before");
    stage.bulletin(&announce).exits(0).says(&[&not_sent]);
}

/// The number of alerts marked as sent.
fn noted(stage: &Stage) -> usize {
    let client = aws_sdk_dynamodb::Client::new(&stage.emulator.config());
    let table = stage.tables().marks;
    run(async {
        let answer = client.scan().table_name(&table).send().await.unwrap();
        let sent = answer.items().iter().filter(|item| item.contains_key("sent_at"));
        sent.count()
    })
}

/// Expires the claims of a dead process on alerts.
fn pass_time(stage: &Stage) {
    let client = aws_sdk_dynamodb::Client::new(&stage.emulator.config());
    let table = stage.tables().marks;
    run(async {
        let answer = client.scan().table_name(&table).send().await.unwrap();
        for item in answer.items().iter().filter(|item| item.contains_key("claim")) {
            let past = AttributeValue::S("2024-01-01T00:00:00.000000Z".into());
            let update = client
                .update_item()
                .table_name(&table)
                .key("pk", item["pk"].clone());
            let update = update.update_expression("SET expires = :past");
            let update = update.expression_attribute_values(":past", past);
            update.send().await.unwrap();
        }
    });
}

#[test]
fn a_killed_announcement_goes_on_where_it_died() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    stage.ingest(&["2024-04", "2024-05"]);
    let announce = ["replay", "--announce", "2024-05", "--yes", "--run", "one"];
    let mut child = stage.command(&announce).stdout(Stdio::null()).spawn().unwrap();
    while noted(&stage) < 12 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was killed"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = noted(&stage);
    pass_time(&stage);
    let answer = stage.bulletin(&announce).exits(0);
    let all = answer.out.split(' ').next().unwrap().parse::<usize>().unwrap();
    assert!(before < all, "{before} of {all}");
    answer.says(&[&format!(" sent, {before} sent before")]);
    assert_eq!(noted(&stage), all);
}

#[test]
fn words_that_do_not_go_together_are_refused() {
    let folder = Folder::new();
    for args in [
        &["replay"][..],
        &["replay", "--dead-letters", "--alerts"],
        &["replay", "--announce", "2024-05", "--months", "2024-05"],
        &["replay", "--months", "2024-05", "--queue", "parser"],
        &["replay", "--months", "2024-05", "--run", "one"],
        &["replay", "--announce", "2024-05", "--yes", "--run", "one#two"],
        &["replay", "--months", "2024-05", "--max-rate", "5"],
        &["replay", "--dead-letters", "--max-rate", "0", "--stage", "prod"],
    ] {
        let answer = folder.bulletin(args);
        assert_eq!(answer.code, 2, "{args:?}: {answer:?}");
    }
    folder
        .bulletin(&["replay", "--months", "2024-05"])
        .exits(1)
        .says(&["the database visa-bulletin.db does not exist"]);
}
