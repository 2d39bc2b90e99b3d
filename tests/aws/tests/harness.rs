//! The processes of the harness: only this machine can reach them, and they end with the test in any case.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

use aws_harness::emulator::Emulator;
use aws_harness::proxy::Proxy;
use aws_harness::site::Site;

/// The addresses on which a process listens on this port, in the kernel's notation.
fn listeners(port: u16) -> Vec<String> {
    let mut found = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
            let mut fields = line.split_whitespace().skip(1);
            let (Some(local), Some(state)) = (fields.next(), fields.nth(1)) else {
                continue;
            };
            let (address, at) = local.split_once(':').unwrap();
            if state == "0A" && u16::from_str_radix(at, 16) == Ok(port) {
                found.push(address.to_owned());
            }
        }
    }
    found
}

fn assert_on_this_machine_only(what: &str, port: u16) {
    let listeners = listeners(port);
    assert!(!listeners.is_empty(), "{what}: nobody listens on {port}");
    for address in listeners {
        // 127.0.0.1, and the same as an IPv6 address; bytes in the order of this machine.
        assert!(
            ["0100007F", "0000000000000000FFFF00000100007F"].contains(&address.as_str()),
            "{what} listens on {address}"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn servers_listen_on_this_machine_only() {
    let site = Site::default();
    for host in site.hosts() {
        let port = host.rsplit(':').next().unwrap().trim_end_matches('/');
        assert_on_this_machine_only("the page server", port.parse().unwrap());
    }
    let emulators = [
        ("the emulator", Emulator::shared_ministack()),
        ("DynamoDB Local", Emulator::shared_dynamodb_local()),
    ];
    for (what, emulator) in emulators {
        let Some(emulator) = emulator else { continue };
        assert_on_this_machine_only(what, emulator.port());
        let proxy = Proxy::before(emulator.port(), 0.0, 0);
        let port = proxy.endpoint().rsplit(':').next().unwrap().parse().unwrap();
        assert_on_this_machine_only("the proxy", port);
    }
}

#[test]
fn what_was_started_ends_when_a_test_panics() {
    for start in [Emulator::ministack, Emulator::dynamodb_local] {
        let port = Mutex::new(None);
        let test = AssertUnwindSafe(|| {
            let Some(emulator) = start() else { return };
            *port.lock().unwrap() = Some(emulator.port());
            assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, emulator.port())).is_ok());
            std::panic::resume_unwind(Box::new("a test that fails"));
        });
        let result = std::panic::catch_unwind(test);
        let Some(port) = port.into_inner().unwrap() else {
            continue;
        };
        assert!(result.is_err());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }
}
