//! The reader's place in a long conversation: measuring and restoring it.

use holdline_shared::Seq;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::NodeRef;

use crate::state::Place;

/// The distance from the end that still counts as being at the end: less than two lines of text, in CSS pixels.
const NEAR_END: i32 = 48;

/// A height below that of any message, in CSS pixels.
const LOWEST: i32 = 24;

/// The step to which the number of messages that fit is rounded: a smaller one would redraw all of them whenever the
/// window's size changes.
const COARSE: i32 = 32;

/// Whether the newest message is in sight.
pub fn is_at_end(view: &Element) -> bool {
    view.scroll_height() - view.scroll_top() - view.client_height() <= NEAR_END
}

/// Scrolls to the newest message immediately.
pub fn to_end(view: &Element) {
    view.set_scroll_top(view.scroll_height());
}

/// The distance from the beginning to the upper edge of the view, in CSS pixels.
pub fn above(view: &Element) -> i32 {
    view.scroll_top()
}

/// The distance from the upper edge of the view to the end, in CSS pixels.
pub fn below(view: &Element) -> i32 {
    view.scroll_height() - view.scroll_top()
}

/// The maximum number of messages in sight.
pub fn fit(view: &Element) -> usize {
    usize::try_from((view.client_height() / LOWEST / COARSE + 1) * COARSE).unwrap_or_default()
}

/// The height of an element, in CSS pixels.
pub fn height(element: &Element) -> i32 {
    element.client_height()
}

/// Returns the first message in sight among the children of `rows`, if any. Rows are in order, so this is a binary
/// search.
pub fn place(view: &Element, rows: &Element) -> Option<Place> {
    let edge = view.get_bounding_client_rect().top();
    let children = rows.children();
    let (mut low, mut high) = (0, children.length());
    while low < high {
        let middle = u32::midpoint(low, high);
        if children.item(middle)?.get_bounding_client_rect().bottom() <= edge {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    // Only messages keep their place when older ones arrive: the element above the first one stays on top, and the
    // heading of a day may move up to an older message.
    while !children.item(low)?.matches("[data-seq]").unwrap_or_default() {
        low += 1;
    }
    let row = children.item(low)?;
    let seq = seq_of(&row)?;
    let offset = row.get_bounding_client_rect().top() - edge;
    (offset < f64::from(view.client_height())).then_some(Place { seq, offset })
}

/// Returns the messages in which a text selection begins and ends, if there is a selection.
pub fn selected(rows: &Element) -> Option<[Seq; 2]> {
    let selection = web_sys::window()?.get_selection().ok()??;
    if selection.is_collapsed() {
        return None;
    }
    let seq_around = |node: Node| {
        let element = node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())?;
        seq_of(&element.closest("[data-seq]").ok()?.filter(|row| rows.contains(Some(row)))?)
    };
    Some([seq_around(selection.anchor_node()?)?, seq_around(selection.focus_node()?)?])
}

fn seq_of(row: &Element) -> Option<Seq> {
    Some(Seq(row.get_attribute("data-seq")?.parse().ok()?))
}

/// Scrolls a message back to where it was. Returns whether it exists.
pub fn put_back(view: &Element, rows: &Element, place: &Place) -> bool {
    let Some(row) = row(rows, place.seq) else { return false };
    let offset = row.get_bounding_client_rect().top() - view.get_bounding_client_rect().top();
    #[expect(clippy::cast_possible_truncation, reason = "pixels on a screen")]
    let moved = (offset - place.offset).round() as i32;
    if moved != 0 {
        view.set_scroll_top(view.scroll_top() + moved);
    }
    true
}

/// Scrolls a message to the middle and puts the focus on it. Returns whether it exists.
pub fn show(rows: &Element, seq: Seq) -> bool {
    let Some(row) = row(rows, seq) else { return false };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    options.set_behavior(ScrollBehavior::Auto);
    row.scroll_into_view_with_scroll_into_view_options(&options);
    // If the row cannot be focused, the focus stays where it is.
    let _ = row.dyn_into::<HtmlElement>().map(|row| row.focus());
    true
}

/// Scrolls to the beginning of an element.
pub fn show_beginning(node: &NodeRef) {
    if let Some(element) = node.cast::<Element>() {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Start);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn row(rows: &Element, seq: Seq) -> Option<Element> {
    rows.query_selector(&format!("[data-seq='{seq}']")).ok()?
}
