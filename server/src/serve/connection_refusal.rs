//! The answers to clients whose connections are beyond a limit. Counts no connections.

use std::io;
use std::time::{Duration, SystemTime};

use holdline_shared::{Problem, ProblemCode};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::protection_lines;

/// The time in which a refused client has to send the first line of its request.
const FIRST_LINE_TIME: Duration = Duration::from_secs(1);
/// The number of bytes of the first line that are examined.
const FIRST_LINE: usize = 8 * 1024;
/// The value of `Retry-After`, in seconds.
const RETRY_AFTER: u64 = 5;

/// The limit that a new connection has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReachedLimit {
    Server,
    Visitor,
}

impl ReachedLimit {
    /// The response to a client beyond the limit, depending on the first line of its request. An `EventSource`
    /// reconnects only after a 200.
    pub(super) fn response(self, first_line: &[u8]) -> String {
        let (code, detail, status) = match self {
            Self::Server => (
                ProblemCode::Overloaded,
                "there are as many connections as there may be; come back soon",
                "503 Service Unavailable",
            ),
            Self::Visitor => (
                ProblemCode::RateLimited,
                "too many connections from here (limit visitor-connections); close some, or come back soon",
                "429 Too Many Requests",
            ),
        };
        // A problem is made of strings and numbers; encoding it cannot fail.
        let json = serde_json::to_string(&Problem::new(code, detail)).unwrap_or_default();
        let (status, kind, body) = if asks_for_events(first_line) {
            let event = format!("retry: {}\nevent: problem\ndata: {json}\n\n", RETRY_AFTER * 1000);
            ("200 OK", "text/event-stream\r\nx-accel-buffering: no".to_owned(), event)
        } else {
            (status, format!("application/problem+json\r\nretry-after: {RETRY_AFTER}"), json)
        };
        let protection = protection_lines();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncache-control: no-store\r\n{protection}connection: close\r\n\
             content-length: {}\r\ndate: {}\r\n\r\n{body}",
            body.len(),
            httpdate::fmt_http_date(SystemTime::now()),
        )
    }
}

/// Whether the request is `GET …/api/v1/events`, under any prefix.
fn asks_for_events(first_line: &[u8]) -> bool {
    let Some(target) = first_line.strip_prefix(b"GET ") else { return false };
    let path = target.split(|byte| matches!(byte, b' ' | b'?' | b'\r' | b'\n')).next().unwrap_or_default();
    path.ends_with(b"/api/v1/events")
}

/// Reads at least to the end of the first line, or as much as comes in time.
pub(super) async fn read_first_line(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let reading = async {
        while !read.contains(&b'\n') && read.len() < FIRST_LINE {
            if stream.read_buf(&mut read).await? == 0 {
                break;
            }
        }
        Ok::<_, io::Error>(())
    };
    timeout(FIRST_LINE_TIME, reading).await.unwrap_or(Ok(()))?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_streams_of_events_are_refused_with_a_200() {
        let limits = [
            (ReachedLimit::Server, ProblemCode::Overloaded, "503 "),
            (ReachedLimit::Visitor, ProblemCode::RateLimited, "429 "),
        ];
        let lines = [
            ("GET /api/v1/events?room=lobby HTTP/1.1\r\n", true),
            ("GET /chat/api/v1/events HTTP/1.1\r\nHost: a", true),
            ("GET /api/v1/events?room=caf", true),
            ("POST /api/v1/events HTTP/1.1\r\n", false),
            ("GET /api/v1/eventss HTTP/1.1\r\n", false),
            ("GET /api/v1/poll?x=/api/v1/events HTTP/1.1\r\n", false),
            ("GET / HTTP/1.1\r\nx: GET /api/v1/events", false),
            ("", false),
        ];
        for ((line, is_stream), (limit, code, status)) in
            lines.into_iter().flat_map(|line| limits.map(|limit| (line, limit)))
        {
            let answer = limit.response(line.as_bytes());
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let status = if is_stream { "200 " } else { status };
            assert_eq!(
                head.strip_prefix("HTTP/1.1 ").map(|head| head.starts_with(status)),
                Some(true),
                "{line}: {head}"
            );
            assert_eq!(head.contains("\r\nretry-after: 5"), !is_stream, "{head}");
            assert!(
                head.contains(&format!("content-length: {}", body.len())) && head.contains("\r\ndate: "),
                "{head}"
            );
            assert!(head.contains(protection_lines().trim_end()), "{head}");
            let json = if is_stream {
                body.strip_prefix("retry: 5000\nevent: problem\ndata: ")
                    .and_then(|rest| rest.strip_suffix("\n\n"))
            } else {
                Some(body)
            };
            let problem: Problem = serde_json::from_str(json.unwrap()).unwrap();
            assert_eq!(problem.code, code);
        }
    }
}
