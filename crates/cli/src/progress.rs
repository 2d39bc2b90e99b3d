//! Shows on the terminal that a command waits: a line on standard error with a spinner or a bar, once the command takes
//! longer than half a second. Excludes the words of the commands. Start with [`Progress`].
//!
//! A command has one line. A [`Progress`] within another replaces its text until it ends. Everything that the command
//! prints meanwhile goes through [`aside`], so that the line never mixes with it.

use std::io::IsTerminal as _;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The time after which a command shows that it waits.
const PATIENCE: Duration = Duration::from_millis(500);

/// The line of this process, if it has one.
static LINE: Mutex<Option<Line>> = Mutex::new(None);

/// A sign of progress. It ends when it is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct Progress {
    is_shown: bool,
}

impl Progress {
    /// Says for what the command waits.
    pub(crate) fn waiting(what: &str) -> Self {
        Self::begin("{spinner} {msg}", what)
    }

    /// Counts these things: `bulletins`.
    pub(crate) fn counting(things: &str) -> Self {
        Self::begin("{bar:40} {pos}/{len} {msg}, {eta} left", things)
    }

    /// Shows how many are done.
    pub(crate) fn show(&self, done: usize, of: usize) {
        if let (true, Some(line)) = (self.is_shown, line().as_ref()) {
            line.bar.set_length(of as u64);
            line.bar.set_position(done as u64);
        }
    }

    fn begin(template: &'static str, words: &str) -> Self {
        let is_shown = std::io::stderr().is_terminal();
        if is_shown {
            let mut line = line();
            let line = line.get_or_insert_with(Line::start);
            line.texts.push((template, words.to_owned()));
            line.refresh();
        }
        Self { is_shown }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if !self.is_shown {
            return;
        }
        let mut shown = line();
        if let Some(line) = shown.as_mut() {
            line.texts.pop();
            if !line.texts.is_empty() {
                line.refresh();
                return;
            }
        }
        if let Some(line) = shown.take() {
            line.end();
        }
    }
}

/// Takes the line off the terminal while something is printed.
pub(crate) fn aside<T>(print: impl FnOnce() -> T) -> T {
    let bar = line().as_ref().map(|line| line.bar.clone());
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

fn line() -> MutexGuard<'static, Option<Line>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct Line {
    bar: ProgressBar,
    /// The template and the words of each sign of progress, the innermost last.
    texts: Vec<(&'static str, String)>,
    /// The thread that waits until the line is worth showing, and what stops it.
    patience: (Sender<()>, JoinHandle<()>),
}

impl Line {
    fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (stop, stopped) = mpsc::channel();
        let late = bar.clone();
        let wait = std::thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                late.set_draw_target(ProgressDrawTarget::stderr());
                late.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self {
            bar,
            texts: Vec::new(),
            patience: (stop, wait),
        }
    }

    /// Shows the innermost text.
    fn refresh(&self) {
        if let Some((template, words)) = self.texts.last() {
            let style = ProgressStyle::with_template(template);
            self.bar.reset();
            self.bar
                .set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            self.bar.set_message(words.clone());
        }
    }

    fn end(self) {
        let (stop, wait) = self.patience;
        drop(stop);
        // The thread does not panic.
        let _ = wait.join();
        self.bar.finish_and_clear();
    }
}
