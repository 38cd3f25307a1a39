//! An address or a network of addresses, as people write them in a setting: `10.0.0.2`, `10.1.0.0/16`, `fd00::/8`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// An IPv4 address that came in over an IPv6 socket is still the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = text
            .parse()
            .map(|address: IpAddr| IpNet::from(address.to_canonical()));
        let network = one
            .or_else(|_| text.parse::<IpNet>())
            .map_err(|_| format!("`{text}` is no address or network such as 10.0.0.2 or 10.1.0.0/16"))?;
        if network.prefix_len() == 0 {
            return Err(format!("`{text}` is everybody; name the proxies alone"));
        }
        Ok(Self(network))
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_itself_and_a_network_what_begins_alike() {
        assert!(holds("10.0.0.2", "10.0.0.2"));
        assert!(!holds("10.0.0.2", "10.0.0.3"));
        assert!(holds("10.1.0.0/16", "10.1.255.1"));
        assert!(
            holds("10.1.7.7/16", "10.1.255.1"),
            "what is beyond the prefix does not count"
        );
        assert!(!holds("10.1.0.0/16", "10.2.0.1"));
        assert!(holds("fd00::/8", "fd12::1"));
        assert!(!holds("fd00::/8", "10.0.0.1"));
    }

    #[test]
    fn an_address_of_ipv4_in_the_clothes_of_ipv6_is_the_same_one() {
        assert!(holds("10.0.0.2", "::ffff:10.0.0.2"));
        assert!(holds("::ffff:10.0.0.2", "10.0.0.2"));
        assert!(!holds("::/8", "::ffff:10.0.0.2"));
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        for text in ["10.0.0.2", "10.1.0.0/16", "fd00::/8", "::1"] {
            let network: Network = text.parse().unwrap();
            assert_eq!(network.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_network_or_everybody_is_refused() {
        for text in [
            "",
            "proxy",
            "10.0.0",
            "10.0.0.300",
            "10.0.0.0/33",
            "10.0.0.2:80",
            "*",
            " 10.0.0.2",
        ] {
            let refused = text.parse::<Network>().unwrap_err();
            assert!(refused.contains("is no address or network"), "{text}: {refused}");
        }
        for text in ["0.0.0.0/0", "::/0"] {
            let refused = text.parse::<Network>().unwrap_err();
            assert!(refused.contains("everybody"), "{text}: {refused}");
        }
    }
}
