//! Entry points of `fuzz/`: each gives foreign bytes to one parser and checks what has to hold for every input. No part of
//! the library's interface.

#![expect(clippy::unwrap_used, reason = "a fuzzer learns from a panic")]

use std::fmt::Display;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use holdline_shared::{
    Cursor, Emoji, MessageText, Nickname, PollQuery, PublishKey, RoomName, Topic, is_invisible,
};
use tokio::runtime::Builder;

use crate::access::Skeleton;
use crate::api::{App, Caller, CallerHeaders, Hosts, HttpConfig, RequestLine};
use crate::hooks::incoming::IncomingMessage;
pub use crate::http::fuzzing::{classic_cookies, invite_code, json_body, poll_form};
use crate::hub::Hub;
use crate::log::MemoryLog;
use crate::serve::{FastPoll, HeaderSlots};

/// Gives an input to a parser; panics if something does not hold.
pub type Target = fn(&[u8]);

/// The parsers, by the names of their folders in `fuzz/seeds`.
pub const TARGETS: &[(&str, Target)] = &[
    ("request_head", request_head),
    ("forwarded", forwarded),
    ("host", host),
    ("cookies", cookies),
    ("session_token", session_token),
    ("query", query),
    ("cursor", cursor),
    ("hook_payload", hook_payload),
    #[cfg(feature = "outgoing-hooks")]
    ("hook_url", hook_url),
    ("words", words),
    ("names", names),
    ("invite_code", invite_code),
    ("poll_form", poll_form),
    ("classic_cookies", classic_cookies),
    ("json_body", json_body),
];

const PEER: [u8; 4] = [127, 0, 0, 1];

static APP: LazyLock<App> = LazyLock::new(|| {
    let mut config = HttpConfig { hosts: Hosts::loopback(), ..HttpConfig::default() };
    config.trusted_proxies.push("127.0.0.0/8".parse().unwrap());
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    App::new(runtime.block_on(Hub::open(Arc::new(MemoryLog::new()))).unwrap(), config)
});

/// A whole request, as event loops read it.
pub fn request_head(bytes: &[u8]) {
    let mut slots = HeaderSlots::new();
    if let Some(poll) = FastPoll::parse(bytes, &mut slots) {
        query(poll.query.as_bytes());
        let _ = Caller::find(&APP, Some(PEER.into()), LINE, &poll.caller_headers(&APP.config), None);
    }
}

/// The headers of proxies, one on each line.
pub fn forwarded(bytes: &[u8]) {
    let names =
        ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix"];
    let lines = names.into_iter().zip(bytes.split(|&byte| byte == b'\n'));
    if let Some(caller) = find(lines) {
        let base = &caller.site.base;
        assert!(base.starts_with('/') && base.ends_with('/') && !base.starts_with("//"), "{base}");
        assert!(
            !base.contains([';', '"', '<', '\\', ' ', '\r', '\n']),
            "{base} is put into cookies and pages"
        );
    }
}

/// A `Host` header.
pub fn host(bytes: &[u8]) {
    let headers = CallerHeaders::read(&APP.config, [("host", bytes)].into_iter());
    if Caller::find(&APP, None, LINE, &headers, None).is_ok() {
        let host = std::str::from_utf8(bytes).unwrap().to_ascii_lowercase();
        assert!(host.contains("localhost") || host.starts_with("127.") || host.starts_with('['), "{host}");
    }
}

/// A `Cookie` header, in which no session is valid.
pub fn cookies(bytes: &[u8]) {
    assert!(find([("cookie", bytes)].into_iter()).is_none_or(|caller| caller.session().is_none()));
}

/// A token that this server has not issued.
pub fn session_token(bytes: &[u8]) {
    let value = [b"Bearer ", bytes].concat();
    assert!(
        find([("authorization", &value[..])].into_iter()).is_none_or(|caller| caller.session().is_none())
    );
    let cookie = [b"holdline_session=", bytes].concat();
    cookies(&cookie);
}

/// The query of a poll.
pub fn query(bytes: &[u8]) {
    if let Ok(query) = PollQuery::from_pairs(form_urlencoded::parse(bytes)) {
        let text = query.to_query_string();
        assert_eq!(PollQuery::from_pairs(form_urlencoded::parse(text.as_bytes())), Ok(query));
    }
}

/// A cursor, which has one text form.
pub fn cursor(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string(), text);
    }
}

/// The payload of an incoming webhook.
pub fn hook_payload(bytes: &[u8]) {
    if let Ok(message) = IncomingMessage::parse(bytes, |_| true) {
        stays::<MessageText>(message.text.as_str());
        message.shown_name.iter().for_each(|name| stays::<Nickname>(name.as_str()));
    }
}

/// The address of an outgoing webhook, which has one usual spelling and leads to one host.
#[cfg(feature = "outgoing-hooks")]
pub fn hook_url(bytes: &[u8]) {
    use crate::hooks::{AddressGuard, HookUrl};

    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(url) = text.parse::<HookUrl>() else { return };
    let again: HookUrl = url.as_str().parse().unwrap();
    assert_eq!(again.as_str(), url.as_str());
    let guard = AddressGuard::default();
    assert_eq!(guard.refuses(&again), guard.refuses(&url), "{text}");
}

/// Texts and names.
pub fn words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    stays::<MessageText>(text);
    stays::<Nickname>(text);
    stays::<RoomName>(text);
    stays::<Topic>(text);
    stays::<Emoji>(text);
    stays::<PublishKey>(text);
    let [one, other] = [text, &text.to_lowercase()].map(Skeleton::both);
    assert_eq!(one[0], other[0], "names are compared without case");
}

/// Names, which are compared by how they look: neither case nor what stands between letters, nor what draws nothing by itself,
/// makes another one of a name.
pub fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(name) = text.parse::<Nickname>() else { return };
    let name = name.as_str();
    let skeletons = Skeleton::both(name);
    let spaced: String = name.chars().flat_map(|c| [c, '.']).collect();
    let joined: String = name.chars().filter(|c| ![' ', '.', '-', '_'].contains(c)).collect();
    let visible: String = name.chars().filter(|&c| !is_invisible(c)).collect();
    for alike in [spaced, joined, visible, name.to_lowercase()] {
        assert_eq!(Skeleton::both(&alike)[0], skeletons[0], "{name:?} looks like {alike:?}");
    }
}

/// Checks that an accepted text is accepted again, and is not changed a second time.
fn stays<T: FromStr + Display>(text: &str) {
    if let Ok(word) = text.parse::<T>() {
        let text = word.to_string();
        assert_eq!(text.parse::<T>().ok().map(|again| again.to_string()), Some(text));
    }
}

const LINE: RequestLine<'static> =
    RequestLine { is_safe: true, needs_host: true, authority: None, nested: "" };

/// The caller of a request with these headers, if it is accepted.
fn find<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Option<Caller> {
    let headers = CallerHeaders::read(&APP.config, headers.chain([("host", &b"localhost"[..])]));
    Caller::find(&APP, Some(PEER.into()), LINE, &headers, None).ok()
}
