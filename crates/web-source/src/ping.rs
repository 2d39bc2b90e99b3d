//! Pings of a dead man's switch: a service such as healthchecks.io, which alerts somebody if pings stay away. The path of its
//! URL is a secret, and no error contains it. Start with [`Ping`].

use std::fmt;
use std::time::Duration;

use reqwest::{Client, Url};

use crate::client::{self, root_cause};
use crate::config::is_loopback;

/// The time limit of a ping.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The length limit of a message, in bytes. healthchecks.io keeps 100 kB.
const LONGEST_MESSAGE: usize = 10_000;

/// A dead man's switch.
pub struct Ping {
    client: Client,
    url: Url,
}

/// The state of a run.
#[derive(Debug, Clone, Copy)]
pub enum Signal<'a> {
    /// It starts.
    Start,
    /// It has ended well.
    Success,
    /// It has ended with these problems.
    Failure(&'a str),
}

/// The reason why a ping cannot be sent. Contains no path of the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PingError {
    /// The URL is invalid.
    #[error("invalid ping URL: expected a web address such as https://hc-ping.com/your-uuid")]
    Url,
    /// The HTTP client could not be built.
    #[error("the HTTP client does not start: {0}")]
    Client(String),
    /// The service did not accept the ping.
    #[error("the ping of {address} failed: {reason}")]
    Failed {
        /// The masked URL.
        address: String,
        /// The answer, or the reason why there is none.
        reason: String,
    },
}

impl fmt::Debug for Ping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ping").field(&self.address()).finish()
    }
}

impl Ping {
    /// A switch with this URL. Makes no request.
    ///
    /// # Errors
    /// [`PingError::Url`] or [`PingError::Client`].
    pub fn new(url: &str) -> Result<Self, PingError> {
        let url = Url::parse(url.trim()).map_err(|_| PingError::Url)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(PingError::Url);
        }
        let mut client = Client::builder()
            .tls_backend_preconfigured(client::tls().map_err(PingError::Client)?)
            .user_agent(concat!("visa-bulletin-watch/", env!("CARGO_PKG_VERSION")))
            // A redirect would hand the secret path to another host.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(TIMEOUT);
        if url.host_str().is_some_and(is_loopback) {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| PingError::Client(root_cause(&error)))?;
        Ok(Self { client, url })
    }

    /// Sends a ping: `/start`, the URL itself, or `/fail` with the problems as the body.
    ///
    /// # Errors
    /// [`PingError::Failed`].
    pub async fn send(&self, signal: Signal<'_>) -> Result<(), PingError> {
        let request = match signal {
            Signal::Start => self.client.get(self.with("start")),
            Signal::Success => self.client.get(self.url.clone()),
            Signal::Failure(problems) => {
                let end = problems.floor_char_boundary(LONGEST_MESSAGE);
                self.client
                    .post(self.with("fail"))
                    .header("Content-Type", "text/plain; charset=utf-8")
                    .body(problems[..end].to_owned())
            }
        };
        let failed = |reason| PingError::Failed {
            address: self.address(),
            reason,
        };
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) if answer.status().is_redirection() => Err(failed(format!(
                "it answered {}, and redirects are not followed",
                client::in_words(answer.status())
            ))),
            Ok(answer) => Err(failed(format!(
                "it answered {}",
                client::in_words(answer.status())
            ))),
            Err(error) if error.is_timeout() => Err(failed(format!("no answer within {TIMEOUT:?}"))),
            Err(error) => Err(failed(format!("no connection ({})", root_cause(&error)))),
        }
    }

    /// The URL with its path, query and user masked.
    pub fn address(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = self.url.host_str().unwrap_or_default();
        format!("{}://{host}{port}/********", self.url.scheme())
    }

    /// The URL with another segment of its path.
    fn with(&self, segment: &str) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(segment);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signal_is_a_segment_of_the_path() {
        for (url, start) in [
            ("https://hc-ping.com/secret", "https://hc-ping.com/secret/start"),
            ("https://hc-ping.com/secret/", "https://hc-ping.com/secret/start"),
            (
                "https://hc-ping.com/key/slug?create=1",
                "https://hc-ping.com/key/slug/start?create=1",
            ),
        ] {
            assert_eq!(Ping::new(url).unwrap().with("start").as_str(), start);
        }
    }

    #[test]
    fn the_path_is_masked() {
        let ping = Ping::new("https://jane:word@hc.example.com:8000/secret?key=secret").unwrap();
        assert_eq!(ping.address(), "https://hc.example.com:8000/********");
        assert_eq!(
            format!("{ping:?}"),
            "Ping(\"https://hc.example.com:8000/********\")"
        );
        for url in [
            "",
            "hc-ping.com/secret",
            "file:///secret",
            "ftp://example.com/secret",
        ] {
            let error = Ping::new(url).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
