//! The reader's place in a conversation, and scrolling. Distant messages are not drawn, so reading all of
//! them needs scrolling through all of them.

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::Chat;
use serde::Deserialize;
use serde_json::json;

/// The largest shift that is invisible, in CSS pixels.
pub(crate) const PIXELS: f64 = 2.0;

/// The largest number of drawn messages, on a screen as high as that of the stories.
pub(crate) const DRAWN: usize = 150;

/// The reader's place.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    /// The first visible message.
    pub(crate) seq: u64,
    /// The distance of its upper edge from that of the view, in CSS pixels.
    pub(crate) top: f64,
    /// The distance to the newest message, in CSS pixels.
    pub(crate) below: f64,
}

/// Scrolls, if requested, and reads the reader's place.
const PLACE: &str = r"
const view = document.querySelector('[role=log]').parentElement;
const [to, seq] = arguments;
const frame = () => new Promise(requestAnimationFrame);
return (async () => {
if (to !== null) {
  view.scrollTop = to;
  // The page draws the rows at the new place, and corrects the place before they are painted: on a busy machine some
  // frames later.
  const state = () => `${view.scrollTop} ${view.scrollHeight}`;
  let before;
  do {
    before = state();
    for (let frames = 0; frames < 3; frames++) await frame();
    await new Promise(done => setTimeout(done));
  } while (state() !== before);
}
const edge = view.getBoundingClientRect().top;
const rows = [...view.querySelectorAll('[data-seq]')];
const row = seq === null
  ? rows.find(row => row.getBoundingClientRect().bottom > edge)
  : rows.find(row => row.dataset.seq === String(seq));
return {
  seq: Number(row.dataset.seq),
  top: row.getBoundingClientRect().top - edge,
  below: view.scrollHeight - view.clientHeight - view.scrollTop,
};
})();";

/// Scrolls from the very top to the very bottom, less than a page at a time, and collects each message when
/// it becomes visible.
const WALK: &str = r"
const view = document.querySelector('[role=log]').parentElement;
const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
const said = [];
let drawn = 0, last = 0, still = 0;
view.scrollTop = 0;
return (async () => {
  while (still < 3) {
    await frame();
    const { top, bottom } = view.getBoundingClientRect();
    const rows = [...view.querySelectorAll('[data-seq]')];
    drawn = Math.max(drawn, rows.length);
    for (const row of rows) {
      const box = row.getBoundingClientRect();
      const seq = Number(row.dataset.seq);
      if (box.bottom > top && box.top < bottom && seq > last) {
        last = seq;
        said.push([seq, row.querySelector('[data-testid=message-text]').textContent]);
      }
    }
    const before = view.scrollTop;
    view.scrollTop += view.clientHeight * 0.7;
    still = view.scrollTop === before ? still + 1 : 0;
  }
  return [drawn, said];
})();";

/// Scrolls to the top whenever it is elsewhere, and checks in each frame that the visible text does not move.
const CLIMB: &str = r"
const view = document.querySelector('[role=log]').parentElement;
const frame = () => new Promise(requestAnimationFrame);
const top = row => row.getBoundingClientRect().top - view.getBoundingClientRect().top;
const inSight = () => [...view.querySelectorAll('[data-seq]')].find(row =>
  row.getBoundingClientRect().bottom > view.getBoundingClientRect().top);
let drawn = 0, moved = 0;
return (async () => {
  while (document.querySelector('[data-testid=load-older]')) {
    view.scrollTop = 0;
    let row, at;
    for (let n = 0; n < 600 && view.scrollTop < 1000 && document.querySelector('[data-testid=load-older]'); n++) {
      await frame();
      if (row?.isConnected) moved = Math.max(moved, Math.abs(top(row) - at));
      row = inSight();
      at = row ? top(row) : Infinity;
      // A row above which only blank space is visible is not being read.
      if (at > 100) row = null;
      drawn = Math.max(drawn, view.querySelectorAll('[data-seq]').length);
    }
  }
  return [drawn, moved];
})();";

/// Scrolls, if requested, and returns the place of the first visible message, or of the message `of`.
pub(crate) async fn place(chat: &Chat, scroll_to: Option<u32>, of: Option<u64>) -> Result<Place> {
    chat.browser.run(PLACE, vec![json!(scroll_to), json!(of)]).await.context("no message in sight")
}

/// Scrolls through all loaded messages; returns number and text of each, in the order of becoming visible.
pub(crate) async fn walk(chat: &Chat) -> Result<Vec<(u64, String)>> {
    let (drawn, said): (usize, _) = chat.browser.run(WALK, vec![]).await?;
    ensure!(drawn <= DRAWN, "{drawn} messages were drawn at a time");
    Ok(said)
}

/// Scrolls to the top until the beginning of the room is loaded. The visible text must not move meanwhile.
pub(crate) async fn climb(chat: &Chat) -> Result<()> {
    let (drawn, moved): (usize, f64) = chat.browser.run(CLIMB, vec![]).await?;
    ensure!(drawn <= DRAWN, "{drawn} messages were drawn at a time");
    ensure!(moved < PIXELS, "what was in sight has moved by {moved} pixels");
    Ok(())
}

/// Waits until the button to the newest message counts this many new ones.
pub(crate) async fn until_counted(chat: &Chat, count: usize) -> Result<()> {
    let label = format!("{count} new");
    chat.until(&format!("the button with {label}"), |screen| {
        screen.jump.as_deref().is_some_and(|jump| jump.starts_with(&label))
    })
    .await
    .map(drop)
}

/// Fails if the message at this place is elsewhere in the view now.
pub(crate) async fn must_not_have_moved(chat: &Chat, reading: &Place) -> Result<()> {
    let now = place(chat, None, Some(reading.seq)).await?;
    let shift = (now.top - reading.top).abs();
    ensure!(shift < PIXELS, "what was read has moved: {reading:?}, now {now:?}");
    Ok(())
}
