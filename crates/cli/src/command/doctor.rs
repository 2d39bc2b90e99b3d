//! `bulletin doctor`: gathers what the checks of [`operations::doctor`] need, and prints their verdicts.

use std::path::Path;
use std::process::ExitCode;

use operations::doctor::{Circumstances, HostAnswer, Symptom, Verdict, examine_machine};
use pipeline::port::{Clock, PageSource};
use serde_json::{Value, json};
use web_source::Source;

use crate::args::{DoctorArgs, StoreArgs};
use crate::clock::RunClock;
use crate::command::channels::mailer;
use crate::command::source::source;
use crate::command::{aws, block_on, open_existing};
use crate::database::locate_quietly;
use crate::field::output::DOCTOR;
use crate::output::{self, Format};

pub(crate) fn run(store: &StoreArgs, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let symptoms = block_on(symptoms(store, args))?;
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

async fn symptoms(store: &StoreArgs, args: &DoctorArgs) -> anyhow::Result<Vec<Symptom>> {
    let clock = RunClock::new(args.as_of);
    let around = async |place: String| -> anyhow::Result<Circumstances> {
        Ok(Circumstances {
            now: clock.now(),
            hosts: hosts(args, clock).await?,
            place,
        })
    };
    match &args.place.stage {
        Some(deployment) => aws::examine(deployment, &args.place, around).await,
        None => {
            let file = open_existing(store)?;
            let no_mail = mailer().err().map(|error| error.to_string());
            let around = around(of_file(&locate_quietly(store)?.path)).await?;
            Ok(examine_machine(&file, no_mail.as_deref(), &around).await)
        }
    }
}

/// The `--db` option to append to a command; empty for the default database.
fn of_file(db: &Path) -> String {
    let is_usual = db == Path::new("visa-bulletin.db")
        || std::env::var_os("VISA_BULLETIN_DB").is_some_and(|said| db.as_os_str() == said);
    if is_usual {
        String::new()
    } else {
        format!(" --db {}", shell_word(&db.display().to_string()))
    }
}

/// A word quoted for a shell.
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The answers of the hosts; `None` with `--offline`.
async fn hosts(args: &DoctorArgs, clock: RunClock) -> anyhow::Result<Option<Vec<HostAnswer>>> {
    if args.offline {
        return Ok(None);
    }
    Ok(Some(match source(&args.pages, clock)? {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_quoted_for_the_shell() {
        assert_eq!(of_file(Path::new("visa-bulletin.db")), "");
        assert_eq!(of_file(Path::new("/data/a.db")), " --db /data/a.db");
        assert_eq!(of_file(Path::new("it's mine.db")), r" --db 'it'\''s mine.db'");
    }
}
