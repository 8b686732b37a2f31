//! The messages between the tabs of this browser that show one mount point.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};

/// Hears the other tabs until it is dropped.
pub struct Channel {
    channel: BroadcastChannel,
    #[expect(dead_code, reason = "it listens")]
    listener: EventListener,
}

impl Channel {
    /// The channel of this name; `None` where there are none.
    pub fn open(name: &str, hear: impl Fn(&str) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = EventListener::new(&channel, "message", move |event| {
            if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                hear(&text);
            }
        });
        Some(Self { channel, listener })
    }

    /// Tells all others.
    pub fn post(&self, text: &str) {
        // Text can always be copied, and the channel is open as long as it is here.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
