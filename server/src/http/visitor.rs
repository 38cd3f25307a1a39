//! Where a request comes from, for what is counted or told in the audit: the program's name and its address.

use super::guard::client;
use crate::service::actor::Actor;
use poem::web::RemoteAddr;
use poem::{Addr, FromRequest, Request, RequestBody, Result};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whoever is at the door, signed in or not.
#[derive(Debug)]
pub struct Visitor(pub Actor);

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let address = address(request);
        Ok(Self(Actor {
            user_id: None,
            client: client(request),
            address: Some(address),
            network: Some(network(address)),
        }))
    }
}

fn address(request: &Request) -> IpAddr {
    match request.remote_addr() {
        RemoteAddr(Addr::SocketAddr(address)) => address.ip().to_canonical(),
        _ => Ipv4Addr::LOCALHOST.into(),
    }
}

/// What one subscriber has: an address of IPv4, of IPv6 a network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}
