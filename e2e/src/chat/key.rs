//! Keys that are no letters, as WebDriver writes them. A modifier stays down until all that is typed
//! with it in one go has been typed, in Chromium also until [`RELEASE`].

/// Releases all modifiers.
pub const RELEASE: &str = "\u{E000}";
/// Enter.
pub const ENTER: &str = "\u{E007}";
/// Tab.
pub const TAB: &str = "\u{E004}";
/// Escape.
pub const ESCAPE: &str = "\u{E00C}";
/// Arrow up.
pub const ARROW_UP: &str = "\u{E013}";
/// Arrow down.
pub const ARROW_DOWN: &str = "\u{E015}";
/// Shift, down.
pub const SHIFT: &str = "\u{E008}";
/// Control, down.
pub const CONTROL: &str = "\u{E009}";
/// Home.
pub const HOME: &str = "\u{E011}";
/// End.
pub const END: &str = "\u{E010}";
