//! Input methods: the Enter that chooses a character sends nothing.

use anyhow::Result;
use holdline_e2e::{Chat, Server, key};

/// Sends the composer the events of an input method, up to the Enter that chooses a character; returns whether the
/// composer handled that Enter.
const COMPOSE: &str = r"
const field = document.querySelector('[data-testid=composer]');
field.focus();
field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
field.value = '日本';
field.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true, inputType: 'insertCompositionText' }));
const enter = new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
field.dispatchEvent(enter);
field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '日本' }));
return enter.defaultPrevented;";

#[tokio::test]
async fn enter_that_ends_composing_sends_nothing() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    assert!(!ada.browser.run::<bool>(COMPOSE, vec![]).await?, "the Enter belongs to the input method");
    assert_eq!(ada.screen().await?.composer, "日本");
    ada.write(&format!("語{}", key::ENTER)).await?;
    ada.until_said(&["日本語"]).await?;
    ada.browser.must_be_quiet().await
}
