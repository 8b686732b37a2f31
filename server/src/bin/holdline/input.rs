//! Standard input as messages, for `send` and `serve --stdin`: each line is a message, a long one several. Removes
//! colours and other control characters, and keeps only the last state of a line that overwrites itself.

use holdline_shared::limits::{TEXT_BYTES, TEXT_GRAPHEMES};
use holdline_shared::{InvalidText, MessageText};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// The size in bytes of a piece of a long line, so that an endless line does not fill the memory.
const PIECE: u64 = 16 * 1024;
/// Characters of each message of a long line.
const MESSAGE: usize = if TEXT_GRAPHEMES < TEXT_BYTES / 4 { TEXT_GRAPHEMES } else { TEXT_BYTES / 4 };
/// The longest escape sequence in bytes; a sequence that is cut by the end of a piece moves to the next piece.
const ESCAPE_SEQUENCE: usize = 64;

/// A line of the input, or a piece of a long one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InputLine {
    /// The line's number, from 1.
    pub(crate) number: u64,
    /// The messages of the line: none if nothing in it is visible, several if it is too long for one.
    pub(crate) messages: Vec<MessageText>,
}

/// Reads lines of an input.
pub(crate) struct Lines<R> {
    input: R,
    /// The bytes of a character or an escape sequence that the end of the last piece has cut.
    rest: Vec<u8>,
    /// The characters of a message that the end of the last piece has cut.
    partial: Vec<char>,
    number: u64,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    /// Makes a reader of this input.
    pub(crate) fn new(input: R) -> Self {
        Self { input, rest: Vec::new(), partial: Vec::new(), number: 1 }
    }

    /// Reads the next line or piece; `None` at the end. Bytes that are not UTF-8 become replacement characters.
    pub(crate) async fn next(&mut self) -> std::io::Result<Option<InputLine>> {
        let mut piece = std::mem::take(&mut self.rest);
        let read = (&mut self.input).take(PIECE).read_until(b'\n', &mut piece).await?;
        if piece.is_empty() && self.partial.is_empty() {
            return Ok(None);
        }
        // A piece that ends with the input is complete, too.
        let is_whole = piece.ends_with(b"\n") || (read as u64) < PIECE;
        if !is_whole {
            self.rest = piece.split_off(complete_prefix(&piece));
        }
        let mut chars = std::mem::take(&mut self.partial);
        chars.extend(plain(String::from_utf8_lossy(&piece).trim_end_matches('\n')).chars());
        if !is_whole {
            self.partial = chars.split_off(chars.len() - chars.len() % MESSAGE);
        }
        let line = InputLine { number: self.number, messages: messages(&chars) };
        self.number += u64::from(piece.ends_with(b"\n"));
        Ok(Some(line))
    }
}

/// Removes colours and control characters, so that each line has the text that a terminal would show.
pub(crate) fn plain(text: &str) -> String {
    let text = anstream::adapter::strip_str(text).to_string();
    let lines: Vec<String> = text.split('\n').map(last_state).collect();
    lines.join("\n")
}

/// The text of a line that stays visible after carriage returns, as of a progress bar.
fn last_state(line: &str) -> String {
    let state = line.rsplit('\r').find(|state| !state.trim().is_empty()).unwrap_or_default();
    state.chars().filter(|&c| !c.is_control() || c == '\t').collect()
}

fn messages(chars: &[char]) -> Vec<MessageText> {
    let mut messages = Vec::new();
    for part in chars.chunks(MESSAGE) {
        divide(part, &mut messages);
    }
    messages
}

/// Makes one message of the text, or several of its halves: some characters become longer when they are normalised.
fn divide(chars: &[char], messages: &mut Vec<MessageText>) {
    match MessageText::parse(&chars.iter().collect::<String>()) {
        Ok(text) => messages.push(text),
        Err(InvalidText::TooLong) if chars.len() > 1 => {
            let (begin, end) = chars.split_at(chars.len() / 2);
            divide(begin, messages);
            divide(end, messages);
        }
        // The text is invisible; control characters are removed already.
        Err(_) => {}
    }
}

/// The length of the prefix that does not depend on the bytes that follow.
fn complete_prefix(bytes: &[u8]) -> usize {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => error.valid_up_to(),
        _ => bytes.len(),
    };
    let tail = whole.saturating_sub(ESCAPE_SEQUENCE);
    match bytes[tail..whole].iter().rposition(|&byte| byte == 0x1B) {
        Some(escape) if tail + escape > 0 => tail + escape,
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads all messages with the numbers of their lines.
    async fn read(input: &[u8]) -> Vec<(u64, String)> {
        let mut lines = Lines::new(input);
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            read.extend(line.messages.into_iter().map(|text| (line.number, String::from(text))));
        }
        read
    }

    #[tokio::test]
    async fn each_line_is_a_message() {
        let read = read(b"one\n\n  \ntw\xffo\r\n\ttab\nlast").await;
        let expected = [(1, "one"), (4, "tw\u{FFFD}o"), (5, "\ttab"), (6, "last")];
        assert_eq!(read, expected.map(|(number, text)| (number, text.to_owned())));
        assert_eq!(
            self::read(b"cut \xC3").await,
            [(1, "cut \u{FFFD}".to_owned())],
            "an incomplete character at the end is kept"
        );
    }

    #[tokio::test]
    async fn colours_and_control_characters_are_removed() {
        for (line, text) in [
            ("\u{1B}[31mred\u{1B}[0m", "red"),
            ("\u{1B}]0;title\u{7}shown", "shown"),
            ("\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
            ("bell\u{7}\u{B}\u{C}\u{8}\u{7F}\u{85}\0", "bell"),
            ("10%\r20%\r\u{1B}[K30%", "30%"),
            ("done\r\r", "done"),
        ] {
            assert_eq!(read(line.as_bytes()).await, [(1, text.to_owned())], "{line:?}");
        }
        assert_eq!(plain("two\r\nlines\u{1B}[1m bold"), "two\nlines bold");
    }

    #[tokio::test]
    async fn long_lines_are_split_without_loss() {
        let long = "x".repeat(100_000);
        let all = read(format!("{long}\nnext").as_bytes()).await;
        let (next, long_line) = all.split_last().unwrap();
        assert_eq!(next, &(2, "next".to_owned()));
        assert_eq!(long_line.iter().map(|(_, text)| text.as_str()).collect::<String>(), long);
        // A note that becomes three characters when it is normalised, and so too long at the usual size.
        let notes = read("\u{1D160}".repeat(4_000).as_bytes()).await;
        let length: usize = notes.iter().map(|(_, text)| text.chars().count()).sum();
        assert_eq!(length, 12_000);
    }

    #[tokio::test]
    async fn end_of_a_piece_does_not_cut_a_message() {
        let piece = usize::try_from(PIECE).unwrap();
        for (line, length) in [
            ("x".repeat(50_000), 50_000),
            ("é".repeat(50_000), 50_000),
            ("\u{1B}[1mx\u{1B}[0m".repeat(20_000), 20_000),
            ("x".repeat(piece), piece),
            ("x".repeat(2 * MESSAGE), 2 * MESSAGE),
        ] {
            for end in ["", "\n", "\nnext"] {
                let all = read(format!("{line}{end}").as_bytes()).await;
                let lengths =
                    all.iter().filter(|(number, _)| *number == 1).map(|(_, text)| text.chars().count());
                let mut expected = vec![MESSAGE; length / MESSAGE];
                expected.extend(Some(length % MESSAGE).filter(|&rest| rest > 0));
                assert_eq!(lengths.collect::<Vec<_>>(), expected, "{length} {end:?}");
                assert_eq!(all.last().unwrap().1 == "next", end == "\nnext");
            }
        }
    }

    #[tokio::test]
    async fn end_of_a_piece_does_not_cut_a_character_or_colour() {
        for (before, after) in [("é", ""), ("\u{1B}[38;5;196m", "red\u{1B}[0m")] {
            for shift in 0..before.len() {
                let begin = "x".repeat(usize::try_from(PIECE).unwrap() - shift);
                let all = read(format!("{begin}{before}{after}").as_bytes()).await;
                let all: String = all.into_iter().map(|(_, text)| text).collect();
                let shown = if before == "é" { "é" } else { "red" };
                assert_eq!(all, format!("{begin}{shown}"), "{shift}");
            }
        }
    }

    #[test]
    fn no_escape_sequence_leaves_control_characters() {
        let odd = [
            "\u{1B}", "[", "]", "é", "\u{9B}", "\u{9D}", "\u{90}", "漢", "P", ";", "1", "m", "\u{7}",
            "\u{18}",
        ];
        for first in odd {
            for second in odd {
                for third in odd {
                    for fourth in odd {
                        let text = plain(&[first, second, third, fourth].concat());
                        assert!(!text.contains(char::is_control), "{text:?}");
                    }
                }
            }
        }
    }
}
