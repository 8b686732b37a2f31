//! `--stdin ROOM`: pipes lines to whoever waits, and keeps them for who comes later.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, LogError, Outcome};
use holdline_shared::limits::{TEXT_BYTES, TEXT_GRAPHEMES};
use holdline_shared::{MessageText, Person, RoomName};
use tokio::io::{AsyncBufReadExt, BufReader};
use tracing::{error, info, warn};

/// Lines on their way into the log at once. The log takes them in the order in which they were handed in.
const IN_FLIGHT: usize = 256;

type Pending = BoxFuture<'static, Result<Outcome, LogError>>;

/// Publishes every line until the input ends; the server goes on without it.
pub(super) async fn publish_lines(hub: Arc<Hub>, room: RoomName) {
    let mut input = BufReader::new(tokio::io::stdin());
    let mut pending: VecDeque<Pending> = VecDeque::new();
    let mut line = Vec::new();
    let mut count = 0_u64;
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                error!(%error, "standard input cannot be read any more");
                break;
            }
        }
        for text in messages(&String::from_utf8_lossy(&line)) {
            if pending.len() >= IN_FLIGHT {
                settle(&mut pending).await;
            }
            count += 1;
            pending.push_back(Box::pin(hub.publish(Draft::say(Person::stdin(), room.clone(), text))));
        }
    }
    while !pending.is_empty() {
        settle(&mut pending).await;
    }
    info!(%room, lines = count, "standard input has ended; the chat goes on");
}

async fn settle(pending: &mut VecDeque<Pending>) {
    if let Some(first) = pending.pop_front()
        && let Err(error) = first.await
    {
        error!(%error, "a line of standard input was not published");
    }
}

/// A line as messages: none when there is nothing to see, several when it is too long for one.
fn messages(line: &str) -> Vec<MessageText> {
    let clean: String = line.chars().filter(|&c| !c.is_control() || c == '\t').collect();
    let chars: Vec<char> = clean.chars().collect();
    // Four bytes is the longest character; a piece of this many is within both limits.
    let pieces = chars.chunks(TEXT_GRAPHEMES.min(TEXT_BYTES / 4));
    let texts = pieces.map(|piece| MessageText::parse(&piece.iter().collect::<String>()));
    texts.filter_map(|text| text.inspect_err(|why| skip(&why.to_string(), line)).ok()).collect()
}

fn skip(why: &str, line: &str) {
    if !line.trim().is_empty() {
        warn!(why, "a line of standard input was left out");
    }
}
