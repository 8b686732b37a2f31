//! `holdline admin rotate-secret`: gives the log of a running server another secret.

use clap::Args;
use serde_json::json;

use super::owner::Owner;
use crate::log::Grace;

const ABOUT: &str = "\
The secret signs sessions. Change it when somebody may have read the log's file or a backup. Keys of outgoing webhooks follow from \
it and change with it, at once.";

/// Give the log another secret, which ends sessions at once or when they were not used for some days
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(super) struct RotateSecret {
    #[command(flatten)]
    grace: Grace,
}

impl RotateSecret {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let body = json!({ "grace_days": self.grace.days() });
        let answer = owner.server.post(&["rotate-secret"], &body).await?;
        owner.output.line(&answer, &format!("the log has another secret: {}", self.grace.consequence()))
    }
}
