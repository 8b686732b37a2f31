//! `holdline admin link`: a one-time link for an admin. Without a running server, the link is written into the log itself.

use std::path::Path;

use anyhow::{Context, ensure};
use holdline_server::log::{Log as _, SqliteLog};
use holdline_server::make_admin_link;
use serde_json::Value;

use super::output::Output;
use super::owner::Owner;
use crate::addresses::join_address;
use crate::client::{Address, say};
use crate::health::local_server;

/// Makes a link with the running server.
pub(super) async fn over_socket(owner: &Owner) -> anyhow::Result<()> {
    let link = owner.server.post(&["admin-link"], &Value::Null).await?;
    let code = link["code"].as_str().context("the server's answer has no code")?;
    let address = join_address(&owner.address().await?, code);
    show(&link, &address, owner.output)
}

/// Makes a link in the log of a server that does not run.
pub(super) async fn without_server(
    log: &Path,
    address: Option<&Address>,
    output: Output,
) -> anyhow::Result<()> {
    ensure!(log.exists(), "there is no log {}; a server makes it at its first start", log.display());
    let opened = SqliteLog::open(log).with_context(|| format!("cannot open the log {}", log.display()))?;
    let made = make_admin_link(&opened).await;
    opened.close().await;
    let link = made.context("the link cannot be made")?;
    let base = match address {
        Some(address) => address.to_string(),
        None => local_server()?.to_string(),
    };
    say("no server runs on this log; the link works once one does");
    show(&serde_json::to_value(&link)?, &join_address(&base, &link.code), output)
}

fn show(link: &Value, address: &str, output: Output) -> anyhow::Result<()> {
    output.line(link, address)?;
    if output == Output::Tables {
        say("whoever opens this link is an admin; it works once, within 15 minutes");
    }
    Ok(())
}
