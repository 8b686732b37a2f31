//! What can happen, and when.

use fantoccini::wd::WindowHandle;

/// What can happen, to the world or to a tab.
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

/// A tab as the dice know it.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) handle: WindowHandle,
    pub(super) name: usize,
    pub(super) is_online: bool,
    pub(super) is_frozen: bool,
}

impl Step {
    /// The sides of the dice; what is there more often happens more often.
    pub(super) const SIDES: [Self; 17] = [
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

    /// Whether it can happen to this tab, one of so many, or to the world.
    pub(super) fn can_happen(self, tab: &Tab, tabs: usize, is_up: bool) -> bool {
        match self {
            // Without a server there is no page to load.
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
