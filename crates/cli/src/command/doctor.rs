//! `bulletin doctor`: gathers what the checks of [`operations::doctor`] need, and prints their verdicts.

use std::path::Path;
use std::process::ExitCode;

use operations::doctor::{Circumstances, HostAnswer, Symptom, Verdict, examine_machine};
use pipeline::port::{Clock, PageSource};
use serde_json::{Value, json};
use web_source::Source;

use crate::args::DoctorArgs;
use crate::clock::RunClock;
use crate::command::source::source;
use crate::command::{aws, block_on, open_existing};
use crate::database::locate_quietly;
use crate::field::output::DOCTOR;
use crate::output::{self, Format};
use crate::quote::shell_word;
use crate::settings::{Origin, Settings};

pub(crate) fn run(settings: &Settings, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let symptoms = block_on(symptoms(settings, args))?;
    let is_well = symptoms.iter().all(|symptom| symptom.verdict != Verdict::Problem);
    match args.format {
        Format::Table => output::print(&as_text(&symptoms))?,
        format => DOCTOR.print(format, symptoms.iter().map(record).collect())?,
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn symptoms(settings: &Settings, args: &DoctorArgs) -> anyhow::Result<Vec<Symptom>> {
    let clock = RunClock::new(args.as_of);
    let around = async |place: String| -> anyhow::Result<Circumstances> {
        Ok(Circumstances {
            now: clock.now(),
            hosts: hosts(settings, args, clock).await?,
            place,
        })
    };
    match &args.place.stage {
        Some(deployment) => aws::examine(deployment, &args.place, around).await,
        None => {
            let file = open_existing(settings)?;
            let no_mail = settings.mailer().err();
            let around = around(of_file(settings, &locate_quietly(settings)?.path)).await?;
            Ok(examine_machine(&file, no_mail.as_deref(), &around).await)
        }
    }
}

/// The `--db` option to append to a command; empty for the default database.
fn of_file(settings: &Settings, db: &Path) -> String {
    if settings.origin("database") != Origin::Flag {
        String::new()
    } else {
        format!(" --db {}", shell_word(&db.display().to_string()))
    }
}

/// The answers of the hosts; `None` with `--offline`.
async fn hosts(
    settings: &Settings,
    args: &DoctorArgs,
    clock: RunClock,
) -> anyhow::Result<Option<Vec<HostAnswer>>> {
    if args.offline {
        return Ok(None);
    }
    Ok(Some(match source(&args.pages, settings, clock)? {
        Source::Folder(folder) => {
            let listed = folder.links().await;
            let name = args.pages.source.iter().map(|path| path.display().to_string());
            vec![HostAnswer {
                host: name.collect(),
                listed: listed.map(|links| links.len()).map_err(|error| error.to_string()),
                ahead: None,
            }]
        }
        Source::Web(web) => {
            let probes = web.probe().await.into_iter().map(|probe| HostAnswer {
                host: probe.host,
                listed: probe.listed,
                ahead: probe.ahead,
            });
            probes.collect()
        }
    }))
}

fn record(symptom: &Symptom) -> Value {
    let remedy = Some(&symptom.remedy).filter(|remedy| !remedy.is_empty());
    json!({
        "part": symptom.part,
        "verdict": symptom.verdict,
        "description": symptom.description,
        "remedy": remedy,
        "commands": symptom.commands,
    })
}

fn as_text(symptoms: &[Symptom]) -> String {
    let mut lines = Vec::new();
    for symptom in symptoms {
        let verdict = match symptom.verdict {
            Verdict::Good => "good",
            Verdict::Warning => "warning",
            Verdict::Problem => "PROBLEM",
            Verdict::Unknown => "unknown",
        };
        let name = format!("{verdict:<7}  {:<13}  ", symptom.part.name());
        lines.push(output::hanging(&name, &symptom.description));
        let indent = " ".repeat(name.len());
        if !symptom.remedy.is_empty() {
            lines.push(output::hanging(&indent, &symptom.remedy));
        }
        // Not wrapped, so that they can be copied.
        lines.extend(
            symptom
                .commands
                .iter()
                .map(|command| format!("{indent}  {command}")),
        );
    }
    let bad = symptoms
        .iter()
        .filter(|symptom| symptom.verdict == Verdict::Problem)
        .count();
    lines.push(match bad {
        0 => "No problems found.".into(),
        _ => format!("{} found.", output::counted(bad, "problem")),
    });
    lines.join("\n")
}
