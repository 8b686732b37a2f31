//! The layout on a phone: everything can be reached, and nothing overflows.

use anyhow::Result;
use holdline_e2e::{Browser, Chat, Check, Device, Person, Server, eventually};
use serde::Deserialize;

/// The layout, in CSS pixels.
#[derive(Debug, Deserialize)]
struct Layout {
    /// The width and height of the whole page, including invisible parts.
    page: (f64, f64),
    /// The composer's left, top, right and bottom.
    composer: (f64, f64, f64, f64),
    /// The left, top, right and bottom of the list of rooms.
    rooms: (f64, f64, f64, f64),
    /// The largest and the present scroll offset of the messages.
    scroll: (f64, f64),
}

const LAYOUT: &str = r#"
const box = id => {
  const r = document.querySelector(`[data-testid="${id}"]`).getBoundingClientRect();
  return [r.left, r.top, r.right, r.bottom];
};
const page = document.documentElement;
const view = document.querySelector('[role=log]').parentElement;
return {
  page: [page.scrollWidth, page.scrollHeight],
  composer: box('composer'),
  rooms: box('rooms'),
  scroll: [view.scrollHeight - view.clientHeight, view.scrollTop],
};"#;

#[tokio::test]
async fn a_phone_shows_everything_within_its_width() -> Result<()> {
    let (width, height) = (f64::from(Device::PHONE.width), f64::from(Device::PHONE.height));
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    for n in 1..=40 {
        ben.say(
            "lobby",
            &format!("Message {n}, long enough to be broken into lines on a screen as small as this."),
        )
        .await?;
    }
    ben.say("lobby", &"unbreakable".repeat(20)).await?;
    ben.make_room("tea", "").await?;
    ben.say("tea", "Milk?").await?;

    let browser = Browser::start().await?;
    browser.emulate(Device::PHONE).await?;
    let ada = Chat::open_in(browser, &server.url()).await?;
    ada.until("the messages", |screen| screen.messages.len() == 41).await?;
    let layout = until(&ada, "the newest message in sight", |layout| {
        let (range, at) = layout.scroll;
        range > height && range - at < 2.0
    })
    .await?;
    assert!(layout.page.0 <= width, "nothing sticks out to the right: {layout:?}");
    assert!(layout.page.1 <= height, "the messages scroll, not the page: {layout:?}");
    let (left, top, right, bottom) = layout.composer;
    assert!(
        left >= 0.0 && top >= 0.0 && right <= width && bottom <= height,
        "the composer is in sight: {layout:?}"
    );
    assert!(layout.rooms.2 <= 0.0 || layout.rooms.0 >= width, "the rooms are out of sight: {layout:?}");

    ada.say("Sent from a phone").await?;
    ada.until("the message sent", |screen| {
        screen.row("Sent from a phone").is_some_and(|row| row.seq.is_some())
    })
    .await?;

    ada.browser.click("button[aria-label=Rooms]").await?;
    until(&ada, "the rooms in sight", |layout| layout.rooms.0 >= 0.0 && layout.rooms.2 <= width).await?;
    ada.visit("tea").await?;
    ada.until_said(&["Milk?"]).await?;
    let layout = until(&ada, "the rooms out of sight", |layout| layout.rooms.2 <= 0.0).await?;
    assert!(layout.page.0 <= width, "still nothing sticks out: {layout:?}");
    ada.browser.must_be_quiet().await
}

async fn until(chat: &Chat, what: &str, is_so: impl Fn(&Layout) -> bool) -> Result<Layout> {
    eventually(what, async || {
        let layout: Layout = chat.browser.run(LAYOUT, vec![]).await?;
        Ok(if is_so(&layout) { Check::Done(layout) } else { Check::Pending(format!("{layout:?}")) })
    })
    .await
}
