//! The messages between this browser's tabs with the same mount point.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};

/// A listener to the other tabs, until it is dropped.
pub struct Channel {
    channel: BroadcastChannel,
    #[expect(dead_code, reason = "it listens")]
    listener: EventListener,
}

impl Channel {
    /// Opens the channel of this name; `None` if the browser has no channels.
    pub fn open(name: &str, hear: impl Fn(&str) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = EventListener::new(&channel, "message", move |event| {
            if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                hear(&text);
            }
        });
        Some(Self { channel, listener })
    }

    /// Sends a text to all other tabs.
    pub fn post(&self, text: &str) {
        // Text can always be cloned, and the channel is open as long as this exists.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
