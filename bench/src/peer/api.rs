//! Peers with Holdline's protocol: `holdline` itself, and the baseline.
//!
//! Subscribers of `holdline` poll as browsers do: each with a session of its own, shown as here, sending the presence tag
//! back. Those of `holdline:anonymous` have none of that. Those of `holdline:members` have accounts behind a closed door, and
//! their rooms are private. `holdline` keeps a durable log; `holdline:memory` keeps
//! none, `holdline:plain` serves polls through hyper too. Variants combine: `holdline:plain-anonymous`.
//! `baseline:2ms` waits two milliseconds before it answers; `baseline:axum` is an axum handler.

use std::env;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use memchr::memmem;

use super::protocol::{Peer, Position, Protocol};
use super::running::Running;
use super::start::Start;
use crate::blocking::BlockingConn;
use crate::response::{Response, decimal, header, last_quoted, write_text};
use crate::{blocking, net};

/// Seconds that a poll asks to be held: longer than any scenario leaves it alone.
const WAIT: u32 = 110;

/// Starts `holdline serve`.
pub(super) fn holdline(name: &str, start: &Start<'_>) -> Result<Peer> {
    let address = net::free_address()?;
    let log = match (&start.log, name.contains("memory")) {
        (_, true) => "memory:".to_owned(),
        (Some(log), false) => format!("sqlite:{}", log.display()),
        (None, false) => format!("sqlite:{}", start.folder.join("holdline.db").display()),
    };
    let mut command = Command::new(start.program);
    command.args(["serve", "--listen", &address.to_string(), "--log", &log]);
    // By the environment: earlier servers ignore variables, but no flags.
    command.env("HOLDLINE_ROOMS_PER_HOUR", "1000000");
    command.env("HOLDLINE_LIMIT", "none");
    // Every poll is held, however few connections the limit of open files allows.
    command.env("HOLDLINE_MAX_HELD", "1000000");
    if name.contains("plain") {
        command.arg("--plain-http");
    }
    if !name.contains("members") {
        let running = Running::start(command, address, start)?;
        return speak(running, !name.contains("anonymous"));
    }
    command.args(["--door", "invite"]);
    let running = Running::start(command, address, start)?;
    speak_as_owner(running, start.program, &log)
}

/// The reason why this variant of `holdline` cannot be measured here, if any.
pub(super) fn missing(name: &str, program: &Path) -> Option<String> {
    let help = Command::new(program).args(["serve", "--help"]).output();
    let Ok(help) = help else { return Some(format!("there is no {}", program.display())) };
    let plain = String::from_utf8_lossy(&help.stdout).contains("--plain-http");
    (name.contains("plain") && !plain).then(|| "this server knows no --plain-http".to_owned())
}

/// Starts the baseline: this program again.
pub(super) fn baseline(name: &str, start: &Start<'_>) -> Result<Peer> {
    let address = net::free_address()?;
    let mut command = Command::new(env::current_exe()?);
    command.args(["--serve-baseline", &address.to_string()]);
    match name.split_once(':').map(|(_, variant)| variant) {
        None => {}
        Some("axum") => drop(command.arg("--axum")),
        Some("2ms") => drop(command.args(["--coalesce-ms", "2"])),
        Some("lossy") => drop(command.args(["--drop-every", "10"])),
        Some(other) => bail!("the baseline has no variant {other:?}"),
    }
    let running = Running::start(command, address, start)?;
    speak(running, false)
}

const SESSION: &[u8] = b"POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n";

fn speak(running: Running, shows_presence: bool) -> Result<Peer> {
    let token = blocking::once(running.address, SESSION, |response| {
        last_quoted(response.body, b"\"token\":\"").map(<[u8]>::to_vec)
    })?;
    let token = String::from_utf8(token.context("no token")?)?;
    Ok(Peer { running, protocol: Box::new(Api::new(token, shows_presence)) })
}

/// Redeems the link that the owner of the log gets.
fn speak_as_owner(running: Running, program: &Path, log: &str) -> Result<Peer> {
    let link = Command::new(program).args(["admin", "link", "--log", log]).output()?;
    ensure!(link.status.success(), "no link: {}", String::from_utf8_lossy(&link.stderr));
    let link = String::from_utf8(link.stdout)?;
    let code = link.trim().rsplit('/').next().unwrap_or_default();
    let token = blocking::once(running.address, &redeem(code, "Bench"), |response| {
        last_quoted(response.body, b"\"token\":\"").map(<[u8]>::to_vec)
    })?;
    let mut api = Api::new(String::from_utf8(token.context("the link gives no session")?)?, true);
    api.private_rooms = Some(Vec::new());
    Ok(Peer { running, protocol: Box::new(api) })
}

/// The request that redeems a code under a name.
fn redeem(code: &str, name: &str) -> Vec<u8> {
    let body = format!("{{\"code\":\"{code}\",\"nickname\":\"{name}\"}}");
    with_body("POST", "/api/v1/redeem", "", &body).into_bytes()
}

/// The line of a head that names the session.
fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

/// A request with a JSON body; `head` is further lines of its head.
fn with_body(method: &str, path: &str, head: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{head}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The number of people for whom one invite is made.
const USES: usize = 5_000;

struct Api {
    /// The publishers' session.
    token: String,
    /// The subscribers' sessions, as a browser keeps them.
    cookies: Vec<Vec<u8>>,
    shows_presence: bool,
    /// The rooms, if they are private and every subscriber is a member of its own.
    private_rooms: Option<Vec<String>>,
    /// Makes keys of two runs against one log differ.
    salt: u32,
}

impl Api {
    fn new(token: String, shows_presence: bool) -> Self {
        Self { token, cookies: Vec::new(), shows_presence, private_rooms: None, salt: fastrand::u32(..) }
    }

    /// Makes a room private.
    fn close(&self, conn: &mut BlockingConn, room: &str) -> Result<()> {
        let rules = r#"{"policy":{"visibility":"private"}}"#;
        let path = format!("/api/v1/rooms/{room}");
        conn.request(with_body("PUT", &path, &bearer(&self.token), rules).as_bytes(), |_| ())
    }

    /// Makes a code that makes whoever redeems it, [`USES`] people at most, a member of the room.
    fn code_for(&self, conn: &mut BlockingConn, room: &str) -> Result<String> {
        let body = format!("{{\"room\":\"{room}\",\"role\":\"member\",\"uses\":{USES}}}");
        let request = with_body("POST", "/api/v1/invites", &bearer(&self.token), &body);
        let code = conn.request(request.as_bytes(), |response| {
            last_quoted(response.body, b"\"code\":\"").map(<[u8]>::to_vec)
        })?;
        Ok(String::from_utf8(code.context("no invite")?)?)
    }
}

impl Protocol for Api {
    fn make_room(&mut self, room: &str, out: &mut Vec<u8>) -> bool {
        let token = &self.token;
        add(out, with_body("PUT", &format!("/api/v1/rooms/{room}"), &bearer(token), "{}"));
        if let Some(rooms) = &mut self.private_rooms {
            rooms.push(room.to_owned());
        }
        true
    }

    fn ask_position(&self, room: &str, out: &mut Vec<u8>) -> bool {
        let token = &self.token;
        add(
            out,
            format_args!(
                "GET /api/v1/poll?room={room}&wait=0 HTTP/1.1\r\nhost: localhost\r\n\
                 authorization: Bearer {token}\r\n\r\n"
            ),
        );
        true
    }

    fn open_sessions(&mut self, server: SocketAddr, subscribers: usize) -> Result<()> {
        if !self.shows_presence {
            return Ok(());
        }
        // Over one connection: many would leave freed memory behind, which would hide the memory of polls.
        let mut conn = BlockingConn::open(server)?;
        let rooms = self.private_rooms.clone().unwrap_or_default();
        rooms.iter().try_for_each(|room| self.close(&mut conn, room))?;
        let mut codes = Vec::new();
        let first = self.cookies.len();
        while self.cookies.len() < subscribers {
            let number = self.cookies.len();
            if (number - first).is_multiple_of(USES) {
                codes =
                    rooms.iter().map(|room| self.code_for(&mut conn, room)).collect::<Result<Vec<_>>>()?;
            }
            let request = match codes.get(number % codes.len().max(1)) {
                Some(code) => redeem(code, &format!("Person {number}")),
                None => SESSION.to_vec(),
            };
            let cookie = conn.request(&request, |response| {
                let cookie = header(response.head, b"set-cookie")?.split(|byte| *byte == b';').next()?;
                Some(cookie.to_vec())
            })?;
            self.cookies.push(cookie.context("a session without a cookie")?);
        }
        Ok(())
    }

    fn shows_presence(&self) -> bool {
        self.shows_presence
    }

    fn poll(&self, subscriber: usize, room: &str, position: &Position, out: &mut Vec<u8>) {
        out.extend_from_slice(b"GET /api/v1/poll?room=");
        out.extend_from_slice(room.as_bytes());
        out.extend_from_slice(b"&after=");
        out.extend_from_slice(position.cursor.bytes());
        add(out, format_args!("&wait={WAIT}"));
        if self.shows_presence {
            add(out, format_args!("&here={room}"));
            if !position.tag.bytes().is_empty() {
                out.extend_from_slice(b"&presence=");
                out.extend_from_slice(position.tag.bytes());
            }
        }
        out.extend_from_slice(b" HTTP/1.1\r\nhost: localhost\r\n");
        if let Some(cookie) = self.cookies.get(subscriber) {
            out.extend_from_slice(b"cookie: ");
            out.extend_from_slice(cookie);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
    }

    fn advance(&self, response: &Response<'_>, position: &mut Position) {
        if let Some(cursor) = last_quoted(response.body, b"\"cursor\":\"") {
            position.cursor.set(cursor);
        }
        // Quotes in texts are escaped, so no text looks like presence.
        if self.shows_presence
            && let Some(tag) = last_quoted(response.body, b"\"presence\":{\"tag\":\"")
        {
            position.tag.set(tag);
            let count = memmem::rfind(response.body, b"\"count\":").map(|at| &response.body[at + 8..]);
            let digits = count.and_then(|count| count.split(|byte| !byte.is_ascii_digit()).next());
            position.people = digits.and_then(decimal).and_then(|count| count.try_into().ok()).unwrap_or(0);
        }
    }

    fn publish(&self, room: &str, number: u32, length: usize, out: &mut Vec<u8>) {
        /// Length of a body without key and text.
        const FRAME: usize = r#"{"key":"00000000-0000-4000-8000-000000000000","text":""}"#.len();
        let (token, salt, body) = (&self.token, self.salt, FRAME + length);
        add(
            out,
            format_args!(
                "POST /api/v1/rooms/{room}/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {body}\r\n\r\n\
                 {{\"key\":\"{salt:08x}-0000-4000-8000-{number:012x}\",\"text\":\""
            ),
        );
        write_text(number, length, out);
        out.extend_from_slice(b"\"}");
    }
}

/// Appends formatted text.
pub(super) fn add(out: &mut Vec<u8>, text: impl Display) {
    use std::io::Write as _;
    // Writing to memory does not fail.
    write!(out, "{text}").unwrap_or_default();
}

/// Appends a publish of a numbered text by the classic route `/publish`.
pub(super) fn publish_text(room: &str, number: u32, length: usize, out: &mut Vec<u8>) {
    add(
        out,
        format_args!(
            "POST /publish?room={room} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n"
        ),
    );
    write_text(number, length, out);
}
