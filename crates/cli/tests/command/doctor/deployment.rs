//! `bulletin doctor` on a deployment: every problem is found, and its remedy fixes it.

use std::collections::{BTreeMap, BTreeSet};

use aws_harness::emulator::Emulator;
use aws_harness::run;
use aws_sdk_dynamodb::types::{
    AttributeValue, PointInTimeRecoverySpecification, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};
use operations::deployment::Queue;
use pipeline::port::{AlertMarks, BulletinStore, LinkTable};
use pipeline::{LinkState, Pending};

use super::{bad_symptoms, commands, complaints};
use crate::sample::{self, file, month};
use crate::stage::Stage;
use crate::tool::Answer;

const MONTHS: [&str; 3] = ["2024-04", "2024-05", "2024-06"];
const DAY: &str = "2024-05-14";

/// A deployment without problems. It has no Lambdas, which the doctor does not see.
fn sound() -> Option<Stage> {
    let stage = Stage::whole()?;
    sample::save(&stage.folder, &MONTHS);
    stage.ingest(&MONTHS);
    let (tables, dynamo) = (stage.tables(), dynamo(&stage));
    run(async {
        for name in [&tables.data, &tables.links, &tables.marks] {
            protect(&dynamo, name, true).await;
            recover(&dynamo, name, true).await;
        }
        live(&dynamo, &tables.marks, true).await;
    });
    look(&stage, "2024-05-14T11:00:00Z");
    let queue = "arn:aws:sqs:us-east-1:000000000000:somebody";
    stage.subscribe("sqs", queue);
    Some(stage)
}

fn dynamo(stage: &Stage) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&stage.emulator.config())
}

async fn protect(dynamo: &aws_sdk_dynamodb::Client, table: &str, on: bool) {
    let request = dynamo.update_table().table_name(table);
    request.deletion_protection_enabled(on).send().await.unwrap();
}

async fn recover(dynamo: &aws_sdk_dynamodb::Client, table: &str, on: bool) {
    let recovery = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(on)
        .build()
        .unwrap();
    let request = dynamo.update_continuous_backups().table_name(table);
    let request = request.point_in_time_recovery_specification(recovery);
    request.send().await.unwrap();
}

async fn live(dynamo: &aws_sdk_dynamodb::Client, table: &str, on: bool) {
    let live = TimeToLiveSpecification::builder()
        .enabled(on)
        .attribute_name("delete_at")
        .build()
        .unwrap();
    let request = dynamo.update_time_to_live().table_name(table);
    request.time_to_live_specification(live).send().await.unwrap();
}

async fn stream(dynamo: &aws_sdk_dynamodb::Client, table: &str, on: bool) {
    let stream = StreamSpecification::builder().stream_enabled(on);
    let stream = if on {
        stream.stream_view_type(StreamViewType::NewAndOldImages)
    } else {
        stream
    };
    let request = dynamo.update_table().table_name(table);
    let request = request.stream_specification(stream.build().unwrap());
    request.send().await.unwrap();
}

/// Records a good poll of the source.
fn look(stage: &Stage, at: &str) {
    stage.look(at.parse().unwrap());
}

fn unsubscribe(stage: &Stage, arn: &str) {
    let sns = aws_sdk_sns::Client::new(&stage.emulator.config());
    run(async { sns.unsubscribe().subscription_arn(arn).send().await }).unwrap();
}

fn doctor(stage: &Stage) -> Answer {
    stage.bulletin(&["doctor", "--source", "pages", "--as-of", DAY, "--format", "json"])
}

/// Asserts that exactly these parts have a problem, with these words, and returns the commands.
#[track_caller]
fn found(stage: &Stage, parts: &[&str], says: &str) -> Vec<String> {
    let found = doctor(stage);
    let expected: BTreeSet<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    assert_eq!(complaints(&found), expected, "{found:#?}");
    let symptoms = bad_symptoms(&found, parts[0]);
    let what = symptoms[0]["description"].as_str().unwrap();
    assert!(what.contains(says), "no {says:?} in {what:?}");
    commands(&found, parts[0])
}

#[track_caller]
fn cured(stage: &Stage) {
    let found = doctor(stage);
    assert_eq!(complaints(&found), BTreeSet::new(), "{found:#?}");
}

/// Runs a command of the doctor with the page of this month.
#[track_caller]
fn obey(stage: &Stage, command: &str, meant: &str) {
    let command = match meant {
        "" => command.to_owned(),
        meant => command.replace("PAGE.html", &format!("pages/{}", file(meant))),
    };
    let own = format!(" --stage {}", stage.deployment);
    let is_about_this = command.contains(&own) || command.contains(stage.deployment.topics().as_str());
    assert!(is_about_this, "{command}");
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let mut command = stage.command(&[]);
    let mut alone = stage.folder.command(&words);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => alone.env(name, value),
            None => alone.env_remove(name),
        };
    }
    if words[0] == "ingest" {
        alone.args(["--as-of", DAY]);
    }
    if words[0] == "replay" {
        alone.arg("--yes");
    }
    command = alone;
    crate::tool::answer(command).exits(0);
}

/// Changes an item of the data table directly.
fn tamper(stage: &Stage, pk: &str, sk: &str, change: impl Fn(&mut BTreeMap<String, AttributeValue>)) {
    let (dynamo, table) = (dynamo(stage), stage.tables().data);
    run(async {
        let key = |name: &str| AttributeValue::S(if name == "pk" { pk } else { sk }.to_owned());
        let request = dynamo.get_item().table_name(&table);
        let request = request.key("pk", key("pk")).key("sk", key("sk"));
        let mut item: BTreeMap<_, _> = request.send().await.unwrap().item.unwrap().into_iter().collect();
        change(&mut item);
        let request = dynamo.put_item().table_name(&table);
        request
            .set_item(Some(item.into_iter().collect()))
            .send()
            .await
            .unwrap();
    });
}

#[test]
fn nothing_is_wrong_with_a_sound_deployment() {
    let Some(stage) = sound() else { return };
    cured(&stage);
    let told = stage
        .bulletin(&["doctor", "--offline", "--as-of", DAY, "--show-capacity"])
        .exits(0)
        .prints(&[
            "within a minute of the clock of AWS",
            "all three of",
            "on, with both images",
            "aws lambda list-event-source-mappings --function-name VisaBulletin-",
            "none in 5 queues",
            "1 subscription on ",
            "no subscriptions by SMS",
        ]);
    assert!(told.err.contains("read units and 0 write units"), "{told:#?}");
}

#[test]
fn faults_of_tables_are_found() {
    let Some(stage) = sound() else { return };
    let (tables, dynamo) = (stage.tables(), dynamo(&stage));
    run(protect(&dynamo, &tables.links, false));
    let command = found(&stage, &["tables"], "has no deletion protection");
    obey(&stage, &command[0], "");
    cured(&stage);

    run(recover(&dynamo, &tables.data, false));
    let command = found(&stage, &["tables"], "has no point-in-time recovery");
    obey(&stage, &command[0], "");
    cured(&stage);

    run(live(&dynamo, &tables.marks, false));
    let command = found(&stage, &["tables"], "keeps marks forever");
    obey(&stage, &command[0], "");
    cured(&stage);

    run(stream(&dynamo, &tables.data, false));
    let command = found(&stage, &["stream"], "stream is off");
    assert!(
        command[0].ends_with("StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES"),
        "{command:?}"
    );
    run(stream(&dynamo, &tables.data, true));
    cured(&stage);

    run(protect(&dynamo, &tables.marks, false));
    run(async { dynamo.delete_table().table_name(&tables.marks).send().await }).unwrap();
    let command = found(&stage, &["tables"], "does not exist");
    obey(&stage, &command[0], "");
    cured(&stage);
}

#[test]
fn faults_of_what_is_stored_are_found_and_cured() {
    let Some(stage) = sound() else { return };
    let store = stage.store();

    look(&stage, "2024-05-14T02:00:00Z");
    let command = found(&stage, &["polls"], "the last successful poll was 10 hours ago");
    assert!(command[0].starts_with("aws lambda invoke"), "{command:?}");
    look(&stage, "2024-05-14T11:00:00Z");

    tamper(
        &stage,
        "FILING_TYPE#final_action#CATEGORY#EB3#COUNTRY#INDIA",
        "BULLETIN_DATE#2024-05-01",
        |item| {
            item.insert("date".into(), AttributeValue::S("1999-01-01".into()));
        },
    );
    let command = found(
        &stage,
        &["rows", "standings"],
        "the cells of 2024-05 were changed",
    );
    obey(&stage, &command[0], "2024-05");
    cured(&stage);

    tamper(&stage, "STANDING#CATEGORY#F4#COUNTRY#ALL", "STANDING", |item| {
        let Some(AttributeValue::M(newest)) = item.get_mut("newest") else {
            panic!("{item:?}")
        };
        newest.insert("month".into(), AttributeValue::S("2024-03".into()));
    });
    let command = found(
        &stage,
        &["standings"],
        "F4 ALL has the months 2024-03 and 2024-05, expected 2024-06 and 2024-05",
    );
    obey(&stage, &command[0], "2024-06");
    cured(&stage);

    tamper(&stage, "CATALOGUE", "CATALOGUE", |item| {
        item.insert(
            "months".into(),
            AttributeValue::Ss(vec!["2024-05".into(), "2024-06".into()]),
        );
    });
    let command = found(
        &stage,
        &["catalogue"],
        "does not list these stored bulletins: 2024-04",
    );
    assert!(
        command[0].contains(r#"'{":m": {"SS": ["2024-04"]}}'"#),
        "{command:?}"
    );
    tamper(&stage, "CATALOGUE", "CATALOGUE", |item| {
        let months = MONTHS.map(str::to_owned).to_vec();
        item.insert("months".into(), AttributeValue::Ss(months));
    });
    cured(&stage);

    // A missing standing: writes are checked against the number of standings, which has to be corrected first.
    let standing = "STANDING#CATEGORY#F4#COUNTRY#ALL";
    let (tables, dynamo) = (stage.tables(), dynamo(&stage));
    run(async {
        let request = dynamo.delete_item().table_name(&tables.data);
        let key = |text: &str| AttributeValue::S(text.to_owned());
        request
            .key("pk", key(standing))
            .key("sk", key("STANDING"))
            .send()
            .await
    })
    .unwrap();
    let counts = run(store.standings()).unwrap().len();
    let command = found(
        &stage,
        &["catalogue", "standings"],
        &format!("but there are {counts}: nothing new can be stored"),
    );
    assert!(command[0].contains(&format!(
        r#"SET cases = :n' --expression-attribute-values '{{":n": {{"N": "{counts}"}}}}'"#
    )));
    tamper(&stage, "CATALOGUE", "CATALOGUE", |item| {
        item.insert("cases".into(), AttributeValue::N(counts.to_string()));
    });
    obey(&stage, &command[1], "2024-06");
    cured(&stage);

    let link = run(async { store.link(month("2024-05")).await })
        .unwrap()
        .unwrap();
    let dead = LinkState::Dead { again: None };
    run(async { store.settle(&link.link, &dead, 1, "a chart is missing").await }).unwrap();
    let command = found(
        &stage,
        &["links"],
        "the page of 2024-05 was refused: a chart is missing",
    );
    obey(&stage, &command[0], "2024-05");
    run(async { store.settle(&link.link, &link.state, 0, "stored").await }).unwrap();

    let record = run(async { store.record(month("2024-06")).await })
        .unwrap()
        .unwrap();
    let pending = Pending {
        digest: record.digest.clone(),
        host: "adoption.state.gov".into(),
        at: "2024-05-14T08:00:00Z".parse().unwrap(),
        contested: true,
        first_host_next: true,
        interrupted: false,
        returns: 0,
    };
    run(async { store.hold(&record, Some(&pending)).await }).unwrap();
    let command = found(&stage, &["corrections"], "and another host contradicts it");
    obey(&stage, &command[0], "2024-06");
    cured(&stage);

    let mark = "BULLETIN#2024-06#0#SNS";
    let (now, over) = ("2024-05-14T08:00:00Z", "2024-05-14T08:05:00Z");
    run(async { AlertMarks::claim_alert(&store, mark, now.parse().unwrap(), over.parse().unwrap()).await })
        .unwrap();
    let command = found(
        &stage,
        &["alerts"],
        "a process died while it sent 1 alert: BULLETIN#2024-06#0#SNS",
    );
    // Alerts that old are not rebuilt on AWS: the operator who sends one sets its mark.
    let own = format!(
        "bulletin replay --alerts --months 2024-06..2024-06 --stage {}",
        stage.deployment
    );
    assert_eq!(command, [own]);
    run(async { store.sent(mark, now.parse().unwrap()).await }).unwrap();
    cured(&stage);
}

#[test]
fn dead_letters_and_missing_queues_are_found() {
    let Some(stage) = sound() else { return };
    let sqs = aws_sdk_sqs::Client::new(&stage.emulator.config());
    let letter = r#"{"link":{"month":"2024-06","path":"/content/travel/en/legal/visa-law0/visa-bulletin/2024/visa-bulletin-for-june-2024.html"},"trace":"2024-06-x"}"#;
    run(async {
        let send = sqs.send_message().queue_url(stage.url(Queue::RefusedPages).await);
        send.message_body(letter).send().await.unwrap();
    });
    let command = found(&stage, &["dead_letters"], "1 message in VisaBulletin-");
    obey(&stage, &command[0], "2024-06");
    cured(&stage);
    for (queue, word) in [
        (Queue::UnreadRecords, "notifier"),
        (Queue::GivenUpRecords, "notifier"),
        (Queue::FailedLooks, "fetcher"),
        (Queue::MissedLooks, "scheduler"),
    ] {
        run(async {
            let send = sqs.send_message().queue_url(stage.url(queue).await);
            send.message_body("{}").send().await.unwrap();
        });
        let command = found(&stage, &["dead_letters"], &stage.deployment.queue(queue));
        assert!(
            command[0].starts_with(&format!("bulletin replay --dead-letters --queue {word} ")),
            "{command:?}"
        );
        run(async { sqs.purge_queue().queue_url(stage.url(queue).await).send().await }).unwrap();
    }
    let url = run(stage.url(Queue::MissedLooks));
    run(async { sqs.delete_queue().queue_url(url).send().await }).unwrap();
    found(&stage, &["dead_letters"], "-missed-looks does not exist");
}

#[test]
fn who_hears_nothing_is_found_and_never_named_whole() {
    let Some(stage) = sound() else { return };
    let phone = "+12025550142";
    let sms = stage.subscribe("sms", phone);
    let told = doctor(&stage);
    assert!(!told.out.contains("5550142"), "{told:#?}");
    // The emulator does not support SMS: an unsupported check is not a problem.
    assert_eq!(complaints(&told), BTreeSet::new(), "{told:#?}");
    for unknown in [
        "the SMS sandbox",
        "the SMS spending limit",
        "cannot check if +1******0142 has opted out",
    ] {
        assert!(told.out.contains(unknown), "no {unknown} in {told:#?}");
    }
    unsubscribe(&stage, &sms);
    cured(&stage);

    let sns = aws_sdk_sns::Client::new(&stage.emulator.config());
    let all = run(async {
        sns.list_subscriptions_by_topic()
            .topic_arn(stage.topic())
            .send()
            .await
    })
    .unwrap();
    for subscription in all.subscriptions() {
        unsubscribe(&stage, subscription.subscription_arn().unwrap());
    }
    let command = found(&stage, &["subscriptions"], "there are no confirmed subscriptions");
    obey(&stage, &command[0], "2024-06");
    cured(&stage);
    let told = doctor(&stage);
    assert!(!told.out.contains("you@example.com"), "{told:#?}");
}

#[test]
fn a_stage_that_is_not_there_is_told() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    let stage = Stage {
        deployment: "nowhere".parse().unwrap(),
        ..Stage::of_tables(emulator)
    };
    let told = stage.bulletin(&["doctor", "--offline"]).exits(1).prints(&[
        "the table VisaBulletinData-nowhere does not exist",
        "the queue VisaBulletin-nowhere-pages does not exist",
        "the topics VisaBulletin-nowhere-alerts-… do not exist",
        "bulletin table create --stage nowhere",
    ]);
    assert!(told.out.contains("unknown  standings"), "{told:#?}");
}

#[test]
fn what_is_stored_is_looked_through_on_dynamodb_local_too() {
    let Some(emulator) = Emulator::shared_dynamodb_local() else {
        return;
    };
    let stage = Stage::of_tables(emulator);
    stage.ingest(&MONTHS);
    stage.look("2024-05-14T11:00:00Z".parse().unwrap());
    sample::save(&stage.folder, &MONTHS);
    let stored = [
        "catalogue",
        "rows",
        "standings",
        "links",
        "alerts",
        "corrections",
        "findings",
        "newest",
        "polls",
    ];
    let sound = |found: &Answer| {
        let complaints = complaints(found);
        assert!(
            stored.iter().all(|part| !complaints.contains(*part)),
            "{found:#?}"
        );
    };
    sound(&doctor(&stage));
    tamper(
        &stage,
        "FILING_TYPE#final_action#CATEGORY#EB3#COUNTRY#INDIA",
        "BULLETIN_DATE#2024-06-01",
        |item| {
            item.insert("date".into(), AttributeValue::S("1999-01-01".into()));
        },
    );
    let found = doctor(&stage);
    let before = complaints(&found);
    assert!(
        before.contains("rows") && before.contains("standings"),
        "{before:?}"
    );
    obey(&stage, &commands(&found, "rows")[0], "2024-06");
    sound(&doctor(&stage));
}
