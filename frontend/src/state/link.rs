//! A link that lets somebody in, as far as the server has described it.

use holdline_shared::LinkPreview;

/// The state of the link whose page is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Link {
    /// The server was asked.
    #[default]
    Asked,
    /// The server gave no description of the link that this page can read.
    Untold,
    /// The link works, and gives this.
    Works(LinkPreview),
    /// The link does not work.
    Refused,
}
