//! Executes `docs/PROTOCOL.md`: its examples, in order against a new server, and its tables of problems, limits and rates. In an example
//! `…` stands for any value and `{cursor}` for the last cursor in an answer; each request after `POST /api/v1/session`
//! has that session's token. Each answer is also held against `/api/openapi.json`.

use holdline_server::Limits;
use holdline_shared::{ProblemCode, limits};
use serde_json::Value;

use crate::openapi::Document;
use crate::support::{Connection, Reply, Server};

/// The page.
pub(crate) const PAGE: &str = include_str!("../../../docs/PROTOCOL.md");

/// A request with its expected answer, and its line in the page.
struct Example<'a> {
    line: usize,
    request: &'a str,
    answer: &'a str,
}

#[tokio::test]
async fn examples_of_the_protocol_page_are_correct() {
    let count = run(PAGE).await.unwrap_or_else(|why| panic!("docs/PROTOCOL.md, {why}"));
    assert!(count >= 15, "only {count} examples were found");
}

#[tokio::test]
async fn wrong_example_is_detected() {
    for (right, wrong) in [
        ("201 Created\nContent-Type", "200 OK\nContent-Type"),
        ("X-Accel-Buffering: no", "X-Accel-Buffering: yes"),
        (r#""more": false, "topic": """#, r#""more": true, "topic": """#),
        (r#""more": false, "topic": """#, r#""more": false"#),
        (r#"{"seq": 2, "room": "lobby""#, r#"{"seq": 3, "room": "lobby""#),
        ("\nok\n", "\nno\n"),
        ("&after={cursor}&wait=25", "&after=now&wait=0"),
        (r#""code": "epoch_changed""#, r#""code": "gap""#),
    ] {
        assert!(PAGE.contains(right), "{right}");
        assert!(run(&PAGE.replacen(right, wrong, 1)).await.is_err(), "{wrong:?} was not noticed");
    }
}

#[test]
fn table_of_problems_equals_the_list_of_codes() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `"));
    let mut listed = Vec::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        for pair in cells.chunks(2) {
            if let [code, status] = pair
                && let Ok(status) = status.parse::<u16>()
            {
                listed.push((code.trim_matches('`').to_owned(), status));
            }
        }
    }
    let mut codes: Vec<_> = ProblemCode::ALL.iter().map(|code| (code.to_string(), code.status())).collect();
    listed.sort_unstable();
    codes.sort_unstable();
    assert_eq!(listed, codes);
}

#[test]
fn limits_of_the_protocol_page_equal_the_code() {
    let rows = PAGE.split("## Limits").nth(1).unwrap().split("## ").next().unwrap().lines();
    let rows = rows.filter(|row| row.starts_with("| ") && !row.starts_with("| limit"));
    let listed: Vec<(String, Vec<usize>)> = rows
        .map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(str::trim);
            let name = cells.next().unwrap().to_owned();
            (name, cells.filter(|cell| !cell.is_empty()).map(|cell| cell.parse().unwrap()).collect())
        })
        .collect();
    let seconds = |time: std::time::Duration| usize::try_from(time.as_secs()).unwrap();
    let expected = [
        ("a message's text", vec![limits::TEXT_GRAPHEMES, limits::TEXT_BYTES]),
        ("a room's name", vec![limits::ROOM_GRAPHEMES, limits::ROOM_BYTES]),
        ("a nickname", vec![limits::NICKNAME_GRAPHEMES, limits::NICKNAME_BYTES]),
        ("a topic", vec![limits::TOPIC_GRAPHEMES, limits::TOPIC_BYTES]),
        ("a reaction", vec![limits::EMOJI_BYTES]),
        ("a request's body", vec![limits::BODY_BYTES]),
        ("a presence tag that is sent back", vec![limits::PRESENCE_TAG_BYTES]),
        ("a batch, about", vec![limits::BATCH_BYTES]),
        ("a page of history, about", vec![limits::HISTORY_BYTES]),
        ("accents on one letter of a name", vec![limits::MARKS_IN_A_ROW]),
        ("different reactions on one message", vec![limits::EMOJI_PER_MESSAGE]),
        ("people that a reaction lists", vec![limits::REACTORS_LISTED]),
        ("edits of one message", vec![limits::EDITS_PER_MESSAGE]),
        ("rooms in one poll, and rooms in which one is here", vec![limits::ROOMS_PER_POLL]),
        ("days that a room without messages is kept", vec![seconds(limits::ROOM_EXPIRY) / 86_400]),
        ("entries in a batch", vec![limits::BATCH_ENTRIES]),
        ("messages in a page of history", vec![limits::HISTORY_MAX]),
        ("messages in a page of history, unless asked for", vec![limits::HISTORY_DEFAULT]),
        ("rooms that are listed", vec![limits::ROOMS_LISTED]),
        ("rooms of one server", vec![limits::ROOMS]),
        ("seconds of a room's slow mode", vec![usize::try_from(limits::SLOW_SECONDS).unwrap()]),
        ("people whom presence lists in a room", vec![limits::PEOPLE_LISTED]),
        ("seconds that a poll is held, unless asked for", vec![seconds(limits::WAIT_DEFAULT)]),
        ("seconds that a poll is held, unless configured", vec![seconds(limits::WAIT_MAX)]),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
    assert_eq!(listed, expected);
    let declared = include_str!("../../../shared/src/limits.rs").matches("\npub const ").count();
    let named: usize = expected.iter().map(|(_, values)| values.len()).sum();
    assert_eq!(declared, named, "every limit of the code is in the table");
}

#[test]
fn rates_of_the_protocol_page_are_the_defaults() {
    let rows = PAGE.split("## Rates").nth(1).unwrap().split("\n## ").next().unwrap().lines();
    let mut limits = Limits::NONE;
    for row in rows.filter(|row| row.starts_with("| ") && !row.starts_with("| limit")) {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let (name, value) = (cells.next().unwrap(), cells.next().unwrap());
        limits.set(&format!("{name}={value}")).unwrap();
    }
    assert_eq!(limits, Limits::default());
}

/// Runs a page's examples; returns their number, or the first difference.
async fn run(page: &str) -> Result<usize, String> {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let mut connection = server.connect().await;
    let (mut token, mut cursor) = (String::new(), String::new());
    let examples = examples(page)?;
    for example in &examples {
        let (head, body) = split(example.request);
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default().replace("{cursor}", &cursor);
        let (method, path) =
            first.split_once(' ').ok_or_else(|| format!("line {}: no request", example.line))?;
        let headers: String = lines.map(|line| format!("{line}\r\n")).collect();
        let reply = connection.request(method, path, &format!("{headers}{token}"), body.as_bytes()).await;
        check(&reply, example.answer)
            .and_then(|()| document.check_reply(method, path, &reply))
            .map_err(|why| format!("line {}, {first}: {why}\n{}", example.line, reply.text()))?;
        if let Ok(json) = serde_json::from_slice::<Value>(&reply.body) {
            if let Some(next) = json["cursor"].as_str() {
                next.clone_into(&mut cursor);
            }
            if let Some(new) = json["token"].as_str() {
                token = format!("Authorization: Bearer {new}\r\n");
            }
        }
        if reply.header("connection") == "close" {
            connection = Connection::open(server.address).await;
        }
    }
    Ok(examples.len())
}

/// The blocks with the language `http`: requests, each followed by its answer.
fn examples(page: &str) -> Result<Vec<Example<'_>>, String> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("```http\n") {
        let block = &rest[start + "```http\n".len()..];
        let end = block.find("```").ok_or("a block has no end")?;
        let line = page[..page.len() - block.len()].lines().count() + 1;
        blocks.push((line, &block[..end]));
        rest = &block[end + 3..];
    }
    let pairs = blocks.chunks(2).map(|pair| match pair {
        &[(line, request), (_, answer)] if answer.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok(Example { line, request, answer })
        }
        pair => Err(format!("line {}: a request without an answer", pair[0].0)),
    });
    pairs.collect()
}

/// Splits a block into head and body.
fn split(block: &str) -> (&str, &str) {
    let (head, body) = block.split_once("\n\n").unwrap_or((block, ""));
    (head.trim_end(), body.trim_end())
}

fn check(reply: &Reply, answer: &str) -> Result<(), String> {
    let (head, body) = split(answer);
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    let reason = reqwest::StatusCode::from_u16(reply.status).ok().and_then(|code| code.canonical_reason());
    let actual = format!("{} {}", reply.status, reason.unwrap_or_default());
    if status != actual {
        return Err(format!("the status is {actual}"));
    }
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or_else(|| format!("{line:?} is no header"))?;
        if reply.header(name) != value {
            return Err(format!("{name} is {:?}", reply.header(name)));
        }
    }
    match serde_json::from_str::<Value>(body) {
        Ok(expected) => {
            let actual = serde_json::from_slice(&reply.body).map_err(|e| e.to_string())?;
            compare(&expected, &actual, "")
        }
        Err(_) if reply.text().trim() == body => Ok(()),
        Err(_) => Err(format!("the body is not {body:?}")),
    }
}

/// Compares two values: objects must have the same keys, lists the same length, values must be equal; `…` stands for
/// any value.
fn compare(expected: &Value, actual: &Value, at: &str) -> Result<(), String> {
    match (expected, actual) {
        (Value::String(any), _) if any == "…" => Ok(()),
        (Value::Object(expected), Value::Object(actual)) => {
            if let Some(key) = actual.keys().find(|key| !expected.contains_key(*key)) {
                return Err(format!("{at}.{key} is not in the example"));
            }
            expected.iter().try_for_each(|(key, value)| {
                let actual = actual.get(key).ok_or_else(|| format!("{at}.{key} is missing"))?;
                compare(value, actual, &format!("{at}.{key}"))
            })
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => expected
            .iter()
            .zip(actual)
            .enumerate()
            .try_for_each(|(i, (expected, actual))| compare(expected, actual, &format!("{at}[{i}]"))),
        _ if expected == actual => Ok(()),
        _ => Err(format!("{at} is {actual}, not {expected}")),
    }
}
