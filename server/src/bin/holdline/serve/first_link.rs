//! The link for the first admin, which the first start of a server prints on its terminal.

use std::io::Write as _;

use holdline_server::log::Log;
use holdline_server::make_admin_link;
use tracing::warn;

use crate::addresses::join_address;

/// Prints a link for the first admin. On the terminal alone: the server's own log is read by others than its owner.
pub(super) async fn print(log: &dyn Log, address: Option<&str>) {
    let link = match make_admin_link(log).await {
        Ok(link) => link,
        Err(error) => {
            return warn!(%error, "no link for the first admin could be made; `holdline admin link` does");
        }
    };
    let address = join_address(address.unwrap_or_default(), &link.code);
    let text = format!(
        "\nWhoever opens this link, once and within 15 minutes, is the admin of this server:\n\n    {address}\n\n\
         `holdline admin link` makes another one, and --address says how others reach the server.\n\n"
    );
    // A closed terminal is not an error.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
