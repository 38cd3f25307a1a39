//! The API through real sockets, one module a resource as the addresses have them.

mod imports;
