//! A link that lets somebody in, as far as the server has told what it gives.

use holdline_shared::LinkPreview;

/// The state of the link whose page is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Link {
    /// The server was asked.
    #[default]
    Asked,
    /// The server has not told anything that this page can read.
    Untold,
    /// The link works, and gives this.
    Works(LinkPreview),
    /// The link does not work, for this reason.
    Refused(String),
}
