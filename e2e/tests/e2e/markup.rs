//! Text is shown as text, even if it looks like HTML.

use anyhow::Result;
use holdline_e2e::{Chat, Server, publish_plainly};

#[tokio::test]
async fn text_is_never_markup() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.rename("<b>Ada</b>").await?;
    let texts = [
        "<img src=x onerror=\"document.title='broken'\">",
        "<script>document.title='broken'</script>",
        "&lt;b&gt; &amp; *stars* ~~strokes~~",
        "javascript:document.title='broken'",
        "see https://example.org/?a=1&b=<i>",
    ];
    for text in texts {
        ada.say(text).await?;
    }
    let screen = ada.until_said(&texts).await?;
    assert_eq!(screen.messages[0].author, "<b>Ada</b>");
    publish_plainly(&server.url(), "lobby", texts[0]).await?;
    let screen = ada.until("the one from curl", |screen| screen.messages.len() == 6).await?;
    assert_eq!(screen.messages[5].text, texts[0]);

    let made = "return [...document.querySelectorAll('[data-testid=message] :is(img, script, i)')].length";
    assert_eq!(ada.browser.run::<u32>(made, vec![]).await?, 0, "no element was made from text");
    let links =
        "return [...document.querySelectorAll('[data-testid=message-text] a')].map(a => a.protocol + a.rel)";
    assert_eq!(ada.browser.run::<Vec<String>>(links, vec![]).await?, ["https:noopener noreferrer"]);
    let title = ada.browser.client.title().await?;
    assert!(!title.contains("broken"), "a script ran: {title:?}");
    ada.browser.must_be_quiet().await
}
