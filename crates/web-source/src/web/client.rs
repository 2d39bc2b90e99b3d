//! The HTTP client: one TLS stack, without redirects and retries.

use std::sync::Arc;

use reqwest::Client;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};

use crate::config::{ConfigError, Host, WebConfig};
use crate::web::denial::root_cause;

/// A client with built-in root certificates of the public web, so that it needs none from the machine.
pub(super) fn build(config: &WebConfig, hosts: &[Host]) -> Result<Client, ConfigError> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ConfigError::Client {
            reason: error.to_string(),
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let accept = HeaderValue::from_static("text/html,application/xhtml+xml");
    let mut client = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(config.user_agent())
        .default_headers(HeaderMap::from_iter([(ACCEPT, accept)]))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .https_only(hosts.iter().all(|host| host.root.scheme() == "https"))
        .connect_timeout(config.connect_timeout)
        .timeout(config.request_timeout);
    if hosts.iter().any(|host| host.is_loopback) {
        client = client.no_proxy();
    }
    client.build().map_err(|error| ConfigError::Client {
        reason: root_cause(&error),
    })
}
