//! Where a request comes from, for what is counted or told in the audit: the program's name and its address.

use super::client_address::ClientAddress;
use super::guard::client;
use crate::service::actor::Actor;
use poem::{FromRequest, Request, RequestBody, Result};

/// Whoever is at the door, signed in or not.
#[derive(Debug)]
pub struct Visitor(pub Actor);

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let address = ClientAddress::of(request);
        Ok(Self(Actor {
            user_id: None,
            client: client(request),
            address: Some(address.0),
            network: Some(address.group()),
        }))
    }
}
