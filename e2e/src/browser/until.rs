//! Waits until the page shows something. Changes nothing in the page.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{Browser, Check, eventually};

/// Describes the element that has the focus.
const FOCUSED: &str = "const e = document.activeElement;\
                       return e === document.body ? 'body' : e.dataset.testid ?? e.ariaLabel ?? e.tagName";

impl Browser {
    /// Waits until the script returns `true`; `what` describes that.
    pub async fn until_true(&self, what: &str, script: &str, arguments: Vec<Value>) -> Result<()> {
        eventually(what, async || {
            let is_so: bool = self.run(script, arguments.clone()).await?;
            Ok(Check::that(is_so, || "nothing of that yet".to_owned()))
        })
        .await
    }

    /// Waits until the page has an element that matches `css`.
    pub async fn until_shown(&self, css: &str) -> Result<()> {
        self.until_true(css, "return !!document.querySelector(arguments[0])", vec![json!(css)]).await
    }

    /// Waits until the page has no element that matches `css`.
    pub async fn until_gone(&self, css: &str) -> Result<()> {
        let script = "return !document.querySelector(arguments[0])";
        self.until_true(&format!("no {css}"), script, vec![json!(css)]).await
    }

    /// Waits until the page shows this text.
    pub async fn until_text(&self, text: &str) -> Result<()> {
        eventually(&format!("the text {text:?}"), async || {
            let shown: String = self.run("return document.body.innerText", vec![]).await?;
            Ok(Check::that(shown.contains(text), || shown))
        })
        .await
    }

    /// Waits until the first element that matches `css` has exactly this text. A missing element counts as an empty
    /// text.
    pub async fn until_text_of(&self, css: &str, text: &str) -> Result<()> {
        let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
        eventually(&format!("{text:?} in {css}"), async || {
            let now: String = self.run(script, vec![json!(css)]).await?;
            Ok(Check::that(now == text, || now))
        })
        .await
    }

    /// Names the element that has the focus: by its `data-testid`, its label or its tag, in this order; the page itself
    /// is `body`.
    pub async fn focused(&self) -> Result<String> {
        self.run(FOCUSED, vec![]).await
    }

    /// Waits until the element of this name has the focus.
    pub async fn until_focus(&self, wanted: &str) -> Result<()> {
        eventually(&format!("the focus on {wanted}"), async || {
            let at = self.focused().await?;
            Ok(Check::that(at == wanted, || at))
        })
        .await
    }
}
