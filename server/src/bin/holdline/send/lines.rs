//! Lines of standard input, without letting one endless line take all memory. Knows nothing of messages.

use holdline_shared::limits::TEXT_BYTES;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// What is kept of a line: more than any message may have, so that a longer one is still seen to be too long.
const KEPT: usize = 4 * TEXT_BYTES;

/// The next line without its end; bytes that are not UTF-8 become replacement characters. `None` at the end.
pub(super) async fn next_line(input: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut is_begun = false;
    loop {
        let available = input.fill_buf().await?;
        if available.is_empty() {
            return Ok(is_begun.then(|| text(&line)));
        }
        is_begun = true;
        let end = available.iter().position(|&byte| byte == b'\n');
        let piece = &available[..end.unwrap_or(available.len())];
        let room = KEPT.saturating_sub(line.len());
        line.extend_from_slice(&piece[..piece.len().min(room)]);
        let used = end.map_or(available.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(text(&line)));
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn splits_at_line_ends_and_keeps_what_has_none() {
        let mut input: &[u8] = b"one\n\ntw\xffo\r\nlast";
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input).await.unwrap() {
            lines.push(line);
        }
        assert_eq!(lines, ["one", "", "tw\u{FFFD}o\r", "last"]);
    }

    #[tokio::test]
    async fn an_endless_line_is_cut() {
        let long = [vec![b'x'; KEPT * 3], b"\nnext".to_vec()].concat();
        let mut input = long.as_slice();
        assert_eq!(next_line(&mut input).await.unwrap().unwrap().len(), KEPT);
        assert_eq!(next_line(&mut input).await.unwrap().as_deref(), Some("next"));
    }
}
