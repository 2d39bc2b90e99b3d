//! `bulletin preview`: prints the alerts of a stored bulletin without sending them.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::bail;
use bulletin::{Alert, Case, ChangeKind, Month, Subscription, UnknownSpelling, When};
use channels::how_to_stop;
use mail::{EmailAddress, EmailMessage};
use pipeline::port::BulletinStore as _;
use pipeline::{Retold, Silence, retell};
use sqlite::WatchKind;

use crate::args::{PreviewArgs, PreviewForm};
use crate::command::watch::refuse_impossible;
use crate::command::{block_on, note_where_counted, open_existing, stored_bulletin};
use crate::output::{self, complain};
use crate::settings::Settings;

/// The `within` filter that is shown unless --when is given.
const NEAR: When = When::Within { days: 60 };

pub(crate) fn run(settings: &Settings, args: &PreviewArgs) -> anyhow::Result<ExitCode> {
    let case = checked_case(args)?;
    let store = open_existing(settings)?;
    let bulletin = block_on(stored_bulletin(&store, args.month))?;
    if let Some(case) = case {
        note_where_counted(case, &bulletin);
    }
    let months = BTreeSet::from([args.month]);
    let retold = async { Ok(retell(&store, &months, async |month| store.rows(month).await).await?) };
    let Some(retold) = block_on(retold)?.remove(&args.month) else {
        bail!("the bulletin of {} is not stored", args.month.title());
    };
    if let Some(silence) = retold.silence {
        complain("note", &why_silent(args.month, silence));
    }
    let mut shown = 0;
    for alert in alerts(&retold, case) {
        shown += usize::from(show_if_sent(settings, args, case, alert, shown > 0)?);
    }
    if shown == 0 && retold.silence != Some(Silence::NothingBefore) {
        complain(
            "note",
            &format!("{} sends no alert to this subscriber", args.month.title()),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The case of the options; `None` for whole bulletins.
fn checked_case(args: &PreviewArgs) -> anyhow::Result<Option<Case>> {
    let case = match (args.category, args.country) {
        (Some(category), Some(area)) => Some(Case { category, area }),
        _ => None,
    };
    if let Some(case) = case {
        refuse_impossible(case)?;
    }
    if let Some(when) = args.when
        && when.needs_priority_date()
        && args.priority_date.is_none()
    {
        return Err(
            UnknownSpelling::new("preview", "", ["--priority-date DATE".into()])
                .because(format!("--when {when} needs a priority date."))
                .into(),
        );
    }
    Ok(case)
}

/// Prints an alert if one of the filters selects it, and says which do. Returns true if it is printed.
fn show_if_sent(
    settings: &Settings,
    args: &PreviewArgs,
    case: Option<Case>,
    alert: &Alert,
    is_next: bool,
) -> anyhow::Result<bool> {
    let (sent, others): (Vec<WatchKind>, Vec<WatchKind>) =
        kinds(args, case).into_iter().partition(|kind| kind.wants(alert));
    let subject = match is_correction(alert) {
        true => "the correction",
        false => "the bulletin",
    };
    let words = |kinds: &[WatchKind]| kinds.iter().map(word).collect::<Vec<_>>().join(", ");
    let Some(kind) = sent.first() else {
        let others = words(&others);
        complain(
            "note",
            &format!("{subject} is not sent to subscribers with --when {others}"),
        );
        return Ok(false);
    };
    let not = match others.as_slice() {
        [] => String::new(),
        others => format!(", and not with {}", words(others)),
    };
    complain(
        "note",
        &format!(
            "{subject} is sent to subscribers with --when {}{not}",
            words(&sent)
        ),
    );
    show(settings, args.form, alert, *kind, is_next)?;
    Ok(true)
}

/// The alerts about this case, or about the whole bulletin, in the order of publication.
fn alerts(retold: &Retold, case: Option<Case>) -> impl Iterator<Item = &Alert> {
    let kind = case.map_or(WatchKind::Bulletins, |case| {
        WatchKind::Case(Subscription {
            case,
            priority_date: None,
            when: When::Every,
            chart: None,
        })
    });
    retold
        .forms
        .iter()
        .flatten()
        .filter(move |alert| kind.wants(alert))
}

/// The filters of possible subscribers to this case.
fn kinds(args: &PreviewArgs, case: Option<Case>) -> Vec<WatchKind> {
    let Some(case) = case else {
        return vec![WatchKind::Bulletins];
    };
    let all = [When::Every, When::Moves, When::Corrected, When::Current, NEAR];
    let wanted: Vec<When> = match args.when {
        Some(when) => vec![when],
        None => all
            .into_iter()
            .filter(|when| args.priority_date.is_some() || !when.needs_priority_date())
            .collect(),
    };
    wanted
        .into_iter()
        .map(|when| {
            WatchKind::Case(Subscription {
                case,
                priority_date: args.priority_date,
                when,
                chart: args.chart,
            })
        })
        .collect()
}

fn word(kind: &WatchKind) -> String {
    match kind {
        WatchKind::Case(subscription) => subscription.when.to_string(),
        WatchKind::Bulletins => "summaries".into(),
    }
}

fn is_correction(alert: &Alert) -> bool {
    let kind = match alert {
        Alert::Case(alert) => alert.change.kind,
        Alert::Bulletin(alert) => alert.kind,
    };
    kind == ChangeKind::Correction
}

fn show(
    settings: &Settings,
    form: Option<PreviewForm>,
    alert: &Alert,
    kind: WatchKind,
    is_next: bool,
) -> anyhow::Result<()> {
    let forms = match form {
        Some(form) => vec![form],
        None => vec![PreviewForm::Email, PreviewForm::Sms, PreviewForm::Json],
    };
    for (index, one) in forms.iter().enumerate() {
        let (title, text) = match one {
            PreviewForm::Email => ("E-mail", email(settings, alert, kind)?),
            PreviewForm::Sms => ("SMS", alert.sms("")),
            PreviewForm::Json => ("JSON", json(alert, kind)),
        };
        if form.is_none() {
            let gap = if is_next || index > 0 { "\n" } else { "" };
            output::print(&format!("{gap}{title}\n{}", "-".repeat(title.len())))?;
        } else if is_next && *one == PreviewForm::Email {
            output::print("")?;
        }
        output::print(&text)?;
    }
    Ok(())
}

/// The alert as JSON, as commands receive it.
fn json(alert: &Alert, kind: WatchKind) -> String {
    match kind.subscription() {
        Some(subscription) => alert.json_for(subscription).to_string(),
        None => alert.json().to_string(),
    }
}

/// The message as it is sent to the mail server. The sender is the one of the settings, or an example.
fn email(settings: &Settings, alert: &Alert, kind: WatchKind) -> anyhow::Result<String> {
    let from: EmailAddress = match settings.smtp() {
        Ok(config) => config.from,
        Err(_) => "bulletin@example.com".parse()?,
    };
    let to: EmailAddress = "you@example.com".parse()?;
    let message = EmailMessage {
        from: &from,
        to: &to,
        alert,
        subscription: kind.subscription(),
        how_to_stop: &how_to_stop("N"),
    };
    let bytes = message.build(SystemTime::now()).map_err(anyhow::Error::msg)?;
    Ok(String::from_utf8(bytes)?.replace("\r\n", "\n"))
}

pub(crate) fn why_silent(month: Month, silence: Silence) -> String {
    let title = month.title();
    match silence {
        Silence::NothingBefore => format!(
            "no alerts were sent for the bulletin of {title}: no earlier one is stored to compare it with. `bulletin run --backfill {0}..{month}` fetches the previous one",
            month.previous()
        ),
        Silence::FilledIn => format!(
            "no alerts were sent for the bulletin of {title}: it was added as history, or tracking began with it. These would have been sent"
        ),
        Silence::Over => format!(
            "no alerts were sent for the bulletin of {title}: the month was over when it was stored. These would have been \
             sent"
        ),
    }
}
