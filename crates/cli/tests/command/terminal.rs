//! Runs the command on a pseudo-terminal. Start with [`Terminal`].

use std::fs::File;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// The columns and rows of a usual terminal.
pub(crate) const USUAL: (u16, u16) = (80, 24);

/// A command whose output goes to a terminal.
#[derive(Debug)]
pub(crate) struct Terminal {
    screen: File,
    pub(crate) child: Child,
}

impl Terminal {
    /// Starts a command with standard output and standard error on a terminal of this size.
    pub(crate) fn start(mut command: Command, size: (u16, u16)) -> Self {
        let (screen, line) = open(size);
        command.stdout(line.try_clone().unwrap()).stderr(line);
        Self::spawn(screen, command)
    }

    /// Starts a command with only standard error on a terminal; standard output is a pipe.
    pub(crate) fn start_with_pipe(mut command: Command, size: (u16, u16)) -> Self {
        let (screen, line) = open(size);
        command.stdout(Stdio::piped()).stderr(line);
        Self::spawn(screen, command)
    }

    fn spawn(screen: File, mut command: Command) -> Self {
        // The terminal ends with its last open file, and `command` has some.
        let child = command.env("TERM", "xterm-256color").spawn().unwrap();
        drop(command);
        Self { screen, child }
    }

    /// Everything that was written to the terminal, with `\n` at the ends of lines, and the exit code.
    pub(crate) fn finish(mut self) -> (String, i32) {
        let mut written = Vec::new();
        let mut part = [0; 4096];
        // Reading fails when nothing has the terminal open any longer.
        while let Ok(length @ 1..) = self.screen.read(&mut part) {
            written.extend_from_slice(&part[..length]);
        }
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (String::from_utf8(written).unwrap().replace("\r\n", "\n"), code)
    }
}

/// Both ends of a new pseudo-terminal: the screen, and the line to it.
fn open((columns, rows): (u16, u16)) -> (File, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let line = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    tcsetwinsize(
        &line,
        Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        },
    )
    .unwrap();
    (File::from(screen), line)
}

/// A text as the terminal shows it: without colours, and without the lines of progress that were erased.
pub(crate) fn plain(text: &str) -> String {
    const ERASE: &str = "\u{1b}[2K";
    let line = |line: &str| {
        let kept = line.rsplit_once(ERASE).map_or(line, |(_, kept)| kept);
        let mut parts = kept.split("\u{1b}[");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
        }
        plain
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}
