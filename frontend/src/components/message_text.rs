//! A message's text: as nodes, never as markup, with clickable links and monospaced code.

use yew::prelude::*;

use super::{changing, tab_index};
use crate::state::{Piece, pieces};
use crate::words;

/// The maximum number of lines of a text that is shown whole. A longer text is cut until the reader unfolds it.
const LINES: usize = 16;

/// The maximum number of bytes of a text that is shown whole.
const BYTES: usize = 1_600;

/// The text, with or without Tab stops at its links, and `after` on its last line. A long text is cut unless the state
/// says that it is unfolded. The key gives each text its own element: a browser that translates pages replaces text
/// nodes, and nodes that are gone cannot be updated.
pub fn message_text(
    text: &str,
    is_reached_by_tab: bool,
    after: Html,
    is_unfolded: Option<&UseStateHandle<bool>>,
) -> Html {
    let is_unfolded = is_unfolded.filter(|_| text.len() > BYTES || text.lines().count() > LINES);
    let is_cut = is_unfolded.is_some_and(|is_unfolded| !**is_unfolded);
    let class = classes!("text", is_emoji(text).then_some("emoji"), is_cut.then_some("cut"));
    html! {
        <>
            <div {class} dir="auto">
                <span key={text} data-testid="message-text">
                    { for without_breaks(pieces(text)).map(|piece| view(piece, is_reached_by_tab)) }
                </span>
                { after }
            </div>
            if let Some(is_unfolded) = is_unfolded {
                { unfold(is_unfolded, is_reached_by_tab) }
            }
        </>
    }
}

fn unfold(is_unfolded: &UseStateHandle<bool>, is_reached_by_tab: bool) -> Html {
    let (setter, is_open) = (is_unfolded.setter(), **is_unfolded);
    let word = if is_open { words::SHOW_LESS } else { words::SHOW_ALL };
    html! {
        <button
            type="button"
            class="plain"
            aria-expanded={if is_open { "true" } else { "false" }}
            tabindex={tab_index(is_reached_by_tab)}
            onclick={move |_| setter.set(!is_open)}
        >
            { changing(word) }
        </button>
    }
}

/// Whether the text is nothing but a few emoji, which are shown larger.
fn is_emoji(text: &str) -> bool {
    text.len() <= 32
        && text.chars().all(|c| {
            c.is_whitespace()
                || matches!(c, '\u{200D}' | '\u{FE0F}' | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
        })
}

/// Removes the line break after each block of code: the block ends its line itself. A break before a block makes no
/// line.
fn without_breaks(pieces: Vec<Piece<'_>>) -> impl Iterator<Item = Piece<'_>> {
    let mut is_after_block = false;
    pieces.into_iter().map(move |piece| {
        let after_block =
            std::mem::replace(&mut is_after_block, matches!(piece, Piece::Code(code) if is_block(code)));
        match piece {
            Piece::Text(text) if after_block => Piece::Text(text.strip_prefix('\n').unwrap_or(text)),
            piece => piece,
        }
    })
}

/// Whether a piece of code stands in a block of its own.
fn is_block(code: &str) -> bool {
    code.contains('\n')
}

/// Returns a piece of code without its backticks; a block also without the language after the opening ones and the line
/// break before the closing ones.
fn code_inside(code: &str) -> &str {
    let inside = code.trim_matches('`');
    let Some((first, rest)) = inside.split_once('\n') else { return inside };
    let is_language = first.trim().chars().all(|c| c.is_alphanumeric() || "+#-._".contains(c));
    let lines = if is_language { rest } else { inside };
    let lines = lines.strip_suffix('\n').unwrap_or(lines);
    // A block with nothing inside would be an empty box.
    if lines.trim().is_empty() { code } else { lines }
}

fn view(piece: Piece<'_>, is_reached_by_tab: bool) -> Html {
    match piece {
        Piece::Text(text) => html! { { text.to_owned() } },
        Piece::Code(code) => html! {
            <code class={is_block(code).then_some("block")} translate="no">{ code_inside(code).to_owned() }</code>
        },
        Piece::Link(link) => html! {
            <a
                href={link.to_owned()}
                rel="noopener noreferrer"
                target="_blank"
                tabindex={tab_index(is_reached_by_tab)}
            >
                { link.to_owned() }
            </a>
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Piece::{Code, Text};
    use super::*;

    #[test]
    fn code_shows_without_what_marks_it() {
        for (code, inside) in [
            ("`ls`", "ls"),
            ("``a `b` c``", "a `b` c"),
            ("```let a = 1;```", "let a = 1;"),
            ("```\nlet a = 1;\n```", "let a = 1;"),
            ("```rust\n  a\n\nb\n\n```", "  a\n\nb\n"),
            ("```c++ \na```", "a"),
            ("```let a = 1;\nb```", "let a = 1;\nb"),
            ("```rust\n```", "```rust\n```"),
        ] {
            assert_eq!(code_inside(code), inside, "{code:?}");
        }
    }

    #[test]
    fn block_of_code_ends_its_line() {
        fn shown(text: &str) -> Vec<Piece<'_>> {
            without_breaks(pieces(text)).collect()
        }
        let block = "```\na\n```";
        assert_eq!(shown("x\n```\na\n```\ny\n"), [Text("x\n"), Code(block), Text("y\n")]);
        assert_eq!(shown("```\na\n```\n\ny"), [Code(block), Text("\ny")]);
        assert_eq!(shown("`a`\ny"), [Code("`a`"), Text("\ny")]);
    }
}
