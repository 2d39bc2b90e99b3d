//! A stream that limits the size of replies, so that a server cannot send one without end.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The byte limit between two commands. RFC 5321 allows 512 bytes a line, and the longest usual reply, to
/// `EHLO`, has some twenty lines. A TLS handshake with a long chain of certificates fits too.
pub(crate) const MOST_BYTES: usize = 32 * 1024;
/// The line limit of a reply. lettre parses a reply from its first line again with each line, so the time
/// grows with the square of the lines.
pub(crate) const MOST_LINES: usize = 256;

/// A stream that fails if the other side sends more than the limit after the last write.
pub(crate) struct Bounded<S> {
    stream: S,
    bytes: usize,
    lines: usize,
    /// `None` for an encrypted stream, whose bytes have no lines.
    most_lines: Option<usize>,
}

impl<S> Bounded<S> {
    /// Limits the bytes and lines of a plain-text stream.
    pub(crate) fn text(stream: S) -> Self {
        let most_lines = Some(MOST_LINES);
        Self {
            stream,
            bytes: 0,
            lines: 0,
            most_lines,
        }
    }

    /// Limits the bytes of a stream that is or becomes encrypted.
    pub(crate) fn bytes(stream: S) -> Self {
        Self {
            most_lines: None,
            ..Self::text(stream)
        }
    }

    fn count(&mut self, read: &[u8]) -> io::Result<()> {
        self.bytes += read.len();
        if self.most_lines.is_some() {
            self.lines += read.iter().filter(|byte| **byte == b'\n').count();
        }
        if self.bytes > MOST_BYTES {
            return Err(io::Error::other(format!(
                "its reply has more than {} KiB",
                MOST_BYTES / 1024
            )));
        }
        match self.most_lines {
            Some(most) if self.lines > most => {
                Err(io::Error::other(format!("its reply has more than {most} lines")))
            }
            _ => Ok(()),
        }
    }

    fn forget(&mut self) {
        (self.bytes, self.lines) = (0, 0);
    }
}

impl<S> fmt::Debug for Bounded<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded").finish_non_exhaustive()
    }
}

impl<S: AsyncTokioStream> AsyncTokioStream for Bounded<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.count(&buffer.filled()[before..]))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.forget();
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
