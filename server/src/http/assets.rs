//! The browser client, which is compressed and embedded when the executable is built. Answers every address
//! that is no other route.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use holdline_shared::ProblemCode;

use super::methods::{EVERYTHING, READING, is_about_server, not_allowed, options};
use super::page_protection::PageProtection;
use crate::api::{ApiError, Caller, HttpConfig};

/// A file of the client, with its compressed forms.
struct File {
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
    /// The hash of the content.
    hash: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/client.rs"));

/// The page that an executable shows which was built without the client.
const NO_CLIENT: &str = include_str!("assets/no_client.html");

/// The placeholder `<base>` tag of `index.html`, replaced by the actual mount path.
const BASE_TAG: &str = r#"<base href="/" />"#;

/// Keeps the page for the times when the server is away. It asks the server, which the policy of other files would forbid.
const SERVICE_WORKER: &str = "service_worker.js";

/// The client's files and its page as a handler.
pub(super) fn serve(
    config: &HttpConfig,
) -> impl Fn(&Caller, Request) -> Response + Clone + Send + Sync + 'static {
    let page = index().map_or(Cow::Borrowed(NO_CLIENT), |index| String::from_utf8_lossy(index.plain));
    let protection = PageProtection::new(&page, ALLOWED, &config.frame_ancestors);
    move |caller, request| answer(caller, request, &protection)
}

/// The sources that the page may load from: our own files, WebAssembly, and images in its style.
const ALLOWED: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; \
                       form-action 'self'; script-src 'self' 'wasm-unsafe-eval'";

/// The client's page, unless the executable was built without.
fn index() -> Option<&'static File> {
    FILES.iter().find(|file| file.path == "index.html")
}

/// Answers with a file, with the page at addresses of rooms, or with a problem.
fn answer(caller: &Caller, request: Request, protection: &PageProtection) -> Response {
    if is_about_server(&request) {
        return options(EVERYTHING);
    }
    let (parts, _) = request.into_parts();
    let path = parts.uri.path().trim_start_matches('/');
    let is_page = is_page(path);
    let file = FILES.iter().find(|file| file.path == path && !is_page);
    let wants_html = || parts.headers.get(header::ACCEPT).is_some_and(|accept| accepts(accept, "text/html"));
    if file.is_none() && !is_page && (path.starts_with("api/") || !wants_html()) {
        let detail =
            format!("there is nothing at {}; docs/PROTOCOL.md lists what there is", parts.uri.path());
        return ApiError::new(ProblemCode::UnknownRoute, detail).into_response();
    }
    match parts.method {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return options(READING),
        ref other => return not_allowed(other, READING),
    }
    match file {
        Some(file) if file.path == SERVICE_WORKER => {
            let mut response = send_file(file, &parts.headers);
            let policy = HeaderValue::from_static("default-src 'none'; connect-src 'self'");
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        Some(file) => send_file(file, &parts.headers),
        None => {
            let base = &caller.site.base;
            let mut response = send_page(base, is_page, &parts.headers);
            response.headers_mut().extend(preload(base).map(|link| (header::LINK, link)));
            protection.add_to(response.headers_mut(), &caller.site);
            response
        }
    }
}

/// The header by which browsers load the client's wasm while the page itself is still arriving.
fn preload(base: &str) -> Option<HeaderValue> {
    let client = FILES.iter().find(|file| content_type(file.path) == "application/wasm")?;
    let link =
        format!("<{base}{}>; rel=preload; as=fetch; type=\"application/wasm\"; crossorigin", client.path);
    HeaderValue::from_str(&link).ok()
}

/// Whether the client has a page at this path: the lobby, `r/ROOM`, a message, `r/ROOM/SEQ`, or a link, `join/CODE`. A
/// script in `index.html` has the same rule.
fn is_page(path: &str) -> bool {
    if let Some(code) = path.strip_prefix("join/") {
        return !code.is_empty() && !code.contains('/');
    }
    let Some(rest) = path.strip_prefix("r/") else { return path.is_empty() || path == "index.html" };
    let (room, seq) = rest.split_once('/').unwrap_or((rest, "0"));
    !room.is_empty() && seq.parse::<u64>().is_ok() && !seq.starts_with('+')
}

/// Sends a file. Clients keep a file whose name contains its hash for ever, and revalidate others by their
/// `ETag`.
fn send_file(file: &'static File, asked: &HeaderMap) -> Response {
    let caching = if file.path.contains(file.hash) || has_hash(file.path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let (body, encoding) = choose_encoding(file, asked);
    send(Cow::Borrowed(body), encoding, content_type(file.path), file.hash, caching, asked)
}

/// Sends the page, adapted to its mount path.
fn send_page(base: &str, is_known: bool, asked: &HeaderMap) -> Response {
    let mut response = match index() {
        None => send(Cow::Borrowed(NO_CLIENT.as_bytes()), None, HTML, "none", "no-cache", asked),
        Some(file) if base == "/" => {
            let (body, encoding) = choose_encoding(file, asked);
            send(Cow::Borrowed(body), encoding, HTML, file.hash, "no-cache", asked)
        }
        Some(file) => {
            let page = String::from_utf8_lossy(file.plain).replacen(
                BASE_TAG,
                &format!("<base href=\"{base}\" />"),
                1,
            );
            let hash = format!("{}{}", file.hash, base.replace('/', "."));
            send(Cow::Owned(page.into_bytes()), None, HTML, &hash, "no-cache", asked)
        }
    };
    if !is_known && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

const HTML: &str = "text/html; charset=utf-8";

fn send(
    body: Cow<'static, [u8]>,
    encoding: Option<&'static str>,
    kind: &'static str,
    hash: &str,
    caching: &'static str,
    asked: &HeaderMap,
) -> Response {
    // Each encoding is a representation of its own and has its own tag.
    let etag = format!("\"{hash}{}\"", encoding.map(|e| format!("-{e}")).unwrap_or_default());
    let is_fresh = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).is_some_and(|tags| {
        tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*")
    });
    let mut response =
        if is_fresh { StatusCode::NOT_MODIFIED.into_response() } else { bytes(body).into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.extend(HeaderValue::from_str(&etag).ok().map(|etag| (header::ETAG, etag)));
    headers.extend(encoding.map(|encoding| (header::CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    response
}

/// Converts embedded content without copying it.
fn bytes(body: Cow<'static, [u8]>) -> Bytes {
    match body {
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        Cow::Owned(made) => made.into(),
    }
}

fn choose_encoding(file: &File, asked: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let accepts =
        |encoding| asked.get_all(header::ACCEPT_ENCODING).iter().any(|value| accepts(value, encoding));
    match (file.brotli, file.gzip) {
        (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
        (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
        _ => (file.plain, None),
    }
}

/// Whether a header such as `Accept-Encoding` lists `name`, and not with a weight of zero.
fn accepts(header: &HeaderValue, name: &str) -> bool {
    header.to_str().unwrap_or_default().split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|item| item.eq_ignore_ascii_case(name));
        let is_refused =
            parts.any(|p| p.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0));
        is_named && !is_refused
    })
}

/// Whether the bundler put a hash into the file's name: up to sixteen hexadecimal digits, for it writes no leading zeros.
fn has_hash(path: &str) -> bool {
    path.split(['-', '_', '.'])
        .any(|part| (12..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => HTML,
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_without_its_leading_zero_is_one() {
        for (name, is_hashed) in [
            ("client-ed7495ea55a02f31.js", true),
            ("client-ed7495ea55a02f3_bg.wasm", true),
            ("index.html", false),
            ("service_worker.js", false),
        ] {
            assert_eq!(has_hash(name), is_hashed, "{name}");
        }
    }

    #[test]
    fn reads_what_is_accepted() {
        let header = |text| HeaderValue::from_static(text);
        assert!(accepts(&header("gzip, deflate, br"), "br"));
        assert!(accepts(&header("br;q=0.5"), "br"));
        assert!(!accepts(&header("br;q=0, gzip"), "br"));
        assert!(!accepts(&header("brotli"), "br"));
        assert!(accepts(&header("text/html,application/xml;q=0.9"), "text/html"));
    }

    #[test]
    fn knows_a_hashed_name() {
        assert!(has_hash("holdline_client-0123456789abcdef.js"));
        assert!(has_hash("holdline_client-0123456789abcdef_bg.wasm"));
        assert!(!has_hash("index.html") && !has_hash("holdline_client.js"));
    }
}
