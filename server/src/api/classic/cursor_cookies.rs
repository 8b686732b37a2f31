//! The cookies in which pages of the classic routes keep their cursors: one for each page, and a bounded
//! number for each browser.
//!
//! A cookie has no `Path`: the browser's default (RFC 6265, 5.1.4) is the folder of the address that it
//! knows, which is right even if a proxy strips a prefix silently. Earlier versions set a path; such a cookie
//! is read, and replaced.

use std::time::{SystemTime, UNIX_EPOCH};

use holdline_shared::Cursor;

use crate::api::caller::{Cookies, Site};

/// The cookie's lifetime after an answer, in seconds: as long as a quiet room may hold the next request,
/// within reason.
const SECONDS: u32 = 12 * 60 * 60;

/// The number of pages of one browser that keep their cursors; the cookies of that many take about 1,300
/// bytes.
const PAGES: usize = 16;

/// The prefix of the names of these cookies.
const PREFIX: &str = "holdline_cursor";

/// A page's cursor with the time at which it was set.
struct Place {
    cursor: Cursor,
    /// The time, in seconds since 1970; zero for an earlier version's cookie, which has none.
    at: u64,
}

impl Place {
    /// Parses `CURSOR.SECONDS`, or a cursor alone.
    fn parse(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let (cursor, at) =
            text.split_once('.').map_or(Some((text, 0)), |(cursor, at)| Some((cursor, at.parse().ok()?)))?;
        Some(Self { cursor: cursor.parse().ok()?, at })
    }
}

/// The cookie names of a page, which identifies itself by a random number.
pub(super) struct Page {
    name: String,
    /// The name in an earlier version, which did not contain the path.
    port_name: String,
    /// The name in the first versions, the same on every port.
    old_name: String,
}

impl Page {
    /// Derives the names; `None` if the number is unfit for a cookie's name.
    pub(super) fn find(random: &str, site: &Site) -> Option<Self> {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let is_fit = !random.is_empty() && random.len() <= 64 && random.bytes().all(is_word);
        is_fit.then(|| Self {
            name: format!("{PREFIX}{}_{random}", site.cookie_suffix()),
            port_name: format!("{PREFIX}{}_{random}", site.port_suffix()),
            old_name: format!("{PREFIX}_{random}"),
        })
    }

    /// The page's cursor: the one that was set last. A cookie of an earlier version, which may be another
    /// server's, counts only as long as none of this version exists.
    pub(super) fn cursor(&self, cookies: &Cookies<'_>) -> Option<Cursor> {
        let newest = |names: &[&str]| {
            let ours =
                cookies.iter().filter(|cookie| names.iter().any(|name| name.as_bytes() == cookie.name));
            ours.filter_map(|cookie| Place::parse(cookie.value)).max_by_key(|place| place.at)
        };
        let place = newest(&[&self.name]).or_else(|| newest(&[&self.port_name, &self.old_name]));
        place.map(|place| place.cursor)
    }

    /// The cookies to set with an answer: the page's new cursor, and the removal of cookies beyond the limit
    /// or of an earlier version.
    pub(super) fn set(&self, cursor: Cursor, site: &Site, cookies: &Cookies<'_>) -> Vec<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let attributes = format!("; HttpOnly; SameSite=Lax{}", site.secure());
        let mut set = vec![format!("{}={cursor}.{now}; Max-Age={SECONDS}{attributes}", self.name)];
        let (mut others, mut old) = (Vec::new(), Vec::new());
        let server = format!("{PREFIX}{}_", site.cookie_suffix());
        let is_first = cookies.iter().all(|cookie| cookie.name != self.name.as_bytes());
        for cookie in cookies.iter() {
            // Names of our cookies are ASCII.
            let Ok(name) = std::str::from_utf8(cookie.name) else { continue };
            match Place::parse(cookie.value) {
                Some(Place { at: 0, .. }) if name == self.old_name => old.push(name),
                Some(_) if name == self.port_name && name != self.name && is_first => {
                    set.push(format!("{name}=; Max-Age=0{attributes}"));
                }
                Some(place) if name != self.name && is_page_of(&server, name) => {
                    others.push((place.at, name));
                }
                _ => {}
            }
        }
        others.sort_unstable();
        let too_many = (others.len() + 1).saturating_sub(PAGES);
        for &(at, name) in &others[..too_many] {
            if at == 0 {
                old.push(name);
            } else {
                set.push(format!("{name}=; Max-Age=0{attributes}"));
            }
        }
        // An earlier version's cookies had the route as their path.
        let base = &site.base;
        set.extend(
            old.into_iter().map(|name| format!("{name}=; Max-Age=0; Path={base}subscribe{attributes}")),
        );
        set
    }
}

/// Whether a cookie's name belongs to a page of the server with this prefix. On the default port, the names
/// of other ports have the same prefix.
fn is_page_of(server: &str, name: &str) -> bool {
    let Some(page) = name.strip_prefix(server) else { return false };
    page.split_once('_').is_none_or(|(port, _)| port.parse::<u16>().is_err())
}

#[cfg(test)]
mod tests {
    use super::*;
    fn cookies(value: &str) -> Cookies<'_> {
        let mut cookies = Cookies::default();
        cookies.add(value.as_bytes());
        cookies
    }

    fn cursor(seq: u64) -> Cursor {
        format!("00000000000000ff-{seq}").parse().unwrap()
    }

    #[test]
    fn newest_place_counts_and_names_carry_the_port() {
        let site = Site { port: Some(8502), ..Site::default() };
        let page = Page::find("0.5e-7", &site).unwrap();
        for (cookie, seq) in [
            ("holdline_cursor_8502_0.5e-7=00000000000000ff-7.100", Some(7)),
            ("n=J\u{f6}rg; holdline_cursor_8502_0.5e-7=\"00000000000000ff-7.100\"", Some(7)),
            ("holdline_cursor_0.5e-7=00000000000000ff-3", Some(3)),
            (
                "holdline_cursor_0.5e-7=00000000000000ff-3; holdline_cursor_8502_0.5e-7=00000000000000ff-7.100; \
                 holdline_cursor_8502_0.5e-7=00000000000000ff-6.99",
                Some(7),
            ),
            ("holdline_cursor_8503_0.5e-7=00000000000000ff-7.100", None),
            ("holdline_cursor_8502_0.5e-7=x", None),
            ("holdline_cursor_8502_0.5e-7=00000000000000ff-7.x", None),
        ] {
            assert_eq!(page.cursor(&cookies(cookie)), seq.map(cursor), "{cookie}");
        }
        for strange in ["", "a=b", "a b", "a;b", "\u{e9}", &"9".repeat(65)] {
            assert!(Page::find(strange, &site).is_none(), "{strange}");
        }
    }

    #[test]
    fn server_on_the_usual_port_lets_go_of_no_page_of_another_port() {
        let site = Site::default();
        let page = Page::find("0.5", &site).unwrap();
        let of_others: Vec<String> =
            (0..20).map(|n| format!("holdline_cursor_8502_0.{n}=00000000000000ff-1.{n}")).collect();
        assert_eq!(page.set(cursor(8), &site, &cookies(&of_others.join("; "))).len(), 1);
    }

    #[test]
    fn servers_under_two_paths_of_one_port_keep_their_places() {
        let chat = Site { port: Some(8502), base: "/chat/".into(), ..Site::default() };
        let page = Page::find("1", &chat).unwrap();
        let of_both = "holdline_cursor_8502_chat_1=00000000000000ff-7.100; holdline_cursor_8502_1=00000000000000ee-9.200";
        assert_eq!(page.cursor(&cookies(of_both)), Some(cursor(7)));
        assert_eq!(page.set(cursor(8), &chat, &cookies(of_both)).len(), 1, "the other server's stays");
        // A cookie of an earlier version, without a path in its name.
        let old = cookies("holdline_cursor_8502_1=00000000000000ff-5.100");
        assert_eq!(page.cursor(&old), Some(cursor(5)));
        let set = page.set(cursor(8), &chat, &old);
        assert!(set[0].starts_with("holdline_cursor_8502_chat_1=00000000000000ff-8."), "{set:?}");
        assert_eq!(set[1..], ["holdline_cursor_8502_1=; Max-Age=0; HttpOnly; SameSite=Lax"]);
    }

    #[test]
    fn oldest_pages_of_a_browser_are_let_go() {
        let site = Site { port: Some(80), ..Site::default() };
        let mut all: Vec<String> =
            (0..16).map(|n| format!("holdline_cursor_80_{n}=00000000000000ff-1.{}", 1_000 - n)).collect();
        all.push("holdline_cursor_80_old=00000000000000ff-1".to_owned());
        all.push("holdline_cursor_81_other=00000000000000ff-1.1".to_owned());
        let page = Page::find("3", &site).unwrap();
        let set = page.set(cursor(9), &site, &cookies(&all.join("; ")));
        assert!(set[0].starts_with("holdline_cursor_80_3=00000000000000ff-9."), "{set:?}");
        assert_eq!(
            set[1..],
            ["holdline_cursor_80_old=; Max-Age=0; Path=/subscribe; HttpOnly; SameSite=Lax".to_owned()],
            "sixteen stay"
        );
        let page = Page::find("new", &site).unwrap();
        let set = page.set(cursor(9), &site, &cookies(&all.join("; ")));
        let ended: Vec<_> = set[1..].iter().map(|cookie| cookie.split('=').next().unwrap()).collect();
        assert_eq!(ended, ["holdline_cursor_80_15", "holdline_cursor_80_old"]);
    }

    #[test]
    fn cookie_of_an_earlier_version_is_replaced() {
        let site = Site::default();
        let page = Page::find("1", &site).unwrap();
        let set = page.set(cursor(9), &site, &cookies("holdline_cursor_1=00000000000000ff-7"));
        assert_eq!(
            set[1..],
            ["holdline_cursor_1=; Max-Age=0; Path=/subscribe; HttpOnly; SameSite=Lax".to_owned()]
        );
    }
}
