//! What the settings of the door may be: where the server listens, TLS, the proxies before it, the web pages that may
//! ask it, and how often one caller may. Whether the certificate's files are any good is seen when they are read.

use std::net::SocketAddr;

use super::super::Server;
use super::Section;

pub(super) fn check(server: &Server, section: &mut Section<'_>) {
    check_listen(server, section);
    let is_half = server.tls_cert_file.is_empty() != server.tls_key_file.is_empty();
    if is_half {
        let missing = if server.tls_cert_file.is_empty() {
            "tls_cert_file"
        } else {
            "tls_key_file"
        };
        section.fault(missing, "is missing; TLS needs the certificate and its key");
    }
    for origin in &server.cors_origins {
        if let Some(message) = fault_of_origin(origin) {
            section.fault("cors_origins", message);
        }
    }
    section.between(
        "max_connections_per_address",
        server.max_connections_per_address as u64,
        1,
        1_000_000,
    );
    for (key, number) in [
        ("reads_per_minute", server.reads_per_minute),
        ("writes_per_minute", server.writes_per_minute),
    ] {
        section.between(key, u64::from(number), 0, 1_000_000);
    }
}

fn check_listen(server: &Server, section: &mut Section<'_>) {
    let Ok(address) = server.listen.parse::<SocketAddr>() else {
        return section.fault(
            "listen",
            format!(
                "`{}` is no address and port such as 127.0.0.1:8000",
                server.listen
            ),
        );
    };
    let is_local = address.ip().to_canonical().is_loopback();
    // Half of a pair has a fault of its own, which says what is missing.
    let means_tls = !server.tls_cert_file.is_empty() || !server.tls_key_file.is_empty();
    if !is_local && !means_tls && server.proxies.is_empty() {
        section.fault(
            "listen",
            format!(
                "{address} can be reached from other machines, and without TLS what is sent can be read on the way; \
                 either name a certificate with server.tls_cert_file and server.tls_key_file, or name the reverse \
                 proxies that do TLS before this server with server.proxies"
            ),
        );
    }
}

/// An origin is compared as a browser sends it, so that it has to be written like that.
fn fault_of_origin(text: &str) -> Option<String> {
    if text.contains('*') {
        return Some(format!(
            "`{text}` lets in pages of anybody; name each origin, such as https://books.example.org"
        ));
    }
    let parsed = url::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match parsed.map(|url| url.origin().ascii_serialization()) {
        Some(origin) if origin == text => None,
        Some(origin) => Some(format!("`{text}` is not how a browser names it; write {origin}")),
        None => Some(format!("`{text}` is no origin such as https://books.example.org")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Config;
    use super::super::Fault;

    fn faults(change: impl FnOnce(&mut Config)) -> Vec<Fault> {
        let mut config = Config::default();
        change(&mut config);
        config.check().err().unwrap_or_default().0
    }

    fn keys(change: impl FnOnce(&mut Config)) -> Vec<String> {
        faults(change).into_iter().map(|fault| fault.key).collect()
    }

    fn with_tls(config: &mut Config) {
        config.server.tls_cert_file = "server.crt".into();
        config.server.tls_key_file = "server.key".into();
    }

    const ELSEWHERE: [&str; 4] = [
        "0.0.0.0:8000",
        "[::]:8000",
        "192.168.1.4:80",
        "[::ffff:10.0.0.1]:80",
    ];

    #[test]
    fn an_address_of_this_machine_needs_nothing() {
        for good in [
            "127.0.0.1:8000",
            "127.1.2.3:0",
            "[::1]:80",
            "[::ffff:127.0.0.1]:80",
        ] {
            assert_eq!(
                keys(|config| config.server.listen = good.into()),
                [""; 0],
                "{good}"
            );
        }
    }

    #[test]
    fn an_address_that_others_reach_is_refused_in_clear_and_both_ways_to_mend_it_are_told() {
        for address in ELSEWHERE {
            let found = faults(|config| config.server.listen = address.into());
            assert_eq!(found.len(), 1, "{address}: {found:?}");
            assert_eq!(found[0].key, "server.listen");
            for way in ["server.tls_cert_file", "server.tls_key_file", "server.proxies"] {
                assert!(found[0].message.contains(way), "{}", found[0]);
            }
        }
    }

    #[test]
    fn with_tls_or_behind_proxies_any_address_will_do() {
        for address in ELSEWHERE {
            let tls = keys(|config| {
                config.server.listen = address.into();
                with_tls(config);
            });
            let proxies = keys(|config| {
                config.server.listen = address.into();
                config.server.proxies = vec!["10.0.0.2".parse().unwrap()];
            });
            assert_eq!((tls, proxies), (Vec::new(), Vec::new()), "{address}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_whatever_else_is_set() {
        for bad in ["localhost:80", "8000", "", "127.0.0.1"] {
            let found = keys(|config| {
                config.server.listen = bad.into();
                with_tls(config);
            });
            assert_eq!(found, ["server.listen"], "{bad}");
        }
    }

    #[test]
    fn half_of_a_certificate_is_refused_for_the_half_that_is_missing() {
        for address in ["127.0.0.1:0", "0.0.0.0:80"] {
            let no_key = keys(|config| {
                config.server.listen = address.into();
                config.server.tls_cert_file = "server.crt".into();
            });
            let no_certificate = keys(|config| {
                config.server.listen = address.into();
                config.server.tls_key_file = "server.key".into();
            });
            assert_eq!(no_key, ["server.tls_key_file"]);
            assert_eq!(no_certificate, ["server.tls_cert_file"]);
        }
    }

    #[test]
    fn an_origin_is_exact_and_nobody_is_everybody() {
        for good in [
            "https://books.example.org",
            "http://localhost:5173",
            "https://[::1]:8443",
        ] {
            let found = keys(|config| config.server.cors_origins = vec![good.into()]);
            assert_eq!(found, [""; 0], "{good}");
        }
        for (bad, hint) in [
            ("*", "name each origin"),
            ("https://*.example.org", "name each origin"),
            ("https://books.example.org/", "write https://books.example.org"),
            ("https://books.example.org/app", "write https://books.example.org"),
            ("https://Books.example.org", "write https://books.example.org"),
            ("https://books.example.org:443", "write https://books.example.org"),
            ("books.example.org", "no origin"),
            ("null", "no origin"),
            ("file:///x", "no origin"),
            ("", "no origin"),
        ] {
            let found = faults(|config| config.server.cors_origins = vec![bad.into()]);
            assert_eq!(found.len(), 1, "{bad}");
            assert!(found[0].message.contains(hint), "{}", found[0]);
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let found = keys(|config| {
            config.server.max_connections_per_address = 0;
            config.server.reads_per_minute = 1_000_001;
            config.server.writes_per_minute = 1_000_001;
            config.server.handshake_timeout_secs = 0;
        });
        assert_eq!(
            found,
            [
                "server.max_connections_per_address",
                "server.reads_per_minute",
                "server.writes_per_minute",
                "server.handshake_timeout_secs"
            ]
        );
        assert_eq!(keys(|config| config.server.reads_per_minute = 0), [""; 0]);
    }
}
