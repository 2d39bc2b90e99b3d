//! Shell completions: the scripts, and the values that they offer for categories, countries, months and charts. The
//! script asks this program for them, so they fit its version. Start with [`answer_shell`].

use std::ffi::OsStr;
use std::process::ExitCode;

use bulletin::{Area, Category, Month};
use clap::{Arg, Command, Parser as _};
use clap_complete::Shell;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use pipeline::port::BulletinStore as _;
use shipped_history::ShippedHistory;

use crate::args::Args;
use crate::command::{machine_months, run_to_end};
use crate::output;
use crate::settings::Settings;

/// The name of the command and of its completions.
const NAME: &str = "bulletin";

/// The variable with which a script asks for completions.
const VARIABLE: &str = "COMPLETE";

/// The words of `--chart` and the common ones of `--when`.
const CHARTS: [&str; 2] = ["final", "filing"];
const WHEN: [&str; 7] = [
    "moves",
    "every",
    "corrected",
    "only:retrogressed",
    "current",
    "passes",
    "goes-back",
];

/// Answers a completion script and exits, if one has started this process.
pub(crate) fn answer_shell() {
    CompleteEnv::with_factory(|| with_values(crate::definition()))
        .var(VARIABLE)
        .bin(NAME)
        .complete();
}

/// Prints the completion script of a shell.
///
/// # Errors
/// An error if standard output cannot be written.
pub(crate) fn print_script(shell: Shell) -> anyhow::Result<ExitCode> {
    let shell = shell.to_string();
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(&shell) else {
        anyhow::bail!("there are no completions for {shell}");
    };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    let mut script = String::from_utf8(script)?;
    if shell == "zsh" {
        // As a file in `fpath`, the script is itself the function that zsh calls the first time.
        script.push_str("\n[[ $funcstack[1] != _bulletin ]] || _clap_dynamic_completer_bulletin \"$@\"\n");
    }
    output::print(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// The command with the values that its arguments can have, at every depth.
fn with_values(command: Command) -> Command {
    command.mut_args(with_values_of).mut_subcommands(with_values)
}

fn with_values_of(arg: Arg) -> Arg {
    let completer = match arg.get_id().as_str() {
        "category" | "category_word" => ArgValueCompleter::new(categories),
        "area" | "area_word" | "country" => ArgValueCompleter::new(areas),
        "month" | "from" | "announce" => ArgValueCompleter::new(months),
        "to" => ArgValueCompleter::new(months_and_latest),
        "chart" => ArgValueCompleter::new(|typed: &OsStr| fixed(typed, &CHARTS)),
        "when" => ArgValueCompleter::new(|typed: &OsStr| fixed(typed, &WHEN)),
        _ => return arg,
    };
    arg.add(completer)
}

fn categories(typed: &OsStr) -> Vec<CompletionCandidate> {
    let category = |category: &Category| offered(typed, category.code(), category.name());
    let mut found: Vec<CompletionCandidate> = Category::ALL.iter().filter_map(category).collect();
    if found.is_empty() {
        // The form with a hyphen, `EB-3`.
        let short = Category::ALL
            .iter()
            .filter(|category| !category.short().contains(' '));
        found.extend(short.filter_map(|category| offered(typed, category.short(), category.name())));
    }
    found
}

/// Countries by name. A name of several words is offered as its code, which a shell need not quote: `SOUTH_KOREA`.
fn areas(typed: &OsStr) -> Vec<CompletionCandidate> {
    let area = |area: Area| {
        let (name, code) = (area.name(), area.code());
        let is_word = name.chars().all(|c| c.is_ascii_alphanumeric());
        offered(typed, if is_word { name } else { code }, name)
    };
    Area::every().filter_map(area).collect()
}

/// The months of the stored bulletins, newest first; of the shipped ones if none is stored.
fn months(typed: &OsStr) -> Vec<CompletionCandidate> {
    let months = stored_months().into_iter().rev();
    months
        .filter_map(|month| offered(typed, &month.to_string(), &month.title()))
        .collect()
}

fn months_and_latest(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut offers: Vec<CompletionCandidate> = offered(typed, "latest", "the newest bulletin")
        .into_iter()
        .collect();
    offers.extend(months(typed));
    offers
}

fn stored_months() -> Vec<Month> {
    // The options of the line that is being completed are not known here.
    let stored = Args::try_parse_from([NAME, "status"])
        .map_err(anyhow::Error::from)
        .and_then(|args| machine_months(&Settings::load(&args)?));
    match stored {
        Ok(months) if !months.is_empty() => months,
        // A shell has no place for the error of a database.
        _ => run_to_end(async { Ok(ShippedHistory::load().months().await?) }).unwrap_or_default(),
    }
}

fn fixed(typed: &OsStr, words: &[&str]) -> Vec<CompletionCandidate> {
    words.iter().filter_map(|word| offered(typed, word, "")).collect()
}

/// A word if it begins with the typed text in any case. The rest of it is in lower case if the text is: some shells drop
/// an offer that does not repeat the text exactly.
fn offered(typed: &OsStr, word: &str, help: &str) -> Option<CompletionCandidate> {
    let typed = typed.to_str()?;
    let begin = word.get(..typed.len())?;
    if !begin.eq_ignore_ascii_case(typed) {
        return None;
    }
    let is_lower = typed.contains(|c: char| c.is_ascii_lowercase()) && typed == typed.to_ascii_lowercase();
    let rest = &word[typed.len()..];
    let rest = if is_lower {
        rest.to_ascii_lowercase()
    } else {
        rest.to_owned()
    };
    let candidate = CompletionCandidate::new(format!("{typed}{rest}"));
    Some(match help {
        "" => candidate,
        help => candidate.help(Some(help.to_owned().into())),
    })
}
