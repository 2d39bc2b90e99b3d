//! The abilities of the terminal: its size, colours, and a pager for long text. Excludes the text itself, see
//! [`output`](crate::output). Start with [`set_up`].

use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Height, Width, terminal_size_of};
use tokio::runtime::{Builder, Handle};
use tokio::signal::unix::{SignalKind, signal};

/// The columns and rows that fit any terminal.
const USUAL: (usize, usize) = (80, 24);

static HAS_PAGER: AtomicBool = AtomicBool::new(true);

/// The rows of the terminal that this command has filled.
static FILLED: AtomicUsize = AtomicUsize::new(0);

/// Applies `--color` and `--no-pager`.
pub(crate) fn set_up(colour: clap::ColorChoice, has_pager: bool) {
    match colour {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    }
    .write_global();
    HAS_PAGER.store(has_pager, Ordering::Relaxed);
}

/// True if standard output shows colours: as `--color` says, else as `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR` say,
/// else if it is a terminal.
pub(crate) fn has_colour() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// The width of standard output in characters: of the terminal, or from `COLUMNS`; `None` if neither is known, as
/// in a pipe.
pub(crate) fn width() -> Option<usize> {
    if let Some((columns, _)) = size() {
        return Some(columns);
    }
    let columns = std::env::var("COLUMNS").ok()?.parse().ok()?;
    (columns > 0).then_some(columns)
}

/// The columns and rows for a picture: those of the terminal that are still empty, without the row of the next prompt.
pub(crate) fn room() -> (usize, usize) {
    let (columns, rows) = size().unwrap_or((width().unwrap_or(USUAL.0), USUAL.1));
    let filled = FILLED.load(Ordering::Relaxed);
    (columns, rows.saturating_sub(filled + 1))
}

/// Records that lines were printed on the terminal.
pub(crate) fn note_printed(text: &str) {
    if let Some((columns, _)) = size() {
        FILLED.fetch_add(rows_of(text, columns), Ordering::Relaxed);
    }
}

/// The number of characters that a text takes on the screen, without its colours.
pub(crate) fn visible(text: &str) -> usize {
    anstream::adapter::strip_str(text)
        .map(|part| part.chars().count())
        .sum()
}

/// Shows a text in the user's pager, if standard output is a terminal that is too short for it. Returns false if it was
/// not shown.
pub(crate) fn page(text: &str) -> io::Result<bool> {
    let Some((columns, _)) = size() else {
        return Ok(false);
    };
    if !HAS_PAGER.load(Ordering::Relaxed) || rows_of(text, columns) <= room().1 {
        return Ok(false);
    }
    let runtime = match Handle::try_current() {
        Ok(_) => None,
        Err(_) => Some(Builder::new_current_thread().enable_all().build()?),
    };
    let _entered = runtime.as_ref().map(|runtime| runtime.enter());
    // While it is heard here, Ctrl-C is the pager's: it does not end this command under the pager.
    let _interrupt = signal(SignalKind::interrupt())?;
    let Some(mut pager) = start_pager()? else {
        return Ok(false);
    };
    if let Some(mut input) = pager.stdin.take() {
        match input.write_all(text.as_bytes()) {
            // The user has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written?,
        }
    }
    // A shell's code for a command that does not exist.
    Ok(pager.wait()?.code() != Some(127))
}

/// Starts `$PAGER`, or `less`; `None` if there is none.
fn start_pager() -> io::Result<Option<Child>> {
    let mut command = match std::env::var("PAGER") {
        Ok(pager) if pager.trim().is_empty() => return Ok(None),
        Ok(pager) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", &pager]);
            shell
        }
        Err(_) => {
            let mut less = Command::new("less");
            less.arg("-FRX");
            less
        }
    };
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    match command.stdin(Stdio::piped()).spawn() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        started => started.map(Some),
    }
}

/// The columns and rows of standard output, if it is a terminal.
fn size() -> Option<(usize, usize)> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let size = terminal_size_of(stdout).map(|(Width(columns), Height(rows))| (columns.into(), rows.into()));
    // A terminal that does not know its size reports zeros.
    Some(
        size.filter(|(columns, rows)| *columns > 0 && *rows > 0)
            .unwrap_or(USUAL),
    )
}

/// The rows of the terminal that a text takes.
fn rows_of(text: &str, columns: usize) -> usize {
    text.lines()
        .map(|line| visible(line).div_ceil(columns).max(1))
        .sum()
}
