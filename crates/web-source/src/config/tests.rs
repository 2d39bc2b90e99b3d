use super::*;

fn with_host(host: &str) -> WebConfig {
    WebConfig {
        hosts: vec![host.into()],
        ..WebConfig::default()
    }
}

#[test]
fn the_default_names_the_departments_hosts_in_order() {
    let hosts = WebConfig::default().check().unwrap();
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "travel.state.gov",
            "adoption.state.gov",
            "adoptions.state.gov",
            "childabduction.state.gov"
        ]
    );
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    for host in [
        "http://travel.state.gov",
        "http://192.168.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
    ] {
        assert!(
            matches!(with_host(host).check(), Err(ConfigError::PlainHttp { .. })),
            "{host}"
        );
    }
    for host in [
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "http://localhost:8080",
    ] {
        assert!(with_host(host).check().is_ok(), "{host}");
    }
}

#[test]
fn other_hosts_must_be_allowed_explicitly() {
    for host in [
        "https://example.com",
        "https://travel.state.gov.example.com",
        "https://notstate.gov",
    ] {
        let mut config = with_host(host);
        assert!(
            matches!(config.check(), Err(ConfigError::OtherHost { .. })),
            "{host}"
        );
        config.allow_other_hosts = true;
        assert!(config.check().is_ok(), "{host}");
    }
}

#[test]
fn a_host_is_scheme_and_host_alone() {
    for host in [
        "https://travel.state.gov/content",
        "https://travel.state.gov/?q",
        "https://somebody@travel.state.gov",
        "https://travel.state.gov@state.gov",
        "https://travel.state.gov/#x",
    ] {
        assert!(
            matches!(with_host(host).check(), Err(ConfigError::MoreThanAHost { .. })),
            "{host}"
        );
    }
    for host in ["", "travel.state.gov", "ftp://travel.state.gov", "file:///x"] {
        assert!(
            matches!(with_host(host).check(), Err(ConfigError::NotAnAddress { .. })),
            "{host}"
        );
    }
}

#[test]
fn a_host_stands_once() {
    let config = WebConfig {
        hosts: vec![
            "https://travel.state.gov".into(),
            "https://TRAVEL.state.gov:443/".into(),
        ],
        ..WebConfig::default()
    };
    let host = "travel.state.gov".to_owned();
    assert_eq!(config.check(), Err(ConfigError::Twice { host }));
    let none = WebConfig {
        hosts: Vec::new(),
        ..WebConfig::default()
    };
    assert_eq!(none.check(), Err(ConfigError::NoHost));
}

#[test]
fn the_contact_stands_in_the_user_agent_and_in_no_message() {
    let mut config = WebConfig {
        contact: "mailto:operator@example.com".into(),
        ..WebConfig::default()
    };
    assert!(config.check().is_ok());
    assert!(config.user_agent().ends_with(" (+mailto:operator@example.com)"));
    assert!(!format!("{config:?}").contains("example.com"));
    config.contact = "operator@example.com\r\nX: y".into();
    assert_eq!(config.check(), Err(ConfigError::Contact));
    assert!(!ConfigError::Contact.to_string().contains("example.com"));
}

#[test]
fn times_must_leave_room_for_a_request() {
    let zero = WebConfig {
        request_timeout: Duration::ZERO,
        ..WebConfig::default()
    };
    assert!(matches!(zero.check(), Err(ConfigError::Time { .. })));
    let endless = WebConfig {
        longest_retry_after: Duration::MAX,
        ..WebConfig::default()
    };
    assert!(matches!(endless.check(), Err(ConfigError::Time { .. })));
    let short = WebConfig {
        host_timeout: Duration::from_secs(1),
        ..WebConfig::default()
    };
    assert!(matches!(short.check(), Err(ConfigError::HostTimeout { .. })));
    assert_eq!(WebConfig::default().longest_look(), Duration::from_secs(120));
}
