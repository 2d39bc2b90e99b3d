//! The web source against HTTP servers on this machine.
#![expect(
    clippy::unwrap_used,
    reason = "what goes wrong in a test's own machinery fails the test"
)]

mod server;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use bulletin::Month;
use bulletin_html::{INDEX_PATH, MAX_PAGE_BYTES, predicted_path};
use bulletin_samples::{Page, render_index, site};
use chrono::{DateTime, Utc};
use pipeline::port::{Clock, Fetched, PageSource, SourceError};
use web_source::{ConfigError, PAGE_FOLDER, WebConfig, WebSource};

use crate::server::{Answer, Server};

/// A stopped clock.
#[derive(Debug, Clone, Copy)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> DateTime<Utc> {
        "2026-10-21T07:28:00Z".parse().unwrap()
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn path() -> String {
    predicted_path(month("2024-04"))
}

fn bulletin_page() -> String {
    Page::new(site::bulletin(month("2024-04")).unwrap())
        .unwrap()
        .render()
}

fn config(servers: &[&Server]) -> WebConfig {
    WebConfig {
        hosts: servers.iter().map(|server| server.url()).collect(),
        connect_timeout: Duration::from_secs(1),
        request_timeout: Duration::from_secs(5),
        host_timeout: Duration::from_secs(10),
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        ..WebConfig::default()
    }
}

fn source(servers: &[&Server]) -> WebSource<Stopped> {
    WebSource::new(config(servers), Stopped).unwrap()
}

async fn page(servers: &[&Server]) -> Result<Fetched, SourceError> {
    source(servers).page(&path(), None).await
}

fn blocked(result: Result<Fetched, SourceError>) -> String {
    match result {
        Err(SourceError::Blocked { tried, .. }) => tried,
        other => panic!("not blocked: {other:?}"),
    }
}

fn not_found(result: Result<Fetched, SourceError>) -> String {
    match result {
        Err(SourceError::NotFound { tried, .. }) => tried,
        other => panic!("not called missing: {other:?}"),
    }
}

fn good() -> Server {
    Server::always(Answer::page(bulletin_page()))
}

fn forbidden() -> Server {
    Server::always(Answer::status("403 Forbidden", "<h1>Forbidden</h1>"))
}

fn missing() -> Server {
    Server::always(Answer::status("404 Not Found", "<h1>Not Found</h1>"))
}

const CHALLENGE: &str = "<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment...</title>\
    <meta name=\"robots\" content=\"noindex,nofollow\"></head><body><div class=\"main-wrapper\">\
    <noscript>Enable JavaScript and cookies to continue</noscript></div>\
    <script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\"></script></body></html>";

const SOFT_404: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>404 - Page Not Found</title></head>\
    <body><h1>Page Not Found</h1><p>The page that you are looking for does not exist.</p></body></html>";

#[tokio::test]
async fn the_first_host_gives_the_page_and_the_others_are_not_asked() {
    let (first, second) = (good(), good());
    let fetched = page(&[&first, &second]).await.unwrap();
    assert_eq!(fetched.host, first.name());
    assert_eq!(fetched.body, bulletin_page().into_bytes());
    assert_eq!(fetched.at, Stopped.now());
    assert!(!fetched.by_hand);
    assert_eq!((first.asked(), second.asked()), (1, 0));
    assert_eq!(first.requests()[0].path, path());
}

#[tokio::test]
async fn the_avoided_host_is_asked_last() {
    let (first, second) = (good(), good());
    let fetched = source(&[&first, &second])
        .page(&path(), Some(&first.name()))
        .await
        .unwrap();
    assert_eq!(fetched.host, second.name());
    assert_eq!(first.asked(), 0);
}

#[tokio::test]
async fn the_avoided_host_still_gives_what_no_other_has() {
    let (first, second) = (good(), forbidden());
    let fetched = source(&[&first, &second])
        .page(&path(), Some(&first.name()))
        .await
        .unwrap();
    assert_eq!(fetched.host, first.name());
    assert_eq!(second.asked(), 1);
}

#[tokio::test]
async fn a_redirect_to_the_avoided_host_is_no_second_look() {
    let avoided = good();
    let location = format!("{}{}", avoided.url(), path());
    let (redirecting, third) = (Server::always(Answer::redirect(location)), good());
    let fetched = source(&[&redirecting, &avoided, &third])
        .page(&path(), Some(&avoided.name()))
        .await
        .unwrap();
    assert_eq!(fetched.host, third.name());
    assert_eq!(avoided.asked(), 0);
}

#[tokio::test]
async fn a_refused_request_is_not_repeated_and_a_mirror_is_asked() {
    let (first, mirror) = (forbidden(), good());
    assert_eq!(page(&[&first, &mirror]).await.unwrap().host, mirror.name());
    assert_eq!(first.asked(), 1);
}

#[tokio::test]
async fn a_challenge_page_under_status_200_is_no_page() {
    let (first, mirror) = (Server::always(Answer::page(CHALLENGE)), good());
    assert_eq!(page(&[&first, &mirror]).await.unwrap().host, mirror.name());
    assert_eq!(first.asked(), 1);
    assert!(blocked(page(&[&first]).await).contains("a challenge page"));
}

#[tokio::test]
async fn a_challenge_under_an_error_status_is_not_repeated() {
    let by_body = Server::always(Answer::status("503 Service Unavailable", CHALLENGE));
    let by_header = Server::always(
        Answer::status("429 Too Many Requests", "<h1>wait</h1>").with("cf-mitigated", "challenge"),
    );
    let tried = blocked(page(&[&by_body, &by_header]).await);
    assert_eq!(tried.matches("a challenge").count(), 2, "{tried}");
    assert_eq!((by_body.asked(), by_header.asked()), (1, 1));
}

#[tokio::test]
async fn a_redirect_loop_is_a_blocked_host() {
    let to_itself = Server::always(Answer::redirect(path()));
    let tried = blocked(page(&[&to_itself]).await);
    assert!(tried.ends_with("a redirect loop"), "{tried}");
    assert_eq!(to_itself.asked(), 1);

    let other = format!("{PAGE_FOLDER}2024/other.html");
    let back = path();
    let in_a_circle = Server::start(move |_, asked| {
        Answer::redirect(if asked == back {
            other.clone()
        } else {
            back.clone()
        })
    });
    let mirror = good();
    assert_eq!(page(&[&in_a_circle, &mirror]).await.unwrap().host, mirror.name());
    assert_eq!(in_a_circle.asked(), 2);
}

#[tokio::test]
async fn five_redirects_are_followed_and_no_more() {
    let after = |redirects: usize| {
        Server::start(move |number, _| {
            if number < redirects {
                Answer::redirect(format!("{PAGE_FOLDER}2024/{number}.html"))
            } else {
                Answer::page(bulletin_page())
            }
        })
    };
    let five = after(5);
    assert!(page(&[&five]).await.is_ok());
    let six = after(6);
    let tried = blocked(page(&[&six]).await);
    assert!(tried.ends_with("more than 5 redirects"), "{tried}");
    assert_eq!(six.asked(), 6);
}

#[tokio::test]
async fn a_redirect_to_a_configured_host_is_followed_and_that_host_is_named() {
    let target = good();
    let location = format!("{}{}", target.url(), path());
    let first = Server::always(Answer::redirect(location));
    let fetched = page(&[&first, &target]).await.unwrap();
    assert_eq!(fetched.host, target.name());
    assert_eq!((first.asked(), target.asked()), (1, 1));
}

#[tokio::test]
async fn a_redirect_to_a_foreign_host_is_not_followed() {
    let (foreign, mirror) = (good(), good());
    let location = format!("{}{}?token=secret", foreign.url(), path());
    let first = Server::always(Answer::redirect(location));
    assert_eq!(page(&[&first, &mirror]).await.unwrap().host, mirror.name());
    let tried = blocked(page(&[&first]).await);
    assert!(
        tried.contains(&format!("a redirect to {}", foreign.url())),
        "{tried}"
    );
    assert!(!tried.contains("secret"), "{tried}");
    assert_eq!(foreign.asked(), 0);
}

#[tokio::test]
async fn a_redirect_that_names_a_user_is_not_followed() {
    let target = good();
    let location = format!("http://somebody:secret@{}{}", target.name(), path());
    let first = Server::always(Answer::redirect(location));
    let fetched = page(&[&first, &target]).await.unwrap();
    assert_eq!(fetched.host, target.name());
    assert_eq!(target.asked(), 1);
    assert_eq!(target.requests()[0].header("Authorization"), None);
}

#[tokio::test]
async fn a_redirect_to_another_place_or_scheme_is_not_followed() {
    let server = Server::start(|number, _| {
        Answer::redirect(match number {
            0 => "/content/travel/en.html".to_owned(),
            1 => format!("{}?__cf_chl_tk=1", path()),
            2 => format!("{PAGE_FOLDER}../../visa-statistics.html"),
            3 => format!("{PAGE_FOLDER}%2e%2e/visa-statistics.html"),
            4 => format!("//127.0.0.1{}", path()),
            5 => format!("https://127.0.0.1{}", path()),
            6 => "file:///etc/hosts".to_owned(),
            7 => "http://[".to_owned(),
            _ => String::new(),
        })
    });
    let source = source(&[&server]);
    for expected in 1..=8 {
        let tried = blocked(source.page(&path(), None).await);
        assert!(tried.contains("a redirect"), "{tried}");
        assert_eq!(server.asked(), expected, "{tried}");
    }
}

#[tokio::test]
async fn a_body_of_fifty_megabytes_is_cut_off_and_refused() {
    const LARGE: usize = 50_000_000;
    let announced = Server::always(Answer::Cut(LARGE, vec![b' '; 1000]));
    let flooding = Server::always(Answer::Flood(LARGE));
    let mirror = good();
    let tried = blocked(page(&[&announced, &flooding]).await);
    assert_eq!(
        tried
            .matches(&format!("more than {MAX_PAGE_BYTES} bytes"))
            .count(),
        2,
        "{tried}"
    );
    assert_eq!((announced.asked(), flooding.asked()), (1, 1));
    // The kernel buffers some bytes that the source never reads.
    assert!(
        flooding.sent() < LARGE / 2,
        "{} bytes were taken",
        flooding.sent()
    );
    assert_eq!(page(&[&flooding, &mirror]).await.unwrap().host, mirror.name());
}

#[tokio::test]
async fn a_body_that_drips_in_is_given_up() {
    let (slow, mirror) = (Server::always(Answer::Drip), good());
    let mut config = config(&[&slow, &mirror]);
    config.request_timeout = Duration::from_millis(150);
    config.retries = 1;
    let source = WebSource::new(config.clone(), Stopped).unwrap();
    let begun = Instant::now();
    assert_eq!(source.page(&path(), None).await.unwrap().host, mirror.name());
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(slow.asked(), 2);

    config.hosts.truncate(1);
    let tried = blocked(WebSource::new(config, Stopped).unwrap().page(&path(), None).await);
    assert!(
        tried.ends_with("no whole answer within 150ms (asked 2 times)"),
        "{tried}"
    );
}

#[tokio::test]
async fn one_host_does_not_use_up_the_time_of_the_others() {
    let (slow, mirror) = (Server::always(Answer::Drip), good());
    let mut config = config(&[&slow, &mirror]);
    config.request_timeout = Duration::from_millis(200);
    config.host_timeout = Duration::from_millis(300);
    config.retries = 10;
    let source = WebSource::new(config, Stopped).unwrap();
    let begun = Instant::now();
    assert_eq!(source.page(&path(), None).await.unwrap().host, mirror.name());
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(slow.asked() <= 3, "asked {} times", slow.asked());
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let server = Server::start(|number, _| match number {
        0 => Answer::status("429 Too Many Requests", "").with("Retry-After", "1"),
        1 => {
            Answer::status("503 Service Unavailable", "").with("Retry-After", "Wed, 21 Oct 2026 07:27:00 GMT")
        }
        _ => Answer::page(bulletin_page()),
    });
    let begun = Instant::now();
    assert!(page(&[&server]).await.is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn a_host_that_asks_for_a_long_wait_is_left_alone() {
    let busy = Server::always(Answer::status("429 Too Many Requests", "").with("Retry-After", "3600"));
    let tried = blocked(page(&[&busy]).await);
    assert!(
        tried.ends_with("429 Too Many Requests, asks to wait 3600 s"),
        "{tried}"
    );
    assert_eq!(busy.asked(), 1);
}

#[tokio::test]
async fn an_error_of_the_server_is_tried_again() {
    let server = Server::start(|number, _| match number {
        0 => Answer::status("502 Bad Gateway", "<h1>Bad Gateway</h1>"),
        1 => Answer::status("500 Internal Server Error", ""),
        _ => Answer::page(bulletin_page()),
    });
    assert!(page(&[&server]).await.is_ok());
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn an_error_that_stays_is_tried_as_often_as_configured() {
    let server = Server::always(Answer::status("503 Service Unavailable", ""));
    let tried = blocked(page(&[&server]).await);
    assert!(
        tried.ends_with("503 Service Unavailable (asked 3 times)"),
        "{tried}"
    );
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_gives_no_half_page() {
    let cut = || Answer::Cut(100_000, bulletin_page().into_bytes()[..2000].into());
    let once = Server::start(move |number, _| match number {
        0 => cut(),
        _ => Answer::page(bulletin_page()),
    });
    assert_eq!(page(&[&once]).await.unwrap().body, bulletin_page().into_bytes());
    let always = Server::always(cut());
    let tried = blocked(page(&[&always]).await);
    assert!(
        tried.ends_with("the connection broke after 2000 bytes (asked 3 times)"),
        "{tried}"
    );
}

#[tokio::test]
async fn a_host_that_does_not_listen_is_passed_over() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mirror = good();
    let mut config = config(&[&mirror]);
    config.hosts.insert(0, format!("http://{nobody}"));
    let fetched = WebSource::new(config.clone(), Stopped)
        .unwrap()
        .page(&path(), None)
        .await;
    assert_eq!(fetched.unwrap().host, mirror.name());
    config.hosts.truncate(1);
    let tried = blocked(WebSource::new(config, Stopped).unwrap().page(&path(), None).await);
    assert!(
        tried.starts_with(&format!("{nobody}: no connection (")),
        "{tried}"
    );
}

#[tokio::test]
async fn a_host_without_encryption_gives_nothing_over_https() {
    let server = good();
    let mut config = config(&[&server]);
    config.hosts = vec![format!("https://{}", server.name())];
    config.retries = 0;
    let source = WebSource::new(config, Stopped).unwrap();
    let tried = blocked(source.page(&path(), None).await);
    assert!(tried.contains("no connection ("), "{tried}");
}

#[tokio::test]
async fn a_page_that_no_host_has_is_missing() {
    let gone = Server::always(Answer::status("410 Gone", ""));
    let tried = not_found(page(&[&missing(), &gone]).await);
    assert!(tried.contains(": 404 Not Found; "), "{tried}");
    assert!(tried.ends_with(": 410 Gone"), "{tried}");
    assert_eq!(gone.asked(), 1);
}

#[tokio::test]
async fn a_page_that_is_missing_on_one_host_is_looked_for_on_the_next() {
    let (first, second) = (missing(), good());
    assert_eq!(page(&[&first, &second]).await.unwrap().host, second.name());
}

#[tokio::test]
async fn a_soft_404_says_that_the_page_is_missing() {
    let soft = Server::always(Answer::page(SOFT_404));
    not_found(page(&[&soft]).await);
    assert_eq!(soft.asked(), 1);
}

#[tokio::test]
async fn a_page_missing_on_a_mirror_may_be_out_while_another_host_is_blocked() {
    let (first, mirror) = (forbidden(), missing());
    let tried = blocked(page(&[&first, &mirror]).await);
    assert_eq!(
        tried,
        format!(
            "{}: 403 Forbidden; {}: 404 Not Found",
            first.name(),
            mirror.name()
        )
    );
}

#[tokio::test]
async fn where_every_host_is_blocked_each_answer_is_told() {
    let (first, second) = (forbidden(), Server::always(Answer::redirect(path())));
    let tried = blocked(page(&[&first, &second]).await);
    assert_eq!(
        tried,
        format!(
            "{}: 403 Forbidden; {}: a redirect loop",
            first.name(),
            second.name()
        )
    );
}

#[tokio::test]
async fn every_request_says_who_asks_and_carries_no_cookie() {
    let target = format!("{PAGE_FOLDER}2024/target.html");
    let server = Server::start(move |number, _| match number {
        0 => Answer::redirect(target.clone()).with("Set-Cookie", "visitor=1; Path=/"),
        _ => Answer::page(bulletin_page()),
    });
    let mut config = config(&[&server]);
    config.contact = "https://example.com/bulletin".into();
    let source = WebSource::new(config, Stopped).unwrap();
    source.page(&path(), None).await.unwrap();
    for request in server.requests() {
        let agent = format!(
            "visa-bulletin-watch/{} (+https://example.com/bulletin)",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(request.header("User-Agent"), Some(agent.as_str()));
        assert_eq!(request.header("Cookie"), None);
        assert_eq!(request.header("Referer"), None);
    }
    assert_eq!(server.asked(), 2);
    assert!(!format!("{source:?}").contains("example.com"));
}

#[tokio::test]
async fn a_path_elsewhere_is_refused_before_anything_is_asked() {
    let server = good();
    let source = source(&[&server]);
    for path in [
        "/".to_owned(),
        "/content/travel/en.html".to_owned(),
        format!("{PAGE_FOLDER}../../../../../../etc/passwd"),
        format!("{PAGE_FOLDER}%2e%2e/x.html"),
        format!("{PAGE_FOLDER}2024//x.html"),
        format!("{}?x=1", path()),
        format!("@example.com{}", path()),
        format!("https://example.com{}", path()),
        format!("{}\r\nX-Injected: 1", path()),
    ] {
        let error = source.page(&path, None).await.unwrap_err();
        assert!(matches!(error, SourceError::Forbidden { .. }), "{path:?}");
        assert!(!error.to_string().contains('\r'));
    }
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn the_index_comes_from_the_first_host_that_has_one() {
    let months = [month("2024-04"), month("2024-03"), month("2012-04")];
    let index = render_index(&months, None);
    let (first, second) = (
        Server::always(Answer::page(
            "<html><body><p>Welcome to this host.</p></body></html>",
        )),
        Server::always(Answer::page(index)),
    );
    let links = source(&[&forbidden(), &missing(), &first, &second])
        .links()
        .await
        .unwrap();
    let listed: Vec<Month> = links.iter().map(|link| link.month).collect();
    assert_eq!(listed, months);
    assert_eq!(links[0].path, path());
    assert_eq!(second.requests()[0].path, INDEX_PATH);
}

#[tokio::test]
async fn an_index_that_no_host_has_is_blocked_and_never_missing() {
    let (first, second) = (missing(), missing());
    let error = source(&[&first, &second]).links().await.unwrap_err();
    assert!(
        matches!(&error, SourceError::Blocked { path, .. } if path == INDEX_PATH),
        "{error}"
    );
    assert!(error.to_string().contains("404 Not Found"), "{error}");
}

#[test]
fn a_configuration_that_cannot_work_is_refused_with_the_reason() {
    let config = WebConfig {
        hosts: vec!["https://example.com".into()],
        ..WebConfig::default()
    };
    let error = WebSource::new(config, Stopped).unwrap_err();
    assert!(matches!(error, ConfigError::OtherHost { .. }));
    assert!(
        error
            .to_string()
            .starts_with("example.com is no host of state.gov")
    );
}

#[test]
fn hosts_are_named_in_the_order_in_which_they_are_asked() {
    let source = WebSource::new(WebConfig::default(), Stopped).unwrap();
    let names: Vec<&str> = source.host_names().collect();
    assert_eq!(names[..2], ["travel.state.gov", "adoption.state.gov"]);
}
