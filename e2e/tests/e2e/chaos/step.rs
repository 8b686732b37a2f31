//! The random steps, and their preconditions.

use fantoccini::wd::WindowHandle;

/// A step, for the world or for a tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Open,
    Close,
    Say,
    SayAndReload,
    SayAndClose,
    Disconnect,
    Reconnect,
    Freeze,
    Thaw,
    Kill,
    Restart,
    Publish,
}

/// A tab and its disturbances.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) handle: WindowHandle,
    pub(super) name: usize,
    pub(super) is_online: bool,
    pub(super) is_frozen: bool,
}

impl Step {
    /// The steps to draw from; a repeated step is drawn more often.
    pub(super) const WEIGHTED: [Self; 17] = [
        Self::Open,
        Self::Open,
        Self::Close,
        Self::Say,
        Self::Say,
        Self::Say,
        Self::SayAndReload,
        Self::SayAndReload,
        Self::SayAndClose,
        Self::Disconnect,
        Self::Reconnect,
        Self::Freeze,
        Self::Thaw,
        Self::Kill,
        Self::Restart,
        Self::Restart,
        Self::Publish,
    ];

    /// Whether the step is possible for this tab, one of `tabs`, or for the world.
    pub(super) fn can_happen(self, tab: &Tab, tabs: usize, is_up: bool) -> bool {
        match self {
            // Without a server, no page can be loaded.
            Self::Open => is_up && tabs < 6,
            Self::SayAndReload => is_up && tab.is_online && !tab.is_frozen,
            Self::Close => tabs > 2,
            Self::SayAndClose => tabs > 2 && !tab.is_frozen,
            Self::Say | Self::Freeze => !tab.is_frozen,
            Self::Thaw => tab.is_frozen,
            Self::Disconnect => tab.is_online && !tab.is_frozen,
            Self::Reconnect => !tab.is_online && !tab.is_frozen,
            Self::Kill | Self::Publish => is_up,
            Self::Restart => !is_up,
        }
    }
}
