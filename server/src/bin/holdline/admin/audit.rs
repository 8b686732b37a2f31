//! `holdline admin audit`: who changed what, the newest first.

use clap::Args;
use holdline_shared::Seq;

use super::output::{column, time};
use super::owner::Owner;

/// Show who changed what, the newest first.
#[derive(Args)]
pub(super) struct Audit {
    /// Show what happened before this position, which the first column shows
    #[arg(long, value_name = "SEQ")]
    before: Option<u64>,
}

impl Audit {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let before = self.before.map(|before| Seq(before).to_string());
        let query: Vec<_> = before.iter().map(|before| ("before", before.as_str())).collect();
        let page = owner.server.get(&["audit"], &query).await?;
        let columns = &[
            column("SEQ", "/seq"),
            time("AT", "/at"),
            column("BY", "/author"),
            column("CHANGE", "/change/change"),
            column("PERSON", "/change/person"),
            column("ROOM", "/room"),
            column("REASON", "/change/reason"),
        ];
        owner.output.list(&page, "entries", columns)
    }
}
