//! The connection on which lettre's client speaks SMTP. It limits the size of the server's replies. Start at
//! [`open`].

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead as _, AsyncWrite as _};
use lettre::transport::smtp::Error as SmtpError;
#[expect(
    deprecated,
    reason = "lettre has no other way to begin with TLS on a stream of one's own"
)]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::bounded::Bounded;
use crate::config::{Security, SmtpConfig};
use crate::hello;

/// The reason why no server sent a greeting.
#[derive(Debug)]
pub(crate) enum OpenError {
    Network(io::Error),
    Smtp(SmtpError),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Network(error)
    }
}

impl From<SmtpError> for OpenError {
    fn from(error: SmtpError) -> Self {
        Self::Smtp(error)
    }
}

/// Connects and sends `EHLO`, under TLS if the configuration has it from the first byte. Also returns the
/// name for `EHLO`, which is needed again after `STARTTLS`.
pub(crate) async fn open(
    config: &SmtpConfig,
    tls: Option<&TlsParameters>,
) -> Result<(AsyncSmtpConnection, ClientId), OpenError> {
    let stream = TcpStream::connect((config.host.as_str(), config.port)).await?;
    let local = stream.local_addr().ok().map(|address| address.ip());
    let hello = config
        .ehlo_name
        .clone()
        .unwrap_or_else(|| hello::of_this_machine(local));
    let stream: Box<dyn AsyncTokioStream> = match (config.security, tls) {
        (Security::Tls, Some(tls)) => Box::new(Bounded::text(Encrypted::over(stream, tls.clone()).await?)),
        (Security::StartTls, _) => Box::new(Bounded::bytes(stream)),
        (Security::Plain | Security::Tls, _) => Box::new(Bounded::text(stream)),
    };
    let connection = AsyncSmtpConnection::connect_with_transport(stream, &hello).await?;
    Ok((connection, hello))
}

/// A TLS stream of lettre as a stream of tokio.
#[expect(deprecated, reason = "see the import")]
struct Encrypted(AsyncNetworkStream);

impl Encrypted {
    #[expect(deprecated, reason = "see the import")]
    async fn over(stream: TcpStream, tls: TlsParameters) -> Result<Self, SmtpError> {
        let mut stream = AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
        stream.upgrade_tls(tls).await?;
        Ok(Self(stream))
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encrypted").finish_non_exhaustive()
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = std::task::ready!(Pin::new(&mut self.0).poll_read(context, buffer.initialize_unfilled()))?;
        buffer.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(context)
    }
}
