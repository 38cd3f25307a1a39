//! The only room that knows poem: the socket loop, the layers and the routes.

pub mod accept;
pub mod limit;
pub mod trace;
