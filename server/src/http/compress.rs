//! Answers packed with gzip for those who ask for it. Not poem's own layer: that one also unpacks requests, and 510 KB of a
//! request became 1.5 GiB. Events are never packed: each has to arrive when it happens.

use super::stream::EVENT_STREAM;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream::{self, StreamExt};
use hyper::body::Bytes;
use poem::http::{HeaderMap, HeaderValue, Method, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};
use std::io::{self, Write};

/// From here on packing saves more than it costs.
const MIN_BYTES: usize = 1024;

/// What is packed at a time, so that a long answer does not hold up the others.
const PIECE_BYTES: usize = 64 * 1024;

/// The layer.
#[derive(Debug, Clone, Copy)]
pub struct Compress;

impl<E: Endpoint> Middleware<E> for Compress {
    type Output = Compressed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Compressed { inner }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Compressed<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for Compressed<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let is_wanted = request.method() != Method::HEAD && takes_gzip(request.headers());
        let mut response = self.inner.call(request).await?.into_response();
        let is_text = response.content_type().is_some_and(|media| media != EVENT_STREAM)
            && !response.headers().contains_key(header::CONTENT_ENCODING);
        if !is_text {
            return Ok(response);
        }
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if is_wanted {
            pack(&mut response).await;
        }
        Ok(response)
    }
}

/// Whether gzip is among what the client takes (RFC 9110): named, or meant by `*`, and not with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut by_star = false;
    for piece in values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let mut parts = piece.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let is_taken = weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0));
        if coding.eq_ignore_ascii_case("gzip") {
            return is_taken;
        }
        by_star |= coding == "*" && is_taken;
    }
    by_star
}

async fn pack(response: &mut Response) {
    let mut pieces = Box::pin(response.take_body().into_bytes_stream());
    // Answers come whole, or in pieces of which the first is telling.
    let first = pieces.next().await;
    let is_long = matches!(&first, Some(Ok(first)) if first.len() >= MIN_BYTES);
    let all = stream::iter(first).chain(pieces);
    if !is_long {
        response.set_body(Body::from_bytes_stream(all));
        return;
    }
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    let small = all.flat_map(|piece| stream::iter(split(piece)));
    let packer = Packer(Some(GzEncoder::new(Vec::new(), Compression::fast())));
    let packed = stream::unfold((Box::pin(small), packer), |(mut small, mut packer)| async move {
        let packed = match small.next().await {
            Some(piece) => piece.and_then(|piece| packer.more(&piece)),
            None => packer.end()?,
        };
        Some((packed, (small, packer)))
    });
    response.set_body(Body::from_bytes_stream(packed));
}

fn split(piece: io::Result<Bytes>) -> Vec<io::Result<Bytes>> {
    let mut rest = match piece {
        Ok(piece) => piece,
        Err(error) => return vec![Err(error)],
    };
    let mut pieces = Vec::new();
    while rest.len() > PIECE_BYTES {
        pieces.push(Ok(rest.split_to(PIECE_BYTES)));
    }
    pieces.push(Ok(rest));
    pieces
}

/// None once its end was written.
struct Packer(Option<GzEncoder<Vec<u8>>>);

impl Packer {
    fn more(&mut self, piece: &[u8]) -> io::Result<Bytes> {
        let Some(encoder) = &mut self.0 else {
            return Ok(Bytes::new());
        };
        encoder.write_all(piece)?;
        Ok(std::mem::take(encoder.get_mut()).into())
    }

    fn end(&mut self) -> Option<io::Result<Bytes>> {
        Some(self.0.take()?.finish().map(Bytes::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_named_or_meant() {
        for (accept, is_taken) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5, br", true),
            ("*", true),
            ("br, *;q=0.1", true),
            ("gzip;q=0", false),
            ("*, gzip;q=0.0", false),
            ("gzip; q=x", false),
            ("identity", false),
            ("br", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
            assert_eq!(takes_gzip(&headers), is_taken, "{accept}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
